"""Find where known names stand in a text, in which form; one pass whatever the number of names.

Offsets count characters of the text as it was given, also when it holds soft hyphens, decomposed letters
or a name split at a line's end.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from ahocorasick_rs import AhoCorasick, MatchKind

from monitor.core.matching.gazetteer import Doubt, Name, fold
from monitor.core.matching.signs import BEARER_TAILS, CLUB_TAILS, COMPOUND_TAILS, INHABITANT_TAILS, PAPER_TAILS
from monitor.models import PlaceKind


class Form(StrEnum):
    """How a name is written where it stands."""

    PLAIN = "name"
    GENITIVE = "genitive"
    UPPER = "upper case"
    LOWER = "lower case"
    TAG = "hashtag"
    ADDRESS = "web address"
    INHABITANT = "inhabitant"
    COMPOUND = "compound"
    CLUB = "club compound"
    PAPER = "paper compound"
    BEARER = "bearer compound"


SHORTEST_LOWER = 6
"""Clear names at least so long are looked for in lower case too: shorter ones are parts of other words."""

SHORTEST_STEM = 4
"""Names shorter than this begin too many other words to be read in compounds."""


@dataclass(frozen=True, slots=True)
class Field:
    """A title or a text made ready for the search: composed, invisible signs out, split words joined."""

    where: str
    plain: str
    starts: tuple[int, ...] | None = None
    """For each character of `plain`, where it begins in the text as given; None when both are the same."""
    ends: tuple[int, ...] | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where plain[start:end] stands in the text as given."""
        if self.starts is None or self.ends is None:
            return start, end
        return self.starts[start], self.ends[end - 1]


@dataclass(frozen=True, slots=True)
class Hit:
    """A name at a place in a field. `end` takes in the genitive's s and what a compound adds."""

    name: Name
    form: Form
    field: Field
    start: int
    end: int

    @property
    def before(self) -> str:
        """What stands before it in the field, at most 60 characters of the same line."""
        return self.field.plain[max(0, self.start - 60) : self.start].rpartition("\n")[2]

    @property
    def after(self) -> str:
        """What stands after it in the field, at most 60 characters of the same line."""
        return self.field.plain[self.end : self.end + 60].partition("\n")[0]


_UNEVEN = re.compile("[\u0300-\u036f\u00a0\u00ad\u2007\u200b-\u200f\u202a-\u202f\u2060-\u2064\ufeff]|  |-\n")
_PIECE = re.compile(
    "(?P<split>(?<=[^\\W\\d_])-\n[ \t]*(?=[a-zåäöé]))|(?P<space>[ \u00a0\u2007\u202f]+)|.[\u0300-\u036f]*", re.DOTALL
)
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_SIGNS = re.compile(r"[\s:.'’-]")
_TAIL = re.compile(r"[^\W\d_]+")


def make_field(where: str, text: str) -> Field:
    """Make a field ready for the search. Most texts need nothing and are taken as they are."""
    if not _UNEVEN.search(text):
        return Field(where, text)
    plain: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for piece in _PIECE.finditer(text):
        if piece["split"]:
            continue
        held = " " if piece["space"] else _INVISIBLE.sub("", unicodedata.normalize("NFC", piece[0]))
        plain.append(held)
        starts += [piece.start()] * len(held)
        ends += [piece.end()] * len(held)
    return Field(where, "".join(plain), tuple(starts), tuple(ends))


class Scanner:
    """All names in one automaton. Building it costs a fraction of a second; searching costs next to nothing."""

    __slots__ = ("_automaton", "_known", "patterns")

    def __init__(self, names: Iterable[Name]) -> None:
        known: dict[str, tuple[Name, Form]] = {}
        for name in names:
            for spelling, form in spellings(name):
                known.setdefault(spelling, (name, form))
            known[name.text] = (name, Form.PLAIN)
        self.patterns = tuple(known)
        self._known = tuple(known.values())
        self._automaton = AhoCorasick(list(self.patterns), matchkind=MatchKind.LeftmostLongest)

    def candidates(self, text: str) -> list[tuple[int, int, int]]:
        """Return every stretch of `text` that spells a name, whole word or not."""
        return self._automaton.find_matches_as_indexes(text)

    def scan(self, field: Field) -> Iterator[Hit]:
        """Yield the names that stand in `field` as words, in order."""
        text = field.plain
        for index, start, end in self.candidates(text):
            hit = self._read(field, index, start, end)
            if hit is None and not text[start:end].isalnum():
                hit = self._shorter(field, start, end)
            if hit is not None:
                yield hit

    def _shorter(self, field: Field, start: int, end: int) -> Hit | None:
        """A long name that ends inside a word may hide a shorter one: "Norra Bro" in "Norra Bromölla"."""
        word_end = end
        while word_end < len(field.plain) and field.plain[word_end].isalnum():
            word_end += 1
        for first, last in ((start, end - 1), (start + 1, word_end)):
            for index, inner, inner_end in self.candidates(field.plain[first:last]):
                hit = self._read(field, index, first + inner, first + inner_end)
                if hit is not None:
                    return hit
        return None

    def _read(self, field: Field, index: int, start: int, end: int) -> Hit | None:
        text = field.plain
        name, form = self._known[index]
        before = text[start - 1] if start else " "
        if before.isalnum() or before == "_" or (before == "-" and form is Form.ADDRESS):
            return None
        if end == len(text) or not (text[end].isalnum() or text[end] == "_"):
            return Hit(name, Form.TAG if before == "#" else form, field, start, end)
        if form in {Form.TAG, Form.ADDRESS}:
            return None
        return _read_tail(name, form, field, start, end)


