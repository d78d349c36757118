"""What an answer means, and when to ask again."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.polling import (
    INTERVAL,
    LONGEST,
    SHORTEST,
    Missing,
    fingerprint,
    is_due,
    is_fresh,
    is_settled,
    judge_page,
    judge_poll,
    next_due,
    page_retry,
    permanent_move,
    read_max_age,
    read_reset,
    read_retry_after,
    weigh,
)
from monitor.models import Entry, PollOutcome, SiteFile

NOW = datetime(2026, 11, 24, 5, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (304, PollOutcome.NOT_MODIFIED),
        (301, PollOutcome.UNREADABLE),
        (307, PollOutcome.UNREADABLE),
        (403, PollOutcome.BLOCKED),
        (401, PollOutcome.BLOCKED),
        (429, PollOutcome.BLOCKED),
        (451, PollOutcome.BLOCKED),
        (404, PollOutcome.GONE),
        (410, PollOutcome.GONE),
        (500, PollOutcome.TRANSIENT),
        (503, PollOutcome.TRANSIENT),
        (418, PollOutcome.TRANSIENT),
    ],
)
def test_a_status_says_what_happened_to_a_source(status: int, outcome: PollOutcome) -> None:
    verdict = judge_poll(status)
    assert verdict is not None
    assert verdict[0] is outcome
    assert verdict[1] == "" or str(status) in verdict[1]


def test_the_body_of_a_success_is_to_be_read() -> None:
    assert judge_poll(200) is None
    assert judge_poll(203) is None


@pytest.mark.parametrize(
    ("status", "kind", "retry"),
    [
        (403, "text/html", False),
        (402, "text/html", False),
        (429, "text/html", True),
        (404, "text/html", False),
        (500, "text/html", True),
        (408, "text/html", True),
        (400, "text/html", False),
        (200, "application/pdf", False),
        (200, "image/png", False),
    ],
)
def test_a_page_that_cannot_be_read_says_why_and_whether_to_try_again(status: int, kind: str, retry: bool) -> None:
    outcome = judge_page(status, kind)
    assert outcome is not None
    assert outcome.retry is retry
    assert str(status) in outcome.reason or kind in outcome.reason


@pytest.mark.parametrize("kind", ["text/html; charset=iso-8859-1", "", "application/xhtml+xml", "TEXT/HTML"])
def test_a_web_page_is_to_be_read(kind: str) -> None:
    assert judge_page(200, kind) is None


def test_youtube_answers_404_now_and_then_and_polisens_404_is_for_good() -> None:
    passing, final = judge_poll(404, Missing.PASSING), judge_poll(404, Missing.FINAL)
    assert passing is not None
    assert passing[0] is PollOutcome.TRANSIENT
    assert final is not None
    assert final[0] is PollOutcome.GONE
    assert weigh(PollOutcome.GONE, 404, Missing.FINAL) == weigh(PollOutcome.GONE, 410)


def test_a_410_weighs_more_than_a_404_and_that_more_than_a_block_and_that_more_than_a_time_out() -> None:
    gone, missing = weigh(PollOutcome.GONE, 410), weigh(PollOutcome.GONE, 404)
    blocked, late = weigh(PollOutcome.BLOCKED, 403), weigh(PollOutcome.TRANSIENT)
    assert gone > missing > blocked > late > weigh(PollOutcome.OK, 200) == 0


def test_a_source_that_answers_is_asked_again_after_its_interval() -> None:
    assert next_due(NOW, 0, timedelta(hours=1)) == NOW + timedelta(hours=1)


def test_a_failing_source_is_asked_more_and_more_seldom() -> None:
    waits = [next_due(NOW, strain, SHORTEST) - NOW for strain in range(1, 12)]
    assert waits == sorted(waits)
    assert waits[0] == 2 * INTERVAL
    assert waits[-1] == LONGEST


def test_what_is_gone_for_good_is_asked_once_a_day() -> None:
    assert next_due(NOW, weigh(PollOutcome.GONE, 410), SHORTEST) == NOW + LONGEST


def test_retry_after_is_obeyed_up_to_a_day() -> None:
    assert next_due(NOW, 1, SHORTEST, NOW + timedelta(hours=5)) == NOW + timedelta(hours=5)
    assert next_due(NOW, 1, SHORTEST, NOW + timedelta(days=9)) == NOW + LONGEST
    assert next_due(NOW, 1, SHORTEST, NOW) == NOW + 2 * INTERVAL


@given(
    st.integers(0, 10_000),
    st.timedeltas(timedelta(0), timedelta(days=400)),
    st.none() | st.datetimes().map(lambda moment: moment.replace(tzinfo=UTC)),
    st.text(),
)
def test_the_next_poll_is_never_sooner_than_five_minutes_nor_later_than_a_day(
    strain: int, every: timedelta, retry_after: datetime | None, key: str
) -> None:
    due = next_due(NOW, strain, every, retry_after, key=key)
    assert NOW + SHORTEST <= due <= NOW + LONGEST
    assert due == next_due(NOW, strain, every, retry_after, key=key)


@given(st.integers(0, 20), st.integers(0, 20), st.text())
def test_more_strain_never_means_sooner(one: int, other: int, key: str) -> None:
    less, more = sorted((one, other))
    if less or not more:
        assert next_due(NOW, less, SHORTEST, key=key) <= next_due(NOW, more, SHORTEST, key=key)


def test_a_hundred_sources_asked_at_once_do_not_come_due_at_once() -> None:
    dues = sorted(next_due(NOW, 0, timedelta(hours=1), key=f"https://s{number}.se/feed") for number in range(100))
    assert dues[-1] - dues[0] > timedelta(minutes=12)
    most_in_a_minute = max(sum(due <= other < due + timedelta(minutes=1) for other in dues) for due in dues)
    assert most_in_a_minute <= 20


@pytest.mark.parametrize(
    ("asked", "answered", "statuses", "moved"),
    [
        ("http://a.se/feed", "https://a.se/feed", [301], True),
        ("https://a.se/feed", "https://b.se/rss", [308, 301], True),
        ("https://a.se/feed", "https://a.se/", [301], True),
        ("https://a.se/feed", "https://b.se/", [301], False),
        ("https://a.se/feed", "https://b.se/rss", [301, 302], False),
        ("https://a.se/feed", "https://a.se/feed", [], False),
    ],
)
def test_only_permanent_redirects_move_a_source_and_never_to_a_strange_front_page(
    asked: str, answered: str, statuses: list[int], moved: bool
) -> None:
    assert permanent_move(asked, answered, statuses) == (answered if moved else "")


def test_a_move_is_settled_after_three_answers_over_a_day() -> None:
    assert is_settled(3, NOW - timedelta(days=1), NOW)
    assert not is_settled(2, NOW - timedelta(days=9), NOW)
    assert not is_settled(90, NOW - timedelta(hours=23), NOW)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("max-age=600", 600), ('public, Max-Age="60"', 60), ("s-maxage=9", None), ("no-store", None), ("", None)],
)
def test_how_long_an_answer_is_fresh_is_read_from_its_header(value: str, seconds: int | None) -> None:
    assert read_max_age(value) == (None if seconds is None else timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("status", "hours", "fresh"),
    [(200, 23, True), (200, 24, False), (404, 23, True), (503, 2, False), (None, 0.5, True), (None, 2, False)],
)
def test_what_a_site_told_programs_holds_a_day_and_an_error_an_hour(
    status: int | None, hours: float, fresh: bool
) -> None:
    file = SiteFile(url="https://a.se/robots.txt", asked=NOW - timedelta(hours=hours), status=status)
    assert is_fresh(file, NOW) is fresh


def test_retry_after_is_read_as_seconds_or_a_date() -> None:
    assert read_retry_after(" 120 ", NOW) == NOW + timedelta(minutes=2)
    assert read_retry_after("Tue, 24 Nov 2026 06:00:00 GMT", NOW) == NOW + timedelta(minutes=30)
    assert read_retry_after("Tue, 24 Nov 2026 06:00:00 -0000", NOW) == NOW + timedelta(minutes=30)
    assert read_retry_after("tomorrow", NOW) is None
    assert read_retry_after("9" * 50, NOW) == NOW + timedelta(days=7)


def test_a_page_is_tried_three_times_more() -> None:
    assert page_retry(NOW, 0) == NOW + timedelta(hours=1)
    assert page_retry(NOW, 2) == NOW + timedelta(hours=4)
    assert page_retry(NOW, 3) is None


def test_a_fingerprint_changes_with_what_the_source_says() -> None:
    entry = Entry(key="a", title="En rubrik", summary="Text", updated=NOW)
    same = Entry(key="b", title="En rubrik", summary="Text", updated=NOW)
    other = Entry(key="a", title="En rubrik", summary="Text")
    assert fingerprint(entry) == fingerprint(same)
    assert fingerprint(entry) != fingerprint(other)


def test_when_a_bound_is_lifted_is_read_as_a_time_as_seconds_since_1970_and_as_seconds_from_now() -> None:
    for said in ("2026-11-24T05:31:00Z", str(int(NOW.timestamp()) + 60), "60", " 60.0 "):
        assert read_reset(said, NOW) == NOW + timedelta(minutes=1), said
    assert read_reset("999999999999", NOW) == NOW + timedelta(days=7)
    assert read_reset("", NOW) is None


@given(st.text(max_size=30) | st.integers().map(str) | st.floats().map(str))
def test_no_reset_that_a_service_sends_makes_us_raise(said: str) -> None:
    read_reset(said, NOW)


@pytest.mark.parametrize(
    ("due", "asked"),
    [
        (None, True),
        (NOW, True),
        (NOW + timedelta(seconds=1), False),
        (NOW + LONGEST, False),
        (NOW + LONGEST + timedelta(seconds=1), True),  # written while the clock ran ahead
        (NOW + timedelta(days=3650), True),
    ],
)
def test_a_source_is_due_at_its_moment_and_when_the_moment_is_further_off_than_any(
    due: datetime | None, asked: bool
) -> None:
    assert is_due(due, NOW) is asked
