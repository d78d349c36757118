"""What weeks and quarters add up to."""

from dataclasses import fields
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from monitor.core import statistics
from monitor.core.digest.values import Comparison
from monitor.core.statistics import (
    CaseTimes,
    Statistics,
    TopicCount,
    Week,
    compare_last,
    last_weeks,
    missing_days,
    mondays,
    period_between,
    quarter_name,
    quarter_of,
    topic_counts,
    unit_times,
)

ZONE = ZoneInfo("Europe/Stockholm")
MONDAY = date(2026, 11, 23)


def week(number: int, articles: int | None, *missing: date, whole: bool = True) -> Week:
    return Week(
        monday=MONDAY - timedelta(weeks=number), articles=articles, stories=articles, missing=missing, whole=whole
    )


def test_the_last_whole_week_is_compared_with_those_before_it() -> None:
    weeks = [week(number, 10) for number in range(9, 1, -1)]
    assert compare_last([*weeks, week(1, 16), week(0, 2, whole=False)]) == (week(1, 16), Comparison.MORE, 10.0)
    assert compare_last([*weeks[:3], week(1, 16)]) == (week(1, 16), Comparison.NONE_YET, None)
    lacking = week(1, 0, MONDAY)
    assert compare_last([*weeks, lacking]) == (lacking, Comparison.SOURCES_MISSING, 10.0)
    assert compare_last([week(1, None)]) is None


def test_days_that_were_not_fetched_are_missing_from_when_the_home_began() -> None:
    began = MONDAY + timedelta(days=1)
    found = missing_days(
        MONDAY, MONDAY + timedelta(days=5), began=began, incomplete={began}, fetched={MONDAY, began, date(2026, 11, 26)}
    )
    assert found == {began, date(2026, 11, 25), date(2026, 11, 27)}
    assert missing_days(MONDAY, MONDAY + timedelta(days=5), began=None, incomplete=(), fetched=()) == frozenset()


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("2026-4", (date(2026, 10, 1), date(2027, 1, 1))),
        ("2026-1", (date(2026, 1, 1), date(2026, 4, 1))),
        ("2026-5", None),
        ("26-1", None),
        ("0001-1", None),
        ("²026-1", None),
        ("", None),
    ],
)
def test_a_quarter_is_read(text: str, span: tuple[date, date] | None) -> None:
    assert quarter_of(text) == span
    if span:
        assert quarter_name(span[0]) == text


def test_spans_are_whole_days_on_the_wall() -> None:
    assert last_weeks(date(2026, 11, 25), 2) == (date(2026, 11, 16), date(2026, 11, 26))
    assert mondays(date(2026, 11, 18), date(2026, 11, 24)) == [date(2026, 11, 16), MONDAY]
    period = period_between(date(2026, 3, 29), date(2026, 3, 30), ZONE)
    assert period.end.astimezone(UTC) - period.start.astimezone(UTC) == timedelta(hours=23)


def test_time_to_answer_is_counted_in_working_days_by_unit() -> None:
    friday = datetime(2026, 11, 20, 9, tzinfo=UTC)
    cases = [
        CaseTimes(unit="Skola", received=friday, due=friday + timedelta(days=7), answered=friday + timedelta(days=3)),
        CaseTimes(unit="Skola", received=friday, due=friday, answered=friday + timedelta(days=4)),
        CaseTimes(unit="Skola", received=friday, due=None, answered=None),
        CaseTimes(unit="", received=friday, due=None, answered=None),
    ]
    school, nobody = unit_times(cases, ZONE)
    assert (school.unit, school.cases, school.answered, school.in_time, school.days) == ("Skola", 3, 2, 1, 1.5)
    assert (nobody.unit, nobody.days) == ("", None)


def test_topics_have_names_and_what_has_none_comes_last() -> None:
    topics = topic_counts([("", 9, 9), ("school", 2, 1), ("roads", 2, 2)], {"school": 1}, {"school": "Skola"})
    assert [(topic.name, topic.asked) for topic in topics] == [("Skola", 1), ("roads", 0), ("", 0)]
    assert topics[-1] == TopicCount(key="", name="", articles=9, stories=9)


def test_a_share_is_told_of_twenty_stories_or_more() -> None:
    period = period_between(MONDAY, MONDAY, ZONE)
    assert Statistics(period=period, weeks=(), articles=40, stories=19, asked=3).share is None
    assert Statistics(period=period, weeks=(), articles=40, stories=20, asked=5).share == 0.25


def test_no_value_of_the_statistics_has_a_place_for_a_person() -> None:
    kinds = [kind for kind in vars(statistics).values() if isinstance(kind, type) and hasattr(kind, "__slots__")]
    names = {field.name for kind in kinds if kind.__module__ == statistics.__name__ for field in fields(kind)}
    assert {"unit", "articles"} < names
    for word in ("author", "person", "writer", "byline", "sender", "role", "journalist"):
        assert not {name for name in names if word in name}
