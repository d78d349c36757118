"""Times as sources write them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.dates import MAX_AHEAD, plausible, read_time

STOCKHOLM = ZoneInfo("Europe/Stockholm")
AFTERNOON = datetime(2026, 11, 23, 13, 10, tzinfo=UTC)
LOCAL_AFTERNOON = datetime(2026, 11, 23, 14, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-23T14:10:00+01:00", AFTERNOON),
        ("2026-11-23T14:10:00.123456789+0100", AFTERNOON),
        ("2026-11-23t13:10z", AFTERNOON),
        ("2026-11-23 14:10:00 +01:00", AFTERNOON),
        ("20261123T131000Z", AFTERNOON),
        ("2026-11-23T14:10:00+01:00[Europe/Stockholm]", AFTERNOON),
        ("  2026-11-23\n14:10  CET ", AFTERNOON),
        ("Mon, 23 Nov 2026 14:10:00 +0100", AFTERNOON),
        ("Mon,23 Nov 2026 13:10:00 GMT", AFTERNOON),
        ("Mon, 23 Nov 26 08:10:00 EST", AFTERNOON),
        ("Mon, 23 Nov 2026 14:10 GMT+1", AFTERNOON),
        ("23 November 2026 14:10 (CET)", AFTERNOON),
        ("mån, 23 nov 2026 14:10:00 MET", AFTERNOON),
        ("måndag den 23 november 2026 kl. 14.10 CET", AFTERNOON),
        ("23-Nov-2026 13:10:59.9 UTC", AFTERNOON.replace(second=59)),
        ("Mon Nov 23 14:10:00 CET 2026", AFTERNOON),
        ("Mon Nov 23 14:10:00 2026", LOCAL_AFTERNOON),
        ("November 23, 2026 2:10 pm", LOCAL_AFTERNOON),
        ("Nov 23, 2026, 2:10 p.m.", LOCAL_AFTERNOON),
        ("23 okt 2026 12:05 am", datetime(2026, 10, 23, 0, 5, tzinfo=UTC)),
        ("Tue, 5 maj 2026 08:00 CEST", datetime(2026, 5, 5, 6, tzinfo=UTC)),
        ("2026-11-23", datetime(2026, 11, 23, tzinfo=UTC)),
        ("2026-11-23+01:00", datetime(2026, 11, 22, 23, tzinfo=UTC)),
        ("23 nov 2026", datetime(2026, 11, 23, tzinfo=UTC)),
        ("23 nov 97 10:00 ?", datetime(1997, 11, 23, 10, tzinfo=UTC)),
        ("2016-12-31T23:59:60Z", datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_a_time_is_read_into_utc(text: str, moment: datetime) -> None:
    assert read_time(text) == moment


@pytest.mark.parametrize(
    "text",
    [
        "",
        "i går",
        "12",
        "2026",
        "2026-W48-1",
        "23/11 2026",
        "2026-02-30",
        "0000-01-01T00:00:00Z",
        "-001-11-30T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "10000-01-01",
        "Mon, 23 Xyz 2026 14:10:00 +0100",
        "Mon, 23 Nov 2026 25:10:00 +0100",
        "Mon, 23 Nov 2026 14:10:00 +9900",
        "٢٣ nov 2026x",
    ],
)
def test_what_is_no_time_is_none(text: str) -> None:
    assert read_time(text) is None


def test_a_time_without_zone_follows_the_summer_time_of_the_zone_given() -> None:
    assert read_time("2026-07-01 12:00", STOCKHOLM) == datetime(2026, 7, 1, 10, tzinfo=UTC)
    assert read_time("2026-12-01 12:00", STOCKHOLM) == datetime(2026, 12, 1, 11, tzinfo=UTC)
    assert read_time("2026-12-01 12:00 UTC", STOCKHOLM) == datetime(2026, 12, 1, 12, tzinfo=UTC)


def test_only_a_believable_time_counts_as_published() -> None:
    assert plausible(None) is None
    assert plausible(datetime(1989, 12, 31, tzinfo=UTC)) is None
    assert plausible(datetime(2100, 1, 1, tzinfo=UTC)) is None
    assert plausible(AFTERNOON) == AFTERNOON
    assert plausible(AFTERNOON + MAX_AHEAD, AFTERNOON) == AFTERNOON + MAX_AHEAD
    assert plausible(AFTERNOON + MAX_AHEAD + timedelta(seconds=1), AFTERNOON) is None


@given(st.datetimes(datetime(1000, 1, 2), datetime(9998, 1, 1), timezones=st.timezones()))
def test_iso_times_come_back_as_they_went_out(moment: datetime) -> None:
    moment = moment.astimezone(UTC).replace(microsecond=0)
    assert read_time(moment.isoformat()) == moment


@given(
    st.one_of(
        st.text(), st.from_regex(r"\w*,? ?\d\d?[ .-]\w{3}[ -]\d\d(\d\d)? ?\d\d[:.]\d\d ?[+-]?\d*", fullmatch=True)
    )
)
def test_any_text_gives_a_utc_time_or_none(text: str) -> None:
    moment = read_time(text, STOCKHOLM)
    assert moment is None or moment.utcoffset() == timedelta(0)
