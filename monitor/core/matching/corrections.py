"""What the staff's corrections say about each rule: precision, and which rule a home might mute.

Only proposed, never applied: a person decides.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from monitor.models import FoundPlace

LEAST_WRONG = 3
"""Corrections from which a rule may be proposed: fewer say too little."""
WORST_PRECISION = 0.5


class Judgement(StrEnum):
    """What a person said of a found article."""

    RIGHT = "right"
    NOT_ABOUT_US = "not about us"
    WRONG_SUBJECT = "right place, wrong subject"
    DUPLICATE = "duplicate"
    WRONG_TONE = "wrong tone"

    @property
    def hides(self) -> bool:
        """Whether the article is left out of lists and letters."""
        return self not in (Judgement.RIGHT, Judgement.WRONG_TONE)

    @property
    def place_was_right(self) -> bool:
        """Whether the place was found rightly, whatever else was wrong."""
        return self is not Judgement.NOT_ABOUT_US


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A labelled example: what was found, and what a person said of it."""

    place: FoundPlace
    judgement: Judgement

    @property
    def rules(self) -> frozenset[str]:
        """The rules that took it."""
        return frozenset(mention.rule for mention in self.place.mentions)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleRecord:
    """How a rule did. `only_right` and `only_wrong` count what no other rule took: what muting would lose and spare."""

    rule: str
    right: int
    wrong: int
    only_right: int
    only_wrong: int

    @property
    def precision(self) -> float:
        """The share of what the rule took that was right."""
        return self.right / (self.right + self.wrong)

    @property
    def worth_muting(self) -> bool:
        """Whether muting it would spare clearly more than it would lose."""
        return self.wrong >= LEAST_WRONG and self.precision < WORST_PRECISION and self.only_wrong > 2 * self.only_right


def record_rules(corrections: Iterable[Correction]) -> tuple[RuleRecord, ...]:
    """Return the record of each rule over `corrections`, the least precise first."""
    counts: dict[str, list[int]] = {}
    for correction in corrections:
        right = correction.judgement.place_was_right
        for rule in correction.rules:
            count = counts.setdefault(rule, [0, 0, 0, 0])
            count[0 if right else 1] += 1
            if len(correction.rules) == 1:
                count[2 if right else 3] += 1
    records = (
        RuleRecord(rule=rule, right=right, wrong=wrong, only_right=only_right, only_wrong=only_wrong)
        for rule, (right, wrong, only_right, only_wrong) in counts.items()
    )
    return tuple(sorted(records, key=lambda record: (record.precision, -record.wrong, record.rule)))


def propose_mute(corrections: Iterable[Correction]) -> RuleRecord | None:
    """Return the rule that a home might mute, or None when no rule is clearly wrong for it."""
    return next((record for record in record_rules(corrections) if record.worth_muting), None)
