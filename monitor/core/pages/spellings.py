"""How one character can stand in the bytes of a page: raw, as an entity, escaped in JSON, percent-encoded, decomposed.

All spellings are given with ASCII lower-cased, as the byte test reads pages; both cases of a letter are meant.
"""

import string
import unicodedata
from collections.abc import Iterator
from functools import cache
from html.entities import html5

INVISIBLE = frozenset(
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180e\u180f\u3164\uffa0\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\ufeff\ufff9\ufffa\ufffb"
    + "".join(map(chr, range(0x2060, 0x2070)))
    + "".join(map(chr, range(0xFE00, 0xFE10)))
    + "".join(map(chr, range(0xFFF0, 0xFFF9)))
)
"""Characters that a reader does not see and the text gate drops."""
CONTROL = frozenset(
    chr(code) for code in (*range(1, 0x20), *range(0x7F, 0xA0), 0xFFFE, 0xFFFF) if code not in {9, 10, 13, 0x85}
)
"""Control characters that the text gate drops."""
HIDDEN = INVISIBLE | CONTROL
_PADDING = (b"", b"0", b"00")
# Tags (U+E0000 to U+E0FFF) by how they begin: in UTF-8, as a surrogate in a script, in an address, as numbers.
_TAGS = (
    b"\xf3\xa0", rb"\udb4", b"%f3%a0",
    *(b"&#x" + zeros + b"e0%x" % digit for digit in range(16) for zeros in _PADDING),
    *(b"&#" + zeros + number for number in (b"917", b"918", b"919", b"920", b"921") for zeros in _PADDING),
)  # fmt: skip

_NAMED: dict[str, list[bytes]] = {}
for _name, _meant in html5.items():
    _NAMED.setdefault(_meant, []).append(_name.lower().encode())
# "&", "&amp;" and a JSON "\u0026" or "%26" before the rest of an entity.
_AMPERSANDS = (b"&", b";", b"26")


def escaped(char: str) -> Iterator[bytes]:
    """Give every escaped spelling of exactly this character, an entity by what follows its ampersand's last byte."""
    code = ord(char)
    for number in (b"#%d" % code, b"#x%x" % code):
        digits = number.lstrip(b"#x")
        for zeros in _PADDING:
            yield number.removesuffix(digits) + zeros + digits
    yield from _NAMED.get(char, ())


@cache
def disguises() -> frozenset[bytes]:
    """Give what betrays an ASCII letter that is written otherwise, or something invisible between two letters."""
    found = {*_TAGS, b"<wbr", b"3cwbr", b"lt;wbr", rb"\u{", b"&#000", b"&#x000"}
    found.update(hyphen + line for hyphen in (b"-", "\u2010".encode()) for line in (b"\n", b"\r", b"<br"))
    for char in (*string.ascii_letters, *INVISIBLE):
        for rest in escaped(char):
            found.update(start + rest for start in _AMPERSANDS)
        # Who writes \x41 for A writes a script that no reader sees.
        found.update(code for code in _in_code(char) if char in INVISIBLE or not code.startswith(rb"\x"))
    found.update(char.encode() for char in HIDDEN)
    # A soft hyphen in an 8-bit page. In UTF-8 this byte follows no ASCII.
    found.update(bytes([before, 0xAD]) for before in range(0x80))
    return frozenset(_without_common(found))


def _without_common(found: set[bytes]) -> Iterator[bytes]:
    """Keep `&#82` (R) from meeting every `&#8217;`: a number must end there."""
    for spelling in found:
        if spelling.endswith(b"#82"):
            yield from (spelling + bytes([after]) for after in range(256) if not 0x30 <= after <= 0x39)
        else:
            yield spelling


@cache
def spellings(letter: str) -> frozenset[bytes]:
    """Give every spelling of one letter that is not ASCII, in both cases, composed and decomposed."""
    found: set[bytes] = set()
    for char in {letter.lower(), letter.upper()}:
        if len(char) != 1:
            continue
        found.update(_one(char))
        parts = unicodedata.normalize("NFD", char)
        if len(parts) > 1:
            found.update(parts[:-1].encode() + rest for rest in _one(parts[-1]))
    return frozenset(spelling.lower() for spelling in found)


def hyphened(letters: str) -> frozenset[bytes]:
    """Give what betrays a soft hyphen after one of these letters in an 8-bit page."""
    found = (char.encode("cp1252", "ignore") for char in letters.lower() + letters.upper() if not char.isascii())
    return frozenset(byte + b"\xad" for byte in found if byte)


def heads(sign: str) -> frozenset[bytes]:
    """Give what the bytes of a sign that is no ASCII letter can begin with; a tag may stand before it."""
    if sign.isascii():
        return _ESCAPES_BEGIN | {sign.encode()}
    found = {one[:6] if one[0] in b"&\\%" else one[:2] for one in spellings(sign)}
    return frozenset(found | _TWICE | {b"<"})


def tails(sign: str) -> frozenset[bytes]:
    """Give what the bytes of a sign that is no ASCII letter can end with; a tag may stand after it."""
    if sign.isascii():
        return frozenset({sign.encode(), b"%02x" % ord(sign), b"%d" % ord(sign), b";", b"}", b">"})
    return frozenset(spelling[-3:] for spelling in spellings(sign)) | {b">"}


_ESCAPES_BEGIN = frozenset({b"&", b"%", b"\\", b"<"})
_TWICE = frozenset({b"&amp", b"&lt", rb"\u0026", rb"\u003c", rb"\u{", rb"\\", b"%25", b"%26", b"%3c"})
"""How the escape of an escape or of a tag begins: `&amp;aring;`, `\\u0026aring;`, `%2526aring;`."""


def _one(char: str) -> Iterator[bytes]:
    yield char.encode()
    if 0x80 <= ord(char) < 0x250:
        yield char.encode("cp1252", "ignore") or char.encode()
    for rest in escaped(char):
        yield b"&" + rest
        if not rest.endswith(b";"):
            yield b"&" + rest + b";"
    yield from _in_code(char)


def _in_code(char: str) -> Iterator[bytes]:
    """Spell as JSON and JavaScript do, and as addresses do, also encoded twice."""
    code = ord(char)
    if code <= 0xFFFF:
        yield rb"\u%04x" % code
    if code <= 0xFF:
        yield rb"\x%02x" % code
        yield b"%%%02x" % code
        yield b"%%25%02x" % code
    yield b"".join(b"%%%02x" % byte for byte in char.encode())
    yield b"".join(b"%%25%02x" % byte for byte in char.encode())
