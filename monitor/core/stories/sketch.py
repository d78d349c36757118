"""What folding needs to know of an article, small enough to keep for the days in which its story is open."""

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from monitor.core.places import municipalities
from monitor.core.words import Word, stem, telling_words
from monitor.models import Article

OPEN = timedelta(days=7)
"""How long after its newest article a story takes in more."""

SHINGLE = 3
"""Words in a shingle (Broder 1997). Three, so that one changed word in ten leaves most shingles whole."""
MOST_SHINGLES = 256
"""A longer text keeps the shingles whose hash is divisible by a power of two, which keeps shares comparable."""
INDEXED_SHINGLE = 8
"""One shingle in so many is a key in the index: enough that texts with a common half meet."""
MOST_WORDS = 60
INDEXED_WORDS = 28
"""The first words are keys in the index: those of headline and lead, and the beginning of the text."""
BODY = 1_000
"""Characters of the text that are looked at for words: an event stands at the beginning of its news."""
NAME = 1.4
"""How much more a word weighs when it is written as a name."""

_TITLE, _LEAD, _TEXT = 3, 2, 1
_WORDS_OF_SHINGLES = re.compile(r"\w+")
_CLOCK = re.compile(r"(?<![\d.:])([01]?\d|2[0-3])[.:]([0-5]\d)(?![\d.:]| (?:miljon|miljard|kr))")
_STEM_KEYS = 1 << 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """An article as folding sees it."""

    key: str
    """Its identity: its URL, unless the store knows better."""
    source: str
    at: float
    """When it was news: seconds since 1970."""
    stems: tuple[str, ...]
    """Stems of its telling words, those of headline and lead first."""
    weights: tuple[float, ...]
    written: tuple[str, ...]
    """How each of them is written, to be shown."""
    codes: tuple[str, ...]
    """Municipalities that its headline and lead name, by themselves or by a locality; else its text."""
    shingles: tuple[int, ...]
    level: int
    """Shingles are those of the text whose hash is divisible by 2 ** level."""
    exact: int
    """The same for equal headlines and texts."""
    clock: str
    """The time of day that its headline names: notices of the police and of traffic bear that of their event."""

    @property
    def index_shingles(self) -> tuple[int, ...]:
        """The shingles it is found by in the index."""
        return tuple(shingle for shingle in self.shingles if shingle % INDEXED_SHINGLE == 0)

    @property
    def index_keys(self) -> tuple[int, ...]:
        """All it is found by in the index."""
        return (*map(key_of, self.stems[:INDEXED_WORDS]), *self.index_shingles)


def key_of(word: str) -> int:
    """Return the key of a stem: another number than that of any shingle."""
    return zlib.crc32(word.encode()) | _STEM_KEYS


def sketch(article: Article, key: str = "") -> Sketch:
    """Return what folding needs to know of `article`; `key` is its identity where its URL is none."""
    title, lead = list(telling_words(article.title)), list(telling_words(article.lead))
    text = list(telling_words(article.text[:BODY]))
    stems, weights, written = _weigh_words(title, lead, text)
    words = _WORDS_OF_SHINGLES.findall((article.text or article.lead).casefold())
    shingles, level = thin(_shingle(words))
    return Sketch(
        key=key or article.url,
        source=article.source,
        at=article.at.timestamp(),
        stems=stems,
        weights=weights,
        written=written,
        codes=_codes([*title, *lead]) or _codes(text),
        shingles=shingles,
        level=level,
        exact=_hash_words([*_WORDS_OF_SHINGLES.findall(article.title.casefold()), "|", *words]),
        clock=_name_clock(article.title),
    )


def _name_clock(title: str) -> str:
    found = _CLOCK.search(title)
    return f"{int(found[1]):02}.{found[2]}" if found else ""


def _weigh_words(
    title: Sequence[Word], lead: Sequence[Word], text: Sequence[Word]
) -> tuple[tuple[str, ...], tuple[float, ...], tuple[str, ...]]:
    weights: dict[str, float] = {}
    written: dict[str, str] = {}
    names: set[str] = set()
    for words, weight in ((title, _TITLE), (lead, _LEAD), (text, _TEXT)):
        for folded, word, name in words:
            if folded in weights:
                weights[folded] += weight
            elif len(weights) < MOST_WORDS:
                weights[folded] = weight
                written[folded] = word
            else:
                continue
            if name:
                names.add(folded)
    weighed = (round(weight**0.5 * (NAME if word in names else 1), 3) for word, weight in weights.items())
    return tuple(weights), tuple(weighed), tuple(written.values())


# --- places --------------------------------------------------------------------------------------------


@cache
def _places() -> dict[str, frozenset[str]]:
    places: dict[str, set[str]] = {}
    for code, place in municipalities().items():
        for name in (place.name, place.genitive, *place.localities):
            places.setdefault(name, set()).add(code)
    return {name: frozenset(codes) for name, codes in places.items()}


@cache
def place_stems() -> frozenset[str]:
    """Stems of the names of municipalities and localities."""
    return frozenset(stem(name) for name in _places())


def _codes(words: Sequence[Word]) -> tuple[str, ...]:
    found: set[str] = set()
    for word in words:
        if word.written[0].isupper():
            found |= _places().get(word.written) or _places().get(word.written.removesuffix("s"), frozenset())
    return tuple(sorted(found))


# --- shingles ------------------------------------------------------------------------------------------


def _shingle(words: Sequence[str]) -> set[int]:
    return {_hash_words(words[i : i + SHINGLE]) for i in range(len(words) - SHINGLE + 1)}


def _hash_words(words: Sequence[str]) -> int:
    # The same in every process, unlike `hash`; a rare collision costs one comparison.
    return zlib.crc32(" ".join(words).encode())


def thin(shingles: set[int]) -> tuple[tuple[int, ...], int]:
    """Return the shingles to keep and the level at which they were chosen."""
    level = 0
    while len(shingles) > MOST_SHINGLES:
        level += 1
        shingles = {shingle for shingle in shingles if shingle % (1 << level) == 0}
    return tuple(sorted(shingles)), level
