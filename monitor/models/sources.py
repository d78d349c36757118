"""Where text comes from: sources, their polls, and what they say of items."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from monitor.models.common import Outcome


class SourceClass(StrEnum):
    """What kind of voice a source is; decides the word in the letter and, later, its weight."""

    LOCAL_PAPER = "local-paper"
    NATIONAL = "national"
    RADIO = "radio"
    LOCAL_WEB = "local-web"
    TRADE = "trade"
    AUTHORITY = "authority"
    BLOG = "blog"
    FORUM = "forum"
    SOCIAL = "social"
    OWN = "own"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One line of feeds.txt. `url` is its identity, as it stands in the file."""

    url: str
    kind: str = "feed"
    name: str = ""
    group: str = ""
    source_class: SourceClass = SourceClass.OTHER
    important: bool = False
    language: str = ""
    area: str = ""
    """Code of the municipality that the source is about; "" when it is about no single one."""
    reach: int = 0
    """1 small, 2 medium, 3 large; 0 for what its class usually has."""
    options: Mapping[str, str] = field(default_factory=dict)
    """Options of the source kind itself (a sitemap's `match=...`), checked by the kind."""
    line: int = 0
    """Where it stands in feeds.txt, for messages."""


class PollOutcome(StrEnum):
    """How one poll of one source ended. Only OK, NOT_MODIFIED and EMPTY say something about mentions."""

    OK = "ok"
    NOT_MODIFIED = "not modified"
    EMPTY = "empty"
    BLOCKED = "blocked"
    GONE = "gone"
    TRANSIENT = "transient"
    ROBOTS = "robots"
    UNREADABLE = "unreadable"

    @property
    def healthy(self) -> bool:
        """Whether the source answered with what it was asked for."""
        return self in {PollOutcome.OK, PollOutcome.NOT_MODIFIED, PollOutcome.EMPTY}


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """One attempt to read one source. `reason` is a sentence when the outcome is not plain OK."""

    source: str
    at: datetime
    outcome: PollOutcome
    reason: str = ""
    status: int | None = None
    etag: str = ""
    """Validator as sent, byte for byte (bytes as Latin-1 text), to be sent back unchanged (RFC 9110, 8.8)."""
    last_modified: str = ""
    body_hash: str = ""
    retry_after: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What a source's last answer left behind for a conditional GET: sent back byte for byte."""

    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a source says of one item. `key` is its identity there: id, else canonical URL, else title + date."""

    key: str
    id: str = ""
    url: str = ""
    title: str = ""
    summary: str = ""
    content: str = ""
    """The whole text, when the source itself carries it; plain text."""
    published: datetime | None = None
    published_raw: str = ""
    updated: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedReading:
    """What was read out of the bytes of a feed."""

    outcome: Outcome
    reason: str = ""
    title: str = ""
    language: str = ""
    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """A source and how its reading goes, for the letter and `monitor sources`."""

    source: Source
    last: Poll | None = None
    last_ok: datetime | None = None
    failures: int = 0
    """Polls in a row that were not healthy, up to now."""
    entries: int = 0
    due: datetime | None = None
