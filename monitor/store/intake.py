"""Sources, polls, entries and pages: what the crawl brings in.

"Seen" and "stored" are one transaction: an entry and the page it points to are written with the poll that brought them.
"""

import json
import sqlite3
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlite_utils import Database

from monitor.core.polling import LONGEST, page_retry
from monitor.models import (
    Cursor,
    Entry,
    Page,
    PageState,
    Poll,
    PollOutcome,
    Source,
    SourceState,
    StorePolicy,
    Unavailable,
    Validators,
    Wanted,
)
from monitor.store import not_again
from monitor.store.arrivals import Arrival, ArrivedEntry
from monitor.store.db import time_of, to_text, to_time, transaction
from monitor.store.entry_pages import LINK_ONLY, Pages, fetch_again
from monitor.store.health import update_health

_LEVEL = 1
"""How hard kept pages are packed: they are read within minutes, and 6 takes twice as long for a sixth less."""


def register_sources(db: Database, sources: Iterable[Source]) -> None:
    """Let the store know the sources of feeds.txt; what it remembers of each stays."""
    listed = list(sources)
    with transaction(db) as connection:
        connection.executemany(
            """insert into sources (url, kind, name, class, store, keep_days, important)
               values (?, ?, ?, ?, ?, ?, ?)
               on conflict (url) do update set kind = excluded.kind, name = excluded.name, class = excluded.class,
                   store = excluded.store, keep_days = excluded.keep_days, important = excluded.important""",
            [
                (one.url, one.kind, one.name, one.source_class, one.store, one.keep_days, one.important)
                for one in listed
            ],
        )
        for source in listed:
            if source.store is StorePolicy.LINK:
                _keep_no_page(connection, source.url)


