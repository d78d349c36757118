"""What every stage uses: the clock, outcomes, spans of time."""

from collections.abc import Callable
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Half-open span of time that a digest covers: start <= t < end."""

    start: datetime
    end: datetime

    def holds(self, moment: datetime) -> bool:
        """Whether `moment` falls in the period."""
        return self.start <= moment < self.end


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a text; `hit` when it is what was looked for: a name of the municipality, a word of a search."""

    text: str
    hit: bool = False
