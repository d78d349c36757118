"""A naming and the words around it, read once for all rules."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from monitor.core.matching.gazetteer import Doubt, Name
from monitor.core.matching.scan import Hit
from monitor.models import PlaceKind

_WORD_BEFORE = re.compile(r"(?:^|[\s(\"”'/–])([\w&.:’-]+)[ \"”'(]+$")
_WORD_AFTER = re.compile(r"[ ]([^\W_][\w:&’-]*)")
_SENTENCE = re.compile(r"(?<![A-ZÅÄÖ])(?<!bl\.a)(?<!t\.ex)[.!?]\s")
_OPENING = "\"”'( –-•"


@dataclass(frozen=True)
class Around:
    """A hit, the text before and after it on its line, and the words next to it ("" when a sign stands between)."""

    hit: Hit
    known: Mapping[str, Name]
    before: str
    after: str
    previous: str
    following: str

    @property
    def name(self) -> Name:
        """The name that stands there."""
        return self.hit.name

    @property
    def doubt(self) -> Doubt:
        """Why the name needs evidence."""
        return self.hit.name.doubt

    @property
    def of_municipality(self) -> bool:
        """Whether it is a municipality's own name."""
        senses = self.hit.name.senses
        return bool(senses) and senses[0].kind is PlaceKind.MUNICIPALITY

    @property
    def clear(self) -> bool:
        """Whether it is a municipality's own name, and nothing else bears it."""
        return self.of_municipality and self.doubt is Doubt.NONE

    @cached_property
    def sentence(self) -> tuple[str, str]:
        """What stands before and after it in its own sentence."""
        return _SENTENCE.split(self.before)[-1], _SENTENCE.split(self.after)[0]

    def opens_with(self, word: str) -> bool:
        """Say whether the sentence begins with `word`, where any word is capitalised."""
        return self.sentence[0].lstrip(_OPENING).startswith(word)

    def knows(self, word: str) -> bool:
        """Say whether `word`, or what it is the genitive of, is a known place."""
        return word in self.known or word.removesuffix("s") in self.known

    def joins(self, word: str) -> bool:
        """Say whether `word`, joined by a hyphen, is the other end of a route rather than a part of the name."""
        town = self.known.get(word) or self.known.get(word.removesuffix("s"))
        return town is not None and (self.clear or town.senses[0].kind is PlaceKind.MUNICIPALITY)

    def unknown(self, word: str) -> bool:
        """Say whether `word` is a capitalised word and no known place."""
        return word[:1].isupper() and word.isalpha() and not word.isupper() and not self.knows(word)


def look_around(hit: Hit, known: Mapping[str, Name]) -> Around:
    """Read the words around a hit."""
    before, after = hit.before, hit.after
    previous = _WORD_BEFORE.search(before)
    following = _WORD_AFTER.match(after)
    return Around(hit, known, before, after, previous[1] if previous else "", following[1] if following else "")
