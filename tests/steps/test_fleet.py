"""A crawl for several homes hands each what is its own, and goes on without a home that fails."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from monitor.config import Home, Settings
from monitor.config.settings import Crawl
from monitor.crawl.base import Polled
from monitor.models import Clock, Entry, Page, Poll, PollOutcome, Source, Unavailable
from monitor.steps import fleet, say_nothing
from monitor.steps.crawl import HomeIntake
from monitor.steps.fleet import FleetIntake, NameSieve, ReadOnce
from monitor.store import intake as intake_store
from monitor.store.arrivals import Arrival
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
    (wanted,) = intake.polled(poll(FEED, PAGE))
    intake.fetched(wanted, page("<p>Mora</p>"))
    homes["Flen"][1].execute("pragma query_only = on")  # as on a disk that takes no more
    intake.save()
    assert list(intake.faults) == ["Flen"]
    assert states(homes) == {"Flen": ["waiting"], "Mora": ["kept"]}
    assert intake.want("Flen", FEED.url) == []
    assert intake.polled(poll(OTHER, f"{PAGE}2"))
    assert states(homes) == {"Flen": ["waiting"], "Mora": ["kept", "waiting"]}


def test_a_home_whose_names_cannot_be_looked_for_is_left_out(homes: Opened, intake: FleetIntake) -> None:
    def fails(_body: bytes, _kind: str) -> bool:
        raise ValueError("no such letter")

    intake.intakes["Flen"].may_name = fails
    (wanted,) = intake.polled(poll(FEED, PAGE))
    intake.fetched(wanted, page("<p>Mora</p>"))
    intake.save()
    assert list(intake.faults) == ["Flen"]
    assert states(homes) == {"Flen": ["waiting"], "Mora": ["kept"]}


def begun(db: Database) -> list[str]:
    """Collect the transactions that a database begins from now on."""
    found: list[str] = []
    db.conn.set_trace_callback(lambda sql: found.append(sql) if sql.startswith("begin") else None)
    return found


def test_a_home_saves_many_polls_and_pages_in_one_transaction(homes: Opened, intake: FleetIntake) -> None:
    transactions = begun(homes["Flen"][1])
    intake.due = 3
    intake.polled(poll(FEED, *(f"{PAGE}{number}" for number in range(20))))
    wanted = intake.polled(poll(OTHER, f"{PAGE}30"))
    assert len(wanted) == 21
    for one in wanted:
        intake.fetched(one, page("<p>Mora</p>", one.url))
    assert states(homes)["Flen"] == ["waiting"] * 21
    intake.save()
    assert states(homes) == {"Flen": ["no mention"] * 21, "Mora": ["kept"] * 21}
    assert len(transactions) == 2  # both polls, and then all pages
    assert homes["Flen"][1].execute("select count(*) from pages where run is not null").fetchone() == (0,)


def test_polls_wait_for_no_more_than_are_still_to_come(homes: Opened, intake: FleetIntake) -> None:
    intake.due = 4
    assert intake.polled(poll(FEED, PAGE)) == []
    assert states(homes) == {"Flen": [], "Mora": []}
    assert len(intake.polled(poll(OTHER, f"{PAGE}2"))) == 2  # two are here, and two may hang


def test_much_is_saved_at_once(homes: Opened, intake: FleetIntake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fleet, "_TAKEN_BYTES", 5_000)
    intake.due = 100
    assert intake.polled(poll(FEED, PAGE)) == []
    wanted = intake.polled(poll(OTHER, *(f"{PAGE}{number}" for number in range(9))))
    assert len(wanted) == 10
    intake.fetched(wanted[0], page("x" * 6_000, wanted[0].url))
    assert states(homes)["Flen"].count("no mention") == 1


def test_a_poll_whose_kind_puts_away_what_it_read_is_saved_first(homes: Opened, intake: FleetIntake) -> None:
    intake.due = 100
    intake.polled(replace(poll(FEED, PAGE), saved=lambda: None))
    assert states(homes) == {"Flen": ["waiting"], "Mora": ["waiting"]}


def test_a_page_without_the_names_is_kept_where_the_source_itself_says_one(homes: Opened, intake: FleetIntake) -> None:
    entry = Entry(key="1", url=PAGE, title="Olycka i Mora")
    (wanted,) = intake.polled(Polled(poll=poll(FEED).poll, entries=(entry,)))
    intake.fetched(wanted, page("<p>Inget namn.</p>"))
    intake.save()
    assert states(homes) == {"Flen": ["no mention"], "Mora": ["kept"]}


def test_what_was_taken_and_not_saved_is_asked_for_again(homes: Opened, intake: FleetIntake, clock: Clock) -> None:
    (wanted,) = intake.polled(poll(FEED, PAGE))
    intake.fetched(wanted, page("<p>Mora</p>"))
    intake.due = 9
    intake.polled(poll(OTHER, f"{PAGE}2"))  # here the program is killed
    sieve = NameSieve({town: [town] for town in homes})
    again = FleetIntake({t: HomeIntake(db, home, sieve.of(t), clock, say_nothing) for t, (home, db) in homes.items()})
    plan = fleet.plan_together(homes, again, clock)
    assert [source.url for source in plan.sources] == [OTHER.url]
    assert [one.url for one in plan.pages] == [PAGE]


MOMENTS = st.integers(0, 3).map(lambda hours: NOW + timedelta(hours=hours))
ENTRIES = st.builds(
    Entry,
    key=st.sampled_from("abcdef"),
    url=st.sampled_from(["", *(f"https://riks.example/{path}" for path in "1234")]),
    title=st.sampled_from(["Nyheter från Flen", "Olycka i Mora", "Väder", "En lång rubrik om ingenting"]),
    summary=st.sampled_from(["", "Mer."]),
    published=st.none() | MOMENTS,
    publisher=st.sampled_from(["", "", "", "https://riks.example"]),
)
EVENTS = st.lists(
    st.tuples(st.sampled_from([FEED, OTHER]), st.lists(ENTRIES, max_size=5), MOMENTS, st.booleans()), max_size=6
)
TABLES = ("sources", "polls", "entries", "source_days")


@given(EVENTS)
@settings(max_examples=40)
def test_saving_many_at_once_writes_the_rows_that_saving_each_at_once_writes(
    events: list[tuple[Source, list[Entry], datetime, bool]],
) -> None:
    written = []
    for at_once in (True, False):
        with TemporaryDirectory() as folder, closing(open_database(Path(folder) / "monitor.db")) as db:
            home = Home(path=Path(folder), settings=Settings(municipality="Flen"), sources=(FEED, OTHER))
            intake_store.register_sources(db, home.known_sources)
            intake = HomeIntake(db, home, lambda body, _: b"Flen" in body, lambda: NOW, say_nothing)
            for source, entries, at, ends in events:
                found = Poll(source=source.url, at=at, outcome=PollOutcome.OK)
                intake.take_poll(Arrival(found, entries))
                if at_once or ends:
                    intake.save()
            intake.save()
            written.append([db.execute(f"select * from {table}").fetchall() for table in TABLES])  # noqa: S608 (our own)
            pages = db.execute("select id, key, url, source, state, reason, newest, attempts from pages").fetchall()
            written[-1].append(pages)
    assert written[0] == written[1]


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
