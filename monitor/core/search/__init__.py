"""The archive's search: how words are indexed, how what a person types is read, and how hits are marked."""

from monitor.core.search.marking import mark, snippet
from monitor.core.search.query import Query, Term, TermKind, Unclear, read_query
from monitor.core.search.words import INDEX_VERSION, index_text, root, words_of

__all__ = [
    "INDEX_VERSION",
    "Query",
    "Term",
    "TermKind",
    "Unclear",
    "index_text",
    "mark",
    "read_query",
    "root",
    "snippet",
    "words_of",
]
