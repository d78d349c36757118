"""A poll as it is written: what is the same in every home is worked out once, however many homes write it."""

import json
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from monitor.core.echoes import echo_of, echoes_of
from monitor.core.polling import fingerprint
from monitor.core.reservations import headline_only
from monitor.core.sites import is_of_site
from monitor.core.urls import identity_key
from monitor.models import Cursor, Entry, Poll
from monitor.store.db import to_text


class ArrivedEntry:
    """An entry of a poll. Its texts are made when a home needs them first: of most entries nothing is new."""

    def __init__(self, poll: Poll, entry: Entry) -> None:
        self.entry = entry
        self.own = f"{poll.source}#{entry.key}"
        """The identity of the entry itself."""
        self.page = (identity_key(entry.url) if entry.url else "") or self.own
        """The identity of the page that it points to."""
        self._poll = poll

    @cached_property
    def fingerprint(self) -> str:
        """What changes when its source changes it."""
        return fingerprint(self.entry)

    @cached_property
    def echoes(self) -> tuple[str, ...]:
        """Marks of what another source says of the same text."""
        return echoes_of(self.entry)

    @cached_property
    def headline(self) -> Entry:
        """What is kept of it when only link and headline may be."""
        return headline_only(self.entry)

    @cached_property
    def of_site(self) -> bool:
        """Whether its source is on the site that the text stands on."""
        return is_of_site(self._poll.source, self.entry.url)

    @cached_property
    def newest(self) -> str | None:
        """When its page was news."""
        return to_text(self.entry.published or self._poll.at)

    def columns(self, *, link_only: bool) -> tuple[Any, ...]:
        """Return what is written of it, in the order of `entry_pages`."""
        return self._headline_columns if link_only else self._columns

    @cached_property
    def _columns(self) -> tuple[Any, ...]:
        return self._columns_of(self.entry)

    @cached_property
    def _headline_columns(self) -> tuple[Any, ...]:
        return self._columns_of(self.headline)

    def _columns_of(self, entry: Entry) -> tuple[Any, ...]:
        now, echo = to_text(self._poll.at), echo_of(self.entry)
        return (
            self._poll.source, entry.key, entry.id, entry.url, entry.title, entry.summary, entry.content,
            to_text(entry.published), entry.published_raw, to_text(entry.updated), self.fingerprint, now, now,
            entry.whole, json.dumps(entry.links), echo,
        )  # fmt: skip


class Arrival:
    """A poll with its entries, ready to be written by each home that lists its source."""

    def __init__(self, poll: Poll, entries: Sequence[Entry], cursor: Cursor | None = None) -> None:
        self.poll = poll
        self.cursor = cursor
        self.entries = tuple(ArrivedEntry(poll, entry) for entry in entries)
        self.at = to_text(poll.at)
        self.changes: dict[object, dict[str, Any]] = {}
        """What the poll means for its source (`store.health`), by the state that the source was in."""

    @cached_property
    def identities(self) -> tuple[str, ...]:
        """Whatever of it may have been erased."""
        return (*(entry.page for entry in self.entries), *(entry.own for entry in self.entries))

    @cached_property
    def keys(self) -> str:
        """The keys of its entries, as JSON."""
        return json.dumps([entry.entry.key for entry in self.entries])

    @cached_property
    def pages(self) -> str:
        """The keys of the pages that they point to, as JSON."""
        return json.dumps([entry.page for entry in self.entries])
