"""Bounds on markup, applied before any parser that hostile markup could keep busy for minutes.

Figures measured with trafilatura 2.3, feedparser 6.0 and libxml2: time is quadratic in the attributes of one tag and in
the elements of a page (50,000 take up to 17 s, the largest of 2,181 real pages has 1,797), text grows with colspan
times rowspan, and everything below 256 levels of nesting is lost without a word.
"""

import re
from math import prod
from typing import Any

MAX_ATTRIBUTES = 256
MAX_DEPTH = 200
MAX_NODES = 20_000
"""Elements of a page."""
MAX_ELEMENTS = 100_000
"""Elements of an XML document."""
MAX_SPAN = 20
MAX_CELLS = 10_000
"""Cells that spans may add to all tables of a page together."""

# Comments, scripts with what they hold, and tags, as HTML tells them apart. Every repetition is possessive, so that
# each byte is read once, whatever is left open.
_INSIDE = rb"""(?:[^>=]++|=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>]*+))*+"""
_COMMENT = rb"<!--(?:[^-]++|-(?!->))*+"
_RAW = rb"<(?P<raw>script|style)\b(?P<first>" + _INSIDE + rb")>?+(?:[^<]++|<(?!/(?P=raw)))*+"
_START = rb"<(?P<name>[a-z][^\s/>]*+)(?P<attributes>" + _INSIDE + rb")"
_TOKEN = re.compile(_COMMENT + rb"|" + _RAW + rb"|" + _START, re.IGNORECASE)
_TAG = re.compile(_COMMENT + rb"|" + _RAW + rb"|" + _START + rb"|</(?P<end>[a-z][^\s/>]*+)", re.IGNORECASE)
_XML = re.compile(
    _COMMENT
    + rb"|<!\[CDATA\[(?:[^\]]++|\](?!\]>))*+|<(?P<name>[^\s/>!?<][^\s/>]*+)(?P<attributes>"
    + _INSIDE
    + rb")|</(?P<end>[^\s/>]++)"
)
_LONGEST_END = 2_000
_ENDLESS = re.compile(rb"<[?/][^<>]{%d,}+>?" % _LONGEST_END)  # feedparser reads it again from each of its words
_QUOTED = re.compile(rb""""[^"]*+"|'[^']*+'""")
_ROOM = 2 * MAX_ATTRIBUTES  # bytes that this many attributes take at least
_MARKS = re.compile("([\u0300-\u036f]{8})[\u0300-\u036f]++")
_UNREADABLE = bytes(code for code in (*range(0x20), 0x7F) if code not in b"\t\n\r\x0c")
_DIGITS = re.compile(r"[0-9]{1,6}")

# What is void, or what the next tag of its kind ends: it never nests by itself.
_FLAT = frozenset(
    b"""a area base body br caption col colgroup dd dt embed h1 h2 h3 h4 h5 h6 head hr html img input li link meta
    optgroup option p param rp rt source tbody td tfoot th thead tr track wbr""".split()
)
# The end of one of these ends nothing around it.
_INLINE = frozenset(
    b"""abbr acronym b big cite code del em font i ins kbd mark q s samp small span strike strong sub sup time tt u
    var""".split()
)


def tame_markup(text: str) -> tuple[bytes, str]:
    """Return HTML in UTF-8 without what parsers choke on, and a sentence on what was lost by it, or ""."""
    markup = text.encode("utf-8", "ignore").translate(None, _UNREADABLE)
    if b"\xcc" in markup or b"\xcd" in markup:
        # Thousands of accents on one letter take quadratic time to normalise.
        markup = _MARKS.sub(r"\1", markup.decode()).encode()
    return _without_crowds(markup, _TOKEN)


