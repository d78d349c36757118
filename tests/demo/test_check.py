"""Judging a run of the demo against what was planted."""

from datetime import timedelta

from monitor.demo import DEMO_NOW, Addresses, demands
from monitor.demo.check import in_letter, judge_run
from monitor.models import Period

PERIOD = Period(start=DEMO_NOW - timedelta(days=1), end=DEMO_NOW)
DEMANDS = demands(Addresses())
WANTED = {demand.url for demand in DEMANDS if demand.wanted}
LETTER = {demand.url for demand in DEMANDS if in_letter(demand, PERIOD)}
TRAP = next(demand for demand in DEMANDS if demand.plant == "namesake surname")


def test_a_run_that_takes_what_is_wanted_and_nothing_else_has_no_fault() -> None:
    verdict = judge_run(DEMANDS, WANTED, LETTER, PERIOD)
    assert verdict.faults == ()
    assert verdict.mentions >= 50
    assert verdict.traps >= 20


def test_a_mention_that_was_not_found_is_told_with_the_reason_why_it_is_one() -> None:
    lost = next(demand for demand in DEMANDS if demand.plant == "soft hyphens")
    verdict = judge_run(DEMANDS, WANTED - {lost.url}, LETTER, PERIOD)
    assert len(verdict.missed) == 1
    assert lost.title in verdict.missed[0]
    assert lost.why in verdict.missed[0]


def test_a_trap_that_was_taken_is_told() -> None:
    verdict = judge_run(DEMANDS, WANTED | {TRAP.url}, LETTER | {TRAP.url}, PERIOD)
    assert [TRAP.title in fault for fault in verdict.taken] == [True]
    assert [TRAP.title in fault for fault in verdict.misplaced] == [True]


def test_a_story_that_is_missing_in_the_letter_is_told() -> None:
    verdict = judge_run(DEMANDS, WANTED, frozenset(), PERIOD)
    assert len(verdict.misplaced) == len(LETTER) - sum(demand.later != "" for demand in DEMANDS if demand.url in LETTER)


def test_old_and_undated_articles_are_not_for_the_letter() -> None:
    planted = {demand.plant: demand for demand in DEMANDS}
    for plant in ("long-dead date", "no date anywhere", "namesake horse", "future date"):
        assert not in_letter(planted[plant], PERIOD)
    for plant in ("no date in the feed", "1970", "updated", "robots", "page answers 403"):
        assert in_letter(planted[plant], PERIOD)


def test_the_letter_has_at_least_eight_stories_to_show() -> None:
    assert len({demand.story for demand in DEMANDS if in_letter(demand, PERIOD)}) >= 20
