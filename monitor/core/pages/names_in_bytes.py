"""The byte test: can this page name the place at all? It may pass too much, never too little.

One pass of a many-pattern search (Hyperscan) looks for two kinds of places in the raw bytes, in either case:

- an *anchor* of a name: a run of its ASCII letters, whole or split by a tag, with what can stand beside it when it is
  short ("xj" in Växjö between any spelling of ä and any of ö);
- a *disguise*: anything by which an ASCII letter can be written otherwise (`&#75;`, `\\u004b`, `%4B`), or that hides
  between two letters (a soft hyphen in any spelling, `<wbr>`, a zero-width space, the hyphen of a line break).

A name that is on the page shows one of them, so a page with neither is done with. Around each find the bytes are read
as a browser would, twice: across tags, and as divided by them. The names are looked for in what was read.

A name counts as the matcher would read it: "Mark", "MARKS", "Markbo", "#mark", not "market" or "mark". Else most pages
would name one of the country's towns by accident.
"""

import html
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field

import hyperscan
from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from monitor.core.matching import signs
from monitor.core.pages.anchors import Anchor, find_anchors
from monitor.core.pages.decoding import decode_page, encoding_of
from monitor.core.pages.spellings import HIDDEN, disguises, hyphened

LONG = 6
"""Letters from which a name counts in lower case too, as for the matcher."""
_ROOM = 16  # bytes that a letter which is not ASCII can take
_CHUNK = 1 << 18  # bounds what one pass can find on a hostile page
_PATIENCE = 1 << 20  # bytes looked at closely; who disguises more than that goes to a worker, which can be killed
_BEFORE = 8  # bytes before a word in which the escape stands that ends there
_MOST_TAGS, _LONGEST_TAG = 8, 2_000  # with more between two letters of a name the place is looked at closer

_ASCII_KEPT = frozenset({"", "utf-8", "ascii", "iso8859-1", "cp1252", "iso8859-15"})
_TAGS = re.compile(rb"(?:<[^<>]*+>)++")
_ESCAPING = re.compile(rb"[&%\\][\w#{};]*+\Z")
_LETTERS = re.compile(rb"[a-zA-Z]*+")
_WORD_REST = re.compile(r"[^\W\d_]*+")
_NEXT = frozenset(bytes([byte]) for byte in (*b"&%\\<", *range(0x80, 0x100)))
"""Bytes with which a word may go on that seems to end."""
_INHABITANTS = frozenset(
    stem + ending
    for stem in ("bo", "abo", "are", "ensare", "sare", "karl", "it")
    for ending in ("", "n", "r", "rs", "rna", "rnas", "ns", "s", "na", "nas", "en", "ens", "es")
)
"""How words for those who live in a town go on; they alone are written in lower case."""
_TAILS = frozenset({"", "s"}).union(
    _INHABITANTS,
    signs.INHABITANT_TAILS,
    signs.COMPOUND_TAILS,
    signs.CLUB_TAILS,
    signs.PAPER_TAILS,
    signs.BEARER_TAILS,
)
_BEGUN = frozenset(tail[:end] for rest in _TAILS for tail in (rest, f"s{rest}") for end in range(1, len(tail) + 1))

# Every repetition is possessive or bounded: these run in the crawling process on whatever a stranger sends.
_PERCENT_CODE = re.compile(r"%(?:25)*([0-9a-fA-F]{2})")
_PERCENT = re.compile(r"(?:%(?:25)*[0-9a-fA-F]{2})++")
_ESCAPE = re.compile(r"\\(?<!\\\\)\\*+(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2}))")
_ZEROS = re.compile(r"&#(x?)0++(?=[0-9a-f])", re.IGNORECASE)
_TOO_BIG = re.compile(r"&#[0-9]{8,}+")
_HIDDEN = re.compile(f"[{re.escape(''.join(sorted(HIDDEN)))}\0\ud800-\udfff\U000e0000-\U000e0fff]")
_COMBINING = re.compile("[\u0300-\u036f]")
_DECOMPOSED = re.compile(r"[^\W\d_][\u0300-\u036f]{1,4}")
_TAG = re.compile(r"<[^<>]*+>")
_WORD_BREAK = re.compile("<[wW][bB][rR][^<>]*+>")
_SHOUTED = re.compile("&[A-Z]{2,32}+;?")
_LINE_HYPHEN = re.compile(r"[-\u2010](?:\s*+<[^<>]*+>|[^\S\r\n]*+[\r\n])++\s*+")
_ASCII_SEPARATORS = "_+/-"
_SEPARATORS = _ASCII_SEPARATORS + "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
# Bytes that are not UTF-8 come out of "surrogateescape" as U+DC80 to U+DCFF: they were Windows-1252 then.
_STRAY = {0xDC00 + byte: bytes([byte]).decode("cp1252", "replace") for byte in range(0x80, 0x100)}
_STRAYED = re.compile("[\udc80-\udcff]")
_CUT_BEFORE = re.compile(rb"\A[\x80-\xbf]{1,3}")
_CUT_AFTER = re.compile(rb"[\xc2-\xf4][\x80-\xbf]{0,2}\Z")
_LINE_ESCAPES = frozenset("nrtbf")


