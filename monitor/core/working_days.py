"""Swedish working days: Monday to Friday without public holidays and the eves on which offices are closed."""

from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache

from holidays.constants import DE_FACTO, PUBLIC
from holidays.countries.sweden import Sweden

_DAY = timedelta(days=1)


def is_working_day(day: date) -> bool:
    """Whether a Swedish office is open: Midsummer's, Christmas and New Year's Eve are days off (7 § semesterlagen)."""
    return day.weekday() < 5 and day not in _days_off(day.year)


def add_working_days(day: date, number: int) -> date:
    """Return the working day that is `number` after `day`; with 0, `day` itself or the next working day."""
    while not is_working_day(day):
        day += _DAY
        if number > 0 and is_working_day(day):
            number -= 1
    for _ in range(number):
        day += _DAY
        while not is_working_day(day):
            day += _DAY
    return day


def working_days_between(day: date, other: date) -> int:
    """Return how many working days come after `day`, up to and with `other`; negative when `other` is earlier."""
    if other < day:
        return -working_days_between(other, day)
    return sum(is_working_day(day + _DAY * number) for number in range(1, (other - day).days + 1))


def days_off(years: Iterable[int]) -> frozenset[date]:
    """Return the holidays and closed eves of the years. Saturdays and Sundays as such are not among them."""
    return frozenset[date]().union(*map(_days_off, years))


@cache
def _days_off(year: int) -> frozenset[date]:
    return frozenset(Sweden(years=year, categories=(PUBLIC, DE_FACTO), include_sundays=False))
