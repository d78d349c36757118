"""The nights when clocks turn, and clocks that jump: the letter's day, what is due, what is sent."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from monitor.config import Home, read_home
from monitor.core.polling import is_due
from monitor.models import Clock, Entry, Poll, PollOutcome, Source
from monitor.steps.publish import period_of, publish
from monitor.steps.send import send_letter
from monitor.store import intake
from monitor.store.db import open_database
from tests.deliver.homes import PEOPLE, write_home
from tests.deliver.post_office import PostOffice

SPRING = date(2026, 3, 29)
AUTUMN = date(2026, 10, 25)
SOURCE = Source(url="https://bladet.example/feed", kind="feed", name="Bladet")
DAILY = f'{PEOPLE}\n[digest]\nweekends = "daily"\n'


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with PostOffice() as open_office:
        yield open_office


@pytest.fixture
def home(tmp_path: Path, office: PostOffice) -> Home:
    home = write_home(tmp_path / "home", office.port, more=DAILY)
    (home.path / "feeds.txt").write_text(f"{SOURCE.url} name=Bladet\n")
    return read_home(home.path)


@pytest.fixture
def held(home: Home) -> Iterator[Database]:
    db = open_database(home.database)
    intake.register_sources(db, [SOURCE])
    yield db
    db.close()


def at(moment: datetime) -> Clock:
    return lambda: moment


def ticks(start: datetime, hours: int, minutes: int = 30) -> Iterator[datetime]:
    """Every so many minutes, as cron runs."""
    for number in range(hours * 60 // minutes):
        yield start + timedelta(minutes=minutes * number)


def live(home: Home, db: Database, moments: Iterator[datetime]) -> None:
    """Do at each moment what the timers do: make the letter that is due, and send it."""
    for moment in moments:
        publish(home, db, at(moment))
        send_letter(home, db, at(moment), sleep=lambda _seconds: None)


def letters(office: PostOffice) -> Counter[tuple[str, str]]:
    """How many times each person got the letter of each day."""
    return Counter((str(message.read["Message-ID"])[len("<digest-") :][:10], message.to) for message in office.arrived)


@pytest.mark.parametrize("night", [SPRING, AUTUMN])
def test_through_the_night_when_clocks_turn_each_day_has_one_letter_and_nobody_gets_it_twice(
    home: Home, held: Database, office: PostOffice, night: date
) -> None:
    start = datetime.combine(night - timedelta(days=1), datetime.min.time(), UTC)
    live(home, held, ticks(start + timedelta(hours=6), 51, minutes=180))
    days = {day for day, _ in letters(office)}
    assert days == {str(night + timedelta(days=number)) for number in (-1, 0, 1)}
    assert set(letters(office).values()) == {1}
    assert len(letters(office)) == 3 * 3


@pytest.mark.parametrize(("night", "hours"), [(SPRING, 23), (AUTUMN, 25)])
def test_periods_follow_one_another_without_a_gap_or_an_hour_twice(home: Home, night: date, hours: int) -> None:
    noon = datetime.combine(night, datetime.min.time(), UTC) + timedelta(hours=11)
    before, turning, after = (period_of(home, noon + timedelta(days=number)) for number in (-1, 0, 1))
    assert before.end.astimezone(UTC) == turning.start.astimezone(UTC)
    assert turning.end.astimezone(UTC) == after.start.astimezone(UTC)
    assert turning.end.astimezone(UTC) - turning.start.astimezone(UTC) == timedelta(hours=hours)
    for minutes in range(0, 24 * 60, 5):  # whatever the minute, the letter that is due has ended and is the last
        now = noon - timedelta(hours=11) + timedelta(minutes=minutes)
        period = period_of(home, now)
        assert period.end.astimezone(UTC) <= now < period.end.astimezone(UTC) + timedelta(hours=25)


@pytest.mark.parametrize("night", [SPRING, AUTUMN])
def test_what_is_due_in_that_night_is_asked_in_time_and_not_again_and_again(held: Database, night: date) -> None:
    polls = 0
    moments = list(ticks(datetime.combine(night, datetime.min.time(), UTC) - timedelta(hours=2), 8, minutes=5))
    for moment in moments:
        (state,) = intake.source_states(held, [SOURCE])
        if is_due(state.due, moment):
            intake.save_poll(held, Poll(source=SOURCE.url, at=moment, outcome=PollOutcome.OK), [])
            polls += 1
    assert 8 * 60 // 20 <= polls <= 8 * 60 // 10  # a quarter of an hour, give or take its spread


def test_after_the_clock_was_turned_back_two_hours_nobody_gets_a_letter_twice(
    home: Home, held: Database, office: PostOffice
) -> None:
    morning = datetime(2026, 11, 24, 5, 45, tzinfo=UTC)
    live(home, held, ticks(morning, 1))
    live(home, held, ticks(morning - timedelta(hours=2), 3))
    live(home, held, ticks(morning + timedelta(hours=23), 2))
    assert {day for day, _ in letters(office)} == {"2026-11-23", "2026-11-24", "2026-11-25"}
    assert set(letters(office).values()) == {1}


def test_after_a_day_that_the_machine_slept_the_next_letter_comes_and_no_letter_twice(
    home: Home, held: Database, office: PostOffice
) -> None:
    morning = datetime(2026, 11, 24, 5, 45, tzinfo=UTC)
    live(home, held, ticks(morning, 1))
    live(home, held, ticks(morning + timedelta(days=1), 30, minutes=360))
    assert {day for day, _ in letters(office)} == {"2026-11-24", "2026-11-25", "2026-11-26"}
    assert set(letters(office).values()) == {1}


def test_a_source_asked_while_the_clock_ran_ahead_is_asked_again_once_it_is_right(held: Database) -> None:
    right = datetime(2026, 11, 24, 5, 45, tzinfo=UTC)
    for ahead in (timedelta(days=1), timedelta(days=3650)):
        poll = Poll(source=SOURCE.url, at=right + ahead, outcome=PollOutcome.OK)
        intake.save_poll(held, poll, [Entry(key=str(ahead), title="A", whole=True)])
        (state,) = intake.source_states(held, [SOURCE])
        assert is_due(state.due, right)
    intake.save_poll(held, Poll(source=SOURCE.url, at=right, outcome=PollOutcome.OK), [])
    (state,) = intake.source_states(held, [SOURCE])
    assert not is_due(state.due, right)


def test_after_two_hours_back_a_source_is_asked_when_its_pause_is_over(held: Database) -> None:
    right = datetime(2026, 11, 24, 5, 45, tzinfo=UTC)
    intake.save_poll(held, Poll(source=SOURCE.url, at=right, outcome=PollOutcome.OK), [])
    (state,) = intake.source_states(held, [SOURCE])
    behind = right - timedelta(hours=2)
    moments = [behind + timedelta(minutes=5 * number) for number in range(12 * 25)]
    asked = next(moment for moment in moments if is_due(state.due, moment))
    assert asked - behind <= timedelta(hours=2, minutes=20)
