"""The gate: what it takes away, what it leaves, and that it leaves alone what is clean."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monitor.core.gate import MAX_ITEMS, admit, admitted
from monitor.core.text import MAX_TITLE, clean_line, clean_text, is_clean
from monitor.models import Entry, FeedReading, Outcome, PageReading, Refused

NOW = datetime(2026, 11, 24, 5, 30, tzinfo=UTC)
CLEAN = Entry(
    key="1",
    id="1",
    url="https://a.se/nyheter/1?x=2#!y",
    title="Ny skola i Västerås – ”klar” 2027 😀",
    summary="En rad.\nEn till.",
    published=NOW,
    links=("http://[2001:db8::1]:8080/",),
)


@dataclass(frozen=True)
class Told:
    """A value that no reader of ours has yet."""

    words: str
    sizes: tuple[float, ...] = ()


class Text(str):
    """What lxml hands out for a string."""

    __slots__ = ()


def test_what_is_clean_passes_untouched() -> None:
    reading = FeedReading(outcome=Outcome.OK, entries=(CLEAN,), pause=timedelta(hours=1))
    assert admit(reading) is reading


@pytest.mark.parametrize(
    ("dirty", "clean"),
    [
        ("Va\u200bra\u202e \x00skola\ud800", "Vara skola"),
        ("A\u030anga\u0308", "Ångä"),
        ("en\rtvå\u2028tre\x85fyra", "en två tre fyra"),
        ("osynligt\U000e0041\U000e0042\ufe0f\u3164", "osynligt"),
        ("e" + "\u0301" * 5_000, "é" + "\u0301" * 7),
    ],
)
def test_a_line_comes_out_clean(dirty: str, clean: str) -> None:
    assert admit(replace(CLEAN, title=dirty)).title == clean


def test_lines_stay_where_a_field_has_them() -> None:
    assert admit(replace(CLEAN, summary="en\r\ntvå\x07")).summary == "en\ntvå"


def test_every_field_has_an_end() -> None:
    long = "a" * 10_000_000
    entry = admit(replace(CLEAN, key=long, id=long, title=long, summary=long, content=long))
    assert len(entry.title) == MAX_TITLE
    assert max(map(len, (entry.key, entry.id, entry.summary, entry.content))) <= 200_000
    assert len(admit(Told("a" * 10_000)).words) == MAX_TITLE
    assert len(admit(PageReading(outcome=Outcome.OK, blocks=("a",) * 30_000)).blocks) == MAX_ITEMS


@pytest.mark.parametrize(
    ("given_url", "passed"),
    [
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("/rakt/in", ""),
        ("https://user:secret@a.se/x", "https://a.se/x"),
        ("https://a.se/\u202e\x00x", "https://a.se/%E2%80%AE%00x"),
        ("https://a.se/" + "x" * 3_000, ""),
        ("", ""),
    ],
)
def test_an_address_is_of_the_web_and_names_nobody(given_url: str, passed: str) -> None:
    entry = admit(replace(CLEAN, url=given_url, links=(given_url,)))
    assert (entry.url, entry.links) == (passed, (passed,))


@pytest.mark.parametrize("year", [1, 1789, 2100, 9999])
def test_a_moment_in_which_nothing_was_published_goes_and_its_raw_words_stay(year: int) -> None:
    entry = admit(replace(CLEAN, published=datetime(year, 1, 1, tzinfo=UTC), published_raw="år noll"))
    assert (entry.published, entry.published_raw) == (None, "år noll")


def test_a_refusal_and_a_bare_text_pass_too() -> None:
    assert admit(Refused("nej\x1b[31m")) == Refused("nej[31m")
    assert admit("två\nrader\x00") == "två\nrader"
    assert admit(("\x00a", None, 1, 2.5, True)) == ("a", None, 1, 2.5, True)


def test_a_string_of_lxml_becomes_a_plain_one() -> None:
    assert type(admit(Told(Text("ord"))).words) is str


def test_what_the_gate_cannot_look_into_is_a_fault_of_the_reader() -> None:
    with pytest.raises(TypeError, match="bytearray"):
        admit(Told(words=bytearray(b"x")))  # type: ignore[arg-type]  # as a careless reader would


def test_a_reader_that_needs_no_worker_passes_the_gate_by_its_mark() -> None:
    @admitted
    def read(body: bytes) -> str:
        """Read."""
        return body.decode()

    assert read(b"a\x00b") == "ab"
    assert read.__doc__ == "Read."


@given(st.text(max_size=60))
@example("¡¡¡¡¡¡¡¡ɐ")
def test_what_has_passed_passes_again_unchanged(text: str) -> None:
    entry = admit(replace(CLEAN, title=text, summary=text, url=f"https://a.se/{text}"))
    assert admit(entry) is entry
    assert is_clean(clean_text(text))
    assert is_clean(clean_line(text))
