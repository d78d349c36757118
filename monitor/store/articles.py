"""Articles and their mentions, and what hosts repeat on every page."""

import sqlite3
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from monitor.core.articles import Arrival
from monitor.core.digest import is_prominent
from monitor.core.sites import is_of_site
from monitor.core.urls import identity_key
from monitor.models import (
    Access,
    Article,
    AuthorRole,
    FoundPlace,
    Mention,
    Outcome,
    Page,
    PageReading,
    PageState,
    PlaceKind,
    Refused,
    StorePolicy,
)
from monitor.store import not_again
from monitor.store.db import time_of, to_text, to_time, transaction
from monitor.store.intake import entry_words


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A page that waits to be read. `page` is None when it could not be had, for `reason`."""

    id: int
    url: str
    source: str
    page: Page | None
    reason: str


def count_unread(db: Database) -> int:
    """Return how many pages wait to be read."""
    sql = f"select count(*) from pages where {_UNREAD}"  # noqa: S608 (a constant)
    return int(db.execute(sql, _UNREAD_VALUES).fetchone()[0])


# An unavailable page is read once, on the feed's words; it stays "unavailable" only until then.
_UNREAD = "state in (?, ?)"
_UNREAD_VALUES = [PageState.KEPT, PageState.UNAVAILABLE]


def unread_pages(db: Database, after: int, limit: int) -> list[Unread]:
    """Return pages that wait to be read, in the order they were seen, with rows above `after`."""
    rows = db.query(
        f"select * from pages where {_UNREAD} and id > ? order by id limit ?",  # noqa: S608 (a constant)
        [*_UNREAD_VALUES, after, limit],
    )
    return [
        Unread(
            id=row["id"],
            url=row["url"],
            source=_voice(db, row),
            reason=row["reason"],
            page=Page(
                url=row["final_url"],
                body=zlib.decompress(row["body"]),
                content_type=row["content_type"],
                fetched_at=time_of(row["fetched"]),
                store=StorePolicy(row["store"]),
                store_reason=row["reason"],
            )
            if row["body"] is not None and row["state"] == PageState.KEPT
            else None,
        )
        for row in rows
    ]


def _voice(db: Database, page: Mapping[str, Any]) -> str:
    """Return the source of a page's own site, when it is one of those that told of it; else the one that did first."""
    if is_of_site(page["source"], page["url"]):
        return str(page["source"])
    told = db.execute("select source from entries where page = ? order by id", [page["id"]]).fetchall()
    return next((str(row[0]) for row in told if is_of_site(row[0], page["url"])), str(page["source"]))


def arrival(db: Database, unread: Unread, reading: PageReading | Refused, area: str) -> Arrival:
    """Return all that is known of a page that was read."""
    row = db.execute("select min(first_seen), min(baseline) from entries where page = ?", [unread.id]).fetchone()
    return Arrival(
        url=unread.page.url if unread.page else unread.url,
        source=unread.source,
        seen_at=time_of(row[0]),
        baseline=bool(row[1]),
        area=area,
        entries=entry_words(db, unread.id),
        reading=reading,
    )


# --- what hosts repeat ---------------------------------------------------------------------------------


HostBlocks = tuple[int, dict[str, int]]
"""How many pages of a host were read, and on how many of them each block stood."""


def host_blocks(db: Database, host: str, more: HostBlocks = (0, {})) -> HostBlocks:
    """Return what is known of a host with what newly read pages of it hold added: the blocks seen at least twice."""
    row = db.execute("select pages from hosts where host = ?", [host]).fetchone()
    pages, new = more
    known = dict(db.execute("select key, pages from blocks where host = ? and pages > 1", [host]).fetchall())
    for key, number in new.items():
        sql = "select pages from blocks where host = ? and key = ?"
        before = known.get(key) or next(iter(db.execute(sql, [host, key]).fetchall()), (0,))[0]
        known[key] = before + number
    return (row[0] if row else 0) + pages, {key: number for key, number in known.items() if number > 1}


