"""What a home's weeks and quarters add up to. Counts of articles, stories, topics, units and sources: never of people.

There is no dimension for authors, writers of letters or other persons, and none can be asked for: the values below are
all that the page, the report and the exports hold.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from monitor.core.digest.usual import compare
from monitor.core.digest.values import Comparison
from monitor.core.working_days import working_days_between
from monitor.models import Period

COMPARED = 8
"""A week is compared with the median of so many before it."""
_FEWEST = 4
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """One week: what was found, and on how many of its days sources were missing."""

    monday: date
    articles: int | None
    """None when the home was not watching yet: not known is not zero."""
    stories: int | None
    missing: tuple[date, ...] = ()
    """Days that were not fetched completely: the numbers are the least there was."""
    whole: bool = True
    """Whether the week has ended and lies within the span."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicCount:
    """A topic and how much was written about it. The key "" is for what has no topic."""

    key: str
    name: str
    articles: int
    stories: int
    asked: int = 0
    """Stories that need or needed an answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitTimes:
    """A unit's cases: how many came in, how many were answered, and how long that took in working days."""

    unit: str
    cases: int
    answered: int
    in_time: int
    days: float | None
    """Median of working days from mention to answer; None when none was answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceCount:
    """A source and how many articles it had."""

    name: str
    articles: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseTimes:
    """What statistics know of one case."""

    unit: str
    received: datetime
    due: datetime | None
    answered: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """All that is told of a span of time."""

    period: Period
    weeks: tuple[Week, ...]
    articles: int
    stories: int
    asked: int
    """Stories that needed an answer, by the monitoring's rules or marked by staff."""
    topics: tuple[TopicCount, ...] = ()
    units: tuple[UnitTimes, ...] = ()
    sources: tuple[SourceCount, ...] = ()
    missing: frozenset[date] = field(default=frozenset())
    """Days of the span that were not fetched completely."""
    began: date | None = None
    """The first day on which the home watched; None when it has not begun."""

    @property
    def share(self) -> float | None:
        """The share of stories that needed an answer, 0 to 1; None with fewer than 20 stories."""
        return self.asked / self.stories if self.stories >= 20 else None


def last_weeks(today: date, number: int) -> tuple[date, date]:
    """Return the Monday `number` weeks back, and the day after `today`."""
    monday = today - timedelta(days=today.weekday())
    return monday - (number - 1) * _WEEK, today + timedelta(days=1)


def quarter_of(text: str) -> tuple[date, date] | None:
    """Return the first day of the quarter "2026-4" and that of the next; None when `text` is no quarter."""
    year, _, number = text.partition("-")
    if not (text.isascii() and len(year) == 4 and year.isdigit() and number in {"1", "2", "3", "4"}):
        return None
    if not 1970 <= int(year) <= 2200:
        return None
    first = date(int(year), int(number) * 3 - 2, 1)
    return first, date(first.year + (number == "4"), (first.month + 2) % 12 + 1, 1)


def quarter_name(day: date) -> str:
    """Return the quarter that holds `day`: "2026-4"."""
    return f"{day.year}-{(day.month + 2) // 3}"


def period_between(first: date, end: date, zone: ZoneInfo) -> Period:
    """Return the span from the beginning of `first` to that of `end` by the clock on the wall."""
    return Period(start=datetime(first.year, first.month, first.day, tzinfo=zone),
                  end=datetime(end.year, end.month, end.day, tzinfo=zone))  # fmt: skip


def mondays(first: date, end: date) -> list[date]:
    """Return the Mondays of the weeks that have a day from `first` on and before `end`."""
    monday = first - timedelta(days=first.weekday())
    found = []
    while monday < end:
        found.append(monday)
        monday += _WEEK
    return found


def missing_days(
    first: date, end: date, *, began: date | None, incomplete: Collection[date], fetched: Collection[date]
) -> frozenset[date]:
    """Return the days of a span that were watched but not completely.

    `incomplete` are days whose letter said that sources were missing, `fetched` those on which any source was read.
    """
    days = (first + timedelta(days=number) for number in range((end - first).days))
    return frozenset(
        day for day in days if began is not None and day >= began and (day in incomplete or day not in fetched)
    )


def compare_last(weeks: Sequence[Week]) -> tuple[Week, Comparison, float | None] | None:
    """Return the last whole week, how it stands to those before it, and what is usual; None without a whole week."""
    whole = [week for week in weeks if week.whole and week.articles is not None]
    if not whole:
        return None
    last = whole[-1]
    before = [week.articles for week in whole[:-1][-COMPARED:] if week.articles is not None and not week.missing]
    usual = float(median(before)) if len(before) >= _FEWEST else None
    return last, compare(last.articles or 0, usual, incomplete=bool(last.missing)), usual


def unit_times(cases: Iterable[CaseTimes], zone: ZoneInfo) -> tuple[UnitTimes, ...]:
    """Return how long units took to answer, those with most cases first; the unit "" is for cases without owner."""
    by_unit: dict[str, list[CaseTimes]] = {}
    for case in cases:
        by_unit.setdefault(case.unit, []).append(case)
    return tuple(
        sorted(
            (_times_of(unit, found, zone) for unit, found in by_unit.items()), key=lambda unit: (-unit.cases, unit.unit)
        )
    )


def _times_of(unit: str, cases: Sequence[CaseTimes], zone: ZoneInfo) -> UnitTimes:
    days, in_time = [], 0
    for case in cases:
        if case.answered is not None:
            days.append(working_days_between(_day(case.received, zone), _day(case.answered, zone)))
            in_time += case.due is None or case.answered <= case.due
    return UnitTimes(
        unit=unit, cases=len(cases), answered=len(days), in_time=in_time, days=float(median(days)) if days else None
    )


def _day(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()


def topic_counts(
    counts: Iterable[tuple[str, int, int]], asked: Mapping[str, int], names: Mapping[str, str]
) -> tuple[TopicCount, ...]:
    """Return (topic, articles, stories) with names and the stories that needed an answer, the most first."""
    found = [
        TopicCount(key=key, name=names.get(key, key), articles=articles, stories=stories, asked=asked.get(key, 0))
        for key, articles, stories in counts
    ]
    return tuple(sorted(found, key=lambda topic: (topic.key == "", -topic.articles, topic.name)))
