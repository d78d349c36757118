"""What corrections say about the rules."""

import pytest

from monitor.core.matching import Correction, Judgement, propose_mute, record_rules
from monitor.models import FoundPlace, Mention, PlaceKind


def correction(judgement: Judgement, *rules: str) -> Correction:
    place = FoundPlace(
        code="0483",
        name="Katrineholm",
        kind=PlaceKind.LOCALITY,
        about=True,
        score=0.8,
        reason="",
        mentions=tuple(Mention(start=0, end=1, text="x", rule=rule) for rule in rules),
    )
    return Correction(place=place, judgement=judgement)


WRONG, RIGHT = Judgement.NOT_ABOUT_US, Judgement.RIGHT


def test_each_rule_is_counted_once_a_correction_and_the_least_precise_comes_first() -> None:
    records = record_rules(
        [
            correction(RIGHT, "name", "name"),
            correction(WRONG, "locality"),
            correction(WRONG, "locality", "name"),
            correction(Judgement.WRONG_SUBJECT, "locality"),
            correction(Judgement.DUPLICATE, "name"),
        ]
    )
    assert [(record.rule, record.right, record.wrong) for record in records] == [("locality", 1, 2), ("name", 2, 1)]
    assert records[0].precision == pytest.approx(1 / 3)
    assert (records[0].only_right, records[0].only_wrong) == (1, 1)


def test_a_rule_is_proposed_only_when_muting_it_spares_clearly_more_than_it_loses() -> None:
    wrong = [correction(WRONG, "locality")] * 3
    assert propose_mute(wrong[:2]) is None
    proposed = propose_mute([*wrong, correction(RIGHT, "locality")])
    assert proposed is not None
    assert proposed.rule == "locality"
    assert propose_mute([*wrong, *[correction(RIGHT, "locality")] * 2]) is None
    assert propose_mute([correction(WRONG, "locality", "name")] * 3) is None
    assert propose_mute([]) is None


def test_a_wrong_subject_or_a_duplicate_does_not_blame_the_place() -> None:
    assert propose_mute([correction(Judgement.WRONG_SUBJECT, "locality")] * 9) is None
    assert propose_mute([correction(Judgement.DUPLICATE, "locality")] * 9) is None
