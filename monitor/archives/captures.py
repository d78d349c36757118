"""The answers in one WARC file (ISO 28500), with fastwarc. What is cut short, damaged or no archive is told."""

import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from fastwarc.stream_io import ChunkedReader
from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from monitor.core.archives import Capture, Passed
from monitor.core.compression import read_encodings, unpack
from monitor.core.urls import safe_url
from monitor.models import Refused

MAX_BYTES = 8 * 1024**2
"""Of one page, packed or not: a larger one would not be read by the live run either."""
_WINDOW = 1 << 16
_GZIP = b"\x1f\x8b"


@dataclass(slots=True)
class Tally:
    """What reading one file came to."""

    records: int = 0
    """Answers that were read."""
    passed: Counter[Passed] = field(default_factory=Counter)
    """Answers that were not given, and why. No pages are what is too large, packed in a way we do not know, without a
    date or a web address."""
    unlabelled: int = 0
    """Answers that do not say that they are answers of a web server, and so cannot be taken apart."""
    problem: str = ""
    """Why not all of the file could be read; "" when it could."""


Glance = Callable[[int, str, bytes], Passed | None]
"""Tells by status, Content-Type and page why an answer is not wanted; None when it is."""


def read_captures(path: Path, tally: Tally, glance: Glance) -> Iterator[Capture]:
    """Give the answers in a WARC file that are wanted, as far as it can be read; `tally` says how far that was.

    `glance` is asked before address, time and headers are read: nineteen of twenty answers end there.
    """
    try:
        with path.open("rb") as file:
            yield from _read(file, tally, glance)
    except OSError as error:
        tally.problem = f"it cannot be read: {error.strerror or error}"


def _read(file: BinaryIO, tally: Tally, glance: Glance) -> Iterator[Capture]:
    last = 0
    records = iter(ArchiveIterator(file, record_types=WarcRecordType.response, fsspec_args=False))
    while True:
        try:
            record = next(records, None)
            if record is None:
                break
            last = record.stream_pos
            body = record.reader.read(MAX_BYTES + 1)
            cut = len(body) <= MAX_BYTES and len(body) < record.content_length
        except (OSError, ValueError) as error:
            tally.problem = _damaged(tally.records, error)
            return
        if cut:
            break
        tally.records += 1
        tally.unlabelled += not record.is_http_parsed
        capture = _capture(record, body, glance)
        if isinstance(capture, Passed):
            tally.passed[capture] += 1
        else:
            yield capture
    if not tally.records:
        tally.problem = "it holds no answer of a web server: is it a WARC file?"
    elif tally.unlabelled == tally.records:
        label = "Content-Type: application/http; msgtype=response"
        tally.problem = f"none of its {tally.records:,} answers is labelled as one ({label})"
    elif record is not None or not _ends_whole(file, last):
        tally.problem = f"it is cut short after {tally.records:,} answers: fetch it again"


def _damaged(records: int, error: Exception) -> str:
    if not records:
        return f"it is no WARC file ({error})"
    return f"it is damaged after {records:,} answers ({error}): fetch it again"


def _ends_whole(file: BinaryIO, at: int) -> bool:
    """Tell whether a packed file ends where a member does, from the last record on: fastwarc ends without a word."""
    file.seek(0)
    if file.read(2) != _GZIP:
        return True
    file.seek(at)
    unpacker, rest = zlib.decompressobj(31), b""
    try:
        while rest or (rest := file.read(_WINDOW)):
            unpacker.decompress(rest, _WINDOW)
            rest = unpacker.unconsumed_tail or unpacker.unused_data
            if unpacker.eof and (rest or (rest := file.read(_WINDOW))):
                unpacker = zlib.decompressobj(31)
    except zlib.error:
        return False
    return unpacker.eof


def _capture(record: WarcRecord, body: bytes, glance: Glance) -> Capture | Passed:
    if len(body) > MAX_BYTES or not record.is_http_parsed:
        return Passed.NO_PAGE
    answer = record.http_headers
    page = _unpacked(body, answer.get_multiple("Transfer-Encoding"), answer.get_multiple("Content-Encoding"))
    if page is None:
        return Passed.NO_PAGE
    status = answer.status_code or 0
    if passed := glance(status, answer.get("Content-Type") or "", page):
        return passed
    url = safe_url(record.headers.get("WARC-Target-URI") or "")
    fetched = _moment(record.headers.get("WARC-Date") or "")
    if not url or fetched is None:
        return Passed.NO_PAGE
    headers: dict[str, list[str]] = {}
    for name, value in answer.to_tuples():
        headers.setdefault(name.lower(), []).append(value)
    return Capture(url=url, fetched_at=fetched, status=status, headers=headers, body=page)


def _unpacked(body: bytes, transfer: Sequence[str], content: Sequence[str]) -> bytes | None:
    """Return a body as the page that it was; CC-NEWS has taken the codings off, other archives have not."""
    if any("chunked" in value.lower() for value in transfer):
        try:
            body = ChunkedReader(BytesIO(body)).read(MAX_BYTES + 1)
        except (OSError, ValueError):
            return None
    encodings = read_encodings(content)
    if not encodings:
        return body
    page = unpack(body, encodings, MAX_BYTES)
    return None if isinstance(page, Refused) else page


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
