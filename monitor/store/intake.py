"""Sources, polls, entries and pages: what the crawl brings in.

"Seen" and "stored" are one transaction: an entry and the page it points to are written with the poll that brought them.
"""

import sqlite3
import zlib
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from sqlite_utils import Database

from monitor.core.polling import fingerprint, next_due, page_retry
from monitor.core.urls import identity_key
from monitor.models import (
    Entry,
    Page,
    PageState,
    Poll,
    PollOutcome,
    Source,
    SourceState,
    Unavailable,
    Validators,
    Wanted,
)
from monitor.store.db import time_of, to_text, to_time, transaction

MAX_REVISITS = 10
"""A page is fetched again when its entry changes, but not for ever: some feeds count comments in the headline."""


def register_sources(db: Database, sources: Iterable[Source]) -> None:
    """Let the store know the sources of feeds.txt; what it remembers of each stays."""
    with transaction(db) as connection:
        connection.executemany(
            """insert into sources (url, kind, name) values (?, ?, ?)
               on conflict (url) do update set kind = excluded.kind, name = excluded.name""",
            [(source.url, source.kind, source.name) for source in sources],
        )


def source_states(db: Database, sources: Sequence[Source], *, counted: bool = True) -> tuple[SourceState, ...]:
    """Return how the reading of each source goes, in the order given; `counted` with its entries, which takes time."""
    rows = {row["url"]: row for row in db.query("select * from sources")}
    counting = db.query("select source, count(*) n from entries group by source") if counted else ()
    counts = {row["source"]: row["n"] for row in counting}
    states = []
    for source in sources:
        row = rows.get(source.url)
        states.append(
            SourceState(
                source=source,
                last=_last_poll(db, source.url),
                last_ok=to_time(row["last_ok"]) if row else None,
                failures=row["failures"] if row else 0,
                entries=counts.get(source.url, 0),
                due=to_time(row["due"]) if row else None,
            )
        )
    return tuple(states)


def _last_poll(db: Database, url: str) -> Poll | None:
    rows = db.query("select * from polls where source = ? order by at desc, id desc limit 1", [url])
    for row in rows:
        return Poll(
            source=url,
            at=time_of(row["at"]),
            outcome=PollOutcome(row["outcome"]),
            reason=row["reason"],
            status=row["status"],
        )
    return None


def validators(db: Database) -> dict[str, Validators]:
    """Return, per source, what its last good answer left behind for a conditional GET."""
    return {
        row["url"]: Validators(etag=row["etag"], last_modified=row["last_modified"], body_hash=row["body_hash"])
        for row in db.query("select url, etag, last_modified, body_hash from sources")
    }


def save_poll(db: Database, poll: Poll, entries: Sequence[Entry]) -> int:
    """Save a poll with its entries and the pages they point to; return how many entries are new."""
    with transaction(db) as connection:
        row = connection.execute("select first_polled, failures from sources where url = ?", [poll.source]).fetchone()
        baseline = row[0] is None
        new = sum(_save_entry(connection, poll, entry, baseline) for entry in entries)
        connection.execute(
            "insert into polls (source, at, outcome, reason, status, entries, new) values (?, ?, ?, ?, ?, ?, ?)",
            [poll.source, to_text(poll.at), poll.outcome, poll.reason, poll.status, len(entries), new],
        )
        _update_source(connection, poll, failures=row[1])
    return new


def _update_source(connection: sqlite3.Connection, poll: Poll, failures: int) -> None:
    at = to_text(poll.at)
    failures = 0 if poll.outcome.healthy else failures + 1
    due = to_text(next_due(poll.at, poll.outcome, failures, poll.retry_after))
    connection.execute(
        "update sources set last_polled = ?, failures = ?, due = ? where url = ?", [at, failures, due, poll.source]
    )
    if poll.outcome.healthy:
        connection.execute(
            "update sources set last_ok = ?, first_polled = coalesce(first_polled, ?) where url = ?",
            [at, at, poll.source],
        )
    if poll.outcome in {PollOutcome.OK, PollOutcome.EMPTY}:
        connection.execute(
            "update sources set etag = ?, last_modified = ?, body_hash = ? where url = ?",
            [poll.etag, poll.last_modified, poll.body_hash, poll.source],
        )


