"""The database itself: migrations, transactions, times."""

import sqlite3
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlite_utils import Database

from monitor.errors import StoreError
from monitor.store.db import open_database, to_text, to_time, transaction
from monitor.store.migrations import migrations


def schema(db: Database) -> dict[str, str]:
    return {
        row["name"]: " ".join(str(row["sql"]).split())
        for row in db.query("select name, sql from sqlite_master where sql is not null")
    }


STEPS = [migration.name for migration in migrations.pending(Database(memory=True))]


@pytest.mark.parametrize("step", STEPS[1:])
def test_a_database_upgraded_from_any_earlier_step_equals_a_fresh_one(tmp_path: Path, step: str) -> None:
    old = Database(tmp_path / "old.db")
    migrations.apply(old, stop_before=step)
    old.close()
    upgraded = open_database(tmp_path / "old.db")
    fresh = open_database(tmp_path / "fresh.db")
    assert schema(upgraded) == schema(fresh)
    upgraded.close()
    fresh.close()


def test_every_table_of_ours_is_strict(db: Database) -> None:
    loose = db.query("select name from pragma_table_list where schema = 'main' and type = 'table' and not strict")
    ours = {row["name"] for row in loose} - {"sqlite_schema", "_sqlite_migrations"}
    assert {name for name in ours if not name.startswith("archive_words")} == set()


def test_the_database_keeps_a_write_ahead_log_and_foreign_keys(db: Database) -> None:
    assert db.execute("pragma journal_mode").fetchone()[0] == "wal"
    assert db.execute("pragma foreign_keys").fetchone()[0] == 1
    with pytest.raises(sqlite3.IntegrityError), transaction(db) as connection:
        connection.execute(
            "insert into polls (source, at, outcome, reason, entries, new) values ('nobody', '', '', '', 0, 0)"
        )


def test_a_transaction_that_fails_writes_nothing(db: Database) -> None:
    def fail() -> None:
        with transaction(db) as connection:
            connection.execute("insert into sources (url, kind, name) values ('a', 'feed', 'a')")
            raise RuntimeError("killed in the middle")

    with pytest.raises(RuntimeError):
        fail()
    assert db.execute("select count(*) from sources").fetchone()[0] == 0


def test_a_database_of_a_newer_version_is_refused_in_words(tmp_path: Path) -> None:
    db = open_database(tmp_path / "monitor.db")
    with transaction(db) as connection:
        connection.execute(
            "insert into _sqlite_migrations (migration_set, name, applied_at) values ('monitor', 'm999_future', '')"
        )
    db.close()
    with pytest.raises(StoreError, match="newer version"):
        open_database(tmp_path / "monitor.db")


def test_a_file_that_is_no_database_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "monitor.db"
    path.write_bytes(b"this is no database, it is a long enough text to look at" * 100)
    with pytest.raises(StoreError, match="cannot be opened"):
        open_database(path)


def test_a_busy_database_is_told_in_words(db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.store.db.BUSY_SECONDS", 0.05)
    other = open_database(tmp_path / "monitor.db")
    with transaction(db), pytest.raises(StoreError, match="busy"), transaction(other):
        pass
    other.close()


@given(st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2100, 1, 1)), st.integers(-12, 14))
def test_a_time_comes_back_to_the_second_in_utc_and_sorts_as_text(naive: datetime, hours: int) -> None:
    moment = naive.replace(microsecond=0, tzinfo=timezone(timedelta(hours=hours)))
    text = to_text(moment)
    assert text is not None
    assert to_time(text) == moment
    assert text.endswith("+00:00")
    later = to_text(moment + timedelta(seconds=1))
    assert later is not None
    assert text < later


def test_no_time_is_no_text() -> None:
    assert to_text(None) is None
    assert to_time(None) is None
    assert to_time("2026-11-24T05:30:00+00:00") == datetime(2026, 11, 24, 5, 30, tzinfo=UTC)
