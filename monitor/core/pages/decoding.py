"""Which characters the bytes of a page stand for, and never an exception: pages lie about their encoding.

Only encodings named here are believed. A page that asks for one of Python's other codecs (zlib, idna, rot13) is read
as if it had said nothing.
"""

import codecs
import re

_HEAD = 2048
_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([A-Za-z0-9_:.-]{2,40})""", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"""^\s*<\?xml[^>]{1,200}?encoding\s*=\s*["']([A-Za-z0-9_:.-]{2,40})""", re.IGNORECASE)
_WIDE = ("utf-16", "utf-32")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# The browsers read Latin-1 and ASCII as Windows-1252 (WHATWG Encoding, 4.2).
_AS_WINDOWS_1252 = frozenset({"latin-1", "iso8859-1", "ascii", "cp1252"})
_BELIEVED = frozenset(
    {"utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "mac-roman", "cp437", "cp850"}
    | {"cp1250", "cp1251", "cp1253", "cp1254", "cp1256", "cp1257", "koi8-r", "koi8-u", "gbk", "gb18030", "big5"}
    | {f"iso8859-{part}" for part in (2, 3, 4, 5, 6, 7, 8, 9, 10, 13, 14, 15, 16)}
    | {"euc_jp", "shift_jis", "euc_kr"}
    | _AS_WINDOWS_1252
)
# Bytes that are not UTF-8 come out of "surrogateescape" as U+DC80 to U+DCFF: they were Windows-1252 then.
_STRAY = {0xDC00 + byte: bytes([byte]).decode("cp1252", "replace") for byte in range(0x80, 0x100)}


def encoding_of(body: bytes, content_type: str = "") -> str:
    """Name the encoding of a page: byte order mark, pattern of zero bytes, header, then what its head says; "" if none.

    The order is that of WHATWG HTML 13.2.3.2, except that zero bytes, which no 8-bit page has, are looked at too.
    """
    for mark, name in _BOMS:
        if body.startswith(mark):
            return name
    wide = _wide(body[:_HEAD])
    if wide:
        return wide
    head = body[:_HEAD]
    header = content_type.encode("latin-1", "replace")
    for found in (_CHARSET.search(header), _XML_ENCODING.match(head), _CHARSET.search(head)):
        name = _believed(found[1]) if found else ""
        # A page without one zero byte is not UTF-16, whatever it says.
        if name and (0 in head or not name.startswith(_WIDE)):
            return name
    return ""


def decode(body: bytes, content_type: str = "") -> str:
    """Return the characters of a page; what is wrong in one place is read as Windows-1252 there or replaced."""
    name = encoding_of(body, content_type)
    if name.startswith(_WIDE):
        return body.decode(name, "replace").removeprefix("\ufeff")
    body = body.removeprefix(codecs.BOM_UTF8)
    try:
        # Valid UTF-8 beyond ASCII is UTF-8 even when the page claims an 8-bit encoding: chance does not write it.
        return body.decode("utf-8")
    except UnicodeDecodeError:
        pass
    if name in {"", "utf-8"}:
        return body.decode("utf-8", "surrogateescape").translate(_STRAY)
    return body.decode("cp1252" if name in _AS_WINDOWS_1252 else name, "replace")


def _believed(label: bytes) -> str:
    try:
        name = codecs.lookup(label.decode("ascii")).name
    except (LookupError, ValueError):
        return ""
    return name if name in _BELIEVED else ""


def _wide(head: bytes) -> str:
    """Tell UTF-16 and UTF-32 without a mark by where the zero bytes of the markup's ASCII stand."""
    zeros = head.count(0)
    if zeros * 3 < len(head) or not head.strip(b"\0"):
        return ""
    if zeros * 3 > 2 * len(head):
        return "utf-32-be" if head[0] == 0 else "utf-32-le"
    return "utf-16-be" if head[::2].count(0) > head[1::2].count(0) else "utf-16-le"
