"""Days and months by the clocks of a place."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from monitor.core.periods import day_of, month_of

STOCKHOLM = ZoneInfo("Europe/Stockholm")
PACIFIC = ZoneInfo("America/Los_Angeles")


def test_a_month_begins_at_local_midnight() -> None:
    month = month_of(datetime(2026, 10, 31, 23, 30, tzinfo=UTC), STOCKHOLM)
    assert month.start == datetime(2026, 10, 31, 23, tzinfo=UTC)
    assert month.end == datetime(2026, 11, 30, 23, tzinfo=UTC)
    assert month_of(datetime(2026, 12, 31, 22, tzinfo=UTC), STOCKHOLM).end == datetime(2026, 12, 31, 23, tzinfo=UTC)


def test_a_day_may_have_23_or_25_hours() -> None:
    assert day_of(datetime(2026, 11, 24, 5, 30, tzinfo=UTC), PACIFIC).start == datetime(2026, 11, 23, 8, tzinfo=UTC)
    spring, autumn = (
        day_of(datetime(2026, month, 29 if month == 3 else 25, 12, tzinfo=UTC), STOCKHOLM) for month in (3, 10)
    )
    assert spring.end - spring.start == timedelta(hours=23)
    assert autumn.end - autumn.start == timedelta(hours=25)


@given(st.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1)), st.sampled_from([STOCKHOLM, PACIFIC]))
def test_a_moment_lies_in_its_day_and_its_day_in_its_month(moment: datetime, zone: ZoneInfo) -> None:
    moment = moment.replace(tzinfo=UTC)
    day, month = day_of(moment, zone), month_of(moment, zone)
    assert day.holds(moment)
    assert month.holds(moment)
    assert month.start <= day.start < day.end <= month.end
