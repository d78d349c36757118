"""What a digest holds: numbers, moments, keys and the sources' own words. How it tells them is up to `reports/`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from monitor.models import CaseStatus, Need, Period, SourceClass, Tone, WeightPart
from monitor.models.common import Part


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much a letter shows before it says "and N more"."""

    stories: int = 12
    """Stories in full."""
    also: int = 8
    """Lines under "also mentioned"."""
    others: int = 5
    """Folded articles of one story; beyond that, one fewer and a count."""
    faults: int = 20
    """Rows in the table of sources."""
    needs: int = 3
    """Stories in the box of what needs an answer."""
    late: int = 5
    """Late cases."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCount:
    """What was found on an earlier day of watching. A day without articles has 0; a day nobody watched has no count."""

    day: date
    articles: int
    prominent: int = 0
    """Those that name the municipality in headline or lead."""
    stories: int | None = None
    complete: bool = True
    """Whether all important sources were fetched: else the day is no measure of what is usual."""


class Comparison(StrEnum):
    """How a number stands to what is usual."""

    MORE = "more"
    USUAL = "usual"
    LESS = "less"
    NONE_YET = "none yet"
    """Too few earlier days."""
    SOURCES_MISSING = "sources missing"
    """The number is too low by nobody knows how much."""


class FigureKey(StrEnum):
    """What a key figure counts."""

    ARTICLES = "articles"
    STORIES = "stories"
    PROMINENT = "prominent"
    """Articles that name the municipality in headline or lead; as long as no person has set a tone."""
    CRITICAL = "critical"
    """Articles of the stories whose tone a person has called critical."""
    NEEDS = "needs"
    """Stories that need an answer; where they have been judged."""
    SOURCES = "sources"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One of the key figures. `total` is there when the number is one out of so many."""

    key: FigureKey
    number: int
    total: int | None = None
    today: int | None = None
    """How many of the number are due on the day of the letter."""
    at_least: bool = False
    comparison: Comparison | None = None
    usual: float | None = None


class Relation(StrEnum):
    """How a folded article stands to the one that speaks for its story."""

    COPY = "copy"
    OWN = "own"
    """A text of its own."""
    RELEASE = "release"
    """Built on the municipality's own release."""
    UNKNOWN = "unknown"
    """Only the feed's own words were read, which tell nothing about the text."""


