"""What one naming means where it stands, and why."""

from dataclasses import dataclass
from enum import StrEnum

from monitor.core.matching.gazetteer import Name
from monitor.core.matching.scan import Hit
from monitor.models import PlaceKind


class Verdict(StrEnum):
    """What a naming is."""

    PLACE = "place"
    NAMED_AFTER = "named after"
    PERSON = "person"
    OTHER = "another place"
    WORD = "word"


@dataclass(frozen=True, slots=True)
class Sign:
    """A reason: the rule's lasting name, its weight in log odds (below zero speaks against), and the words for it."""

    rule: str
    weight: float
    words: str


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict other than a place, with the rule and the words for it."""

    verdict: Verdict
    rule: str
    words: str


ROAD_DIRECTION = "the direction of a road"
BEARING = "a bearing"
ROUTE = "a route"
FROM = "where somebody or something is from"


@dataclass(slots=True)
class Reading:
    """A naming with its verdict and signs. `passing` says why it names the place only in passing, if it does."""

    hit: Hit
    decision: Decision | None = None
    signs: tuple[Sign, ...] = ()
    passing: str = ""
    official: bool = False
    """The municipality itself, or one of its bodies."""
    located: bool = False
    """A preposition of place stands before it."""

    @property
    def name(self) -> Name:
        """The name that stands there."""
        return self.hit.name

    @property
    def verdict(self) -> Verdict:
        """What the naming is."""
        return self.decision.verdict if self.decision else Verdict.PLACE

    def rule(self, kind: PlaceKind) -> str:
        """Return the rule that took it: what `monitor tune` counts by and a home may mute."""
        if self.decision:
            return self.decision.rule
        if self.name.extra:
            return "the home's own name"
        if kind in {PlaceKind.LOCALITY, PlaceKind.SUBPLACE}:
            return kind.value
        best = max(self.signs, key=lambda sign: sign.weight, default=None)
        return best.rule if best and best.weight > 0.0 else self.hit.form.value
