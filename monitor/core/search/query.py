"""What a person types into a search box, as a full-text query that cannot be wrong.

    skola            any inflection: skolan, skolornas
    "ny skola"       these words in this order, as written
    förskol*         words that begin so
    -budget          not these
    skola OR gata    either one (also: skola ELLER gata)

Every word is quoted and parts are put together here, so that nothing a person types is read as an operator of FTS5.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from monitor.core.search.words import ANYWHERE, HEADLINE, root, words_of

LONGEST = 500
MOST_TERMS = 24
LEAST_START = 3
_TERM = re.compile(r'(?P<without>-?)(?:"(?P<phrase>[^"]*)(?:"(?P<star>\*?)|$)|(?P<word>[^\s"]+))')
_EITHER = frozenset({"OR", "ELLER"})


class TermKind(StrEnum):
    """How one part of a query is looked for."""

    WORD = "word"
    PHRASE = "phrase"
    START = "start"


class Unclear(StrEnum):
    """Why a query cannot be answered; the page has a sentence for each."""

    NO_WORD = "no word"
    ONLY_WITHOUT = "only without"
    TOO_LONG = "too long"
    SHORT_START = "short start"


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One word, a phrase, or a beginning (of the last of its words)."""

    kind: TermKind
    words: tuple[str, ...]

    def match(self, mark: str = ANYWHERE) -> str:
        """Return it in the language of FTS5; `mark` says where a word is to stand."""
        if self.kind is TermKind.WORD:
            return f'"{mark}{root(self.words[0])}"'
        return f'"{" ".join(self.words)}"' + ("*" if self.kind is TermKind.START else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What is asked for: one term of each group, and none of `without`."""

    groups: tuple[tuple[Term, ...], ...]
    without: tuple[Term, ...] = field(default=())

    @property
    def match(self) -> str:
        """The query for `archive_words match`."""
        return self._match(ANYWHERE)

    @property
    def in_headline(self) -> str:
        """The same with every plain word in the headline; "" when there is no plain word."""
        plain = any(term.kind is TermKind.WORD for group in self.groups for term in group)
        return self._match(HEADLINE) if plain else ""

    @property
    def terms(self) -> tuple[Term, ...]:
        """All that may be found, to be marked."""
        return tuple(term for group in self.groups for term in group)

    def _match(self, mark: str) -> str:
        asked = " AND ".join(_either(group, mark) for group in self.groups)
        return f"({asked}) NOT {_either(self.without, ANYWHERE)}" if self.without else asked


def _either(terms: Sequence[Term], mark: str) -> str:
    return "(" + " OR ".join(term.match(mark) for term in terms) + ")"


def read_query(text: str) -> Query | Unclear:
    """Read what a person typed; return why when it holds nothing that can be looked for."""
    if len(text) > LONGEST:
        return Unclear.TOO_LONG
    groups: list[list[Term]] = []
    without: list[Term] = []
    either = False
    for found in _TERM.finditer(text):
        if found["word"] in _EITHER and not found["without"]:
            either = bool(groups)
            continue
        term = _read_term(found)
        if term is None:
            continue
        if term.kind is TermKind.START and len(term.words[-1]) < LEAST_START:
            return Unclear.SHORT_START
        if found["without"]:
            without.append(term)
        elif either:
            groups[-1].append(term)
        else:
            groups.append([term])
        either = False
    if sum(map(len, groups)) + len(without) > MOST_TERMS:
        return Unclear.TOO_LONG
    if not groups:
        return Unclear.ONLY_WITHOUT if without else Unclear.NO_WORD
    return Query(groups=tuple(map(tuple, groups)), without=tuple(without))


def _read_term(found: re.Match[str]) -> Term | None:
    word = found["word"]
    words = tuple(words_of(found["phrase"] if word is None else word))
    if not words:
        return None
    if found["star"] or (word is not None and word.endswith("*")):
        return Term(kind=TermKind.START, words=words)
    # "e-post" and "S:t" are several words to the index, one to the person: a phrase.
    kind = TermKind.WORD if word is not None and len(words) == 1 else TermKind.PHRASE
    return Term(kind=kind, words=words)