def _read_tail(name: Name, form: Form, field: Field, start: int, end: int) -> Hit | None:
    """Read what follows the name in the same word: a genitive, an inhabitant, a compound, or another word."""
    found = _TAIL.match(field.plain, end)
    if found is None:
        return None
    tail = found[0]
    if tail in {"s", "S"} and name.text[-1] not in "sxz":
        if form is Form.UPPER or tail == "s":
            return Hit(name, Form.GENITIVE if form is Form.PLAIN else form, field, start, found.end())
        return None
    if form is Form.INHABITANT:
        return Hit(name, form, field, start, found.end()) if tail in _INHABITANT_ENDINGS else None
    if form in {Form.UPPER, Form.LOWER} or not _makes_compounds(name):
        return None
    read = compound_form(tail)
    return Hit(name, read, field, start, found.end()) if read else None


def compound_form(tail: str) -> Form | None:
    """Say what a word that begins with a town's name is, by the rest of it; None when it is another word."""
    for rest in (tail, tail[1:] if tail[0] == "s" else ""):
        for tails, form in _TAIL_FORMS:
            if rest in tails:
                return form
    return None


_TAIL_FORMS = (
    (INHABITANT_TAILS, Form.INHABITANT),
    (COMPOUND_TAILS, Form.COMPOUND),
    (CLUB_TAILS, Form.CLUB),
    (PAPER_TAILS, Form.PAPER),
    (BEARER_TAILS, Form.BEARER),
)
_INHABITANT_ENDINGS = frozenset({"n", "r", "rs", "rna", "rnas", "ns", "s", "na", "nas", "en", "ens", "es"})
_IRREGULAR = {
    "Boden": ("bodensare",),
    "Falun": ("falubo",),
    "Göteborg": ("göteborgare",),
    "Luleå": ("lulebo",),
    "Lund": ("lundabo", "lundensare"),
    "Malmö": ("malmöit", "malmöbo"),
    "Mora": ("morakarl",),
    "Piteå": ("pitebo",),
    "Skellefteå": ("skelleftebo",),
    "Stockholm": ("stockholmare",),
    "Umeå": ("umebo",),
    "Visby": ("visbybo",),
    "Gotland": ("gotlänning",),
    "Öland": ("ölänning",),
}


def _makes_compounds(name: Name) -> bool:
    """Short names and localities begin too many other words: Bergsgatan, Björkebo, Vallaskolan."""
    own = bool(name.senses) and name.senses[0].kind is PlaceKind.MUNICIPALITY
    return name.extra or (len(name.text) >= SHORTEST_STEM and own)


def spellings(name: Name) -> Iterator[tuple[str, Form]]:
    """Yield the other ways a name is written, each with its form."""
    text = name.text
    bare = text.lower() if text.isalpha() else _SIGNS.sub("", text.lower())
    yield f"#{bare}", Form.TAG
    if not bare.isascii():
        yield f"#{fold(bare)}", Form.TAG
    if text.upper() != text:
        yield text.upper(), Form.UPPER
    if not name.senses or name.senses[0].kind is not PlaceKind.MUNICIPALITY:
        return
    yield f"{fold(bare)}.se", Form.ADDRESS
    if name.doubt is Doubt.NONE and len(text) >= SHORTEST_LOWER:
        yield text.lower(), Form.LOWER
    if len(text) >= SHORTEST_STEM:
        stem = text.lower()
        link = "" if stem[-1] in "sxzaeiouyåäö" else "s"
        yield f"{stem}{link}bo", Form.INHABITANT
        yield f"{stem}are", Form.INHABITANT
    for word in _IRREGULAR.get(text, ()):
        yield word, Form.INHABITANT
        yield word.capitalize(), Form.INHABITANT
