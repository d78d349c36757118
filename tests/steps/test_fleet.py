"""A crawl for several homes hands each what is its own, and goes on without a home that fails."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlite_utils import Database

from monitor.config import Home, Settings
from monitor.config.settings import Crawl
from monitor.crawl.base import Polled
from monitor.errors import StoreError
from monitor.models import Clock, Entry, Page, Poll, PollOutcome, Source, Unavailable, Wanted
from monitor.steps import fleet, say_nothing
from monitor.steps.crawl import HomeIntake
from monitor.steps.fleet import FleetIntake, NameSieve, ReadOnce
from monitor.store import intake as intake_store
from monitor.store.db import open_database
from tests.conftest import NOW

FEED = Source(url="https://riks.example/feed")
OTHER = Source(url="https://annan.example/feed")
PAGE = "https://riks.example/1"
Opened = dict[str, tuple[Home, Database]]


@pytest.fixture
def homes(tmp_path: Path) -> Iterator[Opened]:
    opened = {}
    for town in ("Flen", "Mora"):
        (tmp_path / town).mkdir()
        home = Home(path=tmp_path / town, settings=Settings(municipality=town), sources=(FEED, OTHER))
        opened[town] = home, open_database(home.database)
        intake_store.register_sources(opened[town][1], home.known_sources)
    yield opened
    for _, db in opened.values():
        db.close()


@pytest.fixture
def intake(homes: Opened, clock: Clock) -> FleetIntake:
    sieve = NameSieve({town: [town] for town in homes})
    made = FleetIntake({t: HomeIntake(db, home, sieve.of(t), clock, say_nothing) for t, (home, db) in homes.items()})
    for source in (FEED, OTHER):
        made.listing[source.url] = list(homes)
    return made


def poll(source: Source, *urls: str, etag: str = "") -> Polled:
    entries = tuple(Entry(key=url, url=url, title="Nyhet") for url in urls)
    return Polled(poll=Poll(source=source.url, at=NOW, outcome=PollOutcome.OK, etag=etag), entries=entries)


def page(words: str, url: str = PAGE) -> Page:
    return Page(url=url, body=words.encode(), content_type="text/html", fetched_at=NOW)


def states(homes: Opened) -> dict[str, list[str]]:
    return {
        town: [row["state"] for row in db.query("select state from pages order by id")]
        for town, (_, db) in homes.items()
    }


def test_a_page_that_two_homes_want_is_asked_for_once_and_kept_where_it_names_the_town(
    homes: Opened, intake: FleetIntake
) -> None:
    (wanted,) = intake.polled(poll(FEED, PAGE))
    assert intake.polled(poll(OTHER, PAGE)) == []
    assert intake.fetched(wanted, page("<p>I Flen</p>")) == []
    intake.save()
    assert states(homes) == {"Flen": ["kept"], "Mora": ["no mention"]}


def test_what_was_fetched_or_refused_serves_who_wants_it_later(homes: Opened, intake: FleetIntake) -> None:
    intake.listing[OTHER.url] = ["Mora"]
    intake.listing[FEED.url] = ["Flen"]
    (wanted, gone) = intake.polled(poll(FEED, PAGE, f"{PAGE}2"))
    intake.fetched(wanted, page("<p>I Mora</p>"))
    intake.unavailable(gone, Unavailable(reason="gone"))
    assert intake.polled(poll(OTHER, PAGE, f"{PAGE}2")) == []
    intake.save()
    assert sorted(states(homes)["Mora"]) == ["kept", "unavailable"]


def test_answers_are_kept_up_to_a_bound(intake: FleetIntake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fleet, "_KEPT_BYTES", 3_000)
    intake.listing = {FEED.url: ["Flen"], OTHER.url: ["Mora"]}
    for wanted in intake.polled(poll(FEED, PAGE, f"{PAGE}2", f"{PAGE}3")):
        intake.fetched(wanted, page("x" * 500, wanted.url))
    again = intake.polled(poll(OTHER, PAGE, f"{PAGE}2", f"{PAGE}3"))
    assert len(again) == 1


def test_a_home_whose_database_fails_is_left_out_and_disturbs_no_other(homes: Opened, intake: FleetIntake) -> None:
    class Full(HomeIntake):
        def save(self) -> list[Wanted]:
            raise StoreError("the disk is full")

    intake.intakes["Flen"].__class__ = Full
    (wanted,) = intake.polled(poll(FEED, PAGE))
    intake.fetched(wanted, page("<p>Mora</p>"))
    intake.save()
    assert {home: str(fault) for home, fault in intake.faults.items()} == {"Flen": "the disk is full"}
    assert states(homes) == {"Flen": [], "Mora": ["kept"]}
    assert intake.want("Flen", FEED.url) == []


def test_a_home_that_cannot_be_planned_for_is_left_out(homes: Opened, intake: FleetIntake, clock: Clock) -> None:
    homes["Flen"][1].close()
    intake.listing.clear()
    plan = fleet.plan_together(homes, intake, clock)
    assert [source.url for source in plan.sources] == [FEED.url, OTHER.url]
    assert intake.listing[FEED.url] == ["Mora"]
    assert list(intake.faults) == ["Flen"]


def test_a_source_is_asked_conditionally_only_when_all_who_list_it_know_the_answer(
    homes: Opened, intake: FleetIntake, clock: Clock
) -> None:
    intake.listing[FEED.url] = ["Flen"]
    intake.polled(poll(FEED, PAGE, etag='"1"'))
    intake.polled(poll(OTHER, etag='"2"'))
    intake.listing.clear()
    plan = fleet.plan_together(homes, intake, clock)
    assert [source.url for source in plan.sources] == [FEED.url]  # due in Mora, which never asked; the other in none
    assert FEED.url not in plan.validators
    assert plan.validators[OTHER.url].etag == '"2"'
    assert intake.listing[FEED.url] == ["Flen", "Mora"]
    assert [wanted.url for wanted in plan.pages] == []  # the page waits for the poll of its source
    later = fleet.plan_together(homes, intake, clock, everything=True)
    assert len(later.sources) == 2


def test_pages_that_waited_are_asked_for_without_a_poll(homes: Opened, intake: FleetIntake, clock: Clock) -> None:
    intake.polled(poll(OTHER, PAGE))
    fresh = FleetIntake(intake.intakes)
    plan = fleet.plan_together(homes, fresh, clock)
    assert [wanted.url for wanted in plan.pages] == [PAGE]


def test_only_the_answers_of_the_public_web_are_shared() -> None:
    assert fleet.is_shared(FEED)
    assert not fleet.is_shared(replace(FEED, kind="mastodon"))
    assert not fleet.is_shared(replace(FEED, options={"token": "env:MONITOR_TOKEN"}))


def test_homes_whose_lines_differ_poll_for_themselves(homes: Opened) -> None:
    flen = homes["Flen"][0]
    mora = replace(
        flen,
        sources=(
            replace(FEED, options={"days": "1"}),
            replace(OTHER, kind="inbox"),
        ),
    )
    own = fleet.own_sources({"flen": flen, "mora": mora})
    assert own["flen"].sources == ()
    assert own["mora"].sources == mora.sources


def test_homes_with_other_private_hosts_or_manners_crawl_apart(homes: Opened) -> None:
    def home(**crawl: object) -> Home:
        return replace(homes["Flen"][0], settings=Settings(municipality="Flen", crawl=Crawl(**crawl)))  # type: ignore[arg-type]

    named = {
        "a": home(contact="a@x.example"),
        "b": home(contact="b@x.example", pages_per_source=3),
        "c": home(allow_hosts=("10.0.0.1:80",)),
        "d": home(delay=9.0),
    }
    assert [list(group) for group in fleet.groups_of(named)] == [["a", "b"], ["c"], ["d"]]
    assert fleet.contact_of(named.values()) == "a@x.example, b@x.example"


def test_the_same_bytes_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[object] = []

    def run(_self: object, _function: Callable[..., object], calls: list[tuple[object, ...]]) -> Iterator[object]:
        done.extend(call[0] for call in calls)
        return (f"read {call[0]!r}" for call in calls)

    monkeypatch.setattr("monitor.workers.Workers.map", run)
    monkeypatch.setattr(fleet, "_KEPT_READINGS", 2)
    with ReadOnce() as workers:
        calls = [(body, "u", "t", NOW) for body in (b"a", b"b", b"a", b"c")]
        assert list(workers.map(str, calls)) == ["read b'a'", "read b'b'", "read b'a'", "read b'c'"]
        assert list(workers.map(str, calls[3:])) == ["read b'c'"]
        list(workers.map(str, calls[:1]))
    assert done == [b"a", b"b", b"c", b"a"]
