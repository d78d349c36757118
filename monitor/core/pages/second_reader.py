"""The second reader: for pages that the main one cannot read or that are too large or too deep for a tree.

It hears the page as a stream, so neither depth nor size costs more than time in proportion. Of the blocks of text it
keeps the run that has most words and fewest of them in links (after Kohlschütter, Fankhauser and Nejdl, "Boilerplate
Detection using Shallow Text Features", 2010; the run by Kadane's maximum sum).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from monitor.core.trees import hear_tamed

_SILENT = frozenset({"script", "style", "template", "noscript", "iframe", "svg", "math", "object", "select", "button"})
_ASIDE = frozenset({"nav", "footer", "aside", "form", "header", "menu", "dialog", "figcaption"})
_INLINE = frozenset(
    {"a", "abbr", "b", "bdi", "big", "cite", "code", "del", "em", "font", "i", "ins", "kbd", "mark", "q", "s", "small"}
    | {"span", "strike", "strong", "sub", "sup", "time", "tt", "u", "wbr"}
)
_COST = 6
"""Words that a block must have to speak for itself. These two were best on the article extraction benchmark."""
_LINK_WEIGHT = 3


@dataclass(slots=True)
class _Block:
    words: int
    linked: int
    text: str
    aside: bool

    @property
    def worth(self) -> int:
        worth = self.words - _LINK_WEIGHT * self.linked - _COST
        return min(worth, -_COST) if self.aside else worth


@dataclass(slots=True)
class _Listener:
    """Collects blocks as the parser meets them."""

    title: str = ""
    blocks: list[_Block] = field(default_factory=list)
    _open: dict[str, int] = field(default_factory=dict)
    _silent: int = 0
    _aside: int = 0
    _pieces: list[str] = field(default_factory=list)
    _linked: int = 0

    def start(self, tag: str, _attributes: Mapping[str, str]) -> None:
        self._count(tag, 1)

    def end(self, tag: str) -> None:
        self._count(tag, -1)

    def data(self, data: str) -> None:
        if self._open.get("title") and not self.title:
            self.title = data.strip()
        elif not self._silent:
            self._pieces.append(data)
            if self._open.get("a"):
                self._linked += len(data.split())

    def close(self) -> "_Listener":
        self._end_block()
        return self

    def _count(self, tag: str, change: int) -> None:
        if tag not in _INLINE:
            self._end_block()
        self._open[tag] = max(0, self._open.get(tag, 0) + change)
        self._silent = sum(self._open.get(silent, 0) for silent in _SILENT) if tag in _SILENT else self._silent
        self._aside = sum(self._open.get(aside, 0) for aside in _ASIDE) if tag in _ASIDE else self._aside

    def _end_block(self) -> None:
        text = " ".join("".join(self._pieces).split())
        if text:
            self.blocks.append(_Block(text.count(" ") + 1, self._linked, text, bool(self._aside)))
        self._pieces.clear()
        self._linked = 0


def read_stream(markup: bytes) -> tuple[str, tuple[str, ...]]:
    """Return the title and the paragraphs of a page that was tamed. They still have to pass through `core.text`."""
    heard = hear_tamed(markup, _Listener())
    best = heard.blocks[slice(*_best_run([block.worth for block in heard.blocks]))]
    return heard.title, tuple(block.text for block in best if not block.aside and 2 * block.linked <= block.words)


def _best_run(worths: Sequence[int]) -> tuple[int, int]:
    """Return start and end of the run with the greatest sum; (0, 0) when no sum is positive."""
    best, run = (0, 0, 0), 0
    start = 0
    for at, worth in enumerate(worths):
        if run <= 0:
            start, run = at, 0
        run += worth
        if run > best[0]:
            best = (run, start, at + 1)
    return best[1], best[2]