def count_blocks(db: Database, host: str, pages: int, blocks: Mapping[str, int]) -> None:
    """Add what `pages` newly read pages of a host held: on how many of them each block stood."""
    with transaction(db) as connection:
        connection.execute(
            "insert into hosts values (?, ?) on conflict do update set pages = pages + excluded.pages", [host, pages]
        )
        connection.executemany(
            "insert into blocks values (?, ?, ?) on conflict do update set pages = pages + excluded.pages",
            [(host, key, number) for key, number in blocks.items()],
        )


# --- articles ------------------------------------------------------------------------------------------


def save_verdicts(db: Database, verdicts: Iterable[tuple[int, Article | Refused]], now: datetime) -> tuple[int, int]:
    """Save what became of pages; return how many articles are new and how many were revised. One transaction."""
    new = revised = 0
    with transaction(db) as connection:
        for page, verdict in verdicts:
            if isinstance(verdict, Refused):
                _close_page(connection, page, PageState.REJECTED, verdict.reason)
                continue
            outcome = _save_article(connection, page, verdict, now)
            new += outcome == "new"
            revised += outcome == "revised"
            _close_page(connection, page, PageState.TAKEN, verdict.note)
    return new, revised


def _close_page(connection: sqlite3.Connection, page: int, state: PageState, reason: str) -> None:
    connection.execute("update pages set state = ?, reason = ?, body = null where id = ?", [state, reason, page])


def _save_article(connection: sqlite3.Connection, page: int, article: Article, now: datetime) -> str:
    key = identity_key(article.url) or f"{article.source}#{page}"
    if not_again.is_erased(connection, key):
        return "erased"
    sql = "select id, page, title, text, from_feed from articles where"
    known = connection.execute(f"{sql} key = ?", [key]).fetchone()
    if known is None:  # a page that was given another address is the same article still
        known = connection.execute(f"{sql} page = ? and source = ?", [page, article.source]).fetchone()
    if known is None:
        _write_article(connection, None, page, key, article)
        return "new"
    id_, its_page, title, text, from_feed = known
    if from_feed and not article.from_feed:
        # What was judged on the feed's words has now been read whole: better, not changed.
        _write_article(connection, id_, page, key, article)
    elif its_page == page and article.from_feed <= from_feed and (title, text) != (article.title, article.text):
        _write_article(connection, id_, page, key, replace(article, revised_at=now))
        return "revised"
    return "known"


def _write_article(connection: sqlite3.Connection, id_: int | None, page: int, key: str, article: Article) -> None:
    """Insert the article, or replace the row `id_`; what was first seen stays."""
    values = _to_row(article) | {"page": page, "key": key}
    if id_ is None:
        names = ", ".join(values)
        marks = ", ".join("?" * len(values))
        sql = f"insert into articles ({names}) values ({marks})"  # noqa: S608 (names are our own columns)
        id_ = int(connection.execute(sql, list(values.values())).lastrowid or 0)
    else:
        del values["seen"], values["baseline"], values["source"]
        changes = ", ".join(f"{name} = ?" for name in values)
        sql = f"update articles set {changes} where id = ?"  # noqa: S608 (names are our own columns)
        connection.execute(sql, [*values.values(), id_])
        connection.execute("delete from mentions where article = ?", [id_])
    connection.executemany(
        "insert or ignore into mentions values (?, ?, ?, ?, ?, ?)",
        [(id_, m.where, m.start, m.end, m.text, m.rule) for m in article.place.mentions],
    )


def _to_row(article: Article) -> dict[str, Any]:
    place = article.place
    return {
        "url": article.url,
        "source": article.source,
        "title": article.title,
        "lead": article.lead,
        "text": article.text,
        "at": to_text(article.at),
        "published": to_text(article.published),
        "published_from": article.published_from,
        "published_raw": article.published_raw,
        "seen": to_text(article.seen_at),
        "revised": to_text(article.revised_at),
        "baseline": int(article.baseline),
        "language": article.language,
        "access": article.access.value,
        "author_role": article.author_role.value,
        "outcome": article.outcome.value,
        "note": article.note,
        "from_feed": int(article.from_feed),
        "code": place.code,
        "place": place.name,
        "kind": place.kind.value,
        "about": int(place.about),
        "prominent": int(is_prominent(article)),
        "score": place.score,
        "reason": place.reason,
    }


