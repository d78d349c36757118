"""The byte test: can this page name the place at all? It may pass too much, never too little.

One Aho-Corasick pass looks for two kinds of places in the raw bytes, lower-cased:

- an *anchor* of a name: a run of its ASCII letters, whole or split by a tag, with what can stand beside it when it is
  short ("xj" in Växjö between any spelling of ä and any of ö);
- a *disguise*: anything by which an ASCII letter can be written otherwise (`&#75;`, `\\u004b`, `%4B`), or that hides
  between two letters (a soft hyphen in any spelling, `<wbr>`, a zero-width space, the hyphen of a line break).

A name that is on the page shows one of them, so a page with neither is done with. Around each find the bytes are read
as a browser would, twice: across tags, and as divided by them. The names are looked for in what was read.
"""

import html
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from ahocorasick_rs import AhoCorasick, BytesAhoCorasick, Implementation, MatchKind

from monitor.core.pages.decoding import decode_page, encoding_of
from monitor.core.pages.spellings import HIDDEN, disguises, heads, hyphened, tails

LONG = 6
"""Letters from which a name counts inside a longer word too; "Ale" does not in "sale"."""
_TELLING = 5  # letters from which a run is rare enough to be looked for without its neighbours
_ROOM = 16  # bytes that a letter which is not ASCII can take
_CHUNK = 1 << 18  # bounds what one pass can find on a hostile page
_PATIENCE = 1 << 20  # bytes looked at closely; who disguises more than that goes to a worker, which can be killed

_LOOK, _IS_NAME, _IS_NAME_AT_START, _PASS_BY = range(4)
_ASCII_KEPT = frozenset({"", "utf-8", "ascii", "iso8859-1", "cp1252", "iso8859-15"})
_ASCII_RUN = re.compile("[a-z]+")

# Every repetition is possessive or bounded: these run in the crawling process on whatever a stranger sends.
_PERCENT_CODE = re.compile(r"%(?:25)*([0-9a-fA-F]{2})")
_PERCENT = re.compile(r"(?:%(?:25)*[0-9a-fA-F]{2})++")
_ESCAPE = re.compile(r"(?<!\\)\\++(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2}))")
_ZEROS = re.compile(r"&#(x?)0++(?=[0-9a-f])", re.IGNORECASE)
_TOO_BIG = re.compile(r"&#[0-9]{8,}+")
_HIDDEN = re.compile(f"[{re.escape(''.join(sorted(HIDDEN)))}\0\ud800-\udfff]")
_DECOMPOSED = re.compile(r"[^\W\d_][\u0300-\u036f]{1,4}")
_TAG = re.compile(r"<[^<>]*+>")
_WORD_BREAK = re.compile("<wbr[^<>]*+>")
_LINE_HYPHEN = re.compile(r"[-\u2010](?:\s*+<[^<>]*+>|[^\S\r\n]*+[\r\n])++\s*+")
_SEPARATORS = re.compile(r"[\s_+/\u2010-\u2015\u2212-]++")
# Bytes that are not UTF-8 come out of "surrogateescape" as U+DC80 to U+DCFF: they were Windows-1252 then.
_STRAY = {0xDC00 + byte: bytes([byte]).decode("cp1252", "replace") for byte in range(0x80, 0x100)}
_STRAYED = re.compile("[\udc80-\udcff]")
_CUT_BEFORE = re.compile(rb"\A[\x80-\xbf]{1,3}")
_CUT_AFTER = re.compile(rb"[\xc2-\xf4][\x80-\xbf]{0,2}\Z")
_LINE_ESCAPES = frozenset("nrtbf")


@dataclass(frozen=True, slots=True, kw_only=True)
class NameBytes:
    """Names compiled for `may_mention`: one search for all of them."""

    names: tuple[str, ...]
    finder: BytesAhoCorasick = field(repr=False, compare=False)
    meanings: bytes = field(repr=False, compare=False)
    """For each pattern of the finder: look closer, is a name, or is a name if a word begins there."""
    reader: AhoCorasick = field(repr=False, compare=False)
    bounded: tuple[bool, ...] = field(repr=False, compare=False)
    margin: int = field(repr=False, compare=False)
    reach: int = field(repr=False, compare=False)
    """The longest pattern."""

    def __reduce__(self) -> tuple[Callable[[Iterable[str]], "NameBytes"], tuple[tuple[str, ...]]]:
        """Travel to another process as the names alone."""
        return compile_names, (self.names,)


