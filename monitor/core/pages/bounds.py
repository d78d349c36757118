"""Bounds on the markup of a page, applied before any parser that hostile markup could keep busy for minutes.

Figures measured with trafilatura 2.3 and libxml2: time is quadratic in the attributes of one tag, text grows with
colspan times rowspan, and everything below 256 levels of nesting is lost without a word.
"""

import re
from math import prod
from typing import Any

MAX_BYTES = 8 * 1024 * 1024
MAX_ATTRIBUTES = 256
MAX_DEPTH = 200
MAX_NODES = 50_000
MAX_SPAN = 20
MAX_CELLS = 10_000
"""Cells that spans may add to all tables of a page together."""

# Comments, scripts with what they hold, and start tags, as HTML tells them apart. Every repetition is possessive, so
# that each byte is read once, whatever is left open.
_INSIDE = rb"""(?:[^>=]++|=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>]*+))*+"""
_TOKEN = re.compile(
    rb"<!--(?:[^-]++|-(?!->))*+|<(?P<raw>script|style)\b(?P<first>" + _INSIDE + rb")>?+(?:[^<]++|<(?!/(?P=raw)))*+"
    rb"|<[a-z][^\s/>]*+(?P<attributes>" + _INSIDE + rb")",
    re.IGNORECASE,
)
_QUOTED = re.compile(rb""""[^"]*+"|'[^']*+'""")
_ROOM = 2 * MAX_ATTRIBUTES  # bytes that this many attributes take at least
_MARKS = re.compile("([\u0300-\u036f]{8})[\u0300-\u036f]++")
_UNREADABLE = bytes(code for code in (*range(0x20), 0x7F) if code not in b"\t\n\r\x0c")
_DIGITS = re.compile(r"[0-9]{1,6}")


def tame_markup(text: str) -> tuple[bytes, str]:
    """Return the markup in UTF-8 without what parsers choke on, and a sentence on what was lost by it, or ""."""
    markup = text.encode("utf-8", "replace").translate(None, _UNREADABLE)
    if b"\xcc" in markup or b"\xcd" in markup:
        # Thousands of accents on one letter take quadratic time to normalise.
        markup = _MARKS.sub(r"\1", markup.decode()).encode()
    pieces, at = [], 0
    for token in _TOKEN.finditer(markup):
        start, end = token.span("first" if token["raw"] else "attributes")
        if end - start > _ROOM and _is_crowd(markup[start:end]):
            pieces.append(markup[at:start])
            at = end
    lost = f"a tag with more than {MAX_ATTRIBUTES} attributes was read without them" if pieces else ""
    return b"".join((*pieces, markup[at:])), lost


def _is_crowd(attributes: bytes) -> bool:
    bare = _QUOTED.sub(b"", attributes)
    return max(len(bare.split()), bare.count(b"=")) > MAX_ATTRIBUTES


def too_many_tags(markup: bytes) -> str:
    """Return a sentence when the markup has more tags than a tree should be made of, else ""."""
    return f"it has more than {MAX_NODES} elements" if markup.count(b"<") > 2 * MAX_NODES else ""


def too_much_for_tree(tree: Any) -> str:
    """Return a sentence when a parsed tree is too large or too deep for the main reader, else ""."""
    if sum(1 for _ in tree.iter()) > MAX_NODES:
        return f"it has more than {MAX_NODES} elements"
    if tree.xpath(f"boolean(//*[not(*)][count(ancestor::*) >= {MAX_DEPTH}])"):
        return f"its elements are nested more than {MAX_DEPTH} deep"
    return ""


def clamp_spans(tree: Any) -> None:
    """Cut colspan and rowspan down in place: a table of 5 kB can claim a million cells."""
    added = 0
    for cell in tree.iter("td", "th"):
        spans = {name: _span(cell.get(name)) for name in ("colspan", "rowspan") if name in cell.attrib}
        more = prod(spans.values()) - 1
        if added + more > MAX_CELLS:
            spans, more = dict.fromkeys(spans, 1), 0
        added += more
        for name, span in spans.items():
            cell.set(name, str(span))


def _span(value: str) -> int:
    return max(1, min(int(value), MAX_SPAN)) if _DIGITS.fullmatch(value) else 1