def read_articles(db: Database, ids: Sequence[int]) -> dict[int, Article]:
    """Return the articles with these rows."""
    found: dict[int, Article] = {}
    for start in range(0, len(ids), 500):
        chosen = list(ids[start : start + 500])
        marks = ", ".join("?" * len(chosen))
        mentions: dict[int, list[Mention]] = {}
        sql = f"select * from mentions where article in ({marks}) order by article, place_in desc, start"  # noqa: S608
        for row in db.query(sql, chosen):
            mention = Mention(
                start=row["start"], end=row["stop"], text=row["text"], rule=row["rule"], where=row["place_in"]
            )
            mentions.setdefault(row["article"], []).append(mention)
        for row in db.query(f"select * from articles where id in ({marks})", chosen):  # noqa: S608
            found[row["id"]] = _from_row(row, tuple(mentions.get(row["id"], ())))
    return found


def _from_row(row: Mapping[str, Any], mentions: tuple[Mention, ...]) -> Article:
    return Article(
        url=row["url"],
        source=row["source"],
        title=row["title"],
        lead=row["lead"],
        text=row["text"],
        published=to_time(row["published"]),
        published_from=row["published_from"],
        published_raw=row["published_raw"],
        seen_at=time_of(row["seen"]),
        revised_at=to_time(row["revised"]),
        baseline=bool(row["baseline"]),
        language=row["language"],
        access=Access(row["access"]),
        author_role=AuthorRole(row["author_role"]),
        outcome=Outcome(row["outcome"]),
        note=row["note"],
        from_feed=bool(row["from_feed"]),
        place=FoundPlace(
            code=row["code"],
            name=row["place"],
            kind=PlaceKind(row["kind"]),
            about=bool(row["about"]),
            score=row["score"],
            reason=row["reason"],
            mentions=mentions,
        ),
    )


def articles_between(db: Database, since: datetime, until: datetime) -> list[int]:
    """Return the rows of the articles whose news falls in the span; not those that staff hid as wrong hits."""
    sql = "select id from articles where at >= ? and at < ? and not hidden order by id"
    rows = db.execute(sql, [to_text(since), to_text(until)])
    return [row[0] for row in rows.fetchall()]


def list_articles(db: Database, limit: int = -1) -> list[dict[str, object]]:
    """Return articles, newest first, as they are printed."""
    sql = f"select {_LISTED} from articles a where not a.hidden order by a.at desc, a.id desc limit ?"  # noqa: S608
    return list(db.query(sql, [limit]))


def list_rows(db: Database, ids: Sequence[int]) -> list[dict[str, object]]:
    """Return the articles with these rows, in this order, as they are printed."""
    found: dict[int, dict[str, object]] = {}
    for start in range(0, len(ids), 500):
        chosen = list(ids[start : start + 500])
        sql = f"select a.id, {_LISTED} from articles a where a.id in ({', '.join('?' * len(chosen))})"  # noqa: S608
        found |= {row.pop("id"): row for row in db.query(sql, chosen)}
    return [found[id_] for id_ in ids]


_LISTED = """a.url, a.title, a.published, a.source, a.seen, a.revised, a.access, a.outcome, a.note, a.from_feed,
    a.code, a.place, a.kind, a.about, a.score, a.reason"""


def find_page(db: Database, url: str) -> dict[str, Any] | None:
    """Return what the store knows of an address: its page, and its article when it became one."""
    key = identity_key(url)
    rows = db.query(
        """select p.*, p.body is not null as has_body, a.url article_url, a.title article_title, a.about,
               a.reason article_reason, a.outcome article_outcome, a.note article_note, a.at article_at,
               a.from_feed,
               min(e.first_seen) first_seen, count(e.id) entries
           from pages p left join articles a on a.key = p.key or a.page = p.id left join entries e on e.page = p.id
           where p.key = ? group by p.id""",
        [key],
    )
    return next(iter(rows), None)
