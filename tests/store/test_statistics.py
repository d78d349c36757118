"""Counts for the statistics read indexes and narrow rows, never whole texts."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlite_utils import Database

from monitor.models import Period
from monitor.store import statistics as statistics_store
from tests.core.articles import START, make_article
from tests.store.test_archive import save

ZONE = ZoneInfo("Europe/Stockholm")
WEEK = Period(start=START - timedelta(days=3), end=START + timedelta(days=4))


def test_topics_and_sources_of_a_span_are_counted_without_what_is_hidden_or_own(db: Database) -> None:
    save(db, make_article("En", hours=1))
    save(db, make_article("Två", hours=2, paper="egen"))
    hidden = save(db, make_article("Tre", hours=3))
    save(db, make_article("Fyra", hours=500))
    db.execute("update articles set hidden = 1 where id = ?", [hidden])
    own = ["https://egen.example/feed"]
    assert statistics_store.count_topics(db, WEEK, own) == [("", 1, 0)]
    assert statistics_store.count_sources(db, WEEK, own) == [("https://blad.example/feed", 1)]


def test_a_day_counts_as_fetched_when_any_source_was_read(db: Database) -> None:
    save(db, make_article())
    sql = "insert into polls (source, at, outcome, reason, entries, new) values (?, ?, ?, '', 0, 0)"
    source = "https://blad.example/feed"
    db.execute(sql, [source, "2026-11-22T23:30:00+00:00", "not modified"])  # the 23rd in Stockholm
    db.execute(sql, [source, "2026-11-24T10:00:00+00:00", "blocked"])
    days = [date(2026, 11, 22), date(2026, 11, 23), date(2026, 11, 24)]
    assert statistics_store.fetched_days(db, days, ZONE) == {date(2026, 11, 23)}


def test_no_question_of_the_statistics_reads_a_whole_table(db: Database) -> None:
    asked: list[str] = []
    db.conn.set_trace_callback(asked.append)
    statistics_store.count_topics(db, WEEK, ["a"])
    statistics_store.count_sources(db, WEEK, ["a"])
    statistics_store.count_asked(db, WEEK)
    statistics_store.case_times(db, WEEK)
    statistics_store.fetched_days(db, [START.date()], ZONE)
    db.conn.set_trace_callback(None)
    for sql in asked:
        steps = [row[3] for row in db.execute(f"explain query plan {sql}").fetchall()]
        assert not [step for step in steps if step.startswith("SCAN") and "CONSTANT ROW" not in step], steps
