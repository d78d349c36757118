"""What an answer means, and when to ask again."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.polling import (
    INTERVAL,
    LONGEST,
    fingerprint,
    judge_page,
    judge_poll,
    next_due,
    page_retry,
    read_retry_after,
)
from monitor.models import Entry, PollOutcome

NOW = datetime(2026, 11, 24, 5, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (304, PollOutcome.NOT_MODIFIED),
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


def test_a_source_that_answers_is_asked_again_after_the_interval() -> None:
    assert next_due(NOW, PollOutcome.OK, 0) == NOW + INTERVAL
    assert next_due(NOW, PollOutcome.NOT_MODIFIED, 0) == NOW + INTERVAL


def test_a_failing_source_is_asked_more_and_more_seldom() -> None:
    waits = [next_due(NOW, PollOutcome.TRANSIENT, failures) - NOW for failures in range(1, 12)]
    assert waits == sorted(waits)
    assert waits[0] == 2 * INTERVAL
    assert waits[-1] == LONGEST


def test_what_is_gone_is_asked_once_a_day() -> None:
    assert next_due(NOW, PollOutcome.GONE, 1) == NOW + LONGEST


def test_retry_after_is_obeyed_up_to_a_day() -> None:
    assert next_due(NOW, PollOutcome.TRANSIENT, 1, NOW + timedelta(hours=5)) == NOW + timedelta(hours=5)
    assert next_due(NOW, PollOutcome.TRANSIENT, 1, NOW + timedelta(days=9)) == NOW + LONGEST
    assert next_due(NOW, PollOutcome.TRANSIENT, 1, NOW) == NOW + 2 * INTERVAL


@given(st.sampled_from(PollOutcome), st.integers(0, 10_000), st.none() | st.timedeltas())
def test_the_next_poll_is_never_sooner_than_the_interval_nor_later_than_a_day(
    outcome: PollOutcome, failures: int, after: timedelta | None
) -> None:
    try:
        retry_after = NOW + after if after is not None else None
    except OverflowError:
        retry_after = None
    assert NOW + INTERVAL <= next_due(NOW, outcome, failures, retry_after) <= NOW + LONGEST


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
