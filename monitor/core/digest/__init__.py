"""The letter as pure data: what stands in it, in which order, and how its numbers stand to what is usual.

counts = [DayCount(day=day.date, articles=...) for day in days_of(period, zone).before]
digest = compose(organisation=..., period=period, stories=..., day_counts=counts, ...)
"""

from monitor.core.digest.composing import compose, demote_last
from monitor.core.digest.figures import is_prominent
from monitor.core.digest.health import fault_of, is_blind
from monitor.core.digest.news import LATE, belongs
from monitor.core.digest.usual import Day, Days, days_of
from monitor.core.digest.values import CaseMark, DayCount, Digest, Followed, LateCase, Limits

__all__ = [
    "LATE",
    "CaseMark",
    "Day",
    "DayCount",
    "Days",
    "Digest",
    "Followed",
    "LateCase",
    "Limits",
    "belongs",
    "compose",
    "days_of",
    "demote_last",
    "fault_of",
    "is_blind",
    "is_prominent",
]