def compile_names(names: Iterable[str]) -> NameBytes:
    """Compile `names`, one town's or all the country's, for `may_mention`."""
    given = tuple(dict.fromkeys(names))
    folded = sorted({plain for name in given if (plain := _joined(_shown(name)).strip())})
    found = dict.fromkeys(disguises() | hyphened("".join(folded)) if folded else (b"\0",), _LOOK)
    for name in folded:
        for anchor, meaning in _anchors(name):
            found[anchor] = meaning if found.get(anchor, meaning) == meaning else _LOOK
    return NameBytes(
        names=given,
        finder=BytesAhoCorasick(list(found), MatchKind.Standard, Implementation.DFA),
        meanings=bytes(found.values()),
        reader=AhoCorasick(folded, MatchKind.Standard, implementation=Implementation.DFA),
        bounded=tuple(len(name) < LONG for name in folded),
        reach=max(map(len, found)),
        # Room for the rest of the name and a tag within it. A letter that takes more room is a disguise of its own.
        margin=128 + max(map(_width, folded), default=0),
    )


def _width(name: str) -> int:
    return sum(1 if char.isascii() else _ROOM for char in name)


def may_mention(body: bytes, names: NameBytes, content_type: str = "") -> bool:
    """Tell whether a page could name one of `names`, in any spelling that a browser shows as that name."""
    return any(_seen_in(reading, names) for reading in _readings(body, content_type))


def _readings(body: bytes, content_type: str) -> Iterator[bytes]:
    """Give the page as bytes whose ASCII stands for itself: as sent, and as UTF-8 if its encoding is another kind."""
    encoding = encoding_of(body, content_type)
    if encoding not in _ASCII_KEPT:
        yield decode_page(body, content_type).encode("utf-8", "ignore")
    yield body
    if 0 in body:
        yield body.translate(None, b"\0")


def _anchors(name: str) -> Iterator[tuple[bytes, int]]:
    """Give the byte patterns of which a page that names `name` without disguise shows one, and what each means."""
    runs = list(_ASCII_RUN.finditer(name))
    if not runs:
        for tail in tails(name[0]) - {b">"}:
            yield tail, _LOOK
        return
    run = max(runs, key=lambda found: len(found[0]))
    letters = run[0].encode()
    before, after = name[run.start() - 1 : run.start()], name[run.end() : run.end() + 1]
    left, right = before.isalpha(), after.isalpha()
    if len(letters) >= _TELLING or not (left or right):
        whole = letters.decode() == name
        yield letters, _LOOK if not whole else _IS_NAME_AT_START if len(name) < LONG else _IS_NAME
        for cut in range(1, len(letters)):
            split = letters[:cut] + b"<" if 2 * cut >= len(letters) else b">" + letters[cut:]
            yield split, _LOOK
        return
    starts = tails(before) if left else {b""}
    ends = heads(after) if right and (not left or len(letters) == 1) else {b""}
    for start in starts:
        for end in ends:
            yield start + letters + end, _LOOK
            for cut in range(1, len(letters)):
                yield (start + letters[:cut] + b"<" if left else b">" + letters[cut:] + end), _LOOK


def _seen_in(body: bytes, names: NameBytes) -> bool:
    start = end = looked = 0
    for at in _finds(body, names):
        if at < 0 or looked > _PATIENCE:
            return True
        if at - names.margin > end:
            if end and _read_in(body, start, end, names):
                return True
            start = at - names.margin
        looked += at + names.margin - max(start, end)
        end = at + names.margin
    return end > 0 and _read_in(body, start, end, names)


