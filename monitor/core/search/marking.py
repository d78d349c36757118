"""Where a text holds what was asked for: as parts of plain text, never as markup."""

import re
from collections.abc import Iterator, Sequence

from monitor.core.search.query import Query, Term, TermKind
from monitor.core.search.words import root
from monitor.models.common import Part

LENGTH = 260
_BEFORE = 70
_READ = 30_000
"""A text is looked through so far."""
_WORD = re.compile(r"[^\W_]+")

Span = tuple[int, int]


def mark(text: str, query: Query | None) -> tuple[Part, ...]:
    """Return the whole text in parts, those marked that the query found."""
    return _parts(text, 0, len(text), _hits(text, query))


def snippet(text: str, query: Query | None, length: int = LENGTH) -> tuple[Part, ...]:
    """Return the piece of a text that holds most of what the query found, at most about `length` characters.

    Without a hit, or a query, it is the beginning.
    """
    text = text[:_READ]
    hits = _hits(text, query)
    start = _start(text, hits, length)
    end = len(text) if start + length >= len(text) else text.rfind(" ", start + 1, start + length + 1)
    if end <= start:
        end = min(len(text), start + length)
    parts = list(_parts(text, start, end, hits))
    if start:
        parts.insert(0, Part("… "))
    if end < len(text):
        parts.append(Part(" …"))
    return tuple(parts)


def _start(text: str, hits: Sequence[Span], length: int) -> int:
    """Return where the piece begins: before the hit that has most different ones after it."""
    best = max(
        ((len({text[s:e].lower() for s, e in hits if first <= s < first + length - _BEFORE}), -first)
         for first, _ in hits[:50]),
        default=(0, 0),
    )  # fmt: skip
    first = max(0, -best[1] - _BEFORE)
    return text.find(" ", first, first + _BEFORE) + 1 if first else 0


def _parts(text: str, start: int, end: int, hits: Sequence[Span]) -> tuple[Part, ...]:
    parts = []
    at = start
    for first, last in hits:
        if first < start or last > end:
            continue
        if first > at:
            parts.append(Part(_line(text[at:first])))
        parts.append(Part(_line(text[first:last]), hit=True))
        at = last
    if at < end:
        parts.append(Part(_line(text[at:end])))
    return tuple(parts)


def _line(text: str) -> str:
    return re.sub(r"[\n\t]+", " ", text)


def _hits(text: str, query: Query | None) -> list[Span]:
    """Return where the query's terms stand, in order, none over another."""
    if query is None:
        return []
    # Text is NFC since it was taken in; lower case may be longer ("İ"), so each word is lowered by itself.
    found = [(match.start(), match.end(), match[0].lower()) for match in _WORD.finditer(text)]
    roots = {root(term.words[0]) for term in query.terms if term.kind is TermKind.WORD}
    runs = [term for term in query.terms if term.kind is not TermKind.WORD]
    spans = [(start, end) for start, end, word in found if root(word) in roots]
    for term in runs:
        spans += _runs(found, term)
    hits: list[Span] = []
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if not hits or start >= hits[-1][1]:
            hits.append((start, end))
    return hits


def _runs(found: Sequence[tuple[int, int, str]], term: Term) -> Iterator[Span]:
    *first, last = term.words
    size = len(term.words)
    for at, (start, _, _) in enumerate(found[: len(found) - size + 1]):
        *begin, (_, end, word) = found[at : at + size]
        if [item[2] for item in begin] == first and (
            word.startswith(last) if term.kind is TermKind.START else word == last
        ):
            yield start, end
