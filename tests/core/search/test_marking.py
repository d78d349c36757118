"""Hits are marked as parts of plain text."""

from hypothesis import given
from hypothesis import strategies as st

from monitor.core.search import Query, mark, read_query, snippet
from monitor.models.common import Part


def asked(text: str) -> Query:
    query = read_query(text)
    assert isinstance(query, Query)
    return query


def marked(parts: tuple[Part, ...]) -> list[str]:
    return [part.text for part in parts if part.hit]


def test_inflections_phrases_and_beginnings_are_marked() -> None:
    text = "Skolornas tak läcker. En ny skola byggs, men förskolan får vänta."
    assert marked(mark(text, asked("skola"))) == ["Skolornas", "skola"]
    assert marked(mark(text, asked('"ny skola"'))) == ["ny skola"]
    assert marked(mark(text, asked("försk*"))) == ["förskolan"]
    assert marked(mark(text, asked('"ny sko"*'))) == ["ny skola"]
    assert marked(mark(text, asked('skola "ny skola" -tak'))) == ["Skolornas", "ny skola"]


def test_without_a_query_nothing_is_marked_and_the_beginning_is_shown() -> None:
    assert mark("En skola", None) == (Part("En skola"),)
    assert mark("", None) == ()
    text = "ord " * 100
    parts = snippet(text, None, 20)
    assert parts == (Part("ord ord ord ord ord"), Part(" …"))


def test_a_snippet_is_where_most_of_what_was_asked_stands() -> None:
    text = "skola " + "fyllnad " * 60 + "här fick skola och budget plats " + "mera " * 60
    parts = snippet(text, asked("skola budget"), 120)
    assert marked(parts) == ["skola", "budget"]
    assert parts[0] == Part("… ")
    assert parts[-1] == Part(" …")


def test_a_long_word_without_blanks_is_cut() -> None:
    assert snippet("x" * 500, asked("y"), 50) == (Part("x" * 50), Part(" …"))


@given(st.text(max_size=300), st.sampled_from(["a", '"a b"', "abc*"]), st.integers(10, 80))
def test_parts_are_the_text_itself(text: str, typed: str, length: int) -> None:
    query = asked(typed)
    whole = "".join(part.text for part in mark(text, query))
    assert whole.replace(" ", "") == text.replace("\n", "").replace("\t", "").replace(" ", "")
    for part in snippet(text, query, length):
        assert "\n" not in part.text