def _finds(body: bytes, names: NameBytes) -> Iterator[int]:
    """Give the places to look at, nearly in order; -1 when a name stands there for certain."""
    for offset in range(0, len(body), _CHUNK):
        low = body[offset : offset + _CHUNK + names.reach].lower()
        for pattern, at, _ in names.finder.find_matches_as_indexes(low, overlapping=True):
            meaning = names.meanings[pattern]
            if meaning == _IS_NAME_AT_START:
                meaning = _at_start(body, offset + at)
            if meaning != _PASS_BY:
                yield -1 if meaning == _IS_NAME else offset + at


def _at_start(body: bytes, at: int) -> int:
    """Tell what a short name at `at` is: inside a word it is passed by, unless that letter ends an escape."""
    before = body[max(0, at - 1) : at]
    if before.isalpha():
        return _LOOK if re.search(rb"[&%\\]", body[max(0, at - 8) : at]) else _PASS_BY
    return _IS_NAME if before.isascii() else _LOOK


def _read_in(body: bytes, start: int, end: int, names: NameBytes) -> bool:
    # A cut through a character in UTF-8 would make the whole piece look like Latin-1.
    piece = body[max(0, start) : end]
    piece = _CUT_BEFORE.sub(b"", piece) if start > 0 else piece
    piece = _CUT_AFTER.sub(b"", piece) if end < len(body) else piece
    return any(_named_in(text, names) for text in _texts(piece))


def _texts(piece: bytes) -> Iterator[str]:
    """Give what the bytes may stand for: UTF-8, and Windows-1252 where they are not UTF-8 or could be either."""
    text = piece.decode("utf-8", "surrogateescape")
    mended = text.translate(_STRAY) if _STRAYED.search(text) else text
    yield _shown(mended)
    if mended is not text or 0xAD in piece:
        yield _shown(piece.decode("cp1252", "replace"))


def _from_percent(found: re.Match[str]) -> str:
    code = bytes.fromhex("".join(_PERCENT_CODE.findall(found[0])))
    return code.decode("utf-8", "surrogateescape").translate(_STRAY)


def _shown(text: str) -> str:
    """Return `text` as it is read: entities and JSON escapes resolved, invisible characters gone, in lower case."""
    if "%" in text:
        text = _PERCENT.sub(_from_percent, text)
    for _ in range(3):
        resolved = html.unescape(_bounded(text)) if "&" in text else text
        resolved = _ESCAPE.sub(_escaped_char, resolved) if "\\" in resolved else resolved
        if resolved == text:
            break
        text = resolved
    text = text.lower()
    if "&" in text:  # &OUML; is no entity, but some pages shout
        text = html.unescape(_bounded(text)).lower()
    text = _HIDDEN.sub("", _WORD_BREAK.sub("", text))
    return text if text.isascii() else _DECOMPOSED.sub(lambda found: unicodedata.normalize("NFC", found[0]), text)


def _bounded(text: str) -> str:
    """Take out numbers that `html.unescape` raises on."""
    return _TOO_BIG.sub("", _ZEROS.sub(r"&#\1", text)) if "&#" in text else text


def _escaped_char(found: re.Match[str]) -> str:
    code = int(found[found.lastindex or 0], 16)
    return chr(code) if code < 0x110000 else ""


def _joined(text: str) -> str:
    """Read across tags and the hyphens of line breaks: "<b>K</b>atrine-<br>holm" is one word."""
    return _SEPARATORS.sub(" ", _TAG.sub("", _LINE_HYPHEN.sub("", text)))


def _apart(text: str) -> str:
    """Read what tags divide as divided, and then what stands inside them: descriptions and alternative texts count."""
    return _SEPARATORS.sub(" ", " ".join((_TAG.sub(" ", text), *_TAG.findall(text))))


def _named_in(text: str, names: NameBytes) -> bool:
    return any(
        not names.bounded[name] or _word_begins(plain, at)
        for plain in (_joined(text), _apart(text))
        for name, at, _ in names.reader.find_matches_as_indexes(plain, overlapping=True)
    )


def _word_begins(text: str, at: int) -> bool:
    before = text[max(0, at - 2) : at]
    return not before[-1:].isalpha() or (before[:1] == "\\" and before[-1] in _LINE_ESCAPES)
