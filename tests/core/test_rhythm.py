"""A source's own rhythm: its interval, and when its silence is unusual."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from monitor.core.rhythm import HURRY, interval, is_quiet, rhythm_of

ZONE = ZoneInfo("Europe/Stockholm")
NOW = datetime(2026, 11, 25, 5, 30, tzinfo=UTC)  # a Wednesday
HOUR = timedelta(hours=1)
moments = st.lists(st.timedeltas(timedelta(0), timedelta(days=50)), max_size=30).map(
    lambda ages: sorted({NOW - age for age in ages})
)


def every(step: timedelta, until: datetime, count: int = 40) -> list[datetime]:
    return [until - step * number for number in range(count)][::-1]


def weekdays(hours: tuple[int, ...], until: datetime, days: int = 50) -> list[datetime]:
    """Moments at these hours of each Monday to Friday, up to `until`."""
    dates = [(NOW - timedelta(days=number)).replace(hour=0, minute=0) for number in range(days)]
    found = [day + timedelta(hours=hour) for day in dates if day.weekday() < 5 for hour in hours]
    return sorted(moment for moment in found if moment <= until)


def test_a_new_source_is_asked_every_quarter_of_an_hour() -> None:
    assert interval([], NOW) == timedelta(minutes=15)


def test_a_source_is_asked_four_times_in_its_typical_gap() -> None:
    assert interval(every(2 * HOUR, NOW), NOW) == HOUR / 2


def test_a_busy_source_is_asked_every_five_minutes_and_a_sleeping_blog_once_a_day() -> None:
    assert interval(every(timedelta(minutes=3), NOW), NOW) == timedelta(minutes=5)
    assert interval(every(timedelta(days=9), NOW - timedelta(days=60)), NOW) == timedelta(days=1)


def test_an_important_source_is_never_left_longer_than_an_hour() -> None:
    assert interval(every(timedelta(days=9), NOW), NOW, important=True) == HURRY


def test_what_a_source_says_of_itself_is_obeyed_up_to_an_hour() -> None:
    busy = every(timedelta(minutes=3), NOW)
    assert interval(busy, NOW, timedelta(minutes=20)) == timedelta(minutes=20)
    assert interval(busy, NOW, timedelta(days=7)) == HURRY


@given(moments, st.none() | st.timedeltas(timedelta(0), timedelta(days=400)), st.booleans())
def test_an_interval_is_five_minutes_to_a_day(
    arrivals: list[datetime], pause: timedelta | None, important: bool
) -> None:
    assert timedelta(minutes=5) <= interval(arrivals, NOW, pause, important=important) <= timedelta(days=1)


@given(moments, st.timedeltas(timedelta(0), timedelta(days=30)), st.timedeltas(timedelta(0), timedelta(days=30)))
def test_a_longer_silence_never_means_a_shorter_interval(
    arrivals: list[datetime], one: timedelta, other: timedelta
) -> None:
    sooner, later = sorted((one, other))
    assert interval(arrivals, NOW + sooner) <= interval(arrivals, NOW + later)


def test_a_daily_paper_that_stops_is_called_quiet_the_next_morning() -> None:
    hours = tuple(range(6, 21))
    assert not is_quiet(weekdays(hours, NOW - timedelta(hours=9)), NOW, ZONE)
    assert is_quiet(weekdays(hours, NOW - timedelta(hours=19)), NOW, ZONE)


def test_a_weekend_is_no_silence_of_a_source_that_rests_at_weekends() -> None:
    monday = datetime(2026, 11, 23, 5, 30, tzinfo=UTC)
    friday = monday - timedelta(days=2, hours=14)
    assert not is_quiet(weekdays((8, 12, 15), friday), monday, ZONE)
    assert is_quiet(weekdays((8, 12, 15), friday - timedelta(days=1)), monday, ZONE)


def test_a_source_with_no_day_of_its_own_is_measured_by_the_whole_week() -> None:
    every_ten_days = every(timedelta(days=4.5), NOW - timedelta(days=8), 12)
    assert is_quiet(every_ten_days, NOW, ZONE)
    assert not is_quiet(every(timedelta(days=4.5), NOW - timedelta(days=4), 12), NOW, ZONE)


def test_little_history_is_no_measure() -> None:
    assert not is_quiet(every(HOUR, NOW - timedelta(days=3)), NOW, ZONE)
    assert not is_quiet(every(timedelta(days=3), NOW - timedelta(days=20), 5), NOW, ZONE)
    assert not is_quiet([], NOW, ZONE)


def test_what_is_usual_needs_two_weeks() -> None:
    young = rhythm_of([NOW], today=1, entries=20, days=5, now=NOW, zone=ZONE)
    old = rhythm_of([], today=0, entries=56, days=28, now=NOW, zone=ZONE)
    assert (young.usual, young.newest) == (None, NOW)
    assert (old.usual, old.newest, old.quiet) == (2.0, None, False)
