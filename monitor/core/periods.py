"""The day and the month that a moment lies in, by the clocks of a place."""

from datetime import UTC, date, datetime, timedelta, tzinfo

from monitor.models import Period


def day_of(moment: datetime, zone: tzinfo) -> Period:
    """Return the local day of a moment, in UTC: 23 to 25 hours."""
    day = moment.astimezone(zone).date()
    return Period(start=_midnight(day, zone), end=_midnight(day + timedelta(days=1), zone))


def month_of(moment: datetime, zone: tzinfo) -> Period:
    """Return the local month of a moment, in UTC."""
    first = moment.astimezone(zone).date().replace(day=1)
    following = (first + timedelta(days=31)).replace(day=1)
    return Period(start=_midnight(first, zone), end=_midnight(following, zone))


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
