"""Serve the miniature web on loopback, in a thread of its own."""

import asyncio
import errno
import gzip
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import urlsplit

from monitor.demo.addresses import Addresses
from monitor.demo.content import sites
from monitor.demo.render import ANY_PATH, Answer, render_site
from monitor.errors import MonitorError

_REASONS = {200: "OK", 302: "Found", 304: "Not Modified", 400: "Bad Request", 403: "Forbidden", 404: "Not Found"}
_NOT_FOUND = Answer(status=404, content_type="text/html; charset=utf-8", body=b"<h1>Sidan finns inte</h1>")
_IDLE = 10.0
_HEAD_LIMIT = 16_384

Endpoint = tuple[str, int]


class PortTakenError(MonitorError):
    """Another program answers where the miniature web should."""


@contextmanager
def serve(addresses: Addresses) -> Iterator[None]:
    """Serve every site at its address for as long as the block runs."""
    web = {addresses.bind(site.host): render_site(site, addresses) for site in sites() if site.behaviour != "down"}
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="miniature web", daemon=True)
    thread.start()
    server = _Server(web)
    try:
        asyncio.run_coroutine_threadsafe(server.open(), loop).result()
        yield
    finally:
        asyncio.run_coroutine_threadsafe(server.close(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


class _Server:
    """Enough of HTTP/1.1 for a crawler: GET, HEAD, keep-alive, conditional requests, gzip."""

    def __init__(self, web: Mapping[Endpoint, Mapping[str, Answer]]) -> None:
        self._web = web
        self._servers: list[asyncio.Server] = []
        self._talks: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        for host, port in self._web:
            try:
                self._servers.append(await asyncio.start_server(self._meet, host, port, limit=_HEAD_LIMIT))
            except OSError as fault:
                if fault.errno == errno.EADDRINUSE:
                    raise PortTakenError(f"{host}:{port} is taken by another program") from fault
                raise

    async def close(self) -> None:
        for server in self._servers:
            server.close()
        for talk in self._talks:
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)
        for server in self._servers:
            await server.wait_closed()

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk = asyncio.current_task()
        if talk is not None:
            self._talks.add(talk)
            talk.add_done_callback(self._talks.discard)
        try:
            await self._talk(reader, writer)
        except (TimeoutError, OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError):
            return
        finally:
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host, port = writer.get_extra_info("sockname")[:2]
        while True:
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), _IDLE)
            method, target, headers = _read_request(head.decode("latin-1"))
            site = self._web[host, port]
            answer = site.get(target) or site.get(ANY_PATH, _NOT_FOUND)
            writer.write(respond(answer, method, headers))
            await writer.drain()
            if headers.get("connection", "").lower() == "close":
                return


def respond(answer: Answer, method: str, headers: Mapping[str, str]) -> bytes:
    """Return the bytes of the response to one request; header names are in small letters."""
    coded = answer.gzip and "gzip" in headers.get("accept-encoding", "")
    status, body = answer.status, gzip.compress(answer.body, mtime=0) if coded else answer.body
    lines = [f"Content-Type: {answer.content_type}", *(f"{name}: {value}" for name, value in answer.headers)]
    # A coded body is another representation (RFC 9110, 8.8.3), so its strong validator differs too.
    etag = answer.etag[:-1] + '-gz"' if coded and answer.etag else answer.etag
    if etag:
        lines.append(f"ETag: {etag}")
    if answer.last_modified:
        lines.append(f"Last-Modified: {answer.last_modified}")
    if coded:
        lines += ["Content-Encoding: gzip", "Vary: Accept-Encoding"]
    if status == 200 and _unchanged(etag, answer.last_modified, headers):
        status, body = 304, b""
    head = f"HTTP/1.1 {status} {_REASONS[status]}\r\n" + "\r\n".join([*lines, f"Content-Length: {len(body)}"])
    return (head + "\r\n\r\n").encode("latin-1") + (b"" if method == "HEAD" else body)


def _unchanged(etag: str, last_modified: str, headers: Mapping[str, str]) -> bool:
    # RFC 9110, 13.2.2: If-None-Match wins, and a date is then not looked at.
    if "if-none-match" in headers:
        asked = [tag.strip().removeprefix("W/") for tag in headers["if-none-match"].split(",")]
        return bool(etag) and etag.removeprefix("W/") in asked
    return bool(last_modified) and headers.get("if-modified-since") == last_modified


def _read_request(head: str) -> tuple[str, str, dict[str, str]]:
    line, *rest = head.split("\r\n")
    method, target, _ = (line + "  ").split(" ", 2)
    headers = {name.strip().lower(): value.strip() for name, _, value in (field.partition(":") for field in rest)}
    return method, urlsplit(target).path, headers
