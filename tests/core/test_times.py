"""Times as people read them."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from monitor.core import times

STOCKHOLM = ZoneInfo("Europe/Stockholm")
MORNING = datetime(2026, 11, 24, 5, 30, tzinfo=UTC)
TUESDAY = date(2026, 11, 24)


@pytest.mark.parametrize(("language", "expected"), [("sv", "06.30"), ("en", "06:30")])
def test_swedish_writes_the_time_with_a_full_stop(language: str, expected: str) -> None:
    assert times.clock(MORNING, STOCKHOLM, language) == expected


def test_the_time_after_a_day_has_its_word_and_does_not_part_from_it() -> None:
    assert times.at_clock(MORNING, STOCKHOLM, "sv") == "kl.\u00a006.30"
    assert times.at_clock(MORNING, STOCKHOLM, "en") == "06:30"


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "söndag 25\u00a0oktober kl.\u00a002.30"),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "söndag 25\u00a0oktober kl.\u00a002.30"),
        (datetime(2026, 10, 25, 5, 30, tzinfo=UTC), "söndag 25\u00a0oktober kl.\u00a006.30"),
        (datetime(2027, 3, 28, 0, 59, tzinfo=UTC), "söndag 28\u00a0mars kl.\u00a001.59"),
        (datetime(2027, 3, 28, 1, 0, tzinfo=UTC), "söndag 28\u00a0mars kl.\u00a003.00"),
        (datetime(2026, 12, 31, 23, 30, tzinfo=UTC), "fredag 1\u00a0januari kl.\u00a000.30"),
    ],
)
def test_moments_follow_the_clock_on_the_wall_when_it_is_turned(moment: datetime, expected: str) -> None:
    assert times.full_moment(moment, STOCKHOLM, "sv") == expected


def test_days_are_written_out_or_short() -> None:
    assert times.long_day(TUESDAY, "sv") == "tisdag 24 november 2026"
    assert times.long_day(TUESDAY, "en") == "Tuesday 24 November 2026"
    assert times.month_day(TUESDAY, "sv") == "24\u00a0nov"
    assert times.weekday(TUESDAY, "sv") == "tisdag"
    assert times.short_weekday(TUESDAY, "sv") == "ti"
    assert times.short_weekday(TUESDAY, "en") == "Tue"
    assert times.weekday_date(date(2026, 11, 20), "sv") == "fr 20\u00a0nov"
    assert times.local_day(datetime(2026, 11, 23, 23, 30, tzinfo=UTC), STOCKHOLM) == TUESDAY


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (datetime(2026, 11, 23, 10, 20, tzinfo=UTC), "må kl.\u00a011.20"),
        (datetime(2026, 11, 2, 8, 0, tzinfo=UTC), "2\u00a0nov kl.\u00a009.00"),
        (datetime(2025, 11, 2, 8, 0, tzinfo=UTC), "2\u00a0nov 2025"),
        (datetime(2026, 11, 27, 8, 0, tzinfo=UTC), "fr kl.\u00a009.00"),
    ],
)
def test_a_short_moment_says_no_more_than_it_takes_to_tell_it_apart(moment: datetime, expected: str) -> None:
    assert times.short_moment(moment, STOCKHOLM, "sv", TUESDAY) == expected


def test_a_day_without_its_year_keeps_number_and_month_together() -> None:
    assert times.weekday_and_day(date(2026, 12, 1), "sv") == "tisdag 1\u00a0december"
    assert times.weekday_and_day(date(2026, 12, 1), "en") == "Tuesday 1\u00a0December"
