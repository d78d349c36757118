"""Bytes into characters, when what is declared and what is sent differ.

In Swedish feeds "ISO-8859-1" means Windows-1252, declared UTF-8 may be Latin-1, declared Latin-1 may be UTF-8, and one
pasted byte of Windows-1252 may stand in a document that is UTF-8 otherwise. So: a byte order mark, then UTF-8 if the
bytes are UTF-8 (no other text is by chance), then what is declared, then the one of the two that more bytes speak for.
"""

import codecs
import re

# UTF-32 before UTF-16: its mark begins with the mark of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\0\0\0", "utf-32-le"),
    (b"\0\0\0<", "utf-32-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
_IN_HEADER = re.compile(r"""charset\s*=\s*["']?([\w.:-]{1,40})""", re.ASCII | re.IGNORECASE)
_IN_DOCUMENT = re.compile(rb"""\A\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})["']""", re.IGNORECASE)

# Python knows codecs that are slow (punycode), stateful or no text at all; a document may name none of them.
_TRUSTED = re.compile(r"iso8859-\d+|cp\d+|koi8-[ru]|mac-roman|gb18030|gbk|big5(?:hkscs)?|euc_jp|euc_kr|shift_jis|hz\Z")
# As browsers read these labels (https://encoding.spec.whatwg.org/): the superset that is meant.
_MEANT = {"ascii": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254", "gb2312": "gb18030"}

_BROKEN = re.compile(r"[\udc80-\udcff]")
_SOUND = re.compile(r"[^\x00-\x7f\udc80-\udcff]")


def decode(body: bytes, content_type: str = "") -> str:
    """Return the text of an XML or JSON document; U+FFFD where no reading is possible. Never raises."""
    for mark, name in _MARKS:
        if body.startswith(mark):
            return body.decode(name, "replace").removeprefix("\ufeff")
    try:
        return body.decode()  # as nearly always
    except UnicodeError:
        text = body.decode("utf-8", "surrogateescape")
    broken = len(_BROKEN.findall(text))
    for label in _declared(body, content_type):
        name = _trusted(label)
        if name and name != "cp1252":
            try:
                return body.decode(name)
            except UnicodeError:
                continue
    if broken > len(_SOUND.findall(text)):
        return body.decode("cp1252", "replace")
    return _BROKEN.sub(lambda found: bytes([ord(found[0]) - 0xDC00]).decode("cp1252", "replace"), text)


def _declared(body: bytes, content_type: str) -> list[str]:
    header = _IN_HEADER.search(content_type)
    document = _IN_DOCUMENT.match(body)
    return [header[1] if header else "", document[1].decode("ascii") if document else ""]


def _trusted(label: str) -> str:
    """Return the codec that a label means, or "" when it is unknown or not one to be let in."""
    try:
        name = codecs.lookup(label).name
    except LookupError:
        return ""
    name = _MEANT.get(name, name)
    return name if _TRUSTED.fullmatch(name) else ""
