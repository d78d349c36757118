"""Which page an entry points to, and when that is fetched (again)."""

import sqlite3

from monitor.core.echoes import echoes_of
from monitor.core.sites import is_of_site
from monitor.core.urls import identity_key
from monitor.models import Entry, PageState, Poll, StorePolicy
from monitor.store.db import to_text

LINK_ONLY = "only link and headline are kept of this source (store=link in feeds.txt)"
WHOLE_TEXT = "the source gives the whole text; its page is not fetched"
SEARCH_LINK = "found by a search service, whose own link to the text is not followed"
MAX_REVISITS = 10
"""A page is fetched again when its entry changes, but not for ever: some feeds count comments in the headline."""


def readdress(connection: sqlite3.Connection, page: int, url: str) -> None:
    """A source gives one and the same entry a new address: its page is there from now on, unless another one is."""
    key = identity_key(url)
    if connection.execute("select 1 from pages where key = ?", [key]).fetchone() is None:
        connection.execute("update pages set key = ?, url = ? where id = ?", [key, url, page])


def page_of(connection: sqlite3.Connection, poll: Poll, entry: Entry, link_only: bool) -> tuple[int, bool]:
    """Return the row of the page that an entry points to, and whether nothing of its text may be kept.

    An entry without address is its own, unavailable page; so is every entry of a link-only source, one that is the
    whole text, and one that a search service found, unless a source has the text itself.
    """
    key = identity_key(entry.url) if entry.url else f"{poll.source}#{entry.key}"
    known = connection.execute("select id, store from pages where key = ?", [key]).fetchone()
    if known and is_of_site(poll.source, entry.url):
        _give_to(connection, known[0], poll.source, entry.url)
    known = known or _echoed(connection, poll, entry, key, link_only)
    if known:
        return int(known[0]), known[1] == StorePolicy.LINK
    state, reason = _first_state(entry, link_only)
    cursor = connection.execute(
        "insert into pages (key, url, source, state, reason, newest, through_search) values (?, ?, ?, ?, ?, ?, ?)",
        [key, entry.url, poll.source, state, reason, to_text(entry.published or poll.at), bool(entry.publisher)],
    )
    return int(cursor.lastrowid or 0), False


def _give_to(connection: sqlite3.Connection, page: int, source: str, url: str) -> None:
    """A text that was found through another source first is from the one of its own site all the same."""
    for row in connection.execute("select id, source from articles where page = ?", [page]).fetchall():
        if not is_of_site(row[1], url):
            connection.execute("update articles set source = ? where id = ?", [source, row[0]])


def _first_state(entry: Entry, link_only: bool) -> tuple[PageState, str]:
    """Return whether a page is to be fetched, and why not."""
    if link_only:
        return PageState.UNAVAILABLE, LINK_ONLY
    if entry.whole:
        return PageState.UNAVAILABLE, WHOLE_TEXT
    if entry.publisher:
        return PageState.UNAVAILABLE, SEARCH_LINK
    return (PageState.WAITING, "") if entry.url else (PageState.UNAVAILABLE, "the entry has no address")


def _echoed(
    connection: sqlite3.Connection, poll: Poll, entry: Entry, key: str, link_only: bool
) -> tuple[int, str] | None:
    """Return the page of an earlier entry for the same text: a search service and the paper itself told of it.

    When the paper tells of it after the service, the page and its article become the paper's own.
    """
    echoes = echoes_of(entry)
    if not echoes:
        return None
    row = connection.execute(
        """select p.id, p.store from entries e join pages p on p.id = e.page
           where e.echo != '' and e.echo in (?, ?, ?) and p.through_search >= ? order by p.id limit 1""",
        [*echoes, not entry.publisher],
    ).fetchone()
    if row and not entry.publisher:
        state, reason = _first_state(entry, link_only)
        connection.execute(
            "update pages set key = ?, url = ?, source = ?, state = ?, reason = ?, through_search = 0 where id = ?",
            [key, entry.url, poll.source, state, reason, row[0]],
        )
        connection.execute("update articles set source = ? where page = ?", [poll.source, row[0]])
    return (int(row[0]), str(row[1])) if row else None


def fetch_again(connection: sqlite3.Connection, page: int, *, whole: bool) -> None:
    """An entry has changed: its page is fetched again, or what the source said is judged again."""
    if whole:  # there is nothing more than what the source said, which is judged again
        connection.execute("update pages set state = ? where id = ?", [PageState.UNAVAILABLE, page])
        return
    connection.execute(
        """update pages set state = ?, reason = '', attempts = attempts + 1
           where id = ? and url != '' and state != ? and attempts < ?""",
        [PageState.WAITING, page, PageState.WAITING, MAX_REVISITS],
    )
    # A page without address has only the feed's words: they changed, so they are judged again.
    connection.execute("update pages set state = ? where id = ? and url = ''", [PageState.UNAVAILABLE, page])
