"""What a story is about and which unit answers for it, from lists of words; shown with the words that decided."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files

import msgspec

from monitor.core.words import stem
from monitor.models import Article, Topic

TOPICS_FILE = "topics.toml"
LEAST = 2.0
"""A topic needs so much: one word in the headline, or two in the text."""
_TITLE, _LEAD, _TEXT = 3.0, 2.0, 1.0
_MOST_WORDS = 5
_BODY = 3_000
_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")


class TopicList(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A topic as topics.toml has it.

    A word counts in all its inflections; with `*` at its end also as the beginning of longer words ("förskol*"),
    with `*` at its beginning as their end ("*skola").
    """

    key: str
    name: str
    unit: str = ""
    words: tuple[str, ...] = ()
    least: float = LEAST
    aside: bool = False
    muted: bool = False


class TopicFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """topics.toml: topics in the order in which they are preferred."""

    topic: tuple[TopicList, ...]


@dataclass(frozen=True, slots=True)
class _Finder:
    topic: TopicList
    stems: frozenset[str]
    beginnings: tuple[str, ...]
    ends: tuple[str, ...]

    def holds(self, word: str, stemmed: str) -> bool:
        return (
            stemmed in self.stems
            or word in self.stems
            or word.startswith(self.beginnings)
            or (bool(self.ends) and stemmed.endswith(self.ends))
        )


class Topics:
    """Topic lists made ready to be searched for."""

    def __init__(self, lists: Sequence[TopicList]) -> None:
        self._finders = tuple(
            _Finder(
                topic=topic,
                stems=frozenset(stem(word) for word in topic.words if "*" not in word),
                beginnings=tuple(word[:-1].lower() for word in topic.words if word.endswith("*")),
                ends=tuple(stem(word[1:]) for word in topic.words if word.startswith("*")),
            )
            for topic in lists
        )
        self._known: dict[str, tuple[int, ...]] = {}
        self.lists = tuple(lists)

    @property
    def mark(self) -> str:
        """What tells these lists from others: SHA-256 of them."""
        return sha256(msgspec.json.encode(self.lists)).hexdigest()

    def find(self, article: Article) -> Topic | None:
        """Return the topic whose words weigh most, or None when no list has enough of them."""
        weights: dict[int, dict[str, float]] = {}
        written: dict[str, str] = {}
        for text, weight in ((article.title, _TITLE), (article.lead, _LEAD), (article.text[:_BODY], _TEXT)):
            for word in _WORD.findall(text):
                for number in self._of(word.lower()):
                    found = weights.setdefault(number, {})
                    # Inflections of one word are one witness.
                    root = stem(word)
                    written.setdefault(root, word.lower())
                    found[root] = max(found.get(root, 0.0), weight)
        enough = [
            (sum(found.values()), -number)
            for number, found in weights.items()
            if sum(found.values()) >= self._finders[number].topic.least
        ]
        if not enough:
            return None
        number = -max(enough)[1]
        found = weights[number]
        topic = self._finders[number].topic
        words = [written[root] for root in sorted(found, key=lambda root: (-found[root], root))[:_MOST_WORDS]]
        return Topic(
            key=topic.key, name=topic.name, unit=topic.unit, words=tuple(words), aside=topic.aside, muted=topic.muted
        )

    @property
    def units(self) -> tuple[str, ...]:
        """The units that answer for the topics, each once, in the topics' order."""
        return tuple(dict.fromkeys(finder.topic.unit for finder in self._finders if finder.topic.unit))

    def _of(self, word: str) -> tuple[int, ...]:
        if word not in self._known:
            stemmed = stem(word)
            self._known[word] = tuple(
                number for number, finder in enumerate(self._finders) if finder.holds(word, stemmed)
            )
        return self._known[word]


def read_topics(toml: str) -> Topics:
    """Read the text of a topics.toml. Raises msgspec.ValidationError or DecodeError that says what is wrong."""
    return Topics(msgspec.toml.decode(toml, type=TopicFile).topic)


@cache
def default_topics() -> Topics:
    """The topics shipped with the program: the units that most Swedish municipalities have."""
    return read_topics(files("monitor.core").joinpath("data", TOPICS_FILE).read_text(encoding="utf-8"))