def _keep_no_page(connection: sqlite3.Connection, source: str) -> None:
    """Of a source that has become link only, no page is fetched or kept any more."""
    connection.execute(
        "update pages set state = ?, reason = ?, body = null, retry = null where source = ? and state in (?, ?)",
        [PageState.UNAVAILABLE, LINK_ONLY, source, PageState.WAITING, PageState.KEPT],
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
                since=to_time(row["since"]) if row else None,
                moved_to=row["moved_to"] if row else "",
                followed=bool(row and _follows(row)),
                reserved=row["reserved"] if row else "",
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


def due_times(db: Database) -> dict[str, datetime | None]:
    """Return, per source, when it is to be polled again; None for one that never was."""
    return {row["url"]: to_time(row["due"]) for row in db.query("select url, due from sources")}


def validators(db: Database) -> dict[str, Validators]:
    """Return, per source, what its last good answer left behind for a conditional GET."""
    return {
        row["url"]: Validators(etag=row["etag"], last_modified=row["last_modified"], body_hash=row["body_hash"])
        for row in db.query("select url, etag, last_modified, body_hash from sources")
    }


def cursors(db: Database) -> dict[str, Cursor]:
    """Return, per source, what its kind remembered at the last poll."""
    return {row["url"]: json.loads(row["cursor"]) for row in db.query("select url, cursor from sources")}


def moved_sources(db: Database) -> dict[str, str]:
    """Return the address that is asked instead, for each source that has moved and is followed."""
    rows = db.query("select * from sources where moved_to != ''")
    return {row["url"]: row["moved_to"] for row in rows if _follows(row)}


def _follows(row: Mapping[str, Any]) -> bool:
    return bool(row["moved_to"]) and bool(row["followed"])


def save_poll(db: Database, poll: Poll, entries: Sequence[Entry], cursor: Cursor | None = None) -> int:
    """Save a poll with its entries, the pages they point to and its kind's cursor; return how many entries are new.

    Without a cursor the one from before stays.
    """
    return save_arrival(db, Arrival(poll, entries, cursor))


def save_arrival(db: Database, arrival: Arrival) -> int:
    """Save a poll that other homes may save too; return how many of its entries are new."""
    poll = arrival.poll
    with transaction(db) as connection:
        row = connection.execute("select first_polled, store from sources where url = ?", [poll.source]).fetchone()
        baseline = row[0] is None and not poll.fresh
        new = _save_entries(connection, arrival, baseline=baseline, link_only=row[1] == StorePolicy.LINK)
        connection.execute(
            "insert into polls (source, at, outcome, reason, status, entries, new) values (?, ?, ?, ?, ?, ?, ?)",
            [poll.source, arrival.at, poll.outcome, poll.reason, poll.status, len(arrival.entries), new],
        )
        if arrival.cursor is not None:
            cursor = json.dumps(arrival.cursor)
            connection.execute("update sources set cursor = ? where url = ?", [cursor, poll.source])
        update_health(connection, arrival, new=0 if baseline else new)
    return new


def _save_entries(connection: sqlite3.Connection, arrival: Arrival, *, baseline: bool, link_only: bool) -> int:
    """Save the entries of a poll; return how many are new. A changed one sends its page back to be fetched again."""
    if not arrival.entries:
        return 0
    erased = not_again.erased_of(connection, arrival.identities)
    known = _known_entries(connection, arrival)
    pages = Pages(connection, arrival, link_only)
    fresh: set[str] = set()
    for arrived in arrival.entries:
        key = arrived.entry.key
        if erased and not erased.isdisjoint((arrived.page, arrived.own)):
            continue
        if key not in known and key in fresh:  # twice in one poll
            pages.write()
            known = _known_entries(connection, arrival)
        if key in known:
            _save_change(pages, known[key], arrived)
            continue
        pages.add(arrived, baseline=baseline)
        fresh.add(key)
    pages.write()
    return len(fresh)


_Known = tuple[int, int, str, str, str]
"""Of an entry that is stored: its row, the row of its page, its fingerprint, its address, what may be kept of it."""


def _known_entries(connection: sqlite3.Connection, arrival: Arrival) -> dict[str, _Known]:
    rows = connection.execute(
        """select e.key, e.id, e.page, e.fingerprint, e.url, p.store from entries e join pages p on p.id = e.page
           where e.source = ? and e.key in (select value from json_each(?))""",
        [arrival.poll.source, arrival.keys],
    )
    return {row[0]: row[1:] for row in rows}


def _save_change(pages: Pages, known: _Known, arrived: ArrivedEntry) -> None:
    """Save what a source changed of an entry, if anything, and send its page back to be fetched again."""
    id_, page, before, url, store = known
    given, mark = arrived.entry, arrived.fingerprint
    moved = bool(given.url) and given.url != url
    if before == mark and not moved:
        return
    entry = arrived.headline if pages.link_only or store == StorePolicy.LINK else given
    pages.connection.execute(
        """update entries set url = ?, title = ?, summary = ?, content = ?, updated = ?, fingerprint = ?,
               last_changed = ?, whole = ?, links = ? where id = ?""",
        [
            entry.url or url, entry.title, entry.summary, entry.content, to_text(entry.updated), mark,
            pages.arrival.at, entry.whole, json.dumps(entry.links), id_,
        ],
    )  # fmt: skip
    if moved and not entry.publisher:
        pages.readdress(page, entry.url)
    fetch_again(pages.connection, page, whole=pages.link_only or entry.whole or bool(entry.publisher))


def wanted_pages(db: Database, source: str, limit: int, now: datetime, run: int | None = None) -> list[Wanted]:
    """Return the pages to fetch that a source pointed to, newest first, at most `limit`; `run` takes a lease on them.

    What another run is fetching is not among them. A second try that is further off than any was put off while the
    clock ran ahead: it is made now.
    """
    with transaction(db) as connection:
        rows = connection.execute(
            """select id, url, source from pages
               where source = ? and (state = ? or (retry is not null and (retry <= ? or retry > ?)))
                   and (run is null or run = ?)
               order by newest desc, id desc limit ?""",
            [source, PageState.WAITING, to_text(now), to_text(now + LONGEST), run, limit],
        ).fetchall()
        if run is not None and rows:
            connection.execute(
                "update pages set run = ? where id in (select value from json_each(?))",
                [run, json.dumps([row[0] for row in rows])],
            )
    return [Wanted(*row) for row in rows]


def save_page(db: Database, wanted: Wanted, page: Page, keep_days: int) -> None:
    """Keep the bytes of a page that may mention the town until they are read, at most `keep_days`."""
    with transaction(db) as connection:
        connection.execute(
            """update pages set state = ?, reason = ?, retry = null, run = null, fetched = ?, expires = ?,
                   final_url = ?, content_type = ?, body = ?, store = ? where id = ?""",
            [
                PageState.KEPT, page.store_reason, to_text(page.fetched_at),
                to_text(page.fetched_at + timedelta(days=keep_days)), page.url, page.content_type,
                zlib.compress(page.body, _LEVEL), page.store, wanted.id,
            ],
        )  # fmt: skip
        if page.store is StorePolicy.LINK:
            _forget_words(connection, wanted.id)


def save_no_mention(db: Database, fetched: Iterable[tuple[Wanted, datetime]], reason: str) -> None:
    """Remember of pages that they were fetched, and when, and cannot mention the town."""
    with transaction(db) as connection:
        connection.executemany(
            "update pages set state = ?, reason = ?, retry = null, run = null, fetched = ?, body = null where id = ?",
            [(PageState.NO_MENTION, reason, to_text(at), wanted.id) for wanted, at in fetched],
        )


def save_unavailable(db: Database, wanted: Wanted, outcome: Unavailable, at: datetime) -> None:
    """Remember that a page could not be had; for a passing reason it is tried again, at most three times."""
    with transaction(db) as connection:
        row = connection.execute("select attempts from pages where id = ?", [wanted.id]).fetchone()
        if row is None:  # it was erased for a person meanwhile
            return
        retry = page_retry(at, row[0]) if outcome.retry else None
        connection.execute(
            """update pages set state = ?, reason = ?, retry = ?, run = null, fetched = ?, attempts = attempts + 1
               where id = ?""",
            [PageState.UNAVAILABLE, outcome.reason, to_text(retry), to_text(at), wanted.id],
        )
        if outcome.reserved:
            connection.execute("update pages set store = ? where id = ?", [StorePolicy.LINK, wanted.id])
            _forget_words(connection, wanted.id)


def _forget_words(connection: sqlite3.Connection, page: int) -> None:
    """Keep only the headline of what sources said of a page whose site allows no more."""
    connection.execute("update entries set summary = '', content = '' where page = ?", [page])


def words_of_pages(db: Database, pages: Collection[int]) -> Iterator[tuple[int, str]]:
    """Give all that the sources said of pages, as text alone, with the page: asked for those that are fetched."""
    sql = """select page, title || char(10) || summary || char(10) || content from entries
             where page in (select value from json_each(?)) order by page, id"""
    yield from db.execute(sql, [json.dumps(list(pages))])


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
            whole=bool(row["whole"]),
            links=tuple(json.loads(row["links"])),
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
