"""Which page an entry points to, and when that is fetched (again)."""

import sqlite3
from dataclasses import dataclass, field
from typing import Any

from monitor.core.sites import is_of_site
from monitor.core.urls import identity_key
from monitor.models import Entry, PageState, StorePolicy
from monitor.store.arrivals import Arrival, ArrivedEntry

LINK_ONLY = "only link and headline are kept of this source (store=link in feeds.txt)"
WHOLE_TEXT = "the source gives the whole text; its page is not fetched"
SEARCH_LINK = "found by a search service, whose own link to the text is not followed"
MAX_REVISITS = 10
"""A page is fetched again when its entry changes, but not for ever: some feeds count comments in the headline."""


@dataclass(slots=True)
class Pages:
    """The pages that the entries of one poll point to, looked up together: a feed has twenty, and most are known.

    New pages and entries are written many at a time (`write`): a home that lists what hundreds list writes as much.
    """

    connection: sqlite3.Connection
    arrival: Arrival
    link_only: bool
    searched: bool = field(init=False)
    """Whether any page is known through a search service alone, so that this poll may tell of one."""
    _known: dict[str, tuple[int | None, str]] = field(init=False)
    """Key of a page -> its row, None as long as it is not written; and what may be kept of it."""
    _new: list[tuple[Any, ...]] = field(default_factory=list)
    _entries: list[tuple[Any, ...]] = field(default_factory=list)

    def __post_init__(self) -> None:
        found = self.connection.execute("select exists (select 1 from pages where through_search = 1)").fetchone()
        self.searched = bool(found[0])
        self._look_up()

    def _look_up(self) -> None:
        rows = self.connection.execute(
            "select key, id, store from pages where key in (select value from json_each(?))", [self.arrival.pages]
        )
        self._known = {row[0]: (row[1], row[2]) for row in rows}

    def add(self, arrived: ArrivedEntry, *, baseline: bool) -> None:
        """Have a new entry written, and its page when that is new too."""
        page, reserved = self._page_of(arrived)
        columns = arrived.columns(link_only=self.link_only or reserved)
        self._entries.append((page, arrived.page, baseline, *columns))

    def write(self) -> None:
        """Write what was added."""
        if self._new:
            self.connection.executemany(
                """insert into pages (key, url, source, state, reason, newest, through_search)
                   values (?, ?, ?, ?, ?, ?, ?)""",
                self._new,
            )
            self._new.clear()
        if self._entries:
            self.connection.executemany(_INSERT_ENTRY, self._entries)
            self._entries.clear()

    def _page_of(self, arrived: ArrivedEntry) -> tuple[int | None, bool]:
        """Return the row of the page that an entry points to, and whether nothing of its text may be kept.

        None for a page that is not written yet: it will have the entry's key. An entry without address is its own,
        unavailable page; so is every entry of a link-only source, one that is the whole text, and one that a search
        service found, unless a source has the text itself.
        """
        entry, source = arrived.entry, self.arrival.poll.source
        known = self._known.get(arrived.page)
        if known and known[0] and arrived.of_site:
            _give_to(self.connection, known[0], source, entry.url)
        if known is None and (entry.publisher or self.searched) and arrived.echoes:
            known = self._echoed(arrived)
        if known:
            return known[0], known[1] == StorePolicy.LINK
        state, reason = _first_state(entry, self.link_only)
        search = bool(entry.publisher)
        self._new.append((arrived.page, entry.url, source, state, reason, arrived.newest, search))
        self._known[arrived.page] = (None, "")
        self.searched |= search
        return None, False

    def readdress(self, page: int, url: str) -> None:
        """A source gives one and the same entry a new address: its page is there from now on, unless another one is."""
        self.write()
        key = identity_key(url)
        if self.connection.execute("select 1 from pages where key = ?", [key]).fetchone() is None:
            self.connection.execute("update pages set key = ?, url = ? where id = ?", [key, url, page])
        self._look_up()

    def _echoed(self, arrived: ArrivedEntry) -> tuple[int, str] | None:
        """Return the page of an earlier entry for the same text: a search service and the paper itself told of it.

        When the paper tells of it after the service, the page and its article become the paper's own.
        """
        self.write()
        entry, source = arrived.entry, self.arrival.poll.source
        row = self.connection.execute(
            """select p.id, p.store from entries e join pages p on p.id = e.page
               where e.echo != '' and e.echo in (?, ?, ?) and p.through_search >= ? order by p.id limit 1""",
            [*arrived.echoes, not entry.publisher],
        ).fetchone()
        if row and not entry.publisher:
            state, reason = _first_state(entry, self.link_only)
            self.connection.execute(
                "update pages set key = ?, url = ?, source = ?, state = ?, reason = ?, through_search = 0 where id = ?",
                [arrived.page, entry.url, source, state, reason, row[0]],
            )
            self.connection.execute("update articles set source = ? where page = ?", [source, row[0]])
        self._look_up()
        return (int(row[0]), str(row[1])) if row else None


_INSERT_ENTRY = """insert into entries (page, baseline, source, key, native_id, url, title, summary, content, published,
       published_raw, updated, fingerprint, first_seen, last_changed, whole, links, echo)
   values (coalesce(?, (select id from pages where key = ?)), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""


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
