"""The state of a source in words."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from monitor.core.health import advice, state_of
from monitor.models import Poll, PollOutcome, Rhythm, Source, SourceState

SOURCE = Source(url="https://bladet.se/feed")
NOW = datetime(2026, 11, 24, 5, 30, tzinfo=UTC)


def state(outcome: PollOutcome, reason: str = "", *, quiet: bool = False, reserved: str = "") -> SourceState:
    last = Poll(source=SOURCE.url, at=NOW, outcome=outcome, reason=reason)
    return SourceState(source=SOURCE, last=last, rhythm=Rhythm(quiet=quiet), reserved=reserved)


@pytest.mark.parametrize("outcome", PollOutcome)
def test_every_outcome_has_a_word_and_every_fault_something_to_do(outcome: PollOutcome) -> None:
    told = state(outcome, "the reason")
    assert state_of(told)
    well = outcome in {PollOutcome.OK, PollOutcome.NOT_MODIFIED, PollOutcome.RESERVED}
    assert bool(advice(told)) is not well
    assert well or advice(told).startswith("the reason; ")


def test_a_source_that_was_never_asked_says_so() -> None:
    new = SourceState(source=SOURCE)
    assert (state_of(new), advice(new)) == ("not asked yet", "")


def test_silence_is_told_only_of_a_source_that_answers() -> None:
    assert state_of(state(PollOutcome.NOT_MODIFIED, quiet=True)) == "unusually quiet"
    assert "nothing new" in advice(state(PollOutcome.OK, quiet=True))
    assert state_of(state(PollOutcome.BLOCKED, quiet=True)) == "blocked"


def test_a_reserved_source_stays_so_when_nothing_has_changed() -> None:
    told = state(PollOutcome.NOT_MODIFIED, reserved="the site reserves its text")
    assert (state_of(told), advice(told)) == ("reserved", "the site reserves its text")


def test_a_source_that_moved_names_the_address_to_write() -> None:
    moved = replace(state(PollOutcome.OK), moved_to="https://bladet.se/rss", followed=True)
    assert "https://bladet.se/rss" in advice(moved)


def test_a_source_that_a_person_has_paused_is_no_fault() -> None:
    paused = replace(state(PollOutcome.BLOCKED, "refused"), source=replace(SOURCE, paused=True))
    assert (state_of(paused), advice(paused)) == ("paused", "")
