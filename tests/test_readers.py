"""Every reader of bytes from outside is found, runs in a worker, and lets nothing through that no text may hold.

A reader is a function of monitor.core that takes bytes and is used by what fetches: nobody has to list it. One that is
new is asked for a sample (tests/readers.py), and red until what it answers has passed the gate.
"""

import ast
import importlib
import inspect
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from monitor.core.challenges import find_challenge, looks_like_html
from monitor.core.mails import comes_from
from monitor.core.posts.told import read_told
from monitor.core.reservations import MAX_TDM_FILE, TdmRule, judge_reservation, read_tdm_file
from monitor.core.sitemaps import names_sitemaps
from monitor.models import Entry, FeedReading, Outcome, Refused
from monitor.workers import Workers
from tests.cpu import NOTICEABLE, cpu_of
from tests.readers import ADDRESS, DATE, SAMPLES, TEXT, Sample

ROOT = Path(__file__).parents[1]

JUDGES = {
    "archives.sift": "says whether a capture is worth reading; what it quotes has passed judge_reservation",
    "archives.glance": "says whether an answer is worth reading",
    "challenges.find_challenge": "answers with a sentence of ours",
    "challenges.looks_like_html": "answers yes or no",
    "compression.unpack": "answers with bytes, in steps that are bounded",
    "mails.reading.comes_from": "answers yes or no",
    "pages.names_in_bytes.may_mention": "answers yes or no",
    "pages.names_in_bytes.which_names": "answers with names of ours",
    "sitemaps.names_sitemaps": "answers yes or no",
}
"""What takes bytes and answers with nothing that stands in them, and so runs where it is asked."""
IN_PLACE = {"posts.told.read_told", "reservations.judge_reservation", "reservations.read_tdm_file"}
"""Readers that are called outside a worker: marked `@admitted`, and quick whatever they are given (see below)."""

HOSTILE_TEXTS = {
    "bidi": f"\u202e\u2066{TEXT}\u2069\u200f",
    "zero width": TEXT.replace("k", "k\u200b\u00ad\ufeff\u2060"),
    "tags": f"{TEXT}\U000e0041\U000e0042\ufe0f\u3164",
    "NUL and escapes": f"\0{TEXT}\x1b[31m\x07\x9b2J\x7f",
    "surrogates": f"\ud800{TEXT}\udfff\ufffe",
    "breaks": f"{TEXT}\r{TEXT}\u2028\x0b\x85{TEXT}\r\nBcc: x",
    "decomposed": unicodedata.normalize("NFD", f"Å {TEXT} ö") + "e" + "\u0301" * 3_000,
    "hidden accent": f"{TEXT} a\u200b\u030a o\x00\u0308",
    "long": f"{TEXT} " * 10_000,
}
HOSTILE_ADDRESSES = (
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,<script>", "file:///etc/passwd", "vbscript:x",
    "https://user:secret@www.a.example/x", "//user@www.a.example/x", "https:\\\\user@www.a.example\\x",
    "https://www.a.example/\u202e\0\x1b\ud800x", "https://www.a.example/" + "x" * 10_000, "ftp://a.example/",
)  # fmt: skip
HOSTILE_DATES = (
    "0000-00-00", "0000-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00",
    "Mon, 01 Jan 0001 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 -1400", "99999-01-01", "2026-13-45T99:99:99Z",
    "\u202e2026\0-11-23", "2" * 5_000,
)  # fmt: skip


# --- finding them --------------------------------------------------------------------------------------


@cache
def _shells() -> dict[Path, ast.Module]:
    """Return the code that is not the core: what fetches, steps, commands, pages."""
    paths = [*(ROOT / "monitor").rglob("*.py"), *(ROOT / "spiders").rglob("*.py")]
    return {path: ast.parse(path.read_text("utf-8")) for path in paths if "core" not in path.relative_to(ROOT).parts}


