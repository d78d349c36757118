"""Swedish working days."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.working_days import add_working_days, days_off, is_working_day


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 6, 19),  # Midsummer's Eve
        date(2026, 12, 24),
        date(2026, 12, 31),
        date(2026, 1, 6),
        date(2026, 5, 14),  # Ascension Day
        date(2026, 11, 28),  # a Saturday
    ],
)
def test_offices_are_closed_on_holidays_eves_and_weekends(day: date) -> None:
    assert not is_working_day(day)


def test_a_working_day_is_counted_from_the_next_one() -> None:
    assert add_working_days(date(2026, 11, 23), 5) == date(2026, 11, 30)
    assert add_working_days(date(2026, 11, 27), 1) == date(2026, 11, 30)
    assert add_working_days(date(2026, 12, 23), 1) == date(2026, 12, 28)


def test_no_days_from_a_sunday_is_the_monday_and_one_day_is_the_monday_too() -> None:
    assert add_working_days(date(2026, 11, 22), 0) == date(2026, 11, 23)
    assert add_working_days(date(2026, 11, 22), 1) == date(2026, 11, 23)
    assert add_working_days(date(2026, 11, 23), 0) == date(2026, 11, 23)


def test_ordinary_sundays_are_no_holidays() -> None:
    assert date(2026, 11, 22) not in days_off([2026])
    assert {date(2026, 12, 25), date(2027, 1, 1)} <= days_off([2026, 2027])


@given(st.dates(date(2020, 1, 1), date(2035, 12, 31)), st.integers(0, 30))
def test_the_day_reached_is_a_working_day_and_never_before(day: date, number: int) -> None:
    reached = add_working_days(day, number)
    assert is_working_day(reached)
    assert reached >= day
