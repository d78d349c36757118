"""Where text comes from: sources, their polls, and what they say of items."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.models.common import Outcome

Cursor = Mapping[str, object]
"""What a source kind remembers between two polls (since_id, a day's calls): a small JSON object; empty at first."""


class StorePolicy(StrEnum):
    """What may be kept of a source's texts, the strictest first."""

    LINK = "link"
    """Headline, address and date. No page is fetched; what the source says besides the headline is not stored."""
    EXCERPT = "excerpt"
    """The page is read; of its text, the lead and the sentences around the namings are kept."""
    TEXT = "text"
    """The whole text, as long as the home keeps texts."""


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

    @property
    def citizens(self) -> bool:
        """Whether private persons write there: what they write is kept for a shorter time, and nothing is quoted."""
        return self in {SourceClass.BLOG, SourceClass.FORUM, SourceClass.SOCIAL}


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One line of feeds.txt. `url` is its identity, as it stands in the file."""

    url: str
    kind: str = "feed"
    name: str = ""
    group: str = ""
    source_class: SourceClass = SourceClass.OTHER
    important: bool = False
    paused: bool = False
    """A person has said that it is not to be read for now. It is never counted as "no mentions"."""
    language: str = ""
    area: str = ""
    """Code of the municipality that the source is about; "" when it is about no single one."""
    reach: int = 0
    """1 small, 2 medium, 3 large; 0 for what its class usually has."""
    store: StorePolicy = StorePolicy.TEXT
    keep_days: int = 0
    """Days after which its texts go, when that is sooner than what the home keeps; 0 for as long as the home."""
    options: Mapping[str, str] = field(default_factory=dict)
    """Options of the source kind itself (a sitemap's `match=...`), checked by the kind."""
    line: int = 0
    """Where it stands in feeds.txt, for messages."""


class PollOutcome(StrEnum):
    """How one poll of one source ended. Only the healthy ones say something about mentions (docs/health.md)."""

    OK = "ok"
    NOT_MODIFIED = "not modified"
    EMPTY = "empty"
    BLOCKED = "blocked"
    GONE = "gone"
    TRANSIENT = "transient"
    ROBOTS = "robots"
    RESERVED = "reserved"
    """Read, but the site reserves its text against mining (TDMRep): link and headline only."""
    UNREADABLE = "unreadable"

    @property
    def healthy(self) -> bool:
        """Whether the source answered with what it was asked for."""
        return self in {PollOutcome.OK, PollOutcome.NOT_MODIFIED, PollOutcome.EMPTY, PollOutcome.RESERVED}


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
    strain: int = 0
    """How much a failure weighs (core.polling.weigh); 0 for the usual weight of its outcome."""
    retry_after: datetime | None = None
    pause: timedelta | None = None
    """How long the source asks to be left alone when all is well: Cache-Control max-age, ttl, sy:updatePeriod."""
    moved_to: str = ""
    """Where permanent redirects alone (301, 308) led; "" when there were none, or others too."""
    reserved: str = ""
    """Why only link and headline may be kept of what it said; "" when more may be."""
    fresh: bool = False
    """What it brought is news also at a first poll: a person put it there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What a source's last answer left behind for a conditional GET: sent back byte for byte."""

    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a service allows to be used of it: at most `most` in all since `since`, counted under `account`."""

    account: str
    most: int
    since: datetime


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
    """As it is written, also when it is not believed and `published` is None."""
    updated: datetime | None = None
    whole: bool = False
    """Its content is the whole text (a post, an event notice): its page is not fetched."""
    publisher: str = ""
    """The site of its text, when `url` is only a search service's own link to it: that link is not followed."""
    links: tuple[str, ...] = ()
    """Addresses that its text links to, when the source tells them apart from it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedReading:
    """What was read out of the bytes of a feed."""

    outcome: Outcome
    reason: str = ""
    title: str = ""
    language: str = ""
    entries: tuple[Entry, ...] = ()
    pause: timedelta | None = None
    """How often the feed says that it changes, where it says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """How often a source brings something new, against its own last eight weeks."""

    newest: datetime | None = None
    """When its last new entry came."""
    today: int = 0
    """New entries in the last 24 hours."""
    usual: float | None = None
    """New entries a day, as a rule; None with less than two weeks of history."""
    quiet: bool = False
    """It answers, and has been silent far longer than it ever is."""


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
    since: datetime | None = None
    """Since when it is as it is: well, or failing in the way of `last`."""
    moved_to: str = ""
    """Where its address leads by permanent redirects, whether followed yet or not."""
    followed: bool = False
    """Whether the crawl asks `moved_to` instead of the address in feeds.txt."""
    reserved: str = ""
    """Why only its links and headlines are kept, when its site reserves the rest."""
    rhythm: Rhythm = field(default_factory=Rhythm)


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteFile:
    """A file in which a site speaks to programs (robots.txt, tdmrep.json), as it was answered."""

    url: str
    asked: datetime
    status: int | None = None
    """None when there was no answer, for `reason`."""
    reason: str = ""
    body: bytes = b""
