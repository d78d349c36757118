"""What polls mean for a source: since when, moves, marked days, and what may be kept of it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlite_utils import Database

from monitor.models import (
    Entry,
    Page,
    Poll,
    PollOutcome,
    SiteFile,
    Source,
    SourceState,
    StorePolicy,
    Unavailable,
    Wanted,
)
from monitor.store import entry_pages, health, intake
from monitor.store.db import open_database
from monitor.store.retention import What, purge
from tests.store.keeping import limits, rows

SOURCE = Source(url="https://bladet.se/feed", name="Bladet")
NOW = datetime(2026, 11, 24, 5, 30, tzinfo=UTC)
NEW_URL = "https://bladet.se/rss"
WORDS = "En hemlig mening om simhallen"


@pytest.fixture
def db(tmp_path: Path) -> Database:
    db = open_database(tmp_path / "monitor.db")
    intake.register_sources(db, [SOURCE])
    return db


def save(db: Database, at: datetime, outcome: PollOutcome = PollOutcome.OK, *entries: Entry, moved_to: str = "") -> int:
    poll = Poll(source=SOURCE.url, at=at, outcome=outcome, moved_to=moved_to)
    return intake.save_poll(db, poll, entries)


def state(db: Database, now: datetime = NOW) -> SourceState:
    (told,) = health.with_rhythm(db, intake.source_states(db, [SOURCE]), now, ZoneInfo("Europe/Stockholm"))
    return told


def entry(key: str, url: str = "", **more: object) -> Entry:
    return replace(Entry(key=key, id=key, url=url or f"https://bladet.se/{key}", title=f"Rubrik {key}"), **more)  # type: ignore[arg-type]  # fields of Entry


def raw(db: Database) -> bytes:
    """Return every byte of the database's files."""
    path = Path(db.execute("pragma database_list").fetchone()[2])
    return b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))


def test_a_source_tells_since_when_it_is_as_it_is(db: Database) -> None:
    save(db, NOW)
    save(db, NOW + timedelta(hours=1), PollOutcome.NOT_MODIFIED)
    assert state(db).since == NOW
    save(db, NOW + timedelta(hours=2), PollOutcome.BLOCKED)
    save(db, NOW + timedelta(hours=9), PollOutcome.BLOCKED)
    assert state(db).since == NOW + timedelta(hours=2)
    save(db, NOW + timedelta(hours=20), PollOutcome.NOT_MODIFIED)
    assert state(db).since == NOW + timedelta(hours=20)


def test_a_moved_feed_is_followed_after_three_answers_over_a_day(db: Database) -> None:
    for hours in (0, 10, 23):
        save(db, NOW + timedelta(hours=hours), moved_to=NEW_URL)
    assert not state(db).followed
    assert intake.moved_sources(db) == {}
    save(db, NOW + timedelta(hours=24), PollOutcome.NOT_MODIFIED, moved_to=NEW_URL)
    assert (state(db).moved_to, state(db).followed) == (NEW_URL, True)
    assert intake.moved_sources(db) == {SOURCE.url: NEW_URL}
    save(db, NOW + timedelta(hours=25))
    assert state(db).followed


def test_a_move_that_changes_its_mind_begins_again_and_a_dead_end_is_left(db: Database) -> None:
    for hours, to in ((0, NEW_URL), (20, "https://annat.se/rss"), (30, NEW_URL), (31, NEW_URL)):
        save(db, NOW + timedelta(hours=hours), moved_to=to)
    save(db, NOW + timedelta(hours=32), PollOutcome.TRANSIENT)
    assert not state(db).followed
    save(db, NOW + timedelta(hours=60), moved_to=NEW_URL)
    assert state(db).followed
    save(db, NOW + timedelta(hours=70), PollOutcome.GONE)
    assert intake.moved_sources(db) == {}


def test_a_day_on_which_a_source_never_answered_well_is_marked(db: Database) -> None:
    save(db, NOW - timedelta(days=2))
    save(db, NOW - timedelta(days=1), PollOutcome.BLOCKED)
    save(db, NOW, PollOutcome.BLOCKED)
    save(db, NOW + timedelta(hours=1))
    assert health.unread_days(db, date(2026, 11, 1)) == {date(2026, 11, 23): {SOURCE.url}}


