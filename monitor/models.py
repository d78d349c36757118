"""The domain's nouns as frozen values. What they carry is what the next stage needs; times are aware UTC.

    Source -> Poll, Entry -> Page -> Article, Mention -> Story -> Digest

Text in these values is plain text, already through `core.text`: never HTML, no control characters.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

Clock = Callable[[], datetime]
"""Gives the present as an aware UTC time. Passed in, so that a test or `--date` can set it."""


class Outcome(StrEnum):
    """How the reading of hostile bytes ended."""

    OK = "ok"
    PARTIAL = "partial"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Refused:
    """An expected refusal: not a fault. `reason` is a sentence in English for logs and `explain`."""

    reason: str


# --- sources and polls -------------------------------------------------------------------------------


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


# --- pages and articles ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The bytes of one fetched page, as sent (content coding removed)."""

    url: str
    """The address that answered, after redirects."""
    body: bytes
    content_type: str = ""
    """The Content-Type header as sent; may name the encoding."""
    fetched_at: datetime


class PageState(StrEnum):
    """How far one address has come."""

    WAITING = "waiting"
    """Not fetched yet, or to be fetched again because its entry changed."""
    KEPT = "kept"
    """Fetched; its bytes may mention the town; not read yet."""
    NO_MENTION = "no mention"
    """Fetched; its bytes cannot mention the town; nothing kept."""
    UNAVAILABLE = "unavailable"
    """Cannot be had; to be judged on the feed's own words."""
    TAKEN = "taken"
    """Read; it became an article."""
    REJECTED = "rejected"
    """Read; it does not name the town."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A page to fetch: its row in the store, its address and the source that pointed to it."""

    id: int
    url: str
    source: str
    any_type: bool = False
    """Take whatever Content-Type it answers with: a person asked for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unavailable:
    """A page that could not be had, and whether another run may try again."""

    reason: str
    retry: bool = False


class Access(StrEnum):
    """Whether the page says it can be read without paying (schema.org isAccessibleForFree)."""

    FREE = "free"
    LOCKED = "locked"
    UNKNOWN = "unknown"


class AuthorRole(StrEnum):
    """Who signs a text, as a role. The name itself is never kept: no register of journalists or citizens."""

    NEWSROOM = "newsroom"
    AGENCY = "agency"
    PERSON = "person"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageReading:
    """What was read out of the bytes of a page. `blocks` are its paragraphs in order; `text` joins them by newlines."""

    outcome: Outcome
    reason: str = ""
    url: str = ""
    """Canonical URL."""
    title: str = ""
    lead: str = ""
    blocks: tuple[str, ...] = ()
    published: datetime | None = None
    published_from: str = ""
    """Where the time was found: "json-ld", "meta", "time element", "url", ..."""
    language: str = ""
    access: Access = Access.UNKNOWN
    author_role: AuthorRole = AuthorRole.UNKNOWN

    @property
    def text(self) -> str:
        """The paragraphs, one a line."""
        return "\n".join(self.blocks)


class PlaceKind(StrEnum):
    """What kind of name stood for the municipality."""

    MUNICIPALITY = "municipality"
    LOCALITY = "locality"
    SUBPLACE = "subplace"
    NAMED_AFTER = "named_after"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """One naming. `start` and `end` count characters in the field that `where` names ("title" or "text")."""

    start: int
    end: int
    text: str
    rule: str
    where: str = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPlace:
    """One municipality that a text names: how sure, why, and whether the text is about it or names it in passing."""

    code: str
    name: str
    kind: PlaceKind
    about: bool
    score: float
    reason: str
    mentions: tuple[Mention, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """A text that names the municipality. Identity: canonical URL."""

    url: str
    source: str
    title: str
    lead: str = ""
    text: str = ""
    published: datetime | None = None
    published_from: str = ""
    seen_at: datetime
    """When its entry was first seen."""
    revised_at: datetime | None = None
    """When a changed headline or text was last seen."""
    baseline: bool = False
    """Its entry stood in the source's very first poll: old news, unless its own date says otherwise."""
    language: str = ""
    access: Access = Access.UNKNOWN
    author_role: AuthorRole = AuthorRole.UNKNOWN
    outcome: Outcome = Outcome.OK
    note: str = ""
    """Why it is partial, or why only the feed's own words were judged."""
    from_feed: bool = False
    """Its page could not be had: only the feed's own title and summary were judged."""
    place: FoundPlace

    @property
    def at(self) -> datetime:
        """When it was news: its own date, else when it was first seen. Nothing is news after it was seen."""
        return min(self.published, self.seen_at) if self.published else self.seen_at