@dataclass(frozen=True, slots=True, kw_only=True)
class NameWords:
    """Names ready to be looked for in text as a browser shows it."""

    folded: tuple[str, ...]
    """The names as they are read, in lower case."""
    reader: AhoCorasick = field(repr=False, compare=False)
    lower: frozenset[str] = field(repr=False, compare=False)
    """Names that count in lower case: long ones, and those that are given so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NameBytes:
    """Names compiled for `may_mention`: one search for all of them."""

    names: tuple[str, ...]
    finder: hyperscan.Database = field(repr=False, compare=False)
    anchors: tuple[tuple[bytes, tuple[Anchor, ...]], ...] = field(repr=False, compare=False)
    """For each pattern of the finder: the bytes, and which anchors they are. None: a disguise."""
    words: NameWords = field(repr=False, compare=False)
    margin: int = field(repr=False, compare=False)
    reach: int = field(repr=False, compare=False)
    """The longest pattern."""

    def __reduce__(self) -> tuple[Callable[[Iterable[str]], "NameBytes"], tuple[tuple[str, ...]]]:
        """Travel to another process as the names alone."""
        return compile_names, (self.names,)


def compile_names(names: Iterable[str]) -> NameBytes:
    """Compile `names`, one town's or all the country's, for `may_mention`."""
    given = tuple(dict.fromkeys(names))
    words = read_names(given)
    folded = words.folded
    found: dict[bytes, list[Anchor]] = {
        disguise: [] for disguise in (disguises() | hyphened("".join(folded)) if folded else {b"\0"})
    }
    for name in folded:
        for anchor in find_anchors(name):
            found.setdefault(anchor.pattern, []).append(anchor)
    return NameBytes(
        names=given,
        finder=_build_finder([_expression(pattern, anchors) for pattern, anchors in found.items()]),
        anchors=tuple((pattern, tuple(anchors)) for pattern, anchors in found.items()),
        words=words,
        reach=max(map(len, found)) + _BEFORE,
        # Room for the rest of the name and a tag within it. A letter that takes more room is a disguise of its own.
        margin=128 + max(map(_width, folded), default=0),
    )


def read_names(names: Iterable[str]) -> NameWords:
    """Make names ready for `which_names`: any number of them, in no time."""
    shown = {plain for name in names if (plain := _joined(_shown(name)).strip())}
    folded = tuple(sorted({name.lower() for name in shown}))
    return NameWords(
        folded=folded,
        reader=AhoCorasick(folded, MatchKind.Standard, implementation=Implementation.DFA),
        lower=frozenset(name.lower() for name in shown if len(name) >= LONG or not name[0].isupper()),
    )


def _expression(pattern: bytes, anchors: Collection[Anchor]) -> bytes:
    literal = b"".join(b"\\x%02x" % byte for byte in pattern)
    if not anchors and pattern.startswith(b"-"):  # a row of hyphens is a line that somebody drew, and divides no word
        return rb"[^-\s]" + literal
    # A word of its own: "ale" stands in every "sale". Behind an escape it may be one and not look it: "\\nAle".
    whole = anchors and all(anchor.begins for anchor in anchors)
    return (rb"(?:^|[^a-z]|[&%%\\][\w#{};]{1,%d})" % (_BEFORE - 1) if whole else b"") + literal


def _build_finder(expressions: list[bytes]) -> hyperscan.Database:
    finder = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    finder.compile(
        expressions=expressions,
        ids=list(range(len(expressions))),
        elements=len(expressions),
        flags=[hyperscan.HS_FLAG_CASELESS | hyperscan.HS_FLAG_DOTALL] * len(expressions),
    )
    return finder


def _width(name: str) -> int:
    return sum(1 if char.isascii() else _ROOM for char in name)


def may_mention(body: bytes, names: NameBytes, content_type: str = "") -> bool:
    """Tell whether a page could name one of `names`, in any spelling that a browser shows as that name."""
    return any(_seen_in(reading, names) for reading in _readings(body, content_type))


def which_names(body: bytes, words: NameWords, content_type: str = "") -> frozenset[str]:
    """Return those of the names, in lower case, that a page may name: every one that `may_mention` would find.

    The page is read once as a whole instead of around each find, so that it costs the same for one town or for all.
    It takes time in proportion to the page, whatever stands on it.
    """
    return frozenset(
        name for reading in _readings(body, content_type) for text in _texts(reading) for name in _names_in(text, words)
    )


def _readings(body: bytes, content_type: str) -> Iterator[bytes]:
    """Give the page as bytes whose ASCII stands for itself: as sent, and as UTF-8 if its encoding is another kind."""
    encoding = encoding_of(body, content_type)
    if encoding not in _ASCII_KEPT:
        yield decode_page(body, content_type).encode("utf-8", "ignore")
    yield body
    if 0 in body:
        yield body.translate(None, b"\0")


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
    view = memoryview(body)
    for offset in range(0, len(body), _CHUNK):
        found: list[tuple[int, int]] = []

        names.finder.scan(
            view[offset : offset + _CHUNK + names.reach],  # type: ignore[type-var]  # any buffer will do
            match_event_handler=lambda number, _start, end, _flags, _context: found.append((number, end)),  # noqa: B023 (called here)
        )
        for number, last in found:
            pattern, anchors = names.anchors[number]
            end = offset + last
            at = end - len(pattern)
            verdict = _judge(body, at, end, anchors, names)
            if verdict is not None:
                yield -1 if verdict else at


def _judge(body: bytes, at: int, end: int, anchors: tuple[Anchor, ...], names: NameBytes) -> bool | None:
    """Tell what a pattern at body[at:end] is: True a name, False a place to look closer at, None nothing."""
    verdict = None if anchors else False
    for anchor in anchors:
        if anchor.word:
            if said := _judge_word(body, at, end, names):
                return True
            verdict = verdict if said is None else False
        elif (not anchor.beyond or _beyond_tag(body, at, end, anchor.beyond)) and _has_near(body, at, anchor, names):
            verdict = False
    return verdict


def _has_near(body: bytes, at: int, anchor: Anchor, names: NameBytes) -> bool:
    if not anchor.near:
        return True
    around = body[max(0, at - names.margin) : at + names.margin].lower()
    if all(run in around for run in anchor.near):
        return True
    if any(run[:half] not in around and run[half:] not in around for run in anchor.near for half in (len(run) // 2,)):
        return False
    across = _TAGS.sub(b"", around)
    return all(run in around or run in across for run in anchor.near)


def _beyond_tag(body: bytes, at: int, end: int, expected: tuple[bytes, ...]) -> bool:
    """Tell whether the part of a name at body[at:end], which a tag cuts off, goes on beyond the tag."""
    if body[end - 1 : end] == b"<":
        tags = _TAGS.match(body, end - 1)
        return tags is None or body[tags.end() : tags.end() + 8].lower().startswith(expected)
    start = at
    for _ in range(_MOST_TAGS):
        end = start
        start = body.rfind(b"<", max(0, end - _LONGEST_TAG), end + 1)
        if start < 0 or b">" in body[start:end]:
            return True
        if body[start - 1 : start] != b">":
            return body[max(0, start - 8) : start].lower().endswith(expected)
        start -= 1
    return True


def _judge_word(body: bytes, at: int, end: int, names: NameBytes) -> bool | None:
    """Tell whether a name in ASCII at body[at:end] is a word as the matcher reads it: True, or None.

    False where an escape, a tag or a letter that is not ASCII stands beside it: it is to be looked at.
    """
    before = body[max(0, at - 1) : at]
    if before.isalpha():
        return False if _ESCAPING.search(body, max(0, at - _BEFORE), at) else None
    rest = _LETTERS.match(body, end)
    tail = rest[0] if rest else b""
    after = body[end + len(tail) : end + len(tail) + 1]
    if not before.isascii() or (after in _NEXT and (tail.decode().lower() in _BEGUN if tail else after != b"<")):
        return False
    written = body[at:end].decode()
    if not written[0].islower() or written.lower() in names.words.lower:
        return True if _is_read(tail.decode().lower()) else None
    if tail:
        return True if tail.decode() in _INHABITANTS else None
    return False if before in {b"#", b";", b"3"} or after in {b".", b"<"} else None


def _is_read(tail: str) -> bool:
    """Tell whether the matcher could read a name whose word goes on with `tail`."""
    return tail in _TAILS or tail.removeprefix("s") in _TAILS


def _read_in(body: bytes, start: int, end: int, names: NameBytes) -> bool:
    # A cut through a character in UTF-8 would make the whole piece look like Latin-1.
    piece = body[max(0, start) : end]
    piece = _CUT_BEFORE.sub(b"", piece) if start > 0 else piece
    piece = _CUT_AFTER.sub(b"", piece) if end < len(body) else piece
    return any(True for text in _texts(piece) for _ in _names_in(text, names.words))


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
    """Return `text` as it is read: entities and JSON escapes resolved, invisible characters gone."""
    if "%" in text:
        text = _PERCENT.sub(_from_percent, text)
    for _ in range(3):
        resolved = html.unescape(_bounded(text)) if "&" in text else text
        resolved = _ESCAPE.sub(_escaped_char, resolved) if "\\" in resolved else resolved
        if resolved == text:
            break
        text = resolved
    if "&" in text:  # &OUML; is no entity, but some pages shout
        text = _SHOUTED.sub(lambda found: html.unescape(found[0].lower()).upper(), text)
    text = _HIDDEN.sub("", _WORD_BREAK.sub("", text))
    if text.isascii() or not _COMBINING.search(text):
        return text
    return _DECOMPOSED.sub(lambda found: unicodedata.normalize("NFC", found[0]), text)


def _bounded(text: str) -> str:
    """Take out numbers that `html.unescape` raises on."""
    return _TOO_BIG.sub("", _ZEROS.sub(r"&#\1", text)) if "&#" in text else text


def _escaped_char(found: re.Match[str]) -> str:
    code = int(found[found.lastindex or 0], 16)
    return chr(code) if code < 0x110000 else ""


def _joined(text: str) -> str:
    """Read across tags and the hyphens of line breaks: "<b>K</b>atrine-<br>holm" is one word."""
    if "-" in text or "\u2010" in text:
        text = _LINE_HYPHEN.sub("", text)
    return _spaced(_TAG.sub("", text) if "<" in text else text)


def _apart(text: str) -> str:
    """Read what tags divide as divided, and then what stands inside them: descriptions and alternative texts count."""
    return _spaced(" ".join((_TAG.sub(" ", text), *_TAG.findall(text))) if "<" in text else text)


def _spaced(text: str) -> str:
    """Put one space for whatever divides words: many times quicker than by a pattern."""
    for sign in _ASCII_SEPARATORS if text.isascii() else _SEPARATORS:
        text = text.replace(sign, " ")
    return " ".join(text.split())


def _names_in(text: str, words: NameWords) -> Iterator[str]:
    for plain in {_joined(text): "", _apart(text): ""}:  # mostly one and the same
        low = plain.lower()
        for number, at, end in words.reader.find_matches_as_indexes(low, overlapping=True):
            if _word_begins(low, at) and _word_is_read(plain, low, at, end, words):
                yield words.folded[number]


def _word_begins(text: str, at: int) -> bool:
    before = text[max(0, at - 2) : at]
    return not before[-1:].isalpha() or (before[:1] == "\\" and before[-1] in _LINE_ESCAPES)


def _word_is_read(plain: str, low: str, at: int, end: int, words: NameWords) -> bool:
    rest = _WORD_REST.match(low, end)
    tail = rest[0] if rest else ""
    # A few letters change their number in lower case ("İ"): then it is not known how the name was written.
    if len(plain) != len(low) or not plain[at].islower() or low[at:end] in words.lower:
        return _is_read(tail)
    return tail in _INHABITANTS if tail else low[max(0, at - 1) : at] == "#" or low.startswith(".se", end)
