"""What was read: pages, what stands in them, the places they name, and the articles they become."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monitor.models.common import Outcome
from monitor.models.sources import StorePolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The bytes of one fetched page, as sent (content coding removed)."""

    url: str
    """The address that answered, after redirects."""
    body: bytes
    content_type: str = ""
    """The Content-Type header as sent; may name the encoding."""
    fetched_at: datetime
    link: str = ""
    """The Link headers as sent, with commas between (RFC 8288)."""
    store: StorePolicy = StorePolicy.TEXT
    """What its site allows to be kept of it."""
    store_reason: str = ""


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
    reserved: bool = False
    """Its site reserves its text: of what sources said of it, only the headline is kept."""


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
    published_raw: str = ""
    """As it is written there; also when it is not believed and `published` is None."""
    language: str = ""
    access: Access = Access.UNKNOWN
    author_role: AuthorRole = AuthorRole.UNKNOWN
    links: tuple[str, ...] = ()
    """One address on each other site that the page links to, outside menus and comments."""

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
    published_raw: str = ""
    """As it is written, also when it is not believed."""
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