class Unread(StrEnum):
    """Why an article was not read whole."""

    LOCKED = "locked"
    REFUSED = "refused"
    ROBOTS = "robots"
    RESERVED = "reserved"
    """Its site, or the home's own choice for the source, lets no more than link and headline be kept."""
    NO_ANSWER = "no answer"
    GONE = "gone"
    NOT_NAMED = "not named"
    """The page was read and does not name the municipality; the feed's title or summary does."""
    PARTIAL = "partial"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """An article as the letter names it."""

    url: str
    title: str
    source: str
    source_class: SourceClass
    at: datetime
    dated: bool
    """False when the article tells no time that can be true: then `at` is when it was found."""
    locked: bool
    revised_at: datetime | None = None
    unread: Unread | None = None
    place: str = ""
    """The place it was found for."""
    reason: str = ""
    """The matcher's own sentence; in the .json only."""
    release: bool = False
    """It builds on the municipality's own release."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Folded:
    """Another article of a story."""

    citation: Citation
    relation: Relation


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseMark:
    """What is done about a story."""

    number: str
    status: CaseStatus
    owner: str = ""
    proposed: str = ""
    """The unit that its topic points to; no more than a proposal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LateCase:
    """An open case whose time has passed."""

    number: str
    title: str
    """Empty where it may be covered by secrecy."""
    due: datetime
    days: int
    """Working days since then; 0 on the day itself."""
    owner: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """What is known of the follow-up when a letter is composed."""

    cases: Mapping[int, CaseMark] = field(default_factory=dict)
    """By the number of the story."""
    late: tuple[LateCase, ...] = ()
    """The latest first."""
    rows: Mapping[str, int] = field(default_factory=dict)
    """URL -> number of the article, under which the pages know it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryItem:
    """A story in full."""

    id: int
    lead: Citation
    tone: Tone = Tone.NOT_ASSESSED
    summary: tuple[Part, ...]
    quote: tuple[Part, ...]
    """Empty when nothing beyond title and summary names the municipality: the naming is then marked in `summary`."""
    articles: int
    sources: int
    independent: int
    """Articles that are no copies."""
    others: tuple[Folded, ...]
    hidden: int
    """Articles of the story that are counted but not listed."""
    earlier: int
    """Articles of the story from before the period: not counted."""
    own: tuple[Citation, ...] = ()
    """What the municipality itself has published of it: not counted."""
    topic: str = ""
    unit: str = ""
    """Which part of the municipality answers for the topic."""
    reach: int = 0
    """1 small, 2 medium, 3 large; 0 when not judged."""
    need: Need | None = None
    """That it needs an answer, why and by when."""
    weight: tuple[WeightPart, ...] = ()
    """What it was ordered by; in the .json only."""
    case: CaseMark | None = None
    article: int | None = None
    """Number of the lead article, under which the pages know it."""


class AlsoReason(StrEnum):
    """Why a story is one line only."""

    PASSING = "passing"
    LISTED = "listed"
    """Named in a list, a table or a calendar only."""
    ROUTINE = "routine"
    """Sport results, advertisements, weather and the like."""
    LIGHT = "light"
    """Weighs less than the home asks for."""
    NAMED_AFTER = "named after"
    ROOM = "room"
    """The letter is full."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlsoItem:
    """A story as one line."""

    id: int
    lead: Citation
    reason: AlsoReason
    tone: Tone = Tone.NOT_ASSESSED
    articles: int
    sources: int
    unit: str = ""
    need: Need | None = None
    case: CaseMark | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedItem:
    """A story that needs an answer, as the box above the stories tells it."""

    story: int
    url: str
    title: str
    source: str
    unit: str
    need: Need
    case: CaseMark | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What needs an answer, the first due first. Without items: nothing does."""

    items: tuple[NeedItem, ...]
    hidden: int = 0
    """Stories that need an answer too and stand further down."""

    @property
    def number(self) -> int:
        """How many stories need an answer."""
        return len(self.items) + self.hidden


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A matter that the home watches, and how many articles of the letter touch it."""

    name: str
    articles: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """Articles of the period that the letter neither shows nor counts."""

    own: int = 0
    """Published by the municipality itself, and nobody else wrote of it."""
    muted: int = 0
    """On topics that the home has turned off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Top:
    """What the top line is about."""

    title: str
    articles: int
    sources: int
    dominates: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One day of the chart. `articles` is None on a day nobody watched."""

    day: date
    articles: int | None
    prominent: int = 0
    complete: bool = True
    covered: bool = False
    """Whether the day is one that this letter covers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """The days up to the letter and what is usual for those it covers. Without bars, history is too short."""

    bars: tuple[Bar, ...]
    days: tuple[date, ...]
    """The days that the letter covers."""
    prominent: int = 0
    """Articles of these days that name the municipality in headline or lead."""
    usual_articles: float | None
    usual_prominent: float | None


class FaultKind(StrEnum):
    """What is wrong with a source."""

    BLOCKED = "blocked"
    GONE = "gone"
    NO_ANSWER = "no answer"
    ROBOTS = "robots"
    UNREADABLE = "unreadable"
    NEVER = "never"
    """Not tried yet."""
    SILENT = "silent"
    """Answers, but holds nothing. It counts as fetched."""
    PAUSED = "paused"
    """A person has said that it is not to be read for now. It is not counted."""
    QUIET = "quiet"
    """Answers, and has brought nothing new for far longer than it ever does. It counts as fetched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A source of which something may be missing."""

    source: str
    site: str
    """Where a person can look instead, or ""."""
    kind: FaultKind
    important: bool
    status: int | None = None
    last_ok: datetime | None = None
    newest: datetime | None = None
    """When its last new entry came, of one that is quiet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How the fetching went."""

    fetched: int
    total: int
    newest_ok: datetime | None
    faults: tuple[Fault, ...]
    """Missing sources first, important ones before the others."""
    hidden: int = 0
    """Faults that are counted but not listed."""


class Gap(StrEnum):
    """Why a digest is incomplete."""

    IMPORTANT = "important"
    """A source marked important was missing the whole period."""
    MANY = "many"
    """More than a tenth of the sources are missing."""
    STALE = "stale"
    """Nothing was fetched for hours."""
    EMPTY = "empty"
    """Nothing was found, and some source is missing: that is not an empty day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """One letter, as data. The same values give the same letter."""

    organisation: str
    day: date
    """The day of the letter."""
    period: Period
    made_at: datetime
    time_zone: str
    contact: str
    example: bool
    gaps: tuple[Gap, ...]
    top: Top | None
    figures: tuple[Figure, ...]
    stories: tuple[StoryItem, ...]
    also: tuple[AlsoItem, ...]
    chart: Chart
    health: Health
    limits: Limits = field(default_factory=Limits)
    needs: Needs | None = None
    """None when nobody has judged what needs an answer: then the letter says nothing of it."""
    late: tuple[LateCase, ...] = ()
    """Open cases whose time has passed, the latest first. The letter names `limits.late` of them."""
    watched: tuple[Watched, ...] = ()
    left_out: LeftOut = LeftOut()
    candidates: int = 0
    """Sites that are proposed as new sources and wait for a person's yes or no."""
    web: str = ""
    """Address of the follow-up pages, without a slash at its end; "" when there are none."""
    colour: str = ""
    """The municipality's own colour for head and headings, "#rrggbb"; "" for the shipped one."""

    @property
    def incomplete(self) -> bool:
        """Whether the numbers are too low, so that nothing may be read from what is absent."""
        return bool(self.gaps)

    @property
    def articles(self) -> int:
        """How many articles the letter counts."""
        return sum(item.articles for item in self.stories) + sum(item.articles for item in self.also)


@dataclass(frozen=True, slots=True, kw_only=True)
class PastDigest:
    """A letter in the list of letters."""

    day: date
    made_at: datetime
    complete: bool
    articles: int | None = None
    """None where it is not looked up: letters of long ago are listed by their day."""
    title: str = ""
    """What stood first in it."""
