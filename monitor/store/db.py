"""Open the home's database, write in one transaction, turn times into text and back.

Times are stored as UTC ISO 8601 text to the second ("2026-11-24T05:30:00+00:00"): they sort, and people can read them.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from monitor.core.search import index_text
from monitor.errors import StoreError
from monitor.store.index import index_words, is_current
from monitor.store.migrations import migrations

BUSY_SECONDS = 15
LOG_BYTES = 16 * 1024**2
OLDEST_SQLITE = (3, 37, 0)  # strict tables

Row = Sequence[Any]


def open_database(path: Path, *, busy: float | None = None, any_thread: bool = False) -> Database:
    """Open the database at `path`, made or upgraded as needed. Raises StoreError with what to do.

    A write waits `busy` seconds for another program's, BUSY_SECONDS when not said. With `any_thread` the caller sees to
    it that one thread at a time uses the database.
    """
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise StoreError(f"SQLite {sqlite3.sqlite_version} is too old: 3.37 or newer is needed")
    try:
        # isolation_level None: transactions begin only where this code says so (see `transaction`).
        connection = sqlite3.connect(
            path, timeout=BUSY_SECONDS if busy is None else busy, isolation_level=None, check_same_thread=not any_thread
        )
        try:
            return _prepare(connection)
        except BaseException:
            connection.close()
            raise
    except sqlite3.Error as error:
        raise StoreError(f"{path}: the database cannot be opened: {error}") from error


def _prepare(connection: sqlite3.Connection) -> Database:
    # The triggers that keep the search index call it (m014): whoever writes articles needs it.
    connection.create_function("search_words", 3, index_text, deterministic=True)
    connection.execute("pragma journal_mode = wal")
    connection.execute("pragma foreign_keys = on")
    # What is deleted is written over: it may be a person's, or what a site reserves.
    connection.execute("pragma secure_delete = on")
    # With WAL, NORMAL loses nothing when a process is killed; only power loss can drop the last commits.
    connection.execute("pragma synchronous = normal")
    # Written back every 16 MB and not every 4: a poll of many feeds waits for the disk a quarter as often.
    connection.execute(f"pragma wal_autocheckpoint = {LOG_BYTES // 4096}")
    # After a long reader has kept the log from being emptied, the file shrinks again.
    connection.execute(f"pragma journal_size_limit = {LOG_BYTES}")
    db = Database(connection)
    applied = {migration.name for migration in migrations.applied(db)}
    if newer := applied - _ours():
        raise StoreError(f"the database was written by a newer version of the program ({', '.join(sorted(newer))})")
    if applied != _ours():
        migrations.apply(db)
    if not is_current(db):
        with transaction(db):
            index_words(db)
    return db


@cache
def _ours() -> frozenset[str]:
    """Return the names of the migrations that this version of the program knows."""
    return frozenset(migration.name for migration in migrations.pending(Database(memory=True)))


@contextmanager
def transaction(db: Database) -> Iterator[sqlite3.Connection]:
    """Write what belongs together, or nothing. Inside another transaction it is a part of that one.

    IMMEDIATE, because a transaction that reads first and writes later fails at once when another writer came between,
    whatever the busy timeout says (SQLITE_BUSY_SNAPSHOT).
    """
    connection = db.conn
    inside = connection.in_transaction
    if inside:
        yield connection
        return
    try:
        connection.execute("begin immediate")
    except sqlite3.OperationalError as error:
        raise StoreError("the database is busy: another program is writing. Try again") from error
    try:
        yield connection
        connection.execute("commit")
    except BaseException as error:
        # A full disk has rolled back already; a second rollback would hide the real error.
        if connection.in_transaction:
            connection.execute("rollback")
        if isinstance(error, sqlite3.OperationalError):
            raise StoreError(f"the database could not be written: {error}") from error
        raise


@contextmanager
def lasting(db: Database) -> Iterator[sqlite3.Connection]:
    """Write what must survive a power cut."""
    db.execute("pragma synchronous = full")
    try:
        with transaction(db) as connection:
            yield connection
    finally:
        db.execute("pragma synchronous = normal")


def to_text(moment: datetime | None) -> str | None:
    """Return an aware time as stored text."""
    return moment.astimezone(UTC).isoformat(timespec="seconds") if moment else None


def to_time(text: str | None) -> datetime | None:
    """Return stored text as an aware UTC time."""
    return datetime.fromisoformat(text) if text else None


def time_of(text: str) -> datetime:
    """Return stored text of a column that is never null as an aware UTC time."""
    return datetime.fromisoformat(text)
