"""What cannot wait for the morning letter: a story that needs an answer today, or far more articles than usual."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from monitor.core.times import local_day
from monitor.models import Need

_HOUR = timedelta(hours=1)
_SURGE_PAUSE = timedelta(hours=6)
"""After an alert about many articles, this long none: it is the same matter."""
_SHORTEST_HISTORY = 14 * 24
_RARE = 0.99


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRules:
    """How often, and when, people may be disturbed."""

    per_day: int = 3
    quiet_from: time | None = None
    quiet_to: time | None = None
    """Nothing is told between the two local times; the night may lie between them."""
    fewest: int = 4
    """Articles in an hour below which no number is alarming."""


class AlertKind(StrEnum):
    """What an alert is about."""

    NEEDS_ANSWER = "needs answer"
    SURGE = "surge"


@dataclass(frozen=True, slots=True, kw_only=True)
class Urgent:
    """A story that needs an answer."""

    story: int
    title: str
    url: str
    source: str
    need: Need


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """An article that has come in."""

    seen_at: datetime
    title: str
    url: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An alert that has gone out."""

    key: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One disturbance. `key` tells it apart for good: what has been told is not told again."""

    key: str
    kind: AlertKind
    urgent: Urgent | None = None
    arrivals: tuple[Arrival, ...] = ()
    """The articles of the last hour, newest first."""
    usual_most: int | None = None
    """More than so many in an hour are seen once in a hundred hours."""


def alerts_due(
    *,
    now: datetime,
    zone: ZoneInfo,
    rules: AlertRules,
    urgent: Sequence[Urgent],
    arrivals: Sequence[Arrival],
    hours: Sequence[int],
    told: Collection[Told],
) -> tuple[Alert, ...]:
    """Return what to tell now, the most urgent first, never more than the day's rest.

    `hours` are the numbers of articles in the hours before, as far as the monitoring goes back, at most eight weeks:
    they are the municipality's own measure.
    """
    today = local_day(now, zone)
    left = rules.per_day - sum(local_day(alert.at, zone) == today for alert in told)
    if left <= 0 or is_quiet(now, zone, rules):
        return ()
    known = {alert.key for alert in told}
    wanted = [_of(story) for story in urgent if local_day(story.need.due, zone) <= today]
    surge = _surge(now, rules, arrivals, hours, told)
    return tuple(alert for alert in (*wanted, *surge) if alert.key not in known)[:left]


def is_quiet(now: datetime, zone: ZoneInfo, rules: AlertRules) -> bool:
    """Whether `now` lies in the quiet hours."""
    begin, end = rules.quiet_from, rules.quiet_to
    if begin is None or end is None:
        return False
    clock = now.astimezone(zone).time()
    return begin <= clock < end if begin <= end else clock >= begin or clock < end


def usual_most(hours: Sequence[int]) -> int | None:
    """Return the number that all but one in a hundred hours stay within; None with less than two weeks."""
    if len(hours) < _SHORTEST_HISTORY:
        return None
    return sorted(hours)[int(len(hours) * _RARE)]


def _of(urgent: Urgent) -> Alert:
    return Alert(key=f"story {urgent.story}", kind=AlertKind.NEEDS_ANSWER, urgent=urgent)


def _surge(
    now: datetime, rules: AlertRules, arrivals: Sequence[Arrival], hours: Sequence[int], told: Collection[Told]
) -> list[Alert]:
    most = usual_most(hours)
    recent = sorted((a for a in arrivals if now - _HOUR < a.seen_at <= now), key=lambda a: (a.seen_at, a.url))[::-1]
    if most is None or len(recent) <= most or len(recent) < rules.fewest:
        return []
    if any(alert.key.startswith("surge ") and now - alert.at < _SURGE_PAUSE for alert in told):
        return []
    key = f"surge {now:%Y-%m-%dT%H:%M}Z"
    return [Alert(key=key, kind=AlertKind.SURGE, arrivals=tuple(recent), usual_most=most)]
