"""Find and hide the name of a person in whatever is stored: text, addresses, markup, JSON (GDPR article 17)."""

import json
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from monitor.core.places import municipalities
from monitor.core.text import clean_line
from monitor.core.words import stem
from monitor.models import Refused

REMOVED = "[borttaget]"
_FEWEST = 4
_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*", re.UNICODE)
_GAP = r"(?:[\s_+.-]|%20|&nbsp;|&\#160;|\\n)+"
_ENTITIES = {"å": "aring", "ä": "auml", "ö": "ouml", "é": "eacute", "ü": "uuml", "è": "egrave", "á": "aacute"}
_QUOTES = r"(?:'|’|&\#39;|&\#x27;|&apos;|%27)"
_AROUND = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """A name or handle made ready to be found, however it is written: in another case, in an address, as a genitive."""

    pattern: re.Pattern[str]
    stems: frozenset[str]
    """Stems of its words, as the counts of words keep them."""

    def count(self, text: str) -> int:
        """Return how often it stands in `text`."""
        return sum(1 for _ in self.pattern.finditer(text))

    def stands_in(self, text: str) -> bool:
        """Whether it stands in `text`."""
        return self.pattern.search(text) is not None

    def hide(self, text: str) -> str:
        """Return `text` with "[borttaget]" in its place. JSON stays JSON, whatever it escapes."""
        if text[:1] in ("{", "["):
            try:
                value = json.loads(text)
            except ValueError:
                return self.pattern.sub(REMOVED, text)
            return json.dumps(_walk(value, lambda part: self.pattern.sub(REMOVED, part)), ensure_ascii=False)
        return self.pattern.sub(REMOVED, text)

    def moved(self, text: str, start: int, stop: int) -> tuple[int, int] | None:
        """Return where text[start:stop] stands after `hide`; None when it is a part of the name."""
        shift = 0
        for match in self.pattern.finditer(text):
            if match.start() >= stop:
                break
            if match.end() > start:
                return None
            shift += len(REMOVED) - len(match[0])
        return start + shift, stop + shift

    def excerpt(self, text: str) -> str:
        """Return the words around its first place, for the administrator who decides."""
        match = self.pattern.search(text)
        if match is None:
            return ""
        start, stop = max(0, match.start() - _AROUND), match.end() + _AROUND
        front, back = "…" if start else "", "…" if stop < len(text) else ""
        return f"{front}{clean_line(text[start:stop])}{back}"


def read_name(written: str) -> Name | Refused:
    """Make a name or handle ready. Refused is what would take far more than a person: too short, or a municipality."""
    text = clean_line(written, 120).strip("@ ")
    words = _WORD.findall(text)
    if len("".join(words)) < _FEWEST:
        return Refused(f"write at least {_FEWEST} letters: a shorter name stands in too many texts")
    if text.casefold() in {place.name.casefold() for place in municipalities().values()}:
        return Refused(f"“{text}” is a municipality, not a person")
    if "@" in text:  # a mail address is one thing
        orders = [re.escape(text)]
    else:
        parts = [_letters(word) for word in re.split(r"[\s_.]+", text) if word]
        orders = [_GAP.join(parts)]
        if len(parts) > 1:
            orders.append(rf"{parts[-1]},\s*{_GAP.join(parts[:-1])}")
            slug = [_letters(_plain(word)) for word in re.split(r"[\s_.]+", text) if word]
            orders.append(r"(?:[_+.-]|%20)".join(slug))
    pattern = rf"(?<![^\W_])@?(?:{'|'.join(dict.fromkeys(orders))})(?:{_QUOTES}?s|:s)?(?![^\W_])"
    return Name(pattern=re.compile(pattern, re.IGNORECASE), stems=frozenset(stem(word) for word in words))


def _letters(word: str) -> str:
    """Return a pattern for a word with its letters composed or not, as entities or percent-encoded."""
    return "".join(map(_letter, word))


def _letter(letter: str) -> str:
    if letter in "'’":
        return _QUOTES
    if letter == "-":
        return r"(?:-|\s)"
    if letter.isascii():
        return re.escape(letter)
    ways = [letter, unicodedata.normalize("NFD", letter)]
    for case in (letter.lower(), letter.upper()):
        ways += [f"\\u{ord(case):04x}", _percent(case), f"&#{ord(case)};"]
        ways += [f"&{_ENTITIES[letter.lower()]};"] if letter.lower() in _ENTITIES else []
    return f"(?:{'|'.join(re.escape(way) for way in dict.fromkeys(ways))})"


def _percent(letter: str) -> str:
    return "".join(f"%{byte:02X}" for byte in letter.encode())


def _plain(word: str) -> str:
    """Return a word as it stands in an address: without marks."""
    return "".join(letter for letter in unicodedata.normalize("NFD", word) if not unicodedata.combining(letter))


def _walk(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [_walk(part, change) for part in value]
    if isinstance(value, dict):
        return {change(key): _walk(part, change) for key, part in value.items()}
    return value
