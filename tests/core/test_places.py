"""Finding a municipality by what a person types."""

import pytest

from monitor.core.places import Municipality, Suggestions, find_municipality, municipalities


def test_all_290_municipalities_are_shipped_with_code_county_and_localities() -> None:
    known = municipalities()
    assert len(known) == 290
    assert list(known) == sorted(known)
    katrineholm = known["0483"]
    assert (katrineholm.name, katrineholm.official, katrineholm.genitive, katrineholm.county) == (
        "Katrineholm",
        "Katrineholms kommun",
        "Katrineholms",
        "Södermanlands län",
    )
    assert {"Valla", "Bie", "Björkvik", "Sköldinge"} <= set(katrineholm.localities)
    assert all(code.startswith(place.county_code) and place.county for code, place in known.items())


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("Katrineholm", "0483"),
        ("katrineholm", "0483"),
        ("KATRINEHOLM", "0483"),
        ("katrineholms kommun", "0483"),
        ("Katrineholm kommun", "0483"),
        ("0483", "0483"),
        (" 0483 ", "0483"),
        ("Katr", "0483"),
        ("Falu kommun", "2080"),
        ("Falun", "2080"),
        ("Stockholms stad", "0180"),
        ("Region Gotland", "0980"),
        ("Gotlands kommun", "0980"),
        ("gotland", "0980"),
        ("Ostersund", "2380"),
        ("Va\u0308stera\u030as", "1980"),
        ("Habo", "0643"),
        ("Håbo", "0305"),
        ("Malung", "2023"),
        ("Vara", "1470"),
    ],
)
def test_a_name_a_code_or_a_beginning_finds_the_one_that_is_meant(query: str, code: str) -> None:
    found = find_municipality(query)
    assert isinstance(found, Municipality)
    assert found.code == code


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("Katrinholm", ["Katrineholm"]),
        ("katrinehom kommun", ["Katrineholm"]),
        ("Lin", ["Linköping", "Lindesberg"]),
        ("Åkersberga", ["Österåker"]),
        ("Bie", ["Katrineholm"]),
        ("os", ["Oskarshamn", "Osby"]),
        ("ost", ["Östhammar", "Östra Göinge", "Österåker", "Östersund"]),
        ("Qwxz", []),
        ("", []),
        ("  ", []),
    ],
)
def test_what_fits_several_or_none_comes_back_as_suggestions(query: str, names: list[str]) -> None:
    found = find_municipality(query)
    assert isinstance(found, Suggestions)
    assert found.query == query
    assert {place.name for place in found.candidates} == set(names)


def test_every_municipality_is_found_by_its_own_names() -> None:
    for code, place in municipalities().items():
        for name in (place.name, place.official, place.code, place.name.upper()):
            assert find_municipality(name) == place, (code, name)
