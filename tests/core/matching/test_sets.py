"""The quality gate on the sets written for it. `bench/matching.py` prints the same figures, and those on real data."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.core.matching import Matcher, Watch, build_matcher
from monitor.core.places import municipalities, read_table
from monitor.models import PlaceKind

HERE = Path(__file__).parent
NAMES = {place.name for place in municipalities().values()}


def rows(name: str) -> Iterator[list[str]]:
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()[1:]
    return ([cell.replace("\\n", "\n") for cell in line.split("\t")] for line in lines)


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return build_matcher(Watch(codes=tuple(municipalities())))


def test_the_sets_are_as_large_and_as_mixed_as_the_gate_asks() -> None:
    sentences = list(rows("sentences.tsv"))
    about = list(rows("about.tsv"))
    assert len(sentences) >= 400
    assert len(about) >= 200
    assert 0.4 <= sum(wanted == "no" for wanted, *_ in about) / len(about) <= 0.6
    assert {place for _, place, *_ in about} <= NAMES


def test_every_ambiguous_name_has_sentences_for_and_against() -> None:
    expected = {item for _, items, _ in rows("sentences.tsv") for item in items.split(";")}
    assert {item[1:] for item in expected} <= NAMES
    ambiguous = [name for name, _, _ in read_table("ambiguous.tsv") if name in NAMES]
    assert len(ambiguous) >= 40
    for name in ambiguous:
        assert f"+{name}" in expected, name
        assert {f"-{name}", f"~{name}"} & expected, name


def test_sentences_are_read_as_a_person_reads_them(matcher: Matcher) -> None:
    wrong = []
    total = 0
    for rule, expected, sentence in rows("sentences.tsv"):
        total += 1
        found = {place.name: place.kind for place in matcher.find("", sentence)}
        for item in expected.split(";"):
            kind = found.get(item[1:])
            right = kind is None if item[0] == "-" else kind is not None
            if not right or (kind is not None and (kind is PlaceKind.NAMED_AFTER) != (item[0] == "~")):
                wrong.append(f"{rule}: {item}: {sentence}")
    assert len(wrong) <= 0.01 * total, wrong


def test_about_is_told_from_in_passing(matcher: Matcher) -> None:
    right = taken = wanted_all = 0
    wrong = []
    for wanted, name, title, text, *area in rows("about.tsv"):
        found = matcher.find(title, text, source_area="".join(area))
        about = any(place.about for place in found if place.name == name)
        wanted_all += wanted == "yes"
        taken += about
        right += about and wanted == "yes"
        if about != (wanted == "yes"):
            wrong.append(f"{wanted}: {name}: {title}")
    assert right / taken >= 0.94, wrong
    assert right / wanted_all >= 0.96, wrong
