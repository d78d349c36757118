"""The HTML of a post as Mastodon writes it: the text as its readers see it, and where it links to."""

import html
from collections.abc import Mapping

from monitor.core.trees import hear_html

_BREAKS = frozenset({"p", "br", "div", "li", "ul", "ol", "blockquote", "pre", "h1", "h2", "h3", "h4", "h5", "h6"})
_SILENT = frozenset({"script", "style", "template"})
_NAMES = frozenset({"mention", "hashtag", "u-url"})
"""Classes of a link to an account or a hashtag: no text of others."""


def read_markup(markup: str) -> tuple[str, tuple[str, ...]]:
    """Return text and addresses. Addresses in the text are shown as Mastodon shows them: their beginning."""
    if "<" not in markup:
        return html.unescape(markup), ()
    listener = _Listener()
    hear_html(markup, listener)
    return "".join(listener.pieces), tuple(listener.links)


class _Listener:
    """Collects what is seen between the tags as the parser meets it."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.links: list[str] = []
        self._spans: list[frozenset[str]] = []
        self._silent = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        classes = frozenset(attributes.get("class", "").split())
        self._silent += tag in _SILENT
        if tag == "span":
            self._spans.append(classes)
        elif tag == "a" and not classes & _NAMES:
            self.links.append(attributes.get("href", ""))
        elif tag in _BREAKS:
            self.pieces.append("\n")

    def end(self, tag: str) -> None:
        self._silent -= tag in _SILENT
        if tag == "span" and self._spans and "ellipsis" in self._spans.pop():
            self.pieces.append("…")
        elif tag in _BREAKS:
            self.pieces.append("\n")

    def data(self, data: str) -> None:
        if not self._silent and not any("invisible" in classes for classes in self._spans):
            self.pieces.append(data)

    def close(self) -> None:
        """Nothing is left to be done."""
