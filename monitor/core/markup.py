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

# Most snippets are paragraphs with a few links and words in bold, and need no parser of HTML to be read.
_ATTRIBUTES = r"""(?>\s+[a-z][a-z-]*="[^"<>&\x00-\x1f]*"){0,8}+\s*"""
_PLAIN = r"[^<&\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]"
_REFERENCE = r"&(?:amp|lt|gt|quot|nbsp);"
_BREAK = r"<br\s*/?>"
_PARAGRAPHS = re.compile(
    rf"""(?:\s*<p{_ATTRIBUTES}>
            (?:{_PLAIN}++|{_BREAK}|{_REFERENCE}
               |<(a|b|i|em|strong|span){_ATTRIBUTES}>(?:{_PLAIN}++|{_REFERENCE})*+</\1>)*+
         </p>)++\s*""",
    re.VERBOSE,
)
_LINE_ENDS = re.compile(rf"</?p(?:\s[^>]*)?>|{_BREAK}")
_OTHER_TAGS = re.compile(r"</?[a-z]+[^>]*>")


def plain_text(text: str, *, markup: bool = False) -> str:
    """Return what a reader would see of `text`, a line for each block. It still has to pass through `core.text`.

    Without `markup` the text is nominally plain: only what is unmistakably a tag or an entity counts as one, because
    sources put both into titles, yet "5 < 6" and "<namn>" are text.
    """
    # Most texts hold neither sign: two looks for one character, before any pattern is tried on all of it.
    if "<" in text and (markup or _TAG.search(text)):
        text = _read_paragraphs(text) or _hear(text)
    elif "&" in text and _ENTITY.search(text):
        text = html.unescape(text)
    # Sources escape twice (&amp;auml;); no town is spelt with an entity on purpose.
    return html.unescape(text) if "&" in text and _ENTITY.search(text) else text


def _read_paragraphs(text: str) -> str:
    """Return the text of markup that is paragraphs and nothing odd, else ""."""
    if not _PARAGRAPHS.fullmatch(text):
        return ""
    return html.unescape(_OTHER_TAGS.sub("", _LINE_ENDS.sub("\n", text)))


def _hear(text: str) -> str:
    # Heard and not made into a tree: libxml2 cuts trees off at a depth.
    return hear_html(text, _Listener())


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
