"""Folding: articles whose text is the same, or nearly, are one story. A view; nothing is deleted.

Word shingles and their containment (Broder 1997) find the agency text that a paper printed whole or cut short.
Deterministic: the same articles in any order of arrival within one call give the same stories.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from monitor.models import Article

SHINGLE = 4
"""Words in a shingle."""
SAME = 0.6
"""Share of the shorter text's shingles that must stand in the longer one."""
SHORT = 12
"""Below this many shingles a text is too short for containment: then headline and text must be equal."""

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """What folding needs to know of an article."""

    id: int
    words: frozenset[int]
    """Hashes of its shingles."""
    short: bool
    exact: str
    """Headline and text, folded: equal for equal texts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Folded:
    """Where an article went: with which earlier article, and why; `into` is None for a story of its own."""

    id: int
    into: int | None
    copy: bool = False
    reason: str = ""


def sketch(id_: int, article: Article) -> Sketch:
    """Return what folding needs to know of an article with row `id_`."""
    words = [word.casefold() for word in _WORD.findall(article.text or article.title)]
    shingles = {hash_words(words[i : i + SHINGLE]) for i in range(len(words) - SHINGLE + 1)}
    exact = " ".join(_WORD.findall(f"{article.title} {article.text}".casefold()))
    return Sketch(id=id_, words=frozenset(shingles), short=len(shingles) < SHORT, exact=exact)


def hash_words(words: Sequence[str]) -> int:
    """Return a number for a run of words that is the same in every process (unlike `hash`)."""
    value = 1469598103934665603  # FNV-1a, 64 bit
    for byte in " ".join(words).encode():
        value = ((value ^ byte) * 1099511628211) & 0xFFFFFFFFFFFFFFFF
    return value


def fold(new: Iterable[Sketch], known: Iterable[Sketch]) -> list[Folded]:
    """Assign each new article to an earlier one with nearly its text, in the order given; `known` come before `new`."""
    by_shingle: dict[int, list[Sketch]] = defaultdict(list)
    by_exact: dict[str, Sketch] = {}
    for earlier in known:
        _remember(earlier, by_shingle, by_exact)
    folded = []
    for article in new:
        folded.append(_place(article, by_shingle, by_exact))
        _remember(article, by_shingle, by_exact)
    return folded


def _remember(article: Sketch, by_shingle: dict[int, list[Sketch]], by_exact: dict[str, Sketch]) -> None:
    by_exact.setdefault(article.exact, article)
    if not article.short:
        for shingle in article.words:
            by_shingle[shingle].append(article)


def _place(article: Sketch, by_shingle: dict[int, list[Sketch]], by_exact: dict[str, Sketch]) -> Folded:
    if same := by_exact.get(article.exact):
        return Folded(id=article.id, into=same.id, copy=True, reason="the same text")
    if article.short:
        return Folded(id=article.id, into=None)
    shared: Counter[int] = Counter()
    sizes: dict[int, int] = {}
    for shingle in article.words:
        for earlier in by_shingle.get(shingle, ()):
            shared[earlier.id] += 1
            sizes[earlier.id] = len(earlier.words)
    nearest = max(shared, key=lambda id_: (shared[id_] / min(sizes[id_], len(article.words)), -id_), default=None)
    if nearest is None:
        return Folded(id=article.id, into=None)
    share = shared[nearest] / min(sizes[nearest], len(article.words))
    if share < SAME:
        return Folded(id=article.id, into=None)
    return Folded(id=article.id, into=nearest, copy=True, reason=f"{share:.0%} of the shorter text stands in both")
