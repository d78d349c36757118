"""The whole demo, twice, as a person runs it: in a process of its own."""

import json
import os
import re
import socket
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path

import pytest
from sqlite_utils import Database

from monitor.demo import DEMO_NOW, Addresses, demands, make_home, sites
from monitor.demo.check import in_letter, read_letter
from monitor.demo.content import SERVICES, Demand, name_text
from monitor.demo.run import named
from monitor.models import Period
from monitor.store.articles import articles_between, list_articles
from monitor.store.db import open_database
from monitor.store.digests import shown_urls
from monitor.store.stories import read_stories
from tests.demo.free_ports import find_free_base

PERIOD = Period(start=DEMO_NOW - timedelta(days=1), end=DEMO_NOW)


@dataclass(frozen=True)
class Ran:
    """Two runs of the demo in one home."""

    folder: Path
    first: subprocess.CompletedProcess[str]
    second: subprocess.CompletedProcess[str]
    addresses: Addresses

    @property
    def demands(self) -> dict[str, Demand]:
        """What is demanded of every article, by address."""
        return {demand.url: demand for demand in demands(self.addresses)}

    @property
    def letter(self) -> str:
        """The letter as HTML."""
        return (self.folder / "reports" / "out" / "2026-11-24.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    folder = tmp_path_factory.mktemp("demo") / "demo"
    # The home is made beforehand, since two workers that look for ports at one time may find the same.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("monitor.demo.home.BASE_PORT", find_free_base())
        addresses = make_home(folder)
    return Ran(folder, run_demo(folder, "--open"), run_demo(folder), addresses)


def run_demo(folder: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "monitor", "demo", "--home", str(folder), *options]
    environment = {**os.environ, "BROWSER": "echo opened %s"}
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, env=environment)


@pytest.fixture
def stored(ran: Ran) -> dict[str, dict[str, object]]:
    db: Database = open_database(ran.folder / "monitor.db")
    try:
        rows = list_articles(db)
        return {str(row["url"] or name_text(str(row["source"]), str(row["title"]))): row for row in rows}
    finally:
        db.close()


@pytest.fixture
def groups(ran: Ran) -> list[set[str]]:
    """The addresses of each story."""
    db = open_database(ran.folder / "monitor.db")
    try:
        every = articles_between(db, datetime(1970, 1, 1, tzinfo=UTC), DEMO_NOW + timedelta(days=1))
        return [set(map(named, story.articles)) for story in read_stories(db, every)]
    finally:
        db.close()


@pytest.fixture
def counted(ran: Ran) -> frozenset[str]:
    """The addresses of the articles that the letter counts."""
    db: Database = open_database(ran.folder / "monitor.db")
    try:
        return shown_urls(db, DEMO_NOW.date() + timedelta(days=1), DEMO_NOW - timedelta(days=30))
    finally:
        db.close()


def test_it_ends_well_both_times(ran: Ran) -> None:
    assert ran.first.returncode == 0, ran.first.stdout + ran.first.stderr
    assert ran.second.returncode == 0, ran.second.stdout + ran.second.stderr


def test_the_letter_is_opened_when_asked_for(ran: Ran) -> None:
    assert "opened file:///" in ran.first.stdout
    assert "opened" not in ran.second.stdout


def test_every_planted_mention_is_stored_and_no_trap(ran: Ran, stored: dict[str, dict[str, object]]) -> None:
    strict = {url: demand for url, demand in ran.demands.items() if not demand.later}
    assert {url for url, demand in strict.items() if demand.wanted} <= set(stored)
    assert not {url for url, demand in strict.items() if not demand.wanted} & set(stored)


def test_every_mention_of_the_period_stands_in_the_letter_and_nothing_else(
    ran: Ran, groups: list[set[str]], counted: frozenset[str]
) -> None:
    letter = read_letter(ran.letter, groups, counted)
    for url, demand in ran.demands.items():
        if not demand.later and not demand.open:
            assert (url in letter.covered) is in_letter(demand, PERIOD), f"{demand.title}: {demand.why}"
    assert len(letter.covered - letter.linked) <= 10


