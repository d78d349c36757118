"""Damage of the database itself: what SQLite finds, and what of it can be written again from the rest."""

from collections import Counter

from sqlite_utils import Database

from monitor.store.db import transaction
from monitor.store.index import index_words

_DERIVED = {
    "mentions": "delete from mentions where article not in (select id from articles)",
    "story_articles": """delete from story_articles where article not in (select id from articles)
        or story not in (select id from stories)""",
    "story_queue": "delete from story_queue where article not in (select id from articles)",
    "story_sketches": "delete from story_sketches where article not in (select id from articles)",
    "digest_articles": """delete from digest_articles where article not in (select id from articles)
        or day not in (select day from digests)""",
    "candidate_links": "delete from candidate_links where site not in (select site from candidates)",
}
"""Tables whose rows say nothing without the row that they point to, and how those go."""


def find_damage(db: Database) -> list[str]:
    """Return what SQLite says of pages and indexes that do not fit together; nothing when all is well."""
    return [row[0] for row in db.execute("pragma integrity_check").fetchall() if row[0] != "ok"]


def find_loose(db: Database) -> tuple[dict[str, int], dict[str, int]]:
    """Count the rows that point to nothing, by table: those that may go, and others."""
    found = Counter(row[0] for row in db.execute("pragma foreign_key_check").fetchall())
    derived = {table: count for table, count in found.items() if table in _DERIVED}
    return derived, {table: count for table, count in found.items() if table not in _DERIVED}


def drop_loose(db: Database) -> None:
    """Delete the rows that point to nothing and say nothing alone; queue the articles that are then in no story."""
    with transaction(db) as connection:
        for statement in _DERIVED.values():
            connection.execute(statement)
        connection.execute(
            """insert or ignore into story_queue select id from articles
               where id not in (select article from story_articles)"""
        )


def write_indexes(db: Database) -> None:
    """Write every index anew, and the index of words."""
    db.execute("reindex")
    with transaction(db):
        index_words(db)
