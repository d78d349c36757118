"""What the pages and the steps ask of the database grows with what they show, not with what is kept.

Every statement that they send is explained: none may walk a table that grows with the years.
"""

import re
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from monitor.config import Home, read_home
from monitor.crawl.base import Polled
from monitor.models import Entry, Page, Poll, PollOutcome, Unavailable
from monitor.steps import say_nothing
from monitor.steps.alert import send_alerts
from monitor.steps.crawl import HomeIntake
from monitor.steps.group import group
from monitor.steps.publish import publish
from monitor.steps.purge import purge
from monitor.store import db as store
from monitor.store.intake import register_sources
from monitor.store.runs import RunOutcome, begin_run, end_run
from monitor.store.stories import row_of
from tests.conftest import NOW
from tests.web.browser import Browser
from tests.web.homes import small_home

GROWING = frozenset(
    [
        "archive",
        "articles",
        "blocks",
        "candidate_links",
        "case_articles",
        "case_events",
        "case_texts",
        "deletions",
        "digest_articles",
        "entries",
        "erased_addresses",
        "hosts",
        "mentions",
        "outbox",
        "pages",
        "polls",
        "revisions",
        "stories",
        "story_articles",
        "story_decisions",
        "story_keys",
        "story_queue",
        "story_sketches",
        "story_words",
    ]
)
ALLOWED = {
    "select source, count(*) n from entries group by source": "only where a page lists all sources",
    "select a.id from story_queue q cross join": "the queue is emptied by each run",
    "select d.doc from archive d where not d.hidden order by d.doc desc limit": "newest first, and stops",
    "select d.doc, d.source, d.place": "newest first, and stops",
    "select at, rule, class, rows, before, decision from deletions": "newest first, and stops",
    "select 1 from erased_addresses limit": "stops at the first",
    "select exists (select 1 from pages where through_search = 1)": "stops at the first",
}
ADDRESSES = [
    "/arkiv",
    "/arkiv?q=skola",
    "/arkiv?q=skola&amne=Skola",
    "/arkiv?fran=2026-11-01&till=2026-11-30",
    "/arkiv.csv?q=skola",
    "/arkiv.json",
    "/arkiv.atom",
    "/uppfoljning",
    "/uppfoljning.csv",
    "/diarium",
    "/diarium.csv",
    "/statistik",
    "/statistik.csv",
    "/statistik/kvartal",
    "/kallor",
    "/brev/{day}",
    "/handelse/{story}",
    "/traff",
    "/traff/{article}/ratta",
    "/kandidater",
    "/sokord",
    "/utskick",
    "/andringar",
    "/halsa",
    "/om",
    "/installningar",
    "/arende/nytt?handelse={story}",
    "/radera-person",
    "/kallor/ny",
]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Collect every statement that any connection runs, with its values."""
    statements: set[str] = set()
    connect = sqlite3.connect

    def traced(*args: Any, **kwargs: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(*args, **kwargs)
        connection.set_trace_callback(statements.add)
        return connection

    monkeypatch.setattr(sqlite3, "connect", traced)
    return statements


def walks(connection: sqlite3.Connection, statement: str) -> list[str]:
    """Return the steps of a statement's plan that walk a growing table."""
    named = re.findall(r"(?:from|join|update|into)\s+(\w+)(?:\s+(?:as\s+)?(\w+))?", statement, re.IGNORECASE)
    tables = {table: table for table, _ in named} | {alias: table for table, alias in named if alias}
    plan = [str(row[3]) for row in connection.execute(f"explain query plan {statement}")]
    return [step for step in plan if (scan := re.match(r"SCAN (\w+)", step)) and tables.get(scan[1]) in GROWING]


def _is_question(statement: str) -> bool:
    """Leave out what SQLite's own text index asks, and what is allowed."""
    plain = " ".join(statement.split())
    asks = re.match(r"(select|with|update|delete|insert)\b", plain, re.IGNORECASE)
    return bool(asks) and "'main'." not in plain and not any(map(plain.startswith, ALLOWED))


def crawl(db: Database, home: Home) -> None:
    """Let a home take and save what a crawl hands over."""
    number = begin_run(db, "crawl", NOW)
    intake = HomeIntake(db, home, lambda body, _: b"ja" in body, lambda: NOW, say_nothing, run=number)
    source = home.sources[0].url
    entries = [Entry(key=key, url=f"https://ny.example/{key}", title=f"En rubrik om {key}") for key in "abc"]
    again = [*entries[1:], replace(entries[0], url="https://ny.example/flyttad", title="En annan rubrik")]
    for found in (entries, again, [Entry(key="d", url="https://ny.example/d", publisher="https://annan.example")]):
        poll = Poll(source=source, at=NOW, outcome=PollOutcome.OK)
        wanted = intake.polled(Polled(poll=poll, entries=tuple(found)))
        for body, one in zip((b"ja", b"nej", b""), wanted, strict=False):
            page = Page(url=one.url, body=body, content_type="text/html", fetched_at=NOW)
            intake.take_page(one, page if body else Unavailable(reason="gone", reserved=True))
    intake.save()
    assert min(intake.result.pages_kept, intake.result.pages_without, intake.result.pages_unavailable) > 0
    end_run(db, number, RunOutcome.DONE, NOW)


def test_no_page_and_no_step_walks_a_table_that_grows(tmp_path: Path, asked: set[str]) -> None:
    folder, articles, stories = small_home(tmp_path / "home")
    home = read_home(folder)
    asked.clear()  # the home was made by the tests
    with closing(store.open_database(folder / "monitor.db")) as db:
        asked.clear()  # opening it checks its tables
        register_sources(db, home.sources)
        crawl(db, home)
        group(db, lambda: NOW)
        publish(home, db, lambda: NOW)
        send_alerts(home, db, lambda: NOW, pretend=True)
        purge(home, db, lambda: NOW)
        assert row_of(db, "https://nowhere.example/1") is None
    values = {"story": stories[0], "article": articles[0], "day": NOW.date().isoformat()}
    with Browser(folder) as browser:
        for address in ADDRESSES:
            assert browser.get(address.format_map(values)).status_code in {200, 404, 503}, address
    with closing(store.open_database(folder / "monitor.db")) as db:
        questions = [one for one in sorted(asked) if _is_question(one)]
        found = {one: steps for one in questions if (steps := walks(db.conn, one))}
    assert len(questions) > 100
    assert not found


def test_a_walk_is_seen(tmp_path: Path) -> None:
    with closing(store.open_database(tmp_path / "monitor.db")) as db:
        assert walks(db.conn, "select id from articles where lead = 'x'")
        assert not walks(db.conn, "select id from articles where id = 1")
