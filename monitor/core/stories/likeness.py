"""How alike two articles are: is one a copy of the other, do they tell of one event, and what says so.

Every number that decides stands here by name. They were set on `tests/core/stories/tuned.jsonl` and then measured on
articles written afterwards; `bench/stories.py` prints both.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from monitor.core.stories.sketch import OPEN, Sketch, place_stems
from monitor.core.words import FREQUENT

COPY = 0.5
"""Share of the shorter text's shingles that stand in the longer one, from which it is the same text."""
COPY_AND_KEPT = 1.3
"""Least sum of that share and of how much of the shorter one's rare words stands in the longer one: two notices on one
pattern share its phrases, not their names."""
COPY_AT_HOME = 0.8
"""The same within one source, which writes its notices on one pattern."""
SHORT = 8
"""Below this many shingles a text is too short for shares: then headline and text must be equal."""

SAME_EVENT = 0.18
"""From this score on, two articles tell of one event."""
FLOOR = 0.06
"""A pair less alike than this counts as not alike at all."""
MOST_OF_ONE = 0.15
"""What one common word can give at most: one street or one person's title makes no event."""
OTHER_PLACE = 0.4
"""The score counts so much when both name municipalities and none is common."""
SAME_SOURCE = 0.6
"""A source seldom tells one thing twice; its notices look alike because it wrote them."""
FADING = 0.2
"""What a score loses over the days that a story is open."""
TOLD = 1.35
"""Least rarity of the common words together, across sources, and within one: counted in words that no other has."""
TOLD_AT_HOME = 2.4

UNSEEN = 500
"""Articles that are thought to have been read before the first one: keeps rarity steady in a new home."""
FREQUENT_SHARE = 0.03
"""Share of those that have a word which local news is made of."""
PART = 5
"""Letters at the beginning and the end of a stem: Swedish compounds share parts ("skolbuss", "bussbolag")."""


@dataclass(frozen=True, slots=True)
class Rarity:
    """How rare a word is among the latest articles: the logarithm of how many there are to each that has it."""

    articles: int
    having: Mapping[str, int]
    """Stem -> articles that have it."""
    _known: dict[str, float] = field(default_factory=dict, repr=False, compare=False)

    def of(self, word: str) -> float:
        """Return the rarity of a stem, at least 0."""
        known = self._known.get(word)
        if known is None:
            before = UNSEEN * FREQUENT_SHARE if word in FREQUENT else 1
            known = math.log((self.articles + UNSEEN) / (self.having.get(word, 0) + before))
            self._known[word] = known
        return known

    @property
    def highest(self) -> float:
        """The rarity of a word that no article has."""
        return math.log(self.articles + UNSEEN)


class Vector:
    """A sketch made ready to be compared. What few comparisons come to is reckoned when one does."""

    __slots__ = ("_parts", "_words", "rarity", "shingles", "sketch", "stems")

    def __init__(self, sketch: Sketch, rarity: Rarity) -> None:
        self.sketch = sketch
        self.rarity = rarity
        self.stems = frozenset(sketch.stems)
        self.shingles = frozenset(sketch.shingles)
        self._words: dict[str, float] | None = None
        self._parts: dict[str, float] | None = None

    @property
    def words(self) -> Mapping[str, float]:
        """Its stems weighed by rarity, of length one."""
        if self._words is None:
            weighed = zip(self.sketch.stems, self.sketch.weights, strict=True)
            self._words = _unit({word: weight * self.rarity.of(word) for word, weight in weighed})
        return self._words

    @property
    def parts(self) -> Mapping[str, float]:
        """Beginnings and ends of its stems, of length one. Names of places are no compounds."""
        if self._parts is None:
            parts: dict[str, float] = {}
            for word, weight in self.words.items():
                for part in _parts_of(word):
                    if parts.get(part, 0.0) < weight:
                        parts[part] = weight
            self._parts = _unit(parts)
        return self._parts


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """How alike two articles are, and what says so."""

    score: float
    copied: float = 0.0
    """Share of the shorter text that stands in both, where that makes it a copy."""
    words: tuple[str, ...] = ()
    """The rare words that both have, the weightiest first."""
    hours: float = 0.0
    """Time between them."""

    @property
    def copy(self) -> bool:
        """Whether they are one text."""
        return self.copied > 0

    @property
    def reason(self) -> str:
        """Why they are one story, as a sentence in English."""
        if self.copy:
            return f"{self.copied:.0%} of the shorter text stands in both"
        words = ", ".join(f'"{word}"' for word in self.words)
        return f"both have {words}; {self.hours:.0f} hours apart; score {self.score:.2f} (needs {SAME_EVENT})"


