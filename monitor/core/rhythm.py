"""A source's own rhythm: how often it is worth asking, what it brings as a rule, and when its silence is unusual."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta, tzinfo
from itertools import pairwise
from math import ceil
from statistics import median

from monitor.core.polling import LONGEST, SHORTEST
from monitor.models import Rhythm

HISTORY = timedelta(weeks=8)
"""How far back a rhythm looks."""
HURRY = timedelta(hours=1)
"""The longest pause of a source marked important, and the longest that a source's own wish can add."""

_UNKNOWN = timedelta(minutes=15)
_RECENT = 20
_ASK_PER_GAP = 4
_SILENCE_SHARE = 24
_SHORTEST_HISTORY = timedelta(days=14)
_FEWEST_GAPS = 10
_QUIET_FACTOR = 1.5
_QUIET_FLOOR = timedelta(hours=12)
_DAY = timedelta(days=1)


def interval(
    arrivals: Sequence[datetime], now: datetime, pause: timedelta | None = None, *, important: bool = False
) -> timedelta:
    """Return how long to wait between two polls of a source that answers: five minutes to a day.

    `arrivals` are the moments at which it brought something new, oldest first. It is asked four times in its typical
    gap, and the more seldom the longer it has been silent. What it says of itself (`pause`) is obeyed up to an hour:
    many systems send the same figure with every feed, whatever stands in it.
    """
    recent = arrivals[-_RECENT:]
    wait = _UNKNOWN
    if len(recent) > 1:
        typical = median((later - earlier).total_seconds() for earlier, later in pairwise(recent))
        wait = timedelta(seconds=typical / _ASK_PER_GAP)
    if recent:
        wait = max(wait, (now - recent[-1]) / _SILENCE_SHARE)
    wait = max(wait, min(pause or SHORTEST, HURRY))
    return min(max(wait, SHORTEST), HURRY if important else LONGEST)


def rhythm_of(
    arrivals: Sequence[datetime], *, today: int, entries: int, days: int, now: datetime, zone: tzinfo
) -> Rhythm:
    """Return the rhythm of a source that brought `entries` new ones in `days` whole days, and `today` since."""
    known = [moment for moment in arrivals if now - HISTORY <= moment <= now]
    return Rhythm(
        newest=arrivals[-1] if arrivals else None,
        today=today,
        usual=entries / days if days >= _SHORTEST_HISTORY.days else None,
        quiet=is_quiet(known, now, zone),
    )


def is_quiet(arrivals: Sequence[datetime], now: datetime, zone: tzinfo) -> bool:
    """Whether a source is silent far longer than it ever is: half as long again as its longest usual gap.

    Weekdays on which it seldom brings anything do not count, neither now nor in its history. Needs two weeks and ten
    gaps of history; nothing shorter than twelve hours is called silence.
    """
    if len(arrivals) <= _FEWEST_GAPS or now - arrivals[0] < _SHORTEST_HISTORY:
        return False
    off = _days_off(arrivals, now, zone)
    gaps = sorted(_counted(earlier, later, zone, off) for earlier, later in pairwise(arrivals))
    longest_usual = gaps[ceil(0.95 * len(gaps)) - 1]
    silence = _counted(arrivals[-1], now, zone, off)
    return silence > max(longest_usual * _QUIET_FACTOR, _QUIET_FLOOR)


def _days_off(arrivals: Sequence[datetime], now: datetime, zone: tzinfo) -> frozenset[int]:
    """Return the weekdays on which a source brings something less than once in three weeks; none if that is all."""
    dates = {moment.astimezone(zone).date() for moment in arrivals}
    weeks = (now - arrivals[0]) / timedelta(weeks=1)
    active = [sum(day.weekday() == weekday for day in dates) for weekday in range(7)]
    off = frozenset(weekday for weekday, days in enumerate(active) if days * 3 < weeks)
    return off if len(off) < 7 else frozenset()


def _counted(start: datetime, end: datetime, zone: tzinfo, off: Collection[int]) -> timedelta:
    """Return the time from `start` to `end` without the weekdays that are `off`."""
    total = end - start
    if not off:
        return total
    # By the clock on the wall; an hour more or less when clocks are turned does not matter here.
    at, last = start.astimezone(zone).replace(tzinfo=None), end.astimezone(zone).replace(tzinfo=None)
    while at < last:
        midnight = at.replace(hour=0, minute=0, second=0, microsecond=0) + _DAY
        if at.weekday() in off:
            total -= min(midnight, last) - at
        at = midnight
    return max(total, timedelta(0))
