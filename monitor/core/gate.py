"""The one gate: what a reader made of hostile bytes is looked at once more where it leaves, whoever wrote the reader.

Strings come out composed, without control, bidi, invisible or surrogate characters, and no longer than their field may
be; addresses are http or https and carry no user info; moments lie in the years in which something was published. A
reader's own care makes good headlines; this makes sure of what no reader may let through. `monitor.workers` calls
`admit` on whatever a worker answers; the few readers that need no worker are marked `@admitted`.
"""

import functools
import re
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, ParamSpec, TypeVar

from monitor.core.dates import MAX_RAW, plausible
from monitor.core.text import MAX_SUMMARY, MAX_TEXT, MAX_TITLE, MAX_URL, clean_line, clean_text, is_clean
from monitor.core.urls import safe_url

T = TypeVar("T")
P = ParamSpec("P")

MAX_ITEMS = 20_000
"""Members of one list, the longest of which is a page's paragraphs."""


@dataclass(frozen=True, slots=True)
class Line:
    """A string of one line."""

    most: int = MAX_TITLE

    def admit(self, text: str) -> str:
        """Return `text` as this may be."""
        if len(text) <= self.most and (_is_plain(text) or ("\n" not in text and is_clean(text))):
            return text
        return clean_line(text, self.most)


@dataclass(frozen=True, slots=True)
class Lines:
    """A string of any number of lines."""

    most: int = MAX_TEXT

    def admit(self, text: str) -> str:
        """Return `text` as this may be."""
        fits = len(text) <= self.most and (_is_plain(text) or is_clean(text))
        return text if fits else clean_text(text, self.most)


@dataclass(frozen=True, slots=True)
class Address:
    """A web address, or ""."""

    def admit(self, text: str) -> str:
        """Return `text` as this may be."""
        return text if len(text) <= MAX_URL and _ADDRESS.fullmatch(text) else safe_url(text)


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isprintable()


# An address that safe_url has written; one with user info has a "@" before its path.
_ADDRESS = re.compile(r"(?:https?://[a-z0-9_.\[\]:-]+(?:[/?#][!-~]*)?)?")

_FORMS: dict[str, Line | Lines | Address] = {
    **dict.fromkeys(("url", "links", "publisher", "addresses", "posts", "enclosure", "transcript"), Address()),
    **dict.fromkeys(("summary", "lead", "notes"), Lines(MAX_SUMMARY)),
    **dict.fromkeys(("content", "blocks"), Lines(MAX_TEXT)),
    "key": Lines(3 * MAX_URL),  # the beginning of a text may be in it, and an entry that changes its key is a new one
    "id": Line(MAX_URL),
    "location": Line(MAX_URL),
    "next": Line(MAX_URL),
    "reason": Line(2_000),
    "access": Line(8_192),
    "refresh": Line(8_192),
    **dict.fromkeys(("published_raw", "published_from", "language"), Line(MAX_RAW)),
}
"""What the field of a value may hold, by its name; every other one line of MAX_TITLE characters."""
_OTHERS = Line()
_ALONE = Lines()


def admit(value: T) -> T:
    """Return what may pass of a reader's answer: the value itself, when there is nothing to take away.

    Raises TypeError for what the gate cannot look into: a fault of the reader, not of its input.
    """
    return _admit(value, _ALONE)  # type: ignore[no-any-return]  # the same type comes out as goes in


def admitted(read: Callable[P, T]) -> Callable[P, T]:
    """Let what a reader answers pass the gate when it is not called in a worker."""

    @functools.wraps(read)
    def reader(*args: P.args, **kwargs: P.kwargs) -> T:
        return admit(read(*args, **kwargs))

    return reader


def _admit(value: Any, form: Line | Lines | Address) -> Any:
    if type(value) is str:
        return form.admit(value) if value else value
    if isinstance(value, datetime):
        return plausible(value)
    if value is None or isinstance(value, _SAFE):
        return value
    if isinstance(value, tuple | list | frozenset):
        return _admit_members(value, form)
    if is_dataclass(value) and not isinstance(value, type):
        return _admit_fields(value)
    if isinstance(value, str):  # lxml's, which hold on to their tree
        return form.admit(str(value))
    raise TypeError(f"a reader answered with a {type(value).__name__}, which the gate cannot look into")


_SAFE = (bool, int, float, Enum, timedelta)


def _admit_members(value: Any, form: Line | Lines | Address) -> Any:
    members = [_admit(member, form) for member in value]
    if len(members) > MAX_ITEMS or any(new is not old for new, old in zip(members, value, strict=True)):
        return type(value)(members[:MAX_ITEMS])
    return value


def _admit_fields(value: Any) -> Any:
    changed = {}
    for name, form in _forms_of(value.__class__):
        old = getattr(value, name)
        if not old or old is True:  # most fields of most values: this is run for each entry of each feed
            continue
        new = form.admit(old) if type(old) is str else _admit(old, form)
        if new is not old:
            changed[name] = new
    return replace(value, **changed) if changed else value


@functools.cache
def _forms_of(kind: Any) -> tuple[tuple[str, Line | Lines | Address], ...]:
    return tuple((field.name, _FORMS.get(field.name, _OTHERS)) for field in fields(kind))