def test_the_letter_is_an_ordinary_one_and_fits_a_mail(ran: Ran) -> None:
    assert "ofullständig" not in ran.letter.lower()
    assert len(ran.letter.encode()) < 90_000


def test_what_bears_the_towns_name_is_known_as_that(ran: Ran, stored: dict[str, dict[str, object]]) -> None:
    for url, demand in ran.demands.items():
        if demand.wanted and not demand.later:
            assert (stored[url]["kind"] == "named_after") is (demand.expect == "named_after"), demand.title


def test_the_letter_tells_at_least_eight_stories_in_full(ran: Ran) -> None:
    told = json.loads((ran.folder / "reports" / "out" / "2026-11-24.json").read_text(encoding="utf-8"))["stories"]
    assert len(told) >= 8
    urls = [story["lead"]["url"] for story in told]
    assert all(f'"{url}"' in ran.letter for url in urls if url)
    assert urls.count("") == 1, "the mail"


def test_a_planted_trap_of_any_depth_stands_in_no_letter(ran: Ran, counted: frozenset[str]) -> None:
    traps = {url: demand for url, demand in ran.demands.items() if not demand.wanted}
    assert not [demand.title for url, demand in traps.items() if url in counted or url in ran.letter]
    assert not [demand.title for demand in traps.values() if escape(demand.title) in ran.letter]


def test_the_second_run_finds_nothing_new(ran: Ran) -> None:
    assert re.search(r"^0 new entries, 0 new articles", ran.second.stdout, re.MULTILINE)
    assert not re.search(r"^0 new entries", ran.first.stdout, re.MULTILINE)
    paged = [site for site in sites() if site.listed and site.feed not in SERVICES]
    answering = [site.name for site in paged if site.behaviour == "answers"]
    assert len(answering) >= 20
    for name in answering:
        assert re.search(rf"^{re.escape(name)} +not modified ", ran.second.stdout, re.MULTILINE), name


def test_nothing_but_the_report_is_said_and_it_fits_a_narrow_window(ran: Ran) -> None:
    for run in (ran.first, ran.second):
        assert run.stderr == ""
        table = run.stdout[run.stdout.index("Source  ") : run.stdout.index("The letter: ")]
        assert max(map(len, table.splitlines())) <= 80
        assert re.search(r"^Planted mentions found: (\d+) of \1; in the letter: (\d+) of \2$", table, re.MULTILINE)
        assert re.search(r"^Planted traps refused: (\d+) of \1$", table, re.MULTILINE)
        assert re.search(
            r"^Events folded as planted: \d+ of \d+ with several articles, \d+ of \d+", table, re.MULTILINE
        )


def test_copies_are_folded_into_the_story_of_what_they_copy(ran: Ran, groups: list[set[str]]) -> None:
    assert len(groups) >= 8
    for url, demand in ran.demands.items():
        if demand.copy_of:
            assert any({url, demand.copy_of} <= group for group in groups), demand.title


def test_an_article_with_two_addresses_or_two_versions_is_one(stored: dict[str, dict[str, object]]) -> None:
    for words in ("rondell", "ishallens-tak"):
        assert len([url for url in stored if words in url]) == 1


def test_pages_that_are_shut_are_judged_on_the_feeds_own_words(ran: Ran, stored: dict[str, dict[str, object]]) -> None:
    shut = {url for url, demand in ran.demands.items() if demand.page_shut}
    assert shut <= {url for url, row in stored.items() if row["from_feed"]}


def test_a_locked_article_is_marked(stored: dict[str, dict[str, object]]) -> None:
    locked = [url for url, row in stored.items() if row["access"] == "locked"]
    assert len(locked) == 2


def test_the_two_sources_that_fail_are_named_in_the_letter(ran: Ran) -> None:
    for name in ("Sörmlands Morgonblad", "Bygdens podd"):
        assert name in ran.letter


def test_a_second_demo_in_the_same_home_is_told_that_the_port_is_taken(ran: Ran) -> None:
    host, port = ran.addresses.bind(2)
    with socket.socket() as other:
        other.bind((host, port))
        other.listen()
        third = run_demo(ran.folder)
    assert third.returncode == 2
    assert f"{host}:{port} is taken by another program" in third.stderr
    assert "Traceback" not in third.stderr
