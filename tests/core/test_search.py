"""The search box."""

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.search import read_query


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        ("förskola", '"förskola"'),
        ("ny skola", '"ny" "skola"'),
        ('"ny skola" budget', '"ny skola" "budget"'),
        ("skol*", '"skol"*'),
        ("Katrineholms-Kuriren", '"Katrineholms Kuriren"'),
        ("AND OR NOT NEAR", '"AND" "OR" "NOT" "NEAR"'),
        ('"', ""),
        ("* - (", ""),
        ("", ""),
    ],
)
def test_what_is_typed_becomes_words_and_phrases(typed: str, query: str) -> None:
    assert read_query(typed) == query


@given(st.text())
def test_no_text_makes_a_query_that_sqlite_refuses(text: str) -> None:
    query = read_query(text)
    if query and "\0" not in query:
        connection = sqlite3.connect(":memory:")
        connection.execute("create virtual table t using fts5 (x)")
        connection.execute("select * from t where t match ?", [query]).fetchall()
        connection.close()