def test_a_source_brings_so_many_entries_a_day_and_its_first_poll_is_no_measure(db: Database) -> None:
    start = NOW - timedelta(days=28)
    save(db, start, PollOutcome.OK, *(entry(f"old-{number}") for number in range(50)))
    for day in range(1, 28):
        at = start + timedelta(days=day)
        save(db, at, PollOutcome.OK, entry(f"a{day}"), entry(f"b{day}"))
    told = state(db, NOW - timedelta(hours=12)).rhythm
    assert told.usual == pytest.approx(2.0, abs=0.1)
    assert (told.today, told.newest, told.quiet) == (2, NOW - timedelta(days=1), False)
    assert state(db, NOW + timedelta(days=2)).rhythm.quiet


def test_a_source_that_cannot_be_read_is_failing_and_not_quiet(db: Database) -> None:
    for day in range(30):
        save(db, NOW - timedelta(days=40 - day), PollOutcome.OK, entry(f"a{day}"))
    save(db, NOW, PollOutcome.BLOCKED)
    assert not state(db).rhythm.quiet


def test_of_a_link_only_source_no_text_is_ever_in_the_database(db: Database) -> None:
    intake.register_sources(db, [replace(SOURCE, store=StorePolicy.LINK)])
    save(db, NOW, PollOutcome.OK, entry("1", summary=WORDS, content=WORDS))
    save(db, NOW, PollOutcome.OK, entry("1", summary=f"{WORDS}, ändrad"))
    assert WORDS.encode() not in raw(db)
    (row,) = intake.list_entries(db)
    assert (row["state"], row["reason"]) == ("unavailable", entry_pages.LINK_ONLY)


def test_a_source_that_becomes_link_only_loses_its_pages_at_once_and_its_texts_with_the_next_purge(
    db: Database,
) -> None:
    save(db, NOW, PollOutcome.OK, entry("1", summary=WORDS), entry("2"))
    page = Page(url="https://bladet.se/1", body=WORDS.encode(), fetched_at=NOW)
    intake.save_page(db, Wanted(1, "https://bladet.se/1", SOURCE.url), page, 14)
    intake.register_sources(db, [replace(SOURCE, store=StorePolicy.LINK)])
    assert db.execute("select count(*) from pages where body is not null or state = 'waiting'").fetchone()[0] == 0
    assert rows(purge(db, NOW, limits(NOW)), What.ENTRIES, "store=link of its source") == 1
    assert intake.entry_words(db, 1)[0].summary == ""


def test_of_a_page_whose_site_reserves_it_only_the_headline_is_kept_then_and_later(db: Database) -> None:
    save(db, NOW, PollOutcome.OK, entry("1", summary="Kort"))
    wanted = Wanted(1, "https://bladet.se/1", SOURCE.url)
    intake.save_unavailable(db, wanted, Unavailable(reason="the site reserves its text", reserved=True), NOW)
    assert intake.entry_words(db, 1) == [entry("1")]
    save(db, NOW, PollOutcome.OK, entry("1", summary=WORDS), entry("1b", url="https://bladet.se/1", summary=WORDS))
    assert all(not said.summary for said in intake.entry_words(db, 1))


def test_keep_days_of_a_source_end_its_texts_before_the_homes(db: Database) -> None:
    intake.register_sources(db, [replace(SOURCE, keep_days=7)])
    save(db, NOW - timedelta(days=8), PollOutcome.OK, entry("1", summary="Gammal"))
    save(db, NOW, PollOutcome.OK, entry("2", summary="Ny"))
    pretended = purge(db, NOW, limits(NOW), pretend=True)
    assert purge(db, NOW, limits(NOW)) == pretended
    assert rows(pretended, What.ENTRIES, "keep_days of its source") == 1
    assert [intake.entry_words(db, page)[0].summary for page in (1, 2)] == ["", "Ny"]


def test_an_entry_that_gets_a_new_address_is_still_one_entry_with_one_page(db: Database) -> None:
    save(db, NOW, PollOutcome.OK, entry("1"))
    assert save(db, NOW, PollOutcome.OK, entry("1", url="https://bladet.se/flyttad")) == 0
    assert [wanted.url for wanted in intake.wanted_pages(db, SOURCE.url, 9, NOW)] == ["https://bladet.se/flyttad"]


def test_what_a_site_said_to_programs_is_remembered(db: Database) -> None:
    files = health.StoredSiteFiles(db)
    assert files.recall("https://a.se/robots.txt") is None
    for status in (None, 200):
        file = SiteFile(url="https://a.se/robots.txt", asked=NOW, status=status, reason="r", body=b"x")
        files.keep(file)
        assert files.recall(file.url) == file
