"""The gate that every string from outside passes once."""

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.text import clean_line, clean_text, shorten


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("Katrine\u00adholm", "Katrineholm"),
        ("Va\u0308xjo\u0308", "Växjö"),
        ("a\u200bb\ufeffc", "abc"),
        ("trygg\u202egnillåh", "trygggnillåh"),
        ("a\x00b\x1b[31mc", "ab[31mc"),
        ("rad ett\r\n  rad\u00a0två\u2028tre", "rad ett rad två tre"),
        ("  många   blanka\t\ttecken ", "många blanka tecken"),
        ("\ud800ensam", "ensam"),
        ("", ""),
    ],
)
def test_a_line_is_composed_without_what_cannot_be_seen(raw: str, clean: str) -> None:
    assert clean_line(raw) == clean


def test_text_keeps_its_paragraphs_and_no_empty_ones() -> None:
    assert clean_text("ett\n\n\n  två \r\ntre\u2029fyra") == "ett\ntvå\ntre\nfyra"


def test_what_is_too_long_is_cut_at_a_word_and_says_so() -> None:
    assert shorten("en två tre fyra", 11) == "en två tre…"
    assert shorten("en två tre, fyra", 13) == "en två tre…"
    assert shorten("x" * 20, 10) == "x" * 9 + "…"
    assert shorten("kort", 10) == "kort"
    assert len(clean_line("ord " * 1000)) <= 500


def test_thousands_of_accents_on_one_letter_cost_no_time() -> None:
    began = time.process_time()
    text = clean_text("a" + "\u0315\u0300" * 400_000 + " slut")
    assert time.process_time() - began < 5
    assert text.endswith("slut")
    assert len(text) < 20


@given(st.text(), st.integers(10, 300))
def test_the_gate_is_idempotent_bounded_and_composed(raw: str, limit: int) -> None:
    once = clean_text(raw, limit)
    assert clean_text(once, limit) == once
    assert len(once) <= limit
    assert unicodedata.is_normalized("NFC", once)
    line = clean_line(raw, limit)
    assert "\n" not in line
    assert clean_line(line, limit) == line