# --- stories -----------------------------------------------------------------------------------------


class Tone(StrEnum):
    """How a text describes the municipality. Set by people only."""

    NOT_ASSESSED = "not assessed"
    CRITICAL = "critical"
    POSITIVE = "positive"
    NEUTRAL = "neutral"
    MIXED = "mixed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """What a story is about, the unit that answers for it, and the words that decided."""

    key: str
    name: str
    unit: str = ""
    words: tuple[str, ...] = ()
    aside: bool = False
    """Routine matter (sport results, advertisements, weather, death notices): one line at most."""
    muted: bool = False
    """Left out of the letter by the home's own choice."""


class WeightKey(StrEnum):
    """What adds to a story's weight."""

    REACH = "reach"
    SOURCES = "sources"
    TONE = "tone"
    PLACE = "place"
    NEW = "new"
    MOVED_UP = "moved up"


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightPart:
    """One term of the sum: what was found, and what it adds."""

    key: WeightKey
    found: str
    """In words or figures: "3", "critical", "title"."""
    adds: float


class NeedRule(StrEnum):
    """Why a story needs an answer."""

    SOUGHT = "sought"
    """The text says that the municipality was sought or has not replied."""
    QUESTION = "question"
    """A letter or opinion piece asks the municipality a direct question."""
    APPEAL = "appeal"
    """An open letter, a citizens' proposal or an appeal to the municipality."""
    MARKED = "marked"
    """Staff marked it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """That a story needs an answer: by which rule, on which words of which article, and by when."""

    rule: NeedRule
    url: str = ""
    words: str = ""
    """The sentence that decided."""
    to: str = ""
    """Whom it asks: a board ("barn- och utbildningsnämnden") or "" for the municipality."""
    role: str = ""
    """Who marked it, as a role."""
    due: datetime


class Aside(StrEnum):
    """Why a story belongs among the one-liners."""

    PASSING = "passing"
    """The place is named, not the municipality."""
    LISTED = "listed"
    """It is named in a list, a table or a calendar only."""
    ROUTINE = "routine"
    """Its topic is routine matter."""
    LIGHT = "light"
    """Its weight is under the floor that is set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One event: its lead article first, then the others, oldest first. A view of articles, never a deletion."""

    id: int
    articles: tuple[Article, ...]
    copies: frozenset[str] = frozenset()
    """URLs of the articles whose text is nearly that of an earlier one in the story."""
    reasons: Mapping[str, str] = field(default_factory=dict)
    """URL -> why that article belongs to the story, as a sentence in English."""
    own: frozenset[str] = frozenset()
    """URLs of the municipality's own voice: its site, press room and accounts. No feedback from outside."""
    releases: frozenset[str] = frozenset()
    """URLs of articles from outside that reprint the municipality's own release."""
    topic: Topic | None = None
    tone: Tone = Tone.NOT_ASSESSED
    reach: int = 0
    """1 small, 2 medium, 3 large; 0 when not judged."""
    weight: tuple[WeightPart, ...] = ()
    need: Need | None = None
    aside: Aside | None = None

    @property
    def lead(self) -> Article:
        """The article that speaks for the story."""
        return self.articles[0]

    @property
    def total_weight(self) -> float:
        """The sum of its weight."""
        return sum(part.adds for part in self.weight)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Half-open span of time that a digest covers: start <= t < end."""

    start: datetime
    end: datetime

    def holds(self, moment: datetime) -> bool:
        """Whether `moment` falls in the period."""
        return self.start <= moment < self.end
