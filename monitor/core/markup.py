"""Snippets of HTML, as feeds and services hand them out, into plain text. Whole pages are read by `core.pages`."""

import html
import re
from collections.abc import Mapping

from monitor.core.trees import hear_html

_SILENT = frozenset({"script", "style", "template", "iframe"})
_BREAKS = frozenset(
    {"address", "article", "aside", "blockquote", "br", "caption", "dd", "div", "dl", "dt", "fieldset", "figcaption"}
    | {"figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p"}
    | {"pre", "section", "table", "tr", "ul"}
)
_INLINE = frozenset(
    {"a", "abbr", "acronym", "b", "big", "body", "center", "cite", "code", "del", "em", "font", "head", "html", "i"}
    | {"img", "ins", "kbd", "mark", "q", "s", "small", "span", "strike", "strong", "sub", "sup", "td", "th", "time"}
    | {"tt", "u", "video", "wbr"}
)
_TAG = re.compile(r"</?(?:" + "|".join(sorted(_SILENT | _BREAKS | _INLINE)) + r")(?=[\s/>])|<!--", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,31});", re.IGNORECASE)


def plain_text(text: str, *, markup: bool = False) -> str:
    """Return what a reader would see of `text`, a line for each block. It still has to pass through `core.text`.

    Without `markup` the text is nominally plain: only what is unmistakably a tag or an entity counts as one, because
    sources put both into titles, yet "5 < 6" and "<namn>" are text.
    """
    if (markup and "<" in text) or _TAG.search(text):
        # Heard and not made into a tree: libxml2 cuts trees off at a depth.
        text = hear_html(text, _Listener())
    elif _ENTITY.search(text):
        text = html.unescape(text)
    # Sources escape twice (&amp;auml;); no town is spelt with an entity on purpose.
    return html.unescape(text) if _ENTITY.search(text) else text


class _Listener:
    """Collects the text between the tags as the parser meets it."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._silent = 0

    def start(self, tag: str, _attributes: Mapping[str, str]) -> None:
        self._silent += tag in _SILENT
        self._separate(tag)

    def end(self, tag: str) -> None:
        self._silent -= tag in _SILENT
        self._separate(tag)

    def data(self, data: str) -> None:
        if not self._silent:
            self._pieces.append(data)

    def close(self) -> str:
        return "".join(self._pieces)

    def _separate(self, tag: str) -> None:
        separator = "\n" if tag in _BREAKS else " " if tag in {"td", "th"} else ""
        if separator and self._pieces[-1:] != [separator]:
            self._pieces.append(separator)
