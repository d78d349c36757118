"""Which page an entry points to, and when that is fetched (again)."""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field

from monitor.core.sites import is_of_site
from monitor.core.urls import identity_key
from monitor.models import Entry, PageState, Poll, StorePolicy
from monitor.store.db import to_text

LINK_ONLY = "only link and headline are kept of this source (store=link in feeds.txt)"
WHOLE_TEXT = "the source gives the whole text; its page is not fetched"
SEARCH_LINK = "found by a search service, whose own link to the text is not followed"
MAX_REVISITS = 10
"""A page is fetched again when its entry changes, but not for ever: some feeds count comments in the headline."""


@dataclass(slots=True)
class Pages:
    """The pages that the entries of one poll point to, looked up together: a feed has twenty, and most are known."""

    connection: sqlite3.Connection
    poll: Poll
    link_only: bool
    keys: Mapping[str, str]
    """Key of an entry -> key of its page."""
    searched: bool = field(init=False)
    """Whether any page is known through a search service alone, so that this poll may tell of one."""
    _known: dict[str, tuple[int, str]] = field(init=False)

    def __post_init__(self) -> None:
        found = self.connection.execute("select exists (select 1 from pages where through_search = 1)").fetchone()
        self.searched = bool(found[0])
        self._look_up()

    def _look_up(self) -> None:
        rows = self.connection.execute(
            "select key, id, store from pages where key in (select value from json_each(?))",
            [json.dumps(list(self.keys.values()))],
        )
        self._known = {row[0]: (row[1], row[2]) for row in rows}

    def page_of(self, entry: Entry, echoes: tuple[str, ...]) -> tuple[int, bool]:
        """Return the row of the page that an entry points to, and whether nothing of its text may be kept.

        An entry without address is its own, unavailable page; so is every entry of a link-only source, one that is the
        whole text, and one that a search service found, unless a source has the text itself.
        """
        key = self.keys[entry.key]
        known = self._known.get(key)
        if known and is_of_site(self.poll.source, entry.url):
            _give_to(self.connection, known[0], self.poll.source, entry.url)
        if known is None and echoes and (entry.publisher or self.searched):
            known = self._echoed(entry, key, echoes)
        if known:
            return known[0], known[1] == StorePolicy.LINK
        state, reason = _first_state(entry, self.link_only)
        newest, search = to_text(entry.published or self.poll.at), bool(entry.publisher)
        cursor = self.connection.execute(
            "insert into pages (key, url, source, state, reason, newest, through_search) values (?, ?, ?, ?, ?, ?, ?)",
            [key, entry.url, self.poll.source, state, reason, newest, search],
        )
        self._known[key] = int(cursor.lastrowid or 0), ""
        self.searched |= search
        return self._known[key][0], False

    def readdress(self, page: int, url: str) -> None:
        """A source gives one and the same entry a new address: its page is there from now on, unless another one is."""
        key = identity_key(url)
        if self.connection.execute("select 1 from pages where key = ?", [key]).fetchone() is None:
            self.connection.execute("update pages set key = ?, url = ? where id = ?", [key, url, page])
            self._look_up()

    def _echoed(self, entry: Entry, key: str, echoes: tuple[str, ...]) -> tuple[int, str] | None:
        """Return the page of an earlier entry for the same text: a search service and the paper itself told of it.

        When the paper tells of it after the service, the page and its article become the paper's own.
        """
        row = self.connection.execute(
            """select p.id, p.store from entries e join pages p on p.id = e.page
               where e.echo != '' and e.echo in (?, ?, ?) and p.through_search >= ? order by p.id limit 1""",
            [*echoes, not entry.publisher],
        ).fetchone()
        if row and not entry.publisher:
            state, reason = _first_state(entry, self.link_only)
            self.connection.execute(
                "update pages set key = ?, url = ?, source = ?, state = ?, reason = ?, through_search = 0 where id = ?",
                [key, entry.url, self.poll.source, state, reason, row[0]],
            )
            self.connection.execute("update articles set source = ? where page = ?", [self.poll.source, row[0]])
            self._look_up()
        return (int(row[0]), str(row[1])) if row else None


def page_key(poll: Poll, entry: Entry) -> str:
    """Return the identity of the page that an entry points to."""
    return (identity_key(entry.url) if entry.url else "") or f"{poll.source}#{entry.key}"


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
