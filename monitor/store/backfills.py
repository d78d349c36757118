"""Archive files that are done, and articles out of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from monitor.core.urls import identity_key
from monitor.models import Article, PageState, Source
from monitor.store import not_again
from monitor.store.articles import save_verdicts
from monitor.store.db import to_text, transaction
from monitor.store.intake import register_sources


@dataclass(frozen=True, slots=True, kw_only=True)
class FileDone:
    """What is remembered of an archive file."""

    key: str
    name: str
    size: int
    records: int
    finds: int
    articles: int


def is_done(db: Database, key: str) -> bool:
    """Whether an archive file has been read, for the names that the home looks for now."""
    return db.execute("select 1 from archive_files where key = ?", [key]).fetchone() is not None


def save_done(db: Database, done: FileDone, now: datetime) -> None:
    """Remember that an archive file is done."""
    with transaction(db) as connection:
        connection.execute(
            "insert or replace into archive_files values (?, ?, ?, ?, ?, ?, ?)",
            [done.key, done.name, done.size, done.records, done.finds, done.articles, to_text(now)],
        )


def is_known(db: Database, *urls: str) -> bool:
    """Whether the home knows one of these addresses: a page of it, an article, or one that was erased."""
    for key in {identity_key(url) for url in urls if url}:
        sql = "select exists (select 1 from pages where key = ?) or exists (select 1 from articles where key = ?)"
        if db.execute(sql, [key, key]).fetchone()[0] or not_again.is_erased(db.conn, key):
            return True
    return False


def register_archived(db: Database, sources: Sequence[Source]) -> None:
    """Let the store know sites that only an archive has told of; one it knows already stays as it is."""
    known = {row[0] for row in db.execute("select url from sources").fetchall()}
    register_sources(db, [source for source in sources if source.url not in known])


def save_archived(db: Database, url: str, article: Article, quote: str, now: datetime) -> bool:
    """Save an article out of an archive, with the page at `url` that it stood on; return whether it is new."""
    with transaction(db) as connection:
        page = connection.execute(
            """insert into pages (key, url, source, state, newest, fetched, final_url)
               values (?, ?, ?, ?, ?, ?, ?)""",
            [
                identity_key(url), url, article.source, PageState.KEPT, to_text(article.at),
                to_text(article.seen_at), article.url,
            ],
        ).lastrowid  # fmt: skip
        new, _ = save_verdicts(db, [(int(page or 0), article)], now)
        if quote:
            connection.execute("update articles set quote = ? where page = ?", [quote, page])
    return bool(new)
