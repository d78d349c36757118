"""Hostile bytes, made by rule and by chance with a seed: for the quick tests and for the trials of bench/trust."""

import random
from collections.abc import Callable, Iterator, Sequence

TOKENS = (
    b"\0", b"\xff\xfe", b"\xed\xa0\x80", b"\x80\x9f", b"\x1b[31m", b"\r\n\r\n",
    "\u202e\u200b\u2066".encode(), b"e" + "\u0301".encode() * 9,
    *rb"""
    &#x202e; &#0; &#xd800; &#99999999999; &bogus; ]]> <![CDATA[ <!-- --> <?xml < > " '
    <!DOCTYPE/**/a[<!ENTITY/**/b"c">]>&b; </item> <item> </rss> <entry> </p> <table> <script> </script> <style> <title>
    <base/href='file:///'> <td/colspan=1000/rowspan=1000> javascript:alert(1) http://[::1 //evil\\@127.0.0.1/
    =?utf-8?q?a=0D=0ABcc:_x?= {{7*7}} 9999-12-31T23:59:59-14:00 0000-00-00 encoding='utf-7' encoding='undefined'
    """.split(),
)  # fmt: skip


def mutate(body: bytes, others: Sequence[bytes], chance: random.Random) -> bytes:
    """Return `body` after one to six changes of kinds that break parsers; at most 1 MB, or four times as long."""
    longest = max(4 * len(body), 1_000_000)
    for _ in range(chance.randint(1, 6)):
        body = chance.choice(_CHANGES)(body, others, chance)[:longest]
    return body


def mutations(bodies: Sequence[bytes], count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """Give `count` mutations of these bodies in turn, each with a name; the same for the same seed."""
    for number in range(count):
        chance = random.Random(f"{seed}/{number}")  # noqa: S311 (nothing secret)
        yield f"mutation {seed}/{number}", mutate(bodies[number % len(bodies)], bodies, chance)


def _flip(body: bytes, _others: Sequence[bytes], chance: random.Random) -> bytes:
    kept = bytearray(body)
    for _ in range(min(len(kept), chance.choice((1, 8, 64)))):
        kept[chance.randrange(len(kept))] = chance.randrange(256)
    return bytes(kept)


def _cut(body: bytes, _others: Sequence[bytes], chance: random.Random) -> bytes:
    start, end = _span(body, chance)
    return body[:start] + body[end:]


def _truncate(body: bytes, _others: Sequence[bytes], chance: random.Random) -> bytes:
    return body[: chance.randint(0, len(body))]


def _repeat(body: bytes, _others: Sequence[bytes], chance: random.Random) -> bytes:
    start, end = _span(body, chance, 400)
    return body[:start] + body[start:end] * chance.choice((2, 30, 1000, 20_000)) + body[end:]


def _insert(body: bytes, _others: Sequence[bytes], chance: random.Random) -> bytes:
    for _ in range(chance.choice((1, 10))):
        at = chance.randint(0, len(body))
        body = body[:at] + chance.choice(TOKENS) * chance.choice((1, 1, 1, 50, 5_000)) + body[at:]
    return body


def _splice(body: bytes, others: Sequence[bytes], chance: random.Random) -> bytes:
    other = chance.choice(others)
    start, end = _span(other, chance)
    at = chance.randint(0, len(body))
    return body[:at] + other[start:end] + body[at:]


def _crowd(body: bytes, _others: Sequence[bytes], chance: random.Random) -> bytes:
    """Put many attributes into a tag."""
    at = body.find(b">", chance.randint(0, len(body)))
    crowd = b"".join(b" a%d='%d'" % (number, number) for number in range(chance.choice((10, 300, 20_000))))
    return body if at < 0 else body[:at] + crowd + body[at:]


def _nest(body: bytes, _others: Sequence[bytes], chance: random.Random) -> bytes:
    tag = chance.choice(
        (b"div", b"b", b"table><tr><td", b"ul><li", b"item", b"entry", b"content", b"svg", b"blockquote")
    )
    at = body.find(b"<", chance.randint(0, len(body)))
    return body if at < 0 else body[:at] + (b"<" + tag + b">") * chance.choice((50, 300, 30_000)) + body[at:]


def _recode(body: bytes, _others: Sequence[bytes], chance: random.Random) -> bytes:
    name = chance.choice(("utf-16", "utf-16-le", "utf-32", "latin-1", "utf-7", "utf-8-sig"))
    return body.decode("utf-8", "replace").encode(name, "replace")


def _span(body: bytes, chance: random.Random, longest: int = 20_000) -> tuple[int, int]:
    start = chance.randint(0, len(body))
    return start, min(len(body), start + chance.randint(1, longest))


_CHANGES: tuple[Callable[[bytes, Sequence[bytes], random.Random], bytes], ...] = (
    _flip, _cut, _truncate, _repeat, _insert, _splice, _crowd, _nest, _recode,
)  # fmt: skip
