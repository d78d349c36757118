"""Packed answers unpacked within a bound. What is cut short or damaged is noticed (RFC 1950 to 1952).

A megabyte of gzip holds up to a gigabyte: what is unpacked is asked for piece by piece, never more than the bound.
"""

import zlib
from collections.abc import Iterable

from monitor.models import Refused

ENCODINGS = ("gzip", "deflate")
"""What is asked for: what the standard library unpacks. Brotli saves little more, and is one more thing to attack."""
MOST_LAYERS = 2
MOST_MEMBERS = 1_000
"""A gzip file may be several files on end; nobody has a reason to make one of many more."""

BROKE_OFF = "the packed answer broke off before its end"
DAMAGED = "the packed answer is damaged"
TOO_LARGE = "the answer is too large when it is unpacked"

_WINDOW = 64 * 1024
_GZIP, _ZLIB, _RAW = 31, 15, -15


def read_encodings(values: Iterable[str]) -> tuple[str, ...]:
    """Return the codings of Content-Encoding headers in the order in which they were applied, plain ones left out."""
    names = (name.strip().lower() for value in values for name in value.split(","))
    return tuple(name.removeprefix("x-") for name in names if name not in {"", "identity"})


def unpack(body: bytes, encodings: Iterable[str], limit: int) -> bytes | Refused:
    """Return a body without its codings, at most `limit` bytes in any of them, or why that cannot be had."""
    layers = tuple(encodings)[::-1]
    if unknown := next((name for name in layers if name not in ENCODINGS), ""):
        return Refused(f"the answer is packed as {unknown[:20]!r}, which was not asked for")
    if len(layers) > MOST_LAYERS:
        return Refused(f"the answer is packed {len(layers)} times over")
    for name in layers:
        unpacked = _unpack_gzip(body, limit) if name == "gzip" else _unpack_deflate(body, limit)
        if isinstance(unpacked, Refused):
            return unpacked
        body = unpacked
    return body


def _unpack_gzip(body: bytes, limit: int) -> bytes | Refused:
    whole = bytearray()
    end = 0
    for _ in range(MOST_MEMBERS):
        if body[end : end + 2] != b"\x1f\x8b":  # what follows the last member is padding
            return bytes(whole) if end or not body else Refused(DAMAGED)
        member = _inflate(body, end, _GZIP, limit - len(whole))
        if isinstance(member, Refused):
            return member
        piece, end = member
        whole += piece
    return Refused(f"the answer is made of more than {MOST_MEMBERS:,} packed pieces")


def _unpack_deflate(body: bytes, limit: int) -> bytes | Refused:
    """Unpack what is called deflate: zlib by the standard, without its frame by the habit of some servers."""
    if not body:
        return body
    framed = body[0] & 0x0F == 8 and int.from_bytes(body[:2], "big") % 31 == 0
    member = _inflate(body, 0, _ZLIB if framed else _RAW, limit)
    return member if isinstance(member, Refused) else member[0]


def _inflate(body: bytes, start: int, frame: int, limit: int) -> tuple[bytes, int] | Refused:
    """Unpack one stream; return what it holds and where it ends."""
    stream = zlib.decompressobj(frame)
    piece = bytearray()
    while not stream.eof:
        if start >= len(body):
            return Refused(BROKE_OFF)
        window = body[start : start + _WINDOW]
        start += len(window)
        try:
            piece += stream.decompress(window, limit + 1 - len(piece))  # one byte too many tells that it is too large
        except zlib.error:
            return Refused(DAMAGED)
        if len(piece) > limit:
            return Refused(TOO_LARGE)
    return bytes(piece), start - len(stream.unused_data)
