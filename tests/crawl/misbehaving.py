"""Servers that misbehave, on loopback: each behaviour is one host, an address of its own in 127.0.0.0/8.

A behaviour is what one connection does with a request. `BEHAVIOURS` says of each what a crawl must make of it.
"""

import asyncio
import contextlib
import gzip
import socket
import ssl
import struct
import zlib
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

MEGABYTE = 1024 * 1024
FEED = b"Content-Type: application/rss+xml\r\n"
HTML = b"Content-Type: text/html\r\n"


class Line:
    """One connection, after the head of a request was read."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: str, origin: str) -> None:
        self.reader = reader
        self.writer = writer
        self.path = path
        self.origin = origin

    async def send(self, *pieces: bytes) -> None:
        """Send bytes."""
        for piece in pieces:
            self.writer.write(piece)
            await self.writer.drain()

    async def forever(self, piece: bytes, pause: float = 0) -> None:
        """Send the same for ever."""
        while True:
            await self.send(piece)
            await asyncio.sleep(pause)

    async def silence(self) -> None:
        """Say nothing more."""
        await asyncio.sleep(3600)

    def tear(self) -> None:
        """Reset the connection instead of closing it."""
        wire = self.writer.get_extra_info("socket")
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


Act = Callable[[Line], Awaitable[None]]


def feed(*titles: str, origin: str = "http://127.0.0.1") -> bytes:
    """Return an RSS feed."""
    items = "".join(f"<item><title>{t}</title><link>{origin}/{n}</link></item>" for n, t in enumerate(titles))
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>T</title>{items}</channel></rss>'.encode()


GOOD = feed("Katrineholm växer", "Flen växer")
NO_HTTP = "does not keep to HTTP"


def head(status: str = "200 OK", *headers: bytes, kind: bytes = FEED) -> bytes:
    """Return a status line and headers."""
    return f"HTTP/1.1 {status}\r\n".encode() + kind + b"".join(line + b"\r\n" for line in headers) + b"\r\n"


def whole(body: bytes, *headers: bytes, status: str = "200 OK", kind: bytes = FEED) -> bytes:
    """Return a well-formed answer."""
    return head(status, b"Content-Length: %d" % len(body), *headers, kind=kind) + body


def says(*pieces: bytes) -> Act:
    """Answer with these bytes, then close."""

    async def act(line: Line) -> None:
        await line.send(*pieces)

    return act


def then(*pieces: bytes, forever: bytes = b"", pause: float = 0, tear: bool = False) -> Act:
    """Answer with these bytes; then the same piece for ever, or silence, or a torn connection."""

    async def act(line: Line) -> None:
        await line.send(*pieces)
        if tear:
            await asyncio.sleep(0.05)
            line.tear()
        elif forever:
            await line.forever(forever, pause)
        else:
            await line.silence()

    return act


def packed(body: bytes, coding: bytes) -> Act:
    """Answer with a body that is said to be packed."""
    return says(whole(body, b"Content-Encoding: " + coding))


def redirects(location: bytes, status: str = "302 Found") -> Act:
    """Point to another place."""
    return says(head(status, b"Location: " + location, b"Content-Length: 0"))


async def chain(line: Line) -> None:
    """Point on and on, each time to an address that was not seen."""
    await line.send(
        head("302 Found", b"Location: /%d" % (len(line.path) * 7 + hash(line.path) % 97), b"Content-Length: 0")
    )


async def two_answers(line: Line) -> None:
    """Give an answer that nobody asked for after the one that was."""
    await line.send(whole(GOOD) + whole(feed("Katrineholm brinner")))
    await line.silence()


BOMBS = ("gzip", "gzip, gzip", "deflate")


@lru_cache
def bomb(coding: str) -> bytes:
    """Return 200 MB of zeros, packed as one of BOMBS."""
    if coding == "deflate":
        return zlib.compress(bytes(200 * MEGABYTE), 1)
    if coding == "gzip, gzip":
        return gzip.compress(bomb("gzip"), mtime=0)
    return gzip.compress(bytes(200 * MEGABYTE), 1, mtime=0)


def explodes(coding: str, times: int = 1) -> Act:
    """Answer with a bomb; made when it is asked for."""

    async def act(line: Line) -> None:
        await packed(bomb(coding) * times, coding.encode())(line)

    return act


def members(count: int) -> bytes:
    """Return gzip files on end, each of nothing."""
    return gzip.compress(b"", 9, mtime=0) * count


ROBOTS_NONE = says(head("404 Not Found", b"Content-Length: 0"))


@dataclass(frozen=True)
class Behaviour:
    """What a host does, and what a crawl must make of it: the outcome of its poll, and words of the sentence."""

    name: str
    act: Act
    outcome: str
    words: str = ""
    robots: Act = ROBOTS_NONE
    tls: str = ""
    """"" for plain http; else which certificate: "self", "name", "old", "garbage", "silent"."""
    slow: bool = False
    """Whether it lasts until the time is up."""


def bodies() -> Iterator[Behaviour]:
    """What the length of a body can be wrong in."""
    chunked = head("200 OK", b"Transfer-Encoding: chunked")
    block = b"a" * 65536
    too_large = "too large"
    yield Behaviour("endless body", then(head(), forever=block), "unreadable", too_large)
    yield Behaviour("endless chunks", then(chunked, forever=b"10000\r\n" + block + b"\r\n"), "unreadable", too_large)
    yield Behaviour("endless chunks of a byte", then(chunked, forever=b"1\r\na\r\n" * 9000), "unreadable", "too much")
    extended = b"1;" + b"x" * 1000 + b"\r\na\r\n"
    yield Behaviour("chunks with long extensions", then(chunked, forever=extended * 60), "unreadable", "too much")
    yield Behaviour("endless trailers", then(chunked, b"0\r\n", forever=b"X-A: b\r\n" * 900), "transient", "broke off")
    yield Behaviour(
        "a gigabyte is announced", then(head("200 OK", b"Content-Length: 1181116006")), "unreadable", too_large
    )
    yield Behaviour("a feed of 6 MB", says(whole(GOOD + b" " * 6 * MEGABYTE)), "unreadable", too_large)
    yield Behaviour("a body that drips", then(head(), forever=b"a", pause=0.2), "transient", "in time", slow=True)
    yield Behaviour(
        "a body that never comes", then(head("200 OK", b"Content-Length: 900")), "transient", "in time", slow=True
    )
    yield Behaviour(
        "less than announced", says(head("200 OK", b"Content-Length: 99999") + GOOD), "transient", "broke off"
    )
    yield Behaviour("closed within a chunk", says(chunked + b"fff\r\n" + GOOD), "transient", "broke off")
    yield Behaviour("torn within a body without length", then(head() + GOOD[:200], tear=True), "transient", "broke off")
    yield Behaviour("closed within a body without length", says(head() + GOOD[:200]), "ok", "ends in the middle")
    yield Behaviour(
        "torn within a body", then(head("200 OK", b"Content-Length: 999") + GOOD, tear=True), "transient", "broke off"
    )
    yield Behaviour("a chunk of no size", says(chunked + b"ZZZZ\r\nabc"), "transient", "broke off")
    yield Behaviour("a chunk of 16 exabytes", then(chunked + b"F" * 16 + b"\r\nabc"), "transient", "in time", slow=True)
    yield Behaviour("an empty body", says(whole(b"")), "unreadable")
    yield Behaviour("more than announced", says(whole(GOOD) + b"<more>" * 999), "transient", NO_HTTP)
    yield Behaviour("an answer nobody asked for", two_answers, "ok")


def packings() -> Iterator[Behaviour]:
    """What packing can be wrong in."""
    small = gzip.compress(GOOD, mtime=0)
    gz, large = b"gzip", "too large when it is unpacked"
    yield Behaviour("gzip: 200 MB in 200 KB", explodes("gzip"), "unreadable", large)
    yield Behaviour("gzip: a gigabyte in members", explodes("gzip", 5), "unreadable", large)
    yield Behaviour("gzip within gzip", explodes("gzip, gzip"), "unreadable", large)
    yield Behaviour("gzip: 100,000 members", packed(members(100_000), gz), "unreadable", "pieces")
    yield Behaviour("gzip that breaks off", packed(small[: len(small) // 2], gz), "transient", "broke off")
    yield Behaviour("gzip with a wrong sum", packed(small[:-8] + b"00000000", gz), "transient", "damaged")
    yield Behaviour("gzip that is none", packed(b"not gzip!", gz), "transient", "damaged")
    yield Behaviour("deflate: 200 MB in 200 KB", explodes("deflate"), "unreadable", large)
    yield Behaviour(
        "brotli that nobody asked for", packed(b"\xcf\xff\xff\x7f\xf8\x27" * 50, b"br"), "unreadable", "'br'"
    )
    yield Behaviour("zstd that nobody asked for", packed(b"\x28\xb5\x2f\xfd" * 50, b"zstd"), "unreadable", "'zstd'")
    yield Behaviour("a packing of no name", packed(GOOD, b"x\xff" * 3000), "unreadable", "not asked for")
    yield Behaviour("packed a thousand times", packed(small, b",".join([gz] * 1000)), "unreadable", "1000 times")
    yield Behaviour("deflate without a frame", packed(zlib.compress(GOOD)[2:-4], b"deflate"), "ok")
    yield Behaviour("gzip with padding", packed(small + bytes(512), gz), "ok")


def heads() -> Iterator[Behaviour]:
    """What a status line and headers can be wrong in."""
    many = b"".join(b"X-%d: a\r\n" % number for number in range(300_000))
    cookies = b"".join(b"Set-Cookie: c%d=%s\r\n" % (number, b"v" * 3000) for number in range(3000))
    start = b"HTTP/1.1 200 OK\r\n"
    ends = "do not end"
    broke = "broke off"
    yield Behaviour("a header of 50 MB", says(start, b"X: " + b"a" * 50 * MEGABYTE, b"\r\n\r\nok"), "transient")
    yield Behaviour("300,000 headers", says(start, many, b"\r\n" + GOOD), "unreadable", ends)
    yield Behaviour("3,000 cookies", says(start, cookies, b"\r\n" + GOOD), "unreadable", ends)
    yield Behaviour("headers that drip", then(start, forever=b"X: a\r\n", pause=0.2), "transient", "in time", slow=True)
    yield Behaviour(
        "provisional answers for ever", then(forever=b"HTTP/1.1 100 Go on\r\n\r\n" * 900), "unreadable", ends
    )
    yield Behaviour(
        "early hints before the answer", says(b"HTTP/1.1 103 Early\r\nLink: </a>\r\n\r\n" + whole(GOOD)), "ok"
    )
    yield Behaviour("a status line without end", then(forever=b"HTTP/1.1 " * 5000), "transient")
    yield Behaviour("bytes of no meaning", says(b"\x00\xff" * 1000), "transient")
    yield Behaviour("HTTP/0.9", says(b"<html>hej</html>"), "transient")
    yield Behaviour("HTTP of the future", says(b"HTTP/9.9.9 200 OK\r\n\r\n" + GOOD), "transient")
    yield Behaviour("a status of words", says(b"HTTP/1.1 OK OK\r\n\r\n" + GOOD), "transient")
    yield Behaviour("a status of 99999", says(b"HTTP/1.1 99999 Hm\r\nContent-Length: 0\r\n\r\n"), "transient")
    yield Behaviour(
        "two lengths", says(head("200 OK", b"Content-Length: 5", b"Content-Length: 500") + GOOD), "transient"
    )
    yield Behaviour("a negative length", says(head("200 OK", b"Content-Length: -5") + GOOD), "transient")
    yield Behaviour("a length of words", says(head("200 OK", b"Content-Length: long") + GOOD), "transient")
    yield Behaviour("an unknown transfer", says(head("200 OK", b"Transfer-Encoding: gzip") + GOOD), "ok")
    both = head("200 OK", b"Content-Length: 3", b"Transfer-Encoding: chunked")
    one_chunk = b"%x\r\n%s\r\n0\r\n\r\n" % (len(GOOD), GOOD)
    yield Behaviour("chunks and a length", says(both + one_chunk), "transient", NO_HTTP)
    yield Behaviour("a header without colon", says(whole(GOOD, b"Nonsense")), "transient", NO_HTTP)
    yield Behaviour("a header of zeros", says(whole(GOOD, b"X-\x00: \x00\x01")), "transient")
    yield Behaviour("closes at once", says(), "transient", broke)
    yield Behaviour("tears at once", then(tear=True), "transient", broke)
    yield Behaviour("says nothing", then(), "transient", "in time", slow=True)


def redirections() -> Iterator[Behaviour]:
    """Where an answer can point to that no crawl must go."""
    refused = "refused"
    yield Behaviour("a loop", redirects(b"/"), "unreadable", "redirect")
    yield Behaviour("a chain without end", chain, "unreadable", "redirect")
    yield Behaviour("to this machine", redirects(b"http://127.0.0.1:22/"), "blocked", refused)
    yield Behaviour("to this machine, in one number", redirects(b"http://2130706433/"), "blocked", refused)
    yield Behaviour("to the cloud's secrets", redirects(b"http://169.254.169.254/latest/"), "blocked", refused)
    yield Behaviour("to another port", redirects(b"http://127.0.0.1:6379/%0d%0aFLUSHALL"), "blocked", refused)
    yield Behaviour("with user info", redirects(b"http://a:b@127.9.9.9/"), "blocked", refused)
    for scheme in (
        b"file:///etc/passwd",
        b"ftp://127.0.0.1/x",
        b"data:text/html,x",
        b"s3://a/b",
        b"javascript:alert(1)",
    ):
        yield Behaviour(f"to {scheme.partition(b':')[0].decode()}:", redirects(scheme), "blocked", refused)
    yield Behaviour("to bytes of no meaning", redirects(b"http://\xff\xfe\x80/\xe5"), "blocked", refused)
    yield Behaviour("to nowhere", redirects(b""), "unreadable", "redirect")
    yield Behaviour("to a bracket", redirects(b"http://[::1/"), "blocked", refused)
    yield Behaviour("to a port of a million", redirects(b"http://127.0.0.1:1000000/"), "blocked", refused)
    yield Behaviour("to an address of a megabyte", redirects(b"/" + b"a" * 10_000), "blocked", refused)
    refresh = b'<html><head><meta http-equiv="refresh" content="0;url=http://127.0.0.1:22/"></head></html>'
    yield Behaviour("a meta refresh", says(whole(refresh, kind=HTML)), "blocked")
    yield Behaviour("not modified, unasked", says(head("304 Not Modified")), "not modified")


_STATUSES = (
    *((status, "blocked") for status in (401, 403, 429, 451)),
    *((status, "gone") for status in (404, 410)),
    *((status, "transient") for status in (500, 503)),
)


def statuses() -> Iterator[Behaviour]:
    """Answers that say that there is none."""
    for status, outcome in _STATUSES:
        late = b"Retry-After: 99999999999999999999"
        yield Behaviour(f"status {status}", says(whole(b"x", late, status=f"{status} X")), outcome, str(status))
    yield Behaviour("no content", says(head("204 No Content")), "unreadable")


def robots() -> Iterator[Behaviour]:
    """What robots.txt can be wrong in."""
    good = says(whole(GOOD))
    plain = b"Content-Type: text/plain\r\n"
    rules = b"User-agent: *\n" + b"Disallow: /a*b*c*d*e*f*g*h*i*\n" * 200_000
    yield Behaviour("robots.txt: an error", good, "transient", "robots.txt", says(whole(b"", status="500 X")))
    yield Behaviour("robots.txt: silence", good, "transient", "robots.txt", then(), slow=True)
    yield Behaviour(
        "robots.txt without end", good, "transient", "too large", then(head(kind=plain), forever=b"# a comment\n" * 900)
    )
    yield Behaviour("robots.txt of 6 MB", good, "transient", "can be followed", says(whole(rules, kind=plain)))
    yield Behaviour("robots.txt of bytes", good, "ok", "", says(whole(bytes(range(256)) * 400, kind=plain)))
    yield Behaviour("robots.txt is a page", good, "ok", "", says(whole(b"<html>" * 10_000, kind=HTML)))
    yield Behaviour("robots.txt: to this machine", good, "transient", "robots.txt", redirects(b"http://127.0.0.1:22/"))
    yield Behaviour("robots.txt: a loop", good, "transient", "robots.txt", redirects(b"/robots.txt"))
    yield Behaviour("robots.txt: a bomb", good, "transient", "robots.txt", explodes("gzip"))
    yield Behaviour(
        "robots.txt forbids", good, "robots", "forbids", says(whole(b"User-agent: *\nDisallow: /", kind=plain))
    )


def certificates() -> Iterator[Behaviour]:
    """What TLS can be wrong in."""
    good = says(whole(GOOD))
    yield Behaviour("TLS: signed by itself", good, "transient", "certificate", tls="self")
    yield Behaviour("TLS: another's name", good, "transient", "certificate", tls="name")
    yield Behaviour("TLS: run out", good, "transient", "certificate", tls="old")
    yield Behaviour("TLS: plain text instead", good, "transient", "TLS as it should", tls="garbage")
    yield Behaviour("TLS: silence", then(), "transient", "in time", tls="silent", slow=True)


def contents() -> Iterator[Behaviour]:
    """Bodies that are no feed."""
    laughs = (
        b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "ha">'
        + b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10 if n > 1 else b"&a;" * 10) for n in range(1, 12))
        + b"]><rss><channel><title>&a11;</title></channel></rss>"
    )
    yield Behaviour(
        "a page instead of a feed", says(whole(b"<!doctype html><html><body>Hej</body></html>", kind=HTML)), "blocked"
    )
    yield Behaviour(
        "a picture", says(whole(b"\x89PNG\r\n\x1a\n" + bytes(900), kind=b"Content-Type: image/png\r\n")), "unreadable"
    )
    yield Behaviour("a billion laughs", says(whole(laughs)), "empty")
    yield Behaviour("a charset of no name", says(whole(b'<?xml version="1.0" encoding="undefined"?><rss/>')), "empty")


def behaviours() -> list[Behaviour]:
    """Return all of them."""
    kinds = (bodies, packings, heads, redirections, statuses, robots, certificates, contents)
    return [behaviour for kind in kinds for behaviour in kind()]


# --- the servers -----------------------------------------------------------------------------------------


@dataclass
class Street:
    """Hosts on loopback, one after the other: the n-th behaviour at 127.BLOCK.0.n, all on one port."""

    block: int
    port: int
    asked: dict[str, list[str]] = field(default_factory=dict)
    """Host -> the paths that were asked for."""
    _servers: list[asyncio.Server] = field(default_factory=list)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def host(self, number: int) -> str:
        """The address of a behaviour, with the port."""
        return f"127.{self.block}.{number // 250}.{number % 250 + 1}:{self.port}"

    async def open(self, behaviours: list[Behaviour], certificates: Mapping[str, ssl.SSLContext]) -> None:
        """Start a server for each."""
        for number, behaviour in enumerate(behaviours):
            address = self.host(number).rpartition(":")[0]
            context = certificates.get(behaviour.tls)
            server = await asyncio.start_server(
                self._serve(behaviour, address), address, self.port, ssl=context, limit=2**16
            )
            self._servers.append(server)

    def _serve(
        self, behaviour: Behaviour, address: str
    ) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], None]:
        def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.ensure_future(self._answer(behaviour, address, reader, writer))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

        return serve

    async def _answer(
        self, behaviour: Behaviour, address: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            if behaviour.tls in {"garbage", "silent"}:
                await behaviour.act(Line(reader, writer, "/", address))
            else:
                request = await reader.readuntil(b"\r\n\r\n")
                path = request.split(b" ", 2)[1].decode("latin-1")
                self.asked.setdefault(address, []).append(path)
                act = behaviour.robots if path == "/robots.txt" else behaviour.act
                if path.startswith("/.well-known/"):
                    act = ROBOTS_NONE
                await act(Line(reader, writer, path, f"http://{address}:{self.port}"))
        with contextlib.suppress(OSError):
            writer.close()

    def close(self) -> None:
        """Stop all of them."""
        for task in list(self._tasks):
            task.cancel()
        for server in self._servers:
            server.close()


def bad_certificates(folder: Path) -> dict[str, ssl.SSLContext]:
    """Make certificates that must not be trusted: signed by themselves, for another name, run out."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    now = datetime.now(UTC)
    contexts = {}
    for kind, name, days in (("self", "127.0.0.1", 9), ("name", "www.example.se", 9), ("old", "127.0.0.1", -1)):
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        made = (
            x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
            .not_valid_before(now - timedelta(days=30))
            .not_valid_after(now + timedelta(days=days))
            .sign(key, hashes.SHA256())
        )
        file = folder / f"{kind}.pem"
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
        contexts[kind] = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        contexts[kind].load_cert_chain(file)
    return contexts


def free_port() -> int:
    """Return a port that is free on loopback."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
