"""Where known names stand in a text, and in which form."""

import pytest

from monitor.core.matching.gazetteer import Name, Sense
from monitor.core.matching.scan import Form, Scanner, make_field
from monitor.models import PlaceKind

PLACES = ("Sala", "Sala backe", "Norra Bro", "Bromölla", "Katrineholm", "Borås", "Värmbol", "Bro")


def name(text: str) -> Name:
    kind = PlaceKind.MUNICIPALITY if text in {"Sala", "Katrineholm", "Borås", "Bromölla"} else PlaceKind.SUBPLACE
    return Name(text, (Sense("0000", kind),))


SCANNER = Scanner(name(text) for text in PLACES)


def scan(text: str) -> list[tuple[str, Form]]:
    return [(hit.name.text, hit.form) for hit in SCANNER.scan(make_field("text", text))]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("i Katrineholm.", [("Katrineholm", Form.PLAIN)]),
        ("Katrineholms torg", [("Katrineholm", Form.GENITIVE)]),
        ("KATRINEHOLMS TORG", [("Katrineholm", Form.UPPER)]),
        ("KatrineholmS torg", []),
        ("Katrineholm2 och Katrineholm_ny", []),
        ("xKatrineholm", []),
        ("Boråss och Borås", [("Borås", Form.PLAIN)]),
        ("#katrineholm #Katrineholm", [("Katrineholm", Form.TAG), ("Katrineholm", Form.TAG)]),
        ("#katrineholmare", [("Katrineholm", Form.TAG)]),
        ("#katrineholmsvägen", []),
        ("#Katrineholms", [("Katrineholm", Form.GENITIVE)]),
        ("#varmbol", [("Värmbol", Form.TAG)]),
        ("www.boras.se", [("Borås", Form.ADDRESS)]),
        ("nya-boras.se hittaboras.se boras.sepia", []),
        ("katrineholmaren", [("Katrineholm", Form.INHABITANT)]),
        ("katrineholmarevy", []),
        ("Katrineholmspolisen", [("Katrineholm", Form.COMPOUND)]),
        ("Katrineholmslaget", [("Katrineholm", Form.CLUB)]),
        ("Katrineholmskuriren", [("Katrineholm", Form.PAPER)]),
        ("Katrineholmsvägen", []),
        ("KATRINEHOLMSVÄGEN", []),
        ("Värmbolspolisen", []),
        ("Norra Bromölla", [("Bromölla", Form.PLAIN)]),
        ("Sala backens", [("Sala", Form.PLAIN)]),
        ("Sala backe", [("Sala backe", Form.PLAIN)]),
        ("Norra Brottby", []),
        ("Norra Bro", [("Norra Bro", Form.PLAIN)]),
    ],
)
def test_names_are_found_as_whole_words_in_their_forms(text: str, found: list[tuple[str, Form]]) -> None:
    assert scan(text) == found


def test_a_field_keeps_where_each_character_stood() -> None:
    text = "Ett  nytt Katri\u00adne-\nholm, va\u0308l"
    field = make_field("text", text)
    assert field.plain == "Ett nytt Katrineholm, väl"
    start = field.plain.index("Katrineholm")
    assert text[slice(*field.span(start, start + 11))] == "Katri\u00adne-\nholm"
    assert make_field("text", "Ett nytt").span(4, 8) == (4, 8)


def test_before_and_after_end_at_the_line() -> None:
    (hit,) = SCANNER.scan(make_field("text", "Rubrik\ni Katrineholm i dag\nslut"))
    assert (hit.before, hit.after) == ("i ", " i dag")
