"""Serve the miniature web and its mailbox on loopback, in a thread of its own."""

import asyncio
import errno
import gzip
import threading
from collections.abc import Awaitable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from http import HTTPStatus
from urllib.parse import parse_qs, urlsplit

from monitor.demo.addresses import Addresses
from monitor.demo.content import sites
from monitor.demo.inbox import Mailbox, Wire
from monitor.demo.mails import write_mails
from monitor.demo.render import Answer
from monitor.demo.services import Answering, answering
from monitor.demo.services.requests import Request, whole_number
from monitor.errors import MonitorError

_IDLE = 10.0
_HEAD_LIMIT = 16_384
_BODY_LIMIT = 16_384

Endpoint = tuple[str, int]


class PortTakenError(MonitorError):
    """Another program answers where the miniature web should."""


@contextmanager
def serve(addresses: Addresses, secret: str = "") -> Iterator[None]:
    """Serve every site at its address for as long as the block runs; `secret` opens the services that ask for one."""
    up = {addresses.bind(site.host): site for site in sites() if site.behaviour != "down"}
    web = {place: answering(site, addresses, secret) for place, site in up.items() if site.feed != "inbox"}
    mail = {
        place: Mailbox(site.account, write_mails(site, addresses)) for place, site in up.items() if site.feed == "inbox"
    }
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="miniature web", daemon=True)
    thread.start()
    server = _Server(web, mail, secret)
    try:
        asyncio.run_coroutine_threadsafe(server.open(), loop).result()
        yield
    finally:
        asyncio.run_coroutine_threadsafe(server.close(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


class _Server:
    """Enough of HTTP/1.1 for a crawler: GET, HEAD, POST, keep-alive, conditional requests, gzip."""

    def __init__(self, web: Mapping[Endpoint, Answering], mail: Mapping[Endpoint, Mailbox], password: str = "") -> None:
        self._web = web
        self._mail = mail
        self._password = password
        self._servers: list[asyncio.Server] = []
        self._talks: set[asyncio.Task[None]] = set()
        self._wires: list[Wire] = []

    async def open(self) -> None:
        for place in self._web:
            await self._listen(place, asyncio.start_server(self._meet, *place, limit=_HEAD_LIMIT))
        loop = asyncio.get_running_loop()
        for place, mailbox in self._mail.items():
            await self._listen(place, loop.create_server(partial(self._wire, mailbox), *place))

    async def _listen(self, place: Endpoint, server: Awaitable[asyncio.Server]) -> None:
        try:
            self._servers.append(await server)
        except OSError as fault:
            if fault.errno == errno.EADDRINUSE:
                raise PortTakenError("{}:{} is taken by another program".format(*place)) from fault
            raise

    async def close(self) -> None:
        for server in self._servers:
            server.close()
        for talk in self._talks:
            talk.cancel()
        for wire in self._wires:
            wire.loseConnection()
        await asyncio.gather(*self._talks, return_exceptions=True)
        for server in self._servers:
            await server.wait_closed()

    def _wire(self, mailbox: Mailbox) -> Wire:
        wire = Wire(mailbox, self._password)
        self._wires.append(wire)
        return wire

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
            request = _read_request(head.decode("latin-1"))
            length = whole_number(request.headers.get("content-length", ""))
            if length > _BODY_LIMIT:
                return
            request = replace(request, body=await asyncio.wait_for(reader.readexactly(length), _IDLE))
            answer = self._web[host, port](request)
            writer.write(respond(answer, request.method, request.headers))
            await writer.drain()
            if request.headers.get("connection", "").lower() == "close":
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
    head = f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n" + "\r\n".join([*lines, f"Content-Length: {len(body)}"])
    return (head + "\r\n\r\n").encode("latin-1") + (b"" if method == "HEAD" else body)


def _unchanged(etag: str, last_modified: str, headers: Mapping[str, str]) -> bool:
    # RFC 9110, 13.2.2: If-None-Match wins, and a date is then not looked at.
    if "if-none-match" in headers:
        asked = [tag.strip().removeprefix("W/") for tag in headers["if-none-match"].split(",")]
        return bool(etag) and etag.removeprefix("W/") in asked
    return bool(last_modified) and headers.get("if-modified-since") == last_modified


def _read_request(head: str) -> Request:
    line, *rest = head.split("\r\n")
    method, target, _ = (line + "  ").split(" ", 2)
    headers = {name.strip().lower(): value.strip() for name, _, value in (field.partition(":") for field in rest)}
    parts = urlsplit(target)
    return Request(method=method, path=parts.path, query=parse_qs(parts.query), headers=headers)
