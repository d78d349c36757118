"""Moments and days in the words of a language, in the reader's own time zone.

Swedish writes the time with a full stop ("kl. 06.30", Myndigheternas skrivregler) and has two-letter weekdays; CLDR has
neither, so both stand here. The other languages follow CLDR.
"""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date

_NBSP = "\u00a0"
_SWEDISH = "sv"
_WEEK = timedelta(days=7)


def local_day(moment: datetime, zone: ZoneInfo) -> date:
    """Return the day that the calendar in `zone` shows at `moment`."""
    return moment.astimezone(zone).date()


def clock(moment: datetime, zone: ZoneInfo, language: str) -> str:
    """Return the time of day: "06.30" in Swedish, else "06:30"."""
    return f"{moment.astimezone(zone):{'%H.%M' if language == _SWEDISH else '%H:%M'}}"


def at_clock(moment: datetime, zone: ZoneInfo, language: str) -> str:
    """Return the time of day as it stands after a day: "kl. 06.30"."""
    time = clock(moment, zone, language)
    return f"kl.{_NBSP}{time}" if language == _SWEDISH else time


def long_day(day: date, language: str) -> str:
    """Return the whole date: "tisdag 24 november 2026"."""
    return format_date(day, "EEEE d MMMM y", locale=language)


def month_year(day: date, language: str) -> str:
    """Return month and year: "november 2026"."""
    return format_date(day, "MMMM y", locale=language)


def month_day(day: date, language: str) -> str:
    """Return day and month: "24 nov"."""
    return format_date(day, "d MMM", locale=language).rstrip(".").replace(" ", _NBSP)


def weekday(day: date, language: str) -> str:
    """Return the name of the weekday: "tisdag"."""
    return format_date(day, "EEEE", locale=language)


def short_weekday(day: date, language: str) -> str:
    """Return the weekday in two letters, "ti", or as short as the language has it."""
    return format_date(day, "EEEEEE" if language == _SWEDISH else "EEE", locale=language)


def weekday_date(day: date, language: str) -> str:
    """Return short weekday and date: "fr 20 nov"."""
    return f"{short_weekday(day, language)} {month_day(day, language)}"


def weekday_and_day(day: date, language: str) -> str:
    """Return weekday and date without the year: "tisdag 1 december"."""
    return format_date(day, f"EEEE d{_NBSP}MMMM", locale=language)


def full_moment(moment: datetime, zone: ZoneInfo, language: str) -> str:
    """Return weekday, date and time: "måndag 23 november kl. 06.30"."""
    day = weekday_and_day(local_day(moment, zone), language)
    return f"{day} {at_clock(moment, zone, language)}"


def short_moment(moment: datetime, zone: ZoneInfo, language: str, today: date) -> str:
    """Return what tells `moment` apart, read on `today`: "må kl. 11.20" within a week, else with its date or year."""
    day = local_day(moment, zone)
    if abs(day - today) < _WEEK:
        return f"{short_weekday(day, language)} {at_clock(moment, zone, language)}"
    if day.year == today.year:
        return f"{month_day(day, language)} {at_clock(moment, zone, language)}"
    return f"{month_day(day, language)} {day.year}"