NOTHING = Likeness(score=0.0)


def compare(one: Vector, other: Vector) -> Likeness:
    """Return how alike two articles are. The same whichever comes first."""
    apart = abs(one.sketch.at - other.sketch.at)
    if apart > OPEN.total_seconds() or _other_clock(one.sketch, other.sketch):
        return NOTHING
    hours = apart / 3600
    if one.sketch.exact == other.sketch.exact:
        return Likeness(score=1.0, copied=1.0, hours=hours)
    common = one.stems & other.stems
    told = math.fsum(one.rarity.of(word) for word in common) / one.rarity.highest
    if told < TOLD:
        return NOTHING
    if share := copied_share(one, other):
        return Likeness(score=1.0, copied=share, hours=hours)
    at_home = one.sketch.source == other.sketch.source
    if at_home and told < TOLD_AT_HOME:
        return NOTHING
    first, second = one.words, other.words
    gives = {word: first[word] * second[word] for word in common}
    score = _capped(gives.values())
    if score < FLOOR:
        return NOTHING
    score = (score + _capped(_common(one.parts, other.parts))) / 2
    if at_home:
        score *= SAME_SOURCE
    if one.sketch.codes and other.sketch.codes and not set(one.sketch.codes) & set(other.sketch.codes):
        score *= OTHER_PLACE
    score *= 1 - FADING * apart / OPEN.total_seconds()
    if score < FLOOR:
        return NOTHING
    best = sorted(gives, key=lambda word: (-gives[word], word))[:5]
    written = dict(zip(one.sketch.stems, one.sketch.written, strict=True))
    return Likeness(score=score, words=tuple(written[word] for word in best), hours=hours)


@lru_cache(maxsize=100_000)
def _parts_of(word: str) -> tuple[str, ...]:
    if len(word) < PART - 1 or word in place_stems():
        return ()
    return (word,) if len(word) <= PART else (word[:PART], word[-PART:])


def _other_clock(one: Sketch, other: Sketch) -> bool:
    return bool(one.clock and other.clock and one.clock != other.clock)


def copied_share(one: Vector, other: Vector) -> float:
    """Return which share of the shorter text stands in the longer one, or 0 when it is no copy."""
    if one.sketch.exact == other.sketch.exact:
        return 1.0
    level = max(one.sketch.level, other.sketch.level)
    first, second = _at_level(one, level), _at_level(other, level)
    fewest = min(len(first), len(second))
    if fewest < SHORT:
        return 0.0
    share = len(first & second) / fewest
    needed = COPY_AT_HOME if one.sketch.source == other.sketch.source else COPY
    if share < needed:
        return 0.0
    shorter, longer = (one, other) if len(first) <= len(second) else (other, one)
    kept = math.fsum(weight * weight for word, weight in shorter.words.items() if word in longer.words)
    return share if share + kept >= COPY_AND_KEPT else 0.0


def _at_level(vector: Vector, level: int) -> frozenset[int]:
    if vector.sketch.level == level:
        return vector.shingles
    return frozenset(shingle for shingle in vector.shingles if shingle % (1 << level) == 0)


def _common(one: Mapping[str, float], other: Mapping[str, float]) -> Iterable[float]:
    return (one[part] * other[part] for part in one.keys() & other.keys())


def _capped(values: Iterable[float]) -> float:
    return math.fsum(min(MOST_OF_ONE, value) for value in values)


def _unit(weights: Mapping[str, float]) -> dict[str, float]:
    length = math.hypot(*weights.values()) or 1.0
    return {word: weight / length for word, weight in weights.items()}