def _imported(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Give each function of the core that takes bytes and is imported: the name it goes by, and its own."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("monitor.core"):
            module = importlib.import_module(node.module or "")
            for alias in node.names:
                found = getattr(module, alias.name, None)
                if inspect.isfunction(found) and _takes_bytes(found):
                    yield alias.asname or alias.name, _name_of(found)


def _takes_bytes(function: Callable[..., Any]) -> bool:
    kinds = inspect.get_annotations(inspect.unwrap(function))
    return any("bytes" in str(kind) or "Capture" in str(kind) for name, kind in kinds.items() if name != "return")


def _name_of(function: Callable[..., Any]) -> str:
    return f"{function.__module__}.{function.__name__}".removeprefix("monitor.core.")


def _reader(name: str) -> Callable[..., Any]:
    module, _, function = name.rpartition(".")
    found: Callable[..., Any] = getattr(importlib.import_module(f"monitor.core.{module}"), function)
    return found


def readers() -> set[str]:
    """Return every reader, by its name below monitor.core."""
    return {name for tree in _shells().values() for _, name in _imported(tree)}


def test_every_reader_is_known() -> None:
    found = readers()
    assert len(found) >= 35
    assert found - set(SAMPLES) - set(JUDGES) == set(), "a new reader: write a sample of it in tests/readers.py"
    assert (set(SAMPLES) | set(JUDGES)) - found == set(), "a reader that is used no more"


def test_every_reader_runs_in_a_worker() -> None:
    """What is called by its name is called here and now; what is handed to `work` or `map` is not."""
    called = {
        f"{path.relative_to(ROOT)}: {own}"
        for path, tree in _shells().items()
        for name, own in _imported(tree)
        if own not in JUDGES and own not in IN_PLACE
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name
    }
    assert called == set()


def test_what_fetches_parses_nothing_by_itself() -> None:
    """Bytes from outside are parsed in the core alone, where the tests above find the reader."""
    parsers = {"json", "feedparser", "lxml", "email", "csv", "xml", "html", "protego", "trafilatura", "gzip", "zipfile"}
    # Over what core.robots has left; and to write the body of a request.
    allowed = {("politeness.py", "protego"), ("secrets.py", "json")}
    found = set()
    for path, tree in _shells().items():
        if not {"crawl", "spiders"} & set(path.relative_to(ROOT).parts):
            continue
        for node in ast.walk(tree):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            found |= {(path.name, name.partition(".")[0]) for name in names} & {(path.name, name) for name in parsers}
            if isinstance(node, ast.Attribute) and node.attr in {"json", "selector", "xpath", "css", "jmespath"}:
                found.add((path.name, f".{node.attr}"))
    assert found - allowed == set()


# --- giving each what is hostile -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    with Workers(count=2) as pool:
        yield pool


CASES = [(name, place, sample) for name, samples in SAMPLES.items() for place, sample in enumerate(samples)]
by_sample = pytest.mark.parametrize(("name", "sample"), [(name, sample) for name, _, sample in CASES],
                                    ids=[f"{name}-{place}" for name, place, _ in CASES])  # fmt: skip


def _answers(workers: Workers, name: str, sample: Sample, bodies: list[bytes]) -> list[Any]:
    reader = _reader(name)
    if name in IN_PLACE:
        return [reader(*sample.call(body)) for body in bodies]
    return list(workers.map(reader, [sample.call(body) for body in bodies]))


@by_sample
def test_what_is_good_comes_through(workers: Workers, name: str, sample: Sample) -> None:
    """Without this, the next test might look at nothing."""
    told = [str(value) for _, value in _strings(_answers(workers, name, sample, [sample.good])[0])]
    for wanted in sample.tells:
        assert any(wanted in text for text in told)


@by_sample
def test_nothing_hostile_comes_through(workers: Workers, name: str, sample: Sample) -> None:
    bodies = [sample.write(text, ADDRESS, DATE) for text in HOSTILE_TEXTS.values()]
    bodies += [sample.write(TEXT, address, DATE) for address in HOSTILE_ADDRESSES]
    bodies += [sample.write(TEXT, ADDRESS, date) for date in HOSTILE_DATES]
    for answer in _answers(workers, name, sample, bodies):
        assert list(_wrongs(answer)) == []


def test_a_reader_that_cares_for_nothing_is_held_by_the_gate(workers: Workers) -> None:
    texts = [*HOSTILE_TEXTS.values(), "a" * 10_000_000]
    for said in [(text, ADDRESS) for text in texts] + [(TEXT, address) for address in HOSTILE_ADDRESSES]:
        assert next(_wrongs(careless(*said)), "")
        assert list(_wrongs(next(workers.map(careless, [said])))) == []


def careless(text: str, address: str) -> FeedReading:
    """Answer with what was said, as it was said."""
    entry = Entry(
        key=text, id=text, url=address, title=text, summary=text, content=text, published_raw=text,
        published=datetime(9999, 1, 1, tzinfo=UTC), links=(address,), publisher=address,
    )  # fmt: skip
    return FeedReading(outcome=Outcome.PARTIAL, reason=text, title=text, language=text, entries=(entry,))


# --- what must not come out, told without the gate's own means -----------------------------------------

LONGEST = {"content": 200_000, "blocks": 200_000, "summary": 10_000, "lead": 10_000, "notes": 10_000, "key": 6_200,
           "id": 2_048, "next": 2_048, "location": 2_048, "reason": 2_000, "access": 8_192, "refresh": 8_192,
           "": 200_000}  # fmt: skip
ADDRESSES = {"url", "links", "publisher", "addresses", "posts", "enclosure", "transcript"}
MANY_LINES = {"content", "blocks", "summary", "lead", "notes", "key", ""}
HIDDEN = {0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFFA0, *range(0xFE00, 0xFE10), *range(0xE0000, 0xE1000)}
EARLIEST, LATEST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


def _strings(value: Any, field: str = "") -> Iterator[tuple[str, Any]]:
    """Give every string and every moment in a value, with the name of the field that holds it."""
    if isinstance(value, Enum):
        return
    if isinstance(value, str | datetime):
        yield field, value
    elif isinstance(value, tuple | list | frozenset):
        for member in value:
            yield from _strings(member, field)
    elif is_dataclass(value):
        for each in fields(value):
            yield from _strings(getattr(value, each.name), each.name)


def _wrongs(answer: Any) -> Iterator[str]:
    for field, value in _strings(answer):
        if isinstance(value, datetime):
            if not EARLIEST <= value < LATEST:
                yield f"{field} is {value}"
            continue
        if not isinstance(answer, Refused):
            assert isinstance(value, str)
        if bad := sorted({character for character in value if _is_bad(character, field)}):
            yield f"{field} holds {bad}"
        if unicodedata.normalize("NFC", value) != value:
            yield f"{field} is not composed"
        if len(value) > (2_048 if field in ADDRESSES else LONGEST.get(field, 500)):
            yield f"{field} has {len(value)} characters"
        if field in ADDRESSES and value:
            parts = urlsplit(value)
            if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
                yield f"{field} is {value[:80]}"


def _is_bad(character: str, field: str) -> bool:
    if character == "\n":
        return field not in MANY_LINES
    return unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"} or ord(character) in HIDDEN


# --- what runs outside a worker is quick ---------------------------------------------------------------

SIZE = MAX_TDM_FILE  # as much as is read of it
RULES = b"[" + b",".join(b'{"location":"/%s%d","tdm-reservation":1}' % (b"*a" * 75, n) for n in range(1_000)) + b"]"


@cache
def _rules() -> tuple[TdmRule, ...]:
    return read_tdm_file(RULES)


WORST: dict[str, Callable[[], object]] = {
    "tdmrep.json: objects": lambda: read_tdm_file(b"[" + b'{"a":{}},' * (SIZE // 9 - 1) + b"1]"),
    "tdmrep.json: numbers": lambda: read_tdm_file(b"[" + b"1," * (SIZE // 2 - 2) + b"1]"),
    "tdmrep.json: nested": lambda: read_tdm_file(b"[" * SIZE),
    "tdmrep.json: names": lambda: read_tdm_file(b"[{" + b",".join(b'"k%d":%d' % (n, n) for n in range(12_000)) + b"}]"),
    "tdmrep.json: stars": lambda: judge_reservation(
        "https://a.example/" + "a" * 2_000, {}, _rules(), b""
    ),
    "a page of metas": lambda: judge_reservation("https://a.example/", {}, (), b"<meta a=" * 30_000),
    "a page of long metas": lambda: judge_reservation("https://a.example/", {}, (), (b"<meta " + b"-" * 490) * 400),
    "a page of comments": lambda: judge_reservation("https://a.example/", {}, (), b"<!--" * 50_000),
    "a long robots tag": lambda: judge_reservation("https://a.example/", {"x-robots-tag": ["noindex," * 8_000]}, ()),
    "a refusal": lambda: read_told(b'{"errors":[' + b'{"reason":1},' * 7_600 + b"1]}"),
    "a refusal in HTML": lambda: read_told(b'{"error":{"message":"' + b"<b>&amp;" * 12_000 + b'"}}'),
    "titles": lambda: find_challenge(200, {}, b"<html" + (b"<title>" + b" " * 5) * 9_000),
    "white space": lambda: looks_like_html(b" " * 8_000_000),
    "a sender": lambda: comes_from(b"a@" + b"a." * 1_900, ["a.example"]),
    "senders": lambda: comes_from(b"a@b.example," * 330, ["b.example"]),
    "the head of a sitemap": lambda: names_sitemaps(b"<" * 8_000_000),
}  # fmt: skip


@pytest.mark.parametrize("what", WORST)
def test_what_runs_outside_a_worker_takes_no_noticeable_time(what: str) -> None:
    _rules()
    assert cpu_of(WORST[what]) < NOTICEABLE
