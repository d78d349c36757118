"""Packed answers unpacked: bounded, and noticed when they break off."""

import gzip
import random
import tracemalloc
import zlib

from hypothesis import given
from hypothesis import strategies as st

from monitor.core.compression import BROKE_OFF, DAMAGED, MOST_MEMBERS, TOO_LARGE, read_encodings, unpack
from monitor.models import Refused

TEXT = b"Katrineholm bygger ett badhus. " * 400
LIMIT = 1_000_000


def raw_deflate(body: bytes) -> bytes:
    return zlib.compress(body)[2:-4]


def test_the_encodings_of_several_headers_are_one_list() -> None:
    assert read_encodings(["gzip, Identity", "", " X-GZIP,deflate"]) == ("gzip", "gzip", "deflate")


@given(st.binary(max_size=5_000))
def test_what_was_packed_is_what_comes_out(body: bytes) -> None:
    assert unpack(gzip.compress(body), ["gzip"], LIMIT) == body
    assert unpack(zlib.compress(body), ["deflate"], LIMIT) == body
    assert unpack(zlib.compress(gzip.compress(body)), ["gzip", "deflate"], LIMIT) == body


def test_deflate_without_its_frame_several_members_and_padding_are_read() -> None:
    assert unpack(raw_deflate(TEXT), ["deflate"], LIMIT) == TEXT
    assert unpack(gzip.compress(TEXT) + gzip.compress(b"!") + bytes(900), ["gzip"], LIMIT) == TEXT + b"!"
    assert unpack(b"", ["gzip"], LIMIT) == b""
    assert unpack(b"", ["deflate"], LIMIT) == b""


def test_an_answer_that_breaks_off_anywhere_is_never_taken_for_whole() -> None:
    for body in (TEXT, random.Random(1).randbytes(300_000)):  # noqa: S311 (no secret)
        packed = gzip.compress(body)
        for end in range(2, len(packed), max(1, len(packed) // 97)):
            assert unpack(packed[:end], ["gzip"], LIMIT) == Refused(BROKE_OFF)
    assert unpack(zlib.compress(TEXT)[:-1], ["deflate"], LIMIT) == Refused(BROKE_OFF)


def test_damage_is_told() -> None:
    packed = bytearray(gzip.compress(TEXT))
    packed[-6] ^= 1
    assert unpack(bytes(packed), ["gzip"], LIMIT) == Refused(DAMAGED)
    assert unpack(b"<html>", ["gzip"], LIMIT) == Refused(DAMAGED)
    assert unpack(b"\xff\xff<html>", ["deflate"], LIMIT) == Refused(DAMAGED)


def test_what_unpacks_to_just_the_bound_is_let_through_and_one_byte_more_is_not() -> None:
    assert unpack(gzip.compress(bytes(LIMIT)), ["gzip"], LIMIT) == bytes(LIMIT)
    assert unpack(gzip.compress(bytes(LIMIT + 1)), ["gzip"], LIMIT) == Refused(TOO_LARGE)
    halves = gzip.compress(bytes(LIMIT // 2)) + gzip.compress(bytes(LIMIT // 2 + 1))
    assert unpack(halves, ["gzip"], LIMIT) == Refused(TOO_LARGE)
    assert unpack(zlib.compress(bytes(LIMIT + 1)), ["deflate"], LIMIT) == Refused(TOO_LARGE)


def test_a_bomb_takes_no_more_memory_than_the_bound() -> None:
    bomb = gzip.compress(gzip.compress(bytes(20_000_000)))
    tracemalloc.start()
    assert unpack(bomb, ["gzip", "gzip"], LIMIT) == Refused(TOO_LARGE)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 4 * LIMIT


def test_packings_that_were_not_asked_for_or_have_no_end_are_refused() -> None:
    said = [unpack(TEXT, ["br"], LIMIT), unpack(TEXT, ["gzip"] * 3, LIMIT), unpack(TEXT, ["gzip", "zstd"], LIMIT)]
    assert [reason.reason for reason in said if isinstance(reason, Refused)] == [
        "the answer is packed as 'br', which was not asked for",
        "the answer is packed 3 times over",
        "the answer is packed as 'zstd', which was not asked for",
    ]
    members = gzip.compress(b"") * (MOST_MEMBERS + 1)
    assert unpack(members, ["gzip"], LIMIT) == Refused("the answer is made of more than 1,000 packed pieces")
