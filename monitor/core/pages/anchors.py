"""What betrays a name in the bytes of a page: a run of its ASCII letters, and its neighbours when it is short."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from monitor.core.pages.spellings import heads, tails

_TELLING = 5  # letters from which a run is rare enough to be looked for without its neighbours
_ASCII_RUN = re.compile("[a-z]+")


@dataclass(frozen=True, slots=True)
class Anchor:
    """A byte pattern, in lower case, of which a page that names a name without disguise shows one."""

    pattern: bytes
    word: bool = False
    """Whether it is the whole name."""
    begins: bool = False
    """Whether a word begins with it."""
    beyond: tuple[bytes, ...] = ()
    """When a tag begins or ends the pattern: one of these stands on the other side of the tag."""
    near: tuple[bytes, ...] = ()
    """The other runs of the name, each of which stands near it."""


def find_anchors(name: str) -> Iterator[Anchor]:
    """Give the patterns for a name in lower case."""
    runs = list(_ASCII_RUN.finditer(name))
    if not runs:
        yield from (Anchor(tail) for tail in tails(name[0]) - {b">"})
        return
    run = max(runs, key=lambda found: len(found[0]))
    letters = run[0].encode()
    near = tuple(other[0].encode() for other in runs if other is not run and len(other[0]) > 1)
    before, after = name[: run.start()][-1:].strip(" -"), name[run.end() :][:1].strip(" -")
    if len(letters) >= _TELLING or not (before or after):
        begins = name[: run.start()][-1:] in {"", " ", "-"}
        yield Anchor(letters, word=letters.decode() == name, begins=begins, near=near)
        for cut in range(1, len(letters)):
            yield _cut(letters, cut, near, ends=2 * cut >= len(letters))
    elif before:
        yield from _after_sign(letters, before, after if len(letters) == 1 else "", near)
    else:
        yield from _before_sign(letters, after, near)


def _after_sign(letters: bytes, before: str, after: str, near: tuple[bytes, ...]) -> Iterator[Anchor]:
    """Give the patterns of a short run that something else than an ASCII letter stands before, and perhaps behind."""
    for start in tails(before):
        for end in heads(after) if after else {b""}:
            other = heads(after) - {b"<"} if end == b"<" else tails(before) - {b">"} if start == b">" else frozenset()
            yield Anchor(start + letters + end, beyond=tuple(other), near=near)
        for cut in range(1, len(letters)):
            part = _cut(letters, cut, near, ends=True)
            yield Anchor(start + part.pattern, beyond=part.beyond, near=near)


def _before_sign(letters: bytes, after: str, near: tuple[bytes, ...]) -> Iterator[Anchor]:
    """Give the patterns of a short run that something else than an ASCII letter stands behind."""
    for end in heads(after):
        other = tuple(heads(after) - {b"<"}) if end == b"<" else ()
        yield Anchor(letters + end, beyond=other, near=near)
        for cut in range(1, len(letters)):
            part = _cut(letters, cut, near, ends=False)
            yield Anchor(part.pattern + end, beyond=other or part.beyond, near=near)


def _cut(letters: bytes, cut: int, near: tuple[bytes, ...], *, ends: bool) -> Anchor:
    """Give what shows when a tag cuts `letters`: the part before the tag, or the part after it."""
    if ends:
        return Anchor(letters[:cut] + b"<", beyond=(letters[cut : cut + 1],), near=near)
    return Anchor(b">" + letters[cut:], beyond=(letters[cut - 1 : cut],), near=near)
