"""What is usual: the median of the same weekday over eight weeks, and how a number stands to it."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from statistics import median
from zoneinfo import ZoneInfo

from monitor.core.digest.values import Comparison, DayCount
from monitor.models import Period

WEEKS = 8
_FEWEST_VALUES = 4
_FEWEST_APART = 3
_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)
_MOST_DAYS = 366


@dataclass(frozen=True, slots=True)
class Day:
    """A letter's day: from the hour at which the period ends to the same hour of the next day."""

    date: date
    """The calendar day that holds the greater part."""
    period: Period


@dataclass(frozen=True, slots=True)
class Days:
    """The days of a letter, oldest first: those before it, whose articles a DayCount counts, and those it covers."""

    before: tuple[Day, ...]
    covered: tuple[Day, ...]
    whole: bool
    """Whether the covered days make up the period; else it cannot be compared with other days."""


def days_of(period: Period, zone: ZoneInfo) -> Days:
    """Return the days that `period` covers and the eight weeks before them."""
    wall = period.end.astimezone(zone).replace(tzinfo=None)
    ends = [period.end]
    # Clocks that are turned leave a day an hour short or long: that hour is no day of its own.
    while len(ends) == 1 or (ends[-1] - period.start > _HOUR and len(ends) <= _MOST_DAYS):
        ends.append(_at(wall - len(ends) * _DAY, zone))
    covered = len(ends) - 1
    ends += [_at(wall - number * _DAY, zone) for number in range(len(ends), len(ends) + 7 * WEEKS)]
    days = tuple(
        # By the clock on the wall, whose days are equally long, so that no date comes twice.
        Day((wall - number * _DAY - _DAY / 2).date(), Period(start=start, end=end))
        for number, (end, start) in enumerate(pairwise(ends))
    )[::-1]
    return Days(
        before=days[: len(days) - covered],
        covered=days[len(days) - covered :],
        whole=abs(ends[covered] - period.start) <= _HOUR,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """The usual numbers for the covered days together; None with fewer than four values for one of their weekdays."""

    articles: float | None
    prominent: float | None
    stories: float | None


def usual_of(days: Days, counts: Sequence[DayCount], holidays: Collection[date] = ()) -> Usual:
    """Return what is usual. Holidays and days with missing sources are no measure."""
    before = {day.date for day in days.before}
    measures = [count for count in counts if count.complete and count.day in before and count.day not in holidays]

    def median_of(number: Callable[[DayCount], int | None]) -> float | None:
        samples: list[list[int]] = []
        for day in days.covered:
            same_weekday = (number(count) for count in measures if count.day.weekday() == day.date.weekday())
            samples.append([value for value in same_weekday if value is not None])
        if not days.whole or any(len(sample) < _FEWEST_VALUES for sample in samples):
            return None
        return float(sum(median(sample) for sample in samples))

    return Usual(
        articles=median_of(lambda count: count.articles),
        prominent=median_of(lambda count: count.prominent),
        stories=median_of(lambda count: count.stories),
    )


def compare(number: int, usual: float | None, *, incomplete: bool) -> Comparison:
    """Return how `number` stands to what is usual; with missing sources that cannot be said."""
    if incomplete:
        return Comparison.SOURCES_MISSING
    if usual is None:
        return Comparison.NONE_YET
    if number >= 1.5 * usual and number - usual >= _FEWEST_APART:
        return Comparison.MORE
    if number <= 0.5 * usual and usual - number >= _FEWEST_APART:
        return Comparison.LESS
    return Comparison.USUAL


def _at(wall: datetime, zone: ZoneInfo) -> datetime:
    return wall.replace(tzinfo=zone).astimezone(UTC)
