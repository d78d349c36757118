"""Which characters the bytes of a page stand for: what a page adds to `core.charsets` is that it names its encoding in
a `<meta>`, and that it may be UTF-16 without saying so.
"""

import codecs
import re
from functools import lru_cache

from monitor.core import charsets

_HEAD = 2048
_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([\w:.-]{2,40})""", re.IGNORECASE)
_WIDE = ("utf-16", "utf-32")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def encoding_of(body: bytes, content_type: str = "") -> str:
    """Name the encoding of a page: byte order mark, pattern of zero bytes, header, then what its head says; "" if none.

    The order is that of WHATWG HTML 13.2.3.2; zero bytes, which no other page has, are looked at too.
    """
    for mark, name in _MARKS:
        if body.startswith(mark):
            return name
    head = body[:_HEAD]
    if wide := _wide(head):
        return wide
    # A page whose ASCII could be read that far is not UTF-16, whatever it says.
    return _said_in(content_type.encode("latin-1", "replace")) or _said(head)


def decode_page(body: bytes, content_type: str = "") -> str:
    """Return the characters of a page; U+FFFD where no reading is possible. Never raises."""
    name = encoding_of(body, content_type)
    if name.startswith(_WIDE):
        return body.decode(name, "replace").removeprefix("\ufeff")
    return charsets.decode(body, f"charset={name}")


def _said(text: bytes) -> str:
    """Name the encoding that a header or a head says it has; "" when it is none in which ASCII stands for itself."""
    found = _CHARSET.search(text)
    name = _codec(found[1]) if found else ""
    return "" if name.startswith(_WIDE) else name


@lru_cache(maxsize=1_000)
def _said_in(header: bytes) -> str:
    return _said(header)


@lru_cache(maxsize=1_000)
def _codec(label: bytes) -> str:
    try:
        return codecs.lookup(label.decode("ascii")).name
    except (LookupError, ValueError):
        return ""


def _wide(head: bytes) -> str:
    """Tell UTF-16 and UTF-32 without a mark by where the zero bytes of the markup's ASCII stand."""
    zeros = head.count(0)
    if zeros * 4 < len(head) or not head.strip(b"\0"):
        return ""
    if zeros * 3 > 2 * len(head):
        return "utf-32-be" if head[0] == 0 else "utf-32-le"
    return "utf-16-be" if head[::2].count(0) > head[1::2].count(0) else "utf-16-le"
