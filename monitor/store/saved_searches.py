"""Searches that an editor gave a name. Everybody sees them."""

from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from monitor.store.db import to_text, transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedSearch:
    """A search by name. `address` is the query string of /arkiv."""

    id: int
    name: str
    address: str
    role: str


def save_search(db: Database, name: str, address: str, *, role: str, now: datetime) -> bool:
    """Save a search; False when another has this name."""
    with transaction(db) as connection:
        sql = "insert or ignore into saved_searches (name, address, role, made) values (?, ?, ?, ?)"
        return connection.execute(sql, [name, address, role, to_text(now)]).rowcount > 0


def delete_search(db: Database, id_: int) -> bool:
    """Delete a saved search; False when there is none."""
    with transaction(db) as connection:
        return connection.execute("delete from saved_searches where id = ?", [id_]).rowcount > 0


def saved_searches(db: Database) -> list[SavedSearch]:
    """Return the saved searches by name."""
    rows = db.query("select id, name, address, role from saved_searches order by name")
    return [SavedSearch(**row) for row in rows]
