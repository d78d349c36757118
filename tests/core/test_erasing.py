"""A name is found however it is written, and only the name."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.erasing import REMOVED, Name, read_name
from monitor.models import Refused


def name_of(written: str) -> Name:
    name = read_name(written)
    assert isinstance(name, Name), name
    return name


PERSON = name_of("Åsa-Lena Testsjö")


@pytest.mark.parametrize(
    "text",
    [
        "Åsa-Lena Testsjö",
        "åsa-lena  TESTSJÖ",
        "Åsa Lena\nTestsjö",
        "A\u030asa-Lena Testsjo\u0308",
        "Testsjö, Åsa-Lena",
        "Åsa-Lena Testsjös hus",
        "&Aring;sa-Lena&nbsp;Testsj&ouml;".replace("Aring", "aring"),
        "https://a.example/nyheter/asa-lena-testsjo-svarar",
        "https://a.example/%C3%85sa-Lena%20Testsj%C3%B6",
        '{"a": "\\u00c5sa-Lena Testsj\\u00f6"}',
        "mejla asa-lena.testsjo@a.example",
    ],
)
def test_every_way_to_write_the_name_is_found(text: str) -> None:
    assert PERSON.count(text) == 1
    assert not PERSON.stands_in(PERSON.hide(text))
    assert REMOVED in PERSON.hide(text)
    assert PERSON.excerpt(text)


@pytest.mark.parametrize("text", ["Åsa-Lena", "Testsjön Åsa", "Åsa-Lena Testsjöberg", "Blåsa-Lena Testsjö", ""])
def test_other_words_are_left(text: str) -> None:
    assert PERSON.hide(text) == text
    assert PERSON.excerpt(text) == ""


def test_handles_and_mail_addresses_are_found() -> None:
    handle = name_of("@kommunkollen_77")
    assert handle.hide("via @kommunkollen_77: och kommunkollen_77s") == "via [borttaget]: och [borttaget]"
    assert handle.hide("@kommunkollen_778") == "@kommunkollen_778"
    assert (
        name_of("kollen").hide("Kollens och kollen, inte fotbollkollen")
        == "[borttaget] och [borttaget], inte fotbollkollen"
    )
    assert name_of("a.b.test@a.example").count("Skriv till A.B.Test@a.example.") == 1


def test_an_apostrophe_is_found_as_markup_writes_it() -> None:
    assert name_of("Pat O'Testman").count("Pat O&#39;Testman och Pat O’Testman") == 2


@pytest.mark.parametrize(
    ("written", "said"), [("Bo", "at least 4"), ("@", "at least 4"), ("katrineholm", "municipality")]
)
def test_what_would_take_far_too_much_is_refused(written: str, said: str) -> None:
    refused = read_name(written)
    assert isinstance(refused, Refused)
    assert said in refused.reason


def test_json_stays_json() -> None:
    data = {"top": {"title": 'Åsa-Lena Testsjö: "ja"', "n": [1, None, "Åsa-Lena Testsjö"]}}
    hidden = PERSON.hide(json.dumps(data))
    assert json.loads(hidden) == {"top": {"title": '[borttaget]: "ja"', "n": [1, None, "[borttaget]"]}}
    assert PERSON.hide("[Åsa-Lena Testsjö") == "[[borttaget]"


@given(st.lists(st.sampled_from(["Åsa-Lena Testsjö", "i Katrineholm", "sade", "."]), max_size=8))
def test_words_beside_the_name_are_found_where_they_have_moved(parts: list[str]) -> None:
    text = " ".join(parts)
    hidden = PERSON.hide(text)
    at = -1
    while (at := text.find("Katrineholm", at + 1)) >= 0:
        moved = PERSON.moved(text, at, at + len("Katrineholm"))
        assert moved is not None
        assert hidden[moved[0] : moved[1]] == "Katrineholm"


def test_a_mention_inside_the_name_goes_with_it() -> None:
    assert name_of("@katrineholm_kollen").moved("av @katrineholm_kollen", 4, 15) is None


def test_the_stems_of_its_words_are_known() -> None:
    assert "testsjö" in PERSON.stems
