"""`[followup]` of monitor.toml: the municipality's own rule for how soon it answers (docs/followup.md)."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import msgspec

from monitor.errors import ConfigError
from monitor.models import CaseKind

MOST_DAYS = 250
"""A year of working days."""


class FollowUpSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[followup]`: cases."""

    days: Mapping[CaseKind, int] = {}
    """Working days to answer, by kind; 0: no time is set. What is not named keeps `DEFAULT_DAYS`."""
    confirm_days: int = 2
    """Working days until whoever wrote or called knows that it has arrived; 0: nobody is told."""
    open: Literal["needs", "never"] = "needs"
    """Whether the monitoring opens a case by itself for a story that needs an answer."""
    late_shown: int = 5
    """Late cases that the letter names; the rest are counted."""

    def days_of(self) -> dict[str, int]:
        """Return the working days of every kind."""
        return {kind.value: self.days.get(kind, DEFAULT_DAYS[kind]) for kind in CaseKind}


DEFAULT_DAYS: Mapping[CaseKind, int] = {
    CaseKind.QUESTION: 5,
    CaseKind.COMPLAINT: 10,
    CaseKind.ERROR: 3,
    CaseKind.PRAISE: 0,
    CaseKind.INFORMATION: 0,
}


def check_followup(path: Path, settings: FollowUpSettings) -> None:
    """Raise ConfigError, which names the key, where a number makes no sense."""
    numbers = {f"followup.days.{kind.value}": days for kind, days in settings.days.items()}
    numbers["followup.confirm_days"] = settings.confirm_days
    numbers["followup.late_shown"] = settings.late_shown
    for key, number in numbers.items():
        if not 0 <= number <= MOST_DAYS:
            raise ConfigError(path, key, f"{number}: write a whole number from 0 to {MOST_DAYS}")