def tame_xml(text: str) -> tuple[bytes, str]:
    """Return XML in UTF-8 without tags that are crowded, and a sentence on what was lost by it, or ""."""
    markup, crowds = _without_crowds(text.encode("utf-8", "ignore").translate(None, _UNREADABLE + b"\x0c"), _XML)
    kept = _ENDLESS.sub(b"", markup)
    endless = f"an instruction or end tag with more than {_LONGEST_END:,} characters was left out"
    return kept, "; ".join(filter(None, (crowds, endless if kept != markup else "")))


def _without_crowds(markup: bytes, pattern: re.Pattern[bytes]) -> tuple[bytes, str]:
    pieces, at = [], 0
    for token in pattern.finditer(markup):
        start, end = token.span("attributes")
        if start < 0 and pattern is _TOKEN:
            start, end = token.span("first")
        if end - start > _ROOM and _is_crowd(markup[start:end]):
            pieces.append(markup[at:start])
            at = end
    lost = f"a tag with more than {MAX_ATTRIBUTES} attributes was read without them" if pieces else ""
    return b"".join((*pieces, markup[at:])), lost


def _is_crowd(attributes: bytes) -> bool:
    bare = _QUOTED.sub(b"", attributes)
    return max(len(bare.split()), bare.count(b"=")) > MAX_ATTRIBUTES


# --- how much it is ------------------------------------------------------------------------------------


def too_much_html(markup: bytes) -> tuple[str, int]:
    """Return a sentence when a page has more elements, or nests them deeper, than a tree should be made of, else "".

    Beside it stands up to where the page is within the bounds.
    """
    around: list[bytes] = []
    elements = ends = 0
    for token in _TAG.finditer(markup):
        kind = token.lastgroup
        if kind == "end":
            ends += 1
            _end(token["end"].lower(), around)
        elif kind == "attributes":
            elements += 1
            name = token["name"].lower()
            if name not in _FLAT and not token["attributes"].endswith(b"/"):
                around.append(name)
        else:
            elements += kind == "first"
        # Ends without a start are counted apart: each costs a look at what is around it.
        if elements > MAX_NODES or ends > 4 * MAX_NODES:
            return _too_many(MAX_NODES), token.start()
        if len(around) > MAX_DEPTH:
            return _TOO_DEEP, token.start()
    return "", len(markup)


def _end(name: bytes, around: list[bytes]) -> None:
    if around and around[-1] == name:  # as nearly always
        around.pop()
        return
    for place in reversed(range(len(around))):
        if around[place] == name:
            del around[place:]
            return
        if name in _INLINE and around[place] not in _INLINE:
            return


def first_tags(markup: bytes, most: int) -> bytes:
    """Return markup up to its `most`-th tag."""
    pieces = markup.split(b"<", most + 1)
    return markup if len(pieces) <= most + 1 else markup[: -len(pieces[-1]) - 1]


def too_much_xml(markup: bytes, most: int = MAX_ELEMENTS, *, deepest: int = MAX_DEPTH) -> str:
    """Return a sentence when XML has more than `most` elements, or nests them deeper than `deepest`, else ""."""
    elements = depth = 0
    for token in _XML.finditer(markup):
        if token["end"]:
            depth -= depth > 0
        elif token["name"]:
            elements += 1
            depth += not token["attributes"].endswith(b"/")
        if elements > most:
            return _too_many(most)
        if depth > deepest:
            return _too_deep(deepest)
    return ""


def too_much_for_tree(tree: Any) -> str:
    """Return a sentence when a tree has become larger or deeper than its tags told, else "".

    libxml2 puts elements round what stands outside them, and ends some that are left open.
    """
    if tree.xpath("count(//*)") > 2 * MAX_NODES:
        return _too_many(2 * MAX_NODES)
    return _TOO_DEEP if tree.xpath(f"boolean(//*[not(*)][count(ancestor::*) >= {MAX_DEPTH}])") else ""


def _too_many(most: int) -> str:
    return f"it has more than {most} elements"


def _too_deep(most: int) -> str:
    return f"its elements are nested more than {most} deep"


_TOO_DEEP = _too_deep(MAX_DEPTH)


# --- tables --------------------------------------------------------------------------------------------


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
