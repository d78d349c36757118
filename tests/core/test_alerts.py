"""What cannot wait for the morning, and what can."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from monitor.core.alerts import (
    Alert,
    AlertKind,
    AlertRules,
    Arrival,
    Told,
    Urgent,
    alerts_due,
    is_quiet,
    usual_most,
)
from monitor.models import Need, NeedRule

ZONE = ZoneInfo("Europe/Stockholm")
NOW = datetime(2026, 11, 24, 13, 20, tzinfo=UTC)
NIGHT = AlertRules(quiet_from=time(21), quiet_to=time(6, 30))
RULES = AlertRules()
QUIET_WEEKS = [0] * 300 + [1] * 60 + [2] * 3


def arrivals(count: int, *, before: datetime = NOW) -> list[Arrival]:
    return [
        Arrival(seen_at=before - timedelta(minutes=5 * n), title=f"Rubrik {n}", url=f"https://b.se/{n}", source="B")
        for n in range(count)
    ]


def urgent(story: int = 7, due: datetime = NOW) -> Urgent:
    need = Need(rule=NeedRule.QUESTION, due=due)
    return Urgent(story=story, title="Fråga", url="https://b.se/f", source="B", need=need)


def due(
    *,
    stories: Sequence[Urgent] = (),
    came: Sequence[Arrival] = (),
    hours: Sequence[int] = QUIET_WEEKS,
    told: Sequence[Told] = (),
    rules: AlertRules = RULES,
    now: datetime = NOW,
) -> tuple[Alert, ...]:
    return alerts_due(now=now, zone=ZONE, rules=rules, urgent=stories, arrivals=came, hours=hours, told=told)


def test_a_story_that_needs_an_answer_today_is_told_once() -> None:
    (alert,) = due(stories=[urgent()])
    assert alert.kind is AlertKind.NEEDS_ANSWER
    assert alert.urgent == urgent()
    assert due(stories=[urgent()], told=[Told(key=alert.key, at=NOW - timedelta(days=1))]) == ()


def test_a_story_that_may_be_answered_later_waits_for_the_letter() -> None:
    assert due(stories=[urgent(due=NOW + timedelta(days=2))]) == ()
    assert len(due(stories=[urgent(due=NOW - timedelta(days=2))])) == 1


def test_more_articles_in_an_hour_than_the_towns_own_normal_are_told() -> None:
    assert due(came=arrivals(3)) == ()
    (alert,) = due(came=arrivals(6))
    assert alert.kind is AlertKind.SURGE
    assert alert.usual_most == 1
    assert [article.title for article in alert.arrivals] == [f"Rubrik {n}" for n in range(6)]


def test_a_busy_town_needs_more_to_be_alarmed() -> None:
    busy = [n % 12 for n in range(400)]
    assert usual_most(busy) == 11
    assert due(came=arrivals(9), hours=busy) == ()
    assert len(due(came=arrivals(12), hours=busy)) == 1


def test_articles_of_earlier_hours_do_not_count() -> None:
    old = arrivals(9, before=NOW - timedelta(hours=1))
    assert due(came=old) == ()


def test_without_two_weeks_of_its_own_history_no_number_is_alarming() -> None:
    assert usual_most([0] * 335) is None
    assert due(came=arrivals(12), hours=[0] * 335) == ()
    assert usual_most([0] * 336) == 0


def test_the_same_wave_is_told_once_in_six_hours() -> None:
    (alert,) = due(came=arrivals(6))
    told = [Told(key=alert.key, at=NOW)]
    later = NOW + timedelta(hours=2)
    assert due(came=arrivals(6, before=later), now=later, told=told) == ()
    evening = NOW + timedelta(hours=6)
    assert len(due(came=arrivals(6, before=evening), now=evening, told=told)) == 1


def test_a_day_has_no_more_alerts_than_the_rules_allow() -> None:
    stories = [urgent(story) for story in range(9)]
    assert len(due(stories=stories)) == 3
    told = [Told(key=f"story {n}", at=NOW - timedelta(hours=1)) for n in range(2)]
    assert [alert.key for alert in due(stories=stories, told=told)] == ["story 2"]
    assert due(stories=stories, rules=AlertRules(per_day=0)) == ()
    yesterday = [Told(key=f"old {n}", at=NOW - timedelta(days=1)) for n in range(3)]
    assert len(due(stories=stories, told=yesterday)) == 3


def test_quiet_hours_may_lie_over_midnight() -> None:
    def at(hour: int, minute: int = 0) -> datetime:
        return datetime(2026, 11, 24, hour, minute, tzinfo=ZONE)

    assert is_quiet(at(23), ZONE, NIGHT)
    assert is_quiet(at(6, 29), ZONE, NIGHT)
    assert not is_quiet(at(6, 30), ZONE, NIGHT)
    lunch = AlertRules(quiet_from=time(12), quiet_to=time(13))
    assert is_quiet(at(12), ZONE, lunch)
    assert not is_quiet(at(13), ZONE, lunch)
    assert not is_quiet(at(23), ZONE, AlertRules())
    assert due(stories=[urgent()], rules=NIGHT, now=at(22).astimezone(UTC)) == ()


@given(st.lists(st.integers(0, 30), min_size=12, max_size=40))
def test_an_ordinary_hour_of_its_own_past_is_alarming_at_most_once_in_a_hundred(half_a_day: list[int]) -> None:
    hours = half_a_day * 28
    most = usual_most(hours)
    assert most is not None
    assert sum(hour > most for hour in hours) <= len(hours) / 100
