"""The way out to the web: Scrapy's download handler over aiohttp, behind the guard and within the bounds.

Scrapy decides when and what to ask, with all its middlewares; the client does the asking. It costs half of what
Twisted's does (decision 0032). A request is one exchange: redirects, second tries and robots.txt lie above it.
"""

import asyncio
import contextlib
import ssl
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any, cast

import aiohttp
from aiohttp.http_exceptions import HttpProcessingError
from scrapy import Request
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)
from scrapy.http import Headers, Response
from scrapy.utils.httpobj import urlparse_cached
from yarl import URL

from monitor.core.addresses import judge_request
from monitor.crawl.bounds import MAX_HEAD, BoundedReader
from monitor.crawl.failures import BrokenAnswerError, OversizedAnswerError, RefusedAddressError
from monitor.crawl.guard import DEFAULT_PORTS, Guard

_BUFFER = 1024 * 1024
"""Bytes that may come before they are taken; the client stops reading at twice as many."""
_OWN_HEADERS = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")
"""What the client would add; Scrapy's middlewares have said it."""


class BoundedHandler(BaseDownloadHandler):
    """Fetches one answer for one request."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.guard: Guard = crawler.spider.guard  # type: ignore[union-attr]  # HomeSpider has one
        self.limit = crawler.settings.getint("DOWNLOAD_MAXSIZE")
        self.timeout = crawler.settings.getfloat("DOWNLOAD_TIMEOUT")
        self._session: aiohttp.ClientSession | None = None

    async def download_request(self, request: Request) -> Response:
        """Fetch. Raises Scrapy's exceptions, and ours when the guard or a bound refuses."""
        host, port = host_and_port(request)
        if refused := judge_request(host, port, self.guard.allow_hosts):
            raise RefusedAddressError(refused.reason)
        began = time.monotonic()
        async with self._asked(request) as answer:
            request.meta["download_latency"] = time.monotonic() - began
            limit = request.meta.get("download_maxsize", self.limit)
            body = await read_body(answer, limit)
        headers = Headers(list(answer.raw_headers))
        # Neither a length nor chunks tell where such a body ends: only that the connection was closed.
        partial = bool(body) and "Content-Length" not in headers and "Transfer-Encoding" not in headers
        if partial and answer.line.torn:
            raise BrokenAnswerError("the connection was torn")
        flags = ["partial"] if partial else []
        return Response(request.url, status=answer.status, headers=headers, body=body, flags=flags)

    @contextlib.asynccontextmanager
    async def _asked(self, request: Request) -> AsyncIterator["Answer"]:
        """Give the answer to a request, its head read; translate what goes wrong."""
        self._session = self._session or open_session(self.guard, secure=request.url.startswith("https:"))
        answer: Answer | None = None
        try:
            async with self._session.request(
                request.method,
                URL(request.url, encoded=True),  # as it was judged, to the letter
                data=request.body or None,
                headers=list(said_headers(request)),
                timeout=aiohttp.ClientTimeout(total=request.meta.get("download_timeout", self.timeout)),
                allow_redirects=False,
            ) as given:
                answer = cast("Answer", given)
                yield answer
        except (aiohttp.ClientError, TimeoutError, HttpProcessingError) as error:
            if answer is not None and answer.line.cut:
                raise OversizedAnswerError(answer.line.cut) from None
            raise self._translated(error, request) from error

    def _translated(self, error: Exception, request: Request) -> Exception:
        """Return what Scrapy calls an error of the client."""
        words = str(error)
        if isinstance(error, TimeoutError):
            return DownloadTimeoutError(words)
        if isinstance(error, aiohttp.ClientConnectorDNSError):
            reason = self.guard.refusal(*host_and_port(request))
            return RefusedAddressError(reason) if reason else CannotResolveHostError(str(error.os_error))
        if isinstance(error, aiohttp.ClientConnectorError):
            return DownloadConnectionRefusedError(words)
        if isinstance(error, aiohttp.ClientPayloadError):
            return ResponseDataLossError(words)
        return DownloadFailedError(words)

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()


class Answer(aiohttp.ClientResponse):
    """An answer that knows who reads it, also when all of it has been read."""

    line: BoundedReader

    async def start(self, connection: Any) -> aiohttp.ClientResponse:
        """Read the head."""
        self.line = connection.protocol
        return await super().start(connection)


def open_session(guard: Guard, *, secure: bool) -> aiohttp.ClientSession:
    """Return a client whose every name and socket the guard judges and whose every answer is bounded; with TLS or not.

    How many connections there are is Scrapy's to say. No cookies, no proxy and no password from the environment.
    """
    connector = aiohttp.TCPConnector(
        limit=0,
        ssl=tls_context() if secure else True,
        resolver=guard,
        use_dns_cache=False,  # the guard remembers, and judges what it remembers
        socket_factory=cast("Any", guard.make_socket),
    )
    loop = asyncio.get_running_loop()
    connector._factory = lambda: BoundedReader(loop)  # type: ignore[assignment]  # noqa: SLF001 (the self-test proves that it holds)
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        response_class=Answer,
        auto_decompress=False,
        read_bufsize=_BUFFER,
        max_line_size=MAX_HEAD,
        max_field_size=MAX_HEAD,
        max_headers=MAX_HEAD,  # all of them together are bounded
        skip_auto_headers=_OWN_HEADERS,
        trust_env=False,
    )


def tls_context() -> ssl.SSLContext:
    """Return how TLS is spoken: 1.2 or later, and a certificate that is valid for the name and today."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options &= ~ssl.OP_IGNORE_UNEXPECTED_EOF  # who cuts the line in the middle is no server that ends
    return context


def said_headers(request: Request) -> Iterator[tuple[str, str]]:
    """Give the headers of a request. The client writes UTF-8: a validator of other bytes cannot be said, and is not."""
    for name, values in request.headers.items():
        for value in values:
            with contextlib.suppress(UnicodeDecodeError):
                yield name.decode(), value.decode()


async def read_body(answer: Answer, limit: int) -> bytes:
    """Return a body of at most so many bytes. Raises DownloadCancelledError for a larger one."""
    if limit and (answer.content_length or 0) > limit:
        raise DownloadCancelledError(f"{answer.content_length} bytes are announced")
    chunks: list[bytes] = []
    size = 0
    async for chunk in answer.content.iter_any():
        chunks.append(chunk)
        size += len(chunk)
        if limit and size > limit:
            raise DownloadCancelledError(f"more than {limit} bytes came")
    return b"".join(chunks)


def host_and_port(request: Request) -> tuple[str, int]:
    """Return where a request goes."""
    parts = urlparse_cached(request)
    return parts.hostname or "", parts.port or DEFAULT_PORTS[parts.scheme]