def _save_entry(connection: sqlite3.Connection, poll: Poll, entry: Entry, baseline: bool) -> bool:
    """Save one entry; return whether it is new. A changed entry sends its page back to be fetched again."""
    mark = fingerprint(entry)
    known = connection.execute(
        "select id, page, fingerprint from entries where source = ? and key = ?", [poll.source, entry.key]
    ).fetchone()
    now = to_text(poll.at)
    if known is None:
        page = _page_of(connection, poll, entry)
        connection.execute(
            """insert into entries (source, key, page, native_id, url, title, summary, content, published,
                   published_raw, updated, fingerprint, baseline, first_seen, last_changed)
               values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
            [
                poll.source, entry.key, page, entry.id, entry.url, entry.title, entry.summary, entry.content,
                to_text(entry.published), entry.published_raw, to_text(entry.updated), mark, baseline, now, now,
            ],
        )  # fmt: skip
        return True
    if known[2] != mark:
        connection.execute(
            """update entries set title = ?, summary = ?, content = ?, updated = ?, fingerprint = ?, last_changed = ?
               where id = ?""",
            [entry.title, entry.summary, entry.content, to_text(entry.updated), mark, now, known[0]],
        )
        _fetch_again(connection, known[1])
    return False


def _page_of(connection: sqlite3.Connection, poll: Poll, entry: Entry) -> int:
    """Return the row of the page that an entry points to. An entry without address is its own, unavailable page."""
    key = identity_key(entry.url) if entry.url else f"{poll.source}#{entry.key}"
    known = connection.execute("select id from pages where key = ?", [key]).fetchone()
    if known:
        return int(known[0])
    state, reason = (PageState.WAITING, "") if entry.url else (PageState.UNAVAILABLE, "the entry has no address")
    cursor = connection.execute(
        "insert into pages (key, url, source, state, reason, newest) values (?, ?, ?, ?, ?, ?)",
        [key, entry.url, poll.source, state, reason, to_text(entry.published or poll.at)],
    )
    return int(cursor.lastrowid or 0)


def _fetch_again(connection: sqlite3.Connection, page: int) -> None:
    connection.execute(
        """update pages set state = ?, reason = '', attempts = attempts + 1
           where id = ? and url != '' and state != ? and attempts < ?""",
        [PageState.WAITING, page, PageState.WAITING, MAX_REVISITS],
    )
    # A page without address has only the feed's words: they changed, so they are judged again.
    connection.execute("update pages set state = ? where id = ? and url = ''", [PageState.UNAVAILABLE, page])


def wanted_pages(db: Database, source: str, limit: int, now: datetime) -> list[Wanted]:
    """Return the pages to fetch that a source pointed to, newest first, at most `limit`."""
    rows = db.query(
        """select id, url, source from pages
           where source = ? and (state = ? or (retry is not null and retry <= ?))
           order by newest desc, id desc limit ?""",
        [source, PageState.WAITING, to_text(now), limit],
    )
    return [Wanted(row["id"], row["url"], row["source"]) for row in rows]


def save_page(db: Database, wanted: Wanted, page: Page, keep_days: int) -> None:
    """Keep the bytes of a page that may mention the town until they are read, at most `keep_days`."""
    with transaction(db) as connection:
        connection.execute(
            """update pages set state = ?, reason = '', retry = null, fetched = ?, expires = ?, final_url = ?,
                   content_type = ?, body = ? where id = ?""",
            [
                PageState.KEPT, to_text(page.fetched_at), to_text(page.fetched_at + timedelta(days=keep_days)),
                page.url, page.content_type, zlib.compress(page.body, 6), wanted.id,
            ],
        )  # fmt: skip


def save_no_mention(db: Database, wanted: Wanted, at: datetime, reason: str) -> None:
    """Remember that a page was fetched and cannot mention the town."""
    with transaction(db) as connection:
        connection.execute(
            "update pages set state = ?, reason = ?, retry = null, fetched = ?, body = null where id = ?",
            [PageState.NO_MENTION, reason, to_text(at), wanted.id],
        )


def save_unavailable(db: Database, wanted: Wanted, outcome: Unavailable, at: datetime) -> None:
    """Remember that a page could not be had; for a passing reason it is tried again, at most three times."""
    with transaction(db) as connection:
        attempts = connection.execute("select attempts from pages where id = ?", [wanted.id]).fetchone()[0]
        retry = page_retry(at, attempts) if outcome.retry else None
        connection.execute(
            "update pages set state = ?, reason = ?, retry = ?, fetched = ?, attempts = attempts + 1 where id = ?",
            [PageState.UNAVAILABLE, outcome.reason, to_text(retry), to_text(at), wanted.id],
        )


def entry_words(db: Database, page: int) -> list[Entry]:
    """Return what the sources said of a page, first seen first."""
    rows = db.query("select * from entries where page = ? order by id", [page])
    return [
        Entry(
            key=row["key"],
            id=row["native_id"],
            url=row["url"],
            title=row["title"],
            summary=row["summary"],
            content=row["content"],
            published=to_time(row["published"]),
            published_raw=row["published_raw"],
            updated=to_time(row["updated"]),
        )
        for row in rows
    ]


def list_entries(db: Database, sources: Collection[str] = (), limit: int = -1) -> list[dict[str, object]]:
    """Return entries, newest first, as they are printed, each with what became of its page."""
    chosen = f"where e.source in ({', '.join('?' * len(sources))})" if sources else ""
    rows = db.query(
        f"""select e.native_id id, e.url, e.title, e.source, e.published, e.first_seen, p.state, p.reason
            from entries e join pages p on p.id = e.page {chosen}
            order by coalesce(e.published, e.first_seen) desc, e.id desc limit ?""",  # noqa: S608 (only placeholders)
        [*sources, limit],
    )
    return list(rows)
