"""Who changed which of the home's files in the browser, and what. Append only."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from sqlite_utils import Database

from monitor.store.db import to_text, transaction

T = TypeVar("T")


def record_change(
    db: Database, *, role: str, at: datetime, file: str, what: str, before: str, after: str, write: Callable[[], T]
) -> T:
    """Write a file and the row that tells of it: when `write` raises, there is no row; when the row cannot be
    written, the file is not touched. Returns what `write` returns.
    """
    with transaction(db) as connection:
        connection.execute(
            "insert into file_changes (at, role, file, what, before, after) values (?, ?, ?, ?, ?, ?)",
            [to_text(at), role, file, what, before, after],
        )
        return write()


def list_changes(db: Database, limit: int = 200) -> list[dict[str, str]]:
    """Return changes, newest first."""
    sql = "select at, role, file, what, before, after from file_changes order by id desc limit ?"
    return list(db.query(sql, [limit]))
