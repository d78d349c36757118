"""The database copied while others write, and put back in one transaction."""

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlite_utils import Database

from monitor.errors import StoreError
from monitor.store.db import BUSY_SECONDS
from monitor.store.migrations import migrations


def copy_database(source: Path, target: Path) -> None:
    """Copy a database to a new file, as it stood at one moment; a crawl and people at work go on meanwhile.

    The copy is one file without a log beside it. Raises StoreError when it cannot be made or is not whole.
    """
    if not source.exists():
        raise StoreError(f"{source}: there is no database to copy")
    try:
        with closing(_connect(source)) as old, closing(_connect(target)) as new:
            old.backup(new)  # one read transaction: what is written meanwhile is not in it, and is not kept waiting
            new.execute("pragma journal_mode = delete")
    except sqlite3.Error as error:
        raise StoreError(f"{source}: the database could not be copied: {error}") from error
    check_copy(target)


def check_copy(path: Path) -> None:
    """Raise StoreError when a copy is damaged, has loose rows, or is of a newer version of the program."""
    try:
        with closing(_connect(path)) as db:
            damage = [row[0] for row in db.execute("pragma integrity_check") if row[0] != "ok"]
            loose = db.execute("pragma foreign_key_check").fetchall()
            applied = {migration.name for migration in migrations.applied(Database(db))}
    except sqlite3.Error as error:
        raise StoreError(f"{path.name} is no database: {error}") from error
    if damage or loose:
        raise StoreError(f"{path.name} is damaged: {damage[0] if damage else f'{len(loose)} rows point to nothing'}")
    newer = applied - {migration.name for migration in migrations.pending(Database(memory=True))}
    if not applied or newer:
        what = f"was written by a newer version of the program ({', '.join(sorted(newer))})"
        raise StoreError(f"{path.name} {what}" if newer else f"{path.name} is no database of this program")


def put_back(copy: Path, target: Path) -> None:
    """Put a copy in the place of what a database holds, in one transaction: killed in between, it holds what it held.

    Raises StoreError; a target that cannot be written because it is damaged is left as it is.
    """
    try:
        with closing(_connect(copy)) as old, closing(_connect(target)) as new:
            new.execute("pragma journal_mode = wal")
            old.backup(new)
    except sqlite3.Error as error:
        raise StoreError(f"{target}: the database could not be restored: {error}") from error


def is_readable(path: Path) -> bool:
    """Whether a database can be opened and its tables are known: else it cannot be written to either."""
    try:
        with closing(_connect(path)) as db:
            db.execute("select count(*) from sqlite_master").fetchone()
            db.execute("pragma quick_check(1)").fetchone()
    except sqlite3.Error:
        return False
    return True


def _connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
