"""What belongs together, and what the municipality has to do with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from monitor.models.articles import Article


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
