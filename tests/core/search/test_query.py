"""The search box: what is typed becomes a query that cannot be wrong, or a reason."""

import sqlite3

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monitor.core.search import Query, Term, TermKind, Unclear, index_text, read_query


@pytest.fixture(scope="module")
def index() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", check_same_thread=False)
    connection.execute(
        """create virtual table t using fts5 (words, content='', columnsize=0, tokenize="ascii tokenchars '=+'")"""
    )
    texts = [
        ("Ny skola byggs", "Skolornas tak", "En ny skola. Gatan är öppen"),
        ("Nytt badhus", "", "skola ny, e-post till S:t Olof"),
        ("Budget", "ål", "Al och å. Förskolan stänger"),
    ]
    connection.executemany("insert into t (rowid, words) values (?, ?)", enumerate((index_text(*t) for t in texts), 1))
    return connection


def found(index: sqlite3.Connection, typed: str, *, headline: bool = False) -> list[int]:
    query = read_query(typed)
    assert isinstance(query, Query)
    match = query.in_headline if headline else query.match
    return [row[0] for row in index.execute("select rowid from t where t match ? order by rowid", [match])]


@pytest.mark.parametrize(
    ("typed", "rows"),
    [
        ("skola", [1, 2]),
        ("skolornas", [1, 2]),
        ('"ny skola"', [1]),
        ('"ny skola', [1]),
        ('"skolan"', []),
        ('"byggs skolornas"', []),  # no phrase goes from headline to lead
        ("försko*", [3]),
        ('"en ny sko"*', [1]),
        ("e-post", [2]),
        ("S:t", [2]),
        ("al", [3]),
        ("ål", [3]),
        ("å", [3]),
        ("skola -badhus", [1]),
        ('skola -"ny skola"', [2]),
        ("badhus OR förskola", [2, 3]),
        ("badhus ELLER förskola öppen", []),
        ("OR skola", [1, 2]),
        ("skola OR", [1, 2]),
        ("skola OR * budget", [1, 2, 3]),
        ("AND NOT NEAR", []),
    ],
)
def test_a_query_finds_what_a_person_means(index: sqlite3.Connection, typed: str, rows: list[int]) -> None:
    assert found(index, typed) == rows


def test_a_query_can_be_asked_of_headlines_first(index: sqlite3.Connection) -> None:
    assert found(index, "skolan", headline=True) == [1]
    assert found(index, 'skola OR "ny skola"', headline=True) == [1]
    phrase = read_query('"ny skola"')
    assert isinstance(phrase, Query)
    assert phrase.in_headline == ""


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", Unclear.NO_WORD),
        ('"', Unclear.NO_WORD),
        ("* - (", Unclear.NO_WORD),
        ("OR", Unclear.NO_WORD),
        ("-skola", Unclear.ONLY_WITHOUT),
        ("sk*", Unclear.SHORT_START),
        ("x" * 501, Unclear.TOO_LONG),
        ("ord " * 40, Unclear.TOO_LONG),
    ],
)
def test_what_cannot_be_looked_for_is_told_by_a_reason(typed: str, why: Unclear) -> None:
    assert read_query(typed) is why


def test_the_parts_of_a_query_are_known_for_marking() -> None:
    query = read_query('ny "röd tegelsten" bygg* -hus')
    assert isinstance(query, Query)
    assert query.terms == (
        Term(kind=TermKind.WORD, words=("ny",)),
        Term(kind=TermKind.PHRASE, words=("röd", "tegelsten")),
        Term(kind=TermKind.START, words=("bygg",)),
    )


_ODD = st.text(alphabet=st.sampled_from('ab åÖ"*-+=()^:{}\0\n\ufeff\u202e\u0301İßOR NEAR AND NOT'), max_size=60)


@given(st.one_of(st.text(max_size=200), _ODD))
@example('""""""')
@example("OR OR OR")
@example('-"-"-"')
@example("a\0b*")
@example("x" * 10_000)
@example("( ^ ) : { } = + NEAR(a b, 3)")
def test_no_text_makes_a_query_that_sqlite_refuses(index: sqlite3.Connection, text: str) -> None:
    query = read_query(text)
    if isinstance(query, Query):
        for match in (query.match, query.in_headline):
            if match:
                index.execute("select rowid from t where t match ?", [match]).fetchall()
