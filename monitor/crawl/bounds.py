"""What one answer may cost: how long its head may be, how much may come over the wire, what it may unpack to.

Scrapy bounds the body and the time in all (DOWNLOAD_MAXSIZE, DOWNLOAD_TIMEOUT); not the head, and it takes an answer
that broke off in the middle of its packing for a whole one.
"""

import time
from typing import Any

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
)
from scrapy.crawler import Crawler
from scrapy.exceptions import CannotResolveHostError, ResponseDataLossError
from scrapy.http import Response
from scrapy.responsetypes import responsetypes
from scrapy.utils.httpobj import urlparse_cached
from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectionLost
from twisted.internet.interfaces import IStreamClientEndpoint
from twisted.python.failure import Failure
from zope.interface import implementer

from monitor.core.addresses import plain_host
from monitor.core.compression import BROKE_OFF, DAMAGED, ENCODINGS, read_encodings, unpack
from monitor.crawl.failures import BrokenAnswerError, OversizedAnswerError, RefusedAddressError
from monitor.crawl.guard import DEFAULT_PORTS, GuardedResolver
from monitor.models import Refused

MAX_PAGE = 8 * 1024 * 1024
"""Bytes of a web page, packed or unpacked."""
MAX_FEED = 5 * 1024 * 1024
MAX_SITE_FILE = 500 * 1024
"""Bytes of robots.txt and its like that are heeded; the rest is left (RFC 9309, 2.5: at least 500 kibibytes)."""
MAX_HEAD = 64 * 1024
"""Bytes of status line and headers, provisional answers (1xx) among them."""
MAX_WIRE = 2 * MAX_PAGE
"""Bytes of one answer as it comes, with the frames of its chunks."""
MAX_WORK = 0.5
"""Seconds of CPU for taking one answer apart. A good one of 8 MB needs a tenth of it; one in chunks of a byte, more."""

SITE_FILE = "site_file"
"""Where a request says that it asks for robots.txt or its like."""
_CUT = b"X-Monitor-Cut"
"""Set on an answer that did not come whole, with the reason: only the reader of the connection knows."""
_TORN, _TOO_MUCH = b"the connection was torn", b"too much for one answer"


class BoundedProtocol(_LenientHTTP11ClientProtocol):
    """Scrapy's reader of one connection, which hangs up when the head or the whole of an answer grows too long."""

    def request(self, request: Any) -> "Deferred[Any]":
        """Ask; the answer is given when its head has been read."""
        self._wire: Any = self.transport
        self._received = 0
        self._worked = 0.0
        self._answer: Any = None
        self._reads_head = True
        return super().request(request).addBoth(self._head_ended)

    def _head_ended(self, answer: Any) -> Any:
        self._reads_head = False
        if isinstance(answer, Failure):
            if self._received > MAX_HEAD:
                raise OversizedAnswerError("its headers do not end")
            return answer
        self._answer = answer
        return answer

    def dataReceived(self, data: bytes) -> None:  # noqa: N802 (Twisted's name)
        """Read what came."""
        began = time.thread_time()
        self._received += len(data)
        super().dataReceived(data)  # type: ignore[no-untyped-call]
        self._worked += time.thread_time() - began
        if self._received > (MAX_HEAD if self._reads_head else MAX_WIRE) or self._worked > MAX_WORK:
            self._mark(_TOO_MUCH)
            self._wire.abortConnection()

    def connectionLost(self, reason: Failure) -> None:  # type: ignore[override]  # noqa: N802
        """Mark an answer whose connection was torn, not closed: without a length, it would count as whole."""
        if isinstance(reason.value, ConnectionLost):
            self._mark(_TORN)
        super().connectionLost(reason)  # type: ignore[no-untyped-call]

    def _mark(self, reason: bytes) -> None:
        if self._answer is not None and not self._answer.headers.hasHeader(_CUT):
            self._answer.headers.addRawHeader(_CUT, reason)


class BoundedFactory(_LenientHTTP11ClientFactory):
    """Makes such readers."""

    def buildProtocol(self, addr: Any) -> BoundedProtocol:  # noqa: ARG002, N802
        """Return a reader for a new connection."""
        return BoundedProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]


class BoundedHandler(HTTP11DownloadHandler):
    """Scrapy's download handler with such readers; says why the guard let no address through."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool._factory = BoundedFactory  # noqa: SLF001 (Scrapy sets it so; the self-test proves that it holds)

    def new_reader(self) -> object:
        """Return the reader that a new connection would get: for the self-test, since the hook is a private one."""
        nowhere: Any = _Nowhere()
        self._pool.getConnection(("self-test",), nowhere)
        return nowhere.factory.buildProtocol(None) if nowhere.factory else None

    async def download_request(self, request: Request) -> Response:
        """Fetch. Raises what Scrapy's handler raises, and the reason of the guard as RefusedAddressError."""
        try:
            response = await super().download_request(request)
        except CannotResolveHostError:
            if reason := refusal(request):
                raise RefusedAddressError(reason) from None
            raise
        except ResponseDataLossError as error:
            answer = getattr(error.__cause__, "response", None)
            if answer is not None and answer.headers.getRawHeaders(_CUT) == [_TOO_MUCH]:
                raise OversizedAnswerError(_TOO_MUCH.decode()) from None
            raise
        if cut := response.headers.get(_CUT):
            raise BrokenAnswerError(cut.decode())
        return response


@implementer(IStreamClientEndpoint)
class _Nowhere:
    """Where a connection is never made; remembers who would have read it."""

    factory: Any = None

    def connect(self, protocolFactory: Any) -> "Deferred[Any]":  # noqa: N803 (the interface's name)
        """Remember the factory."""
        self.factory = protocolFactory
        return Deferred()


def refusal(request: Request) -> str:
    """Return why the guard let no address of a request's host through."""
    from twisted.internet import reactor  # noqa: PLC0415 (importing it chooses the reactor of the process)

    resolver = reactor.nameResolver
    if not isinstance(resolver, GuardedResolver):
        return ""
    parts = urlparse_cached(request)
    host = parts.hostname or ""
    port = parts.port or DEFAULT_PORTS[parts.scheme]
    return resolver.refused.get((host if ":" in host else plain_host(host), port), "")


class Unpacking:
    """Downloader middleware: asks for packed answers and unpacks them within the bound of the request."""

    def __init__(self, limit: int) -> None:
        self.limit = limit

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "Unpacking":
        """Build from the settings of the crawl."""
        return cls(crawler.settings.getint("DOWNLOAD_MAXSIZE"))

    def process_request(self, request: Request) -> None:
        """Say what we can unpack."""
        request.headers.setdefault(b"Accept-Encoding", ", ".join(ENCODINGS).encode())

    def process_response(self, request: Request, response: Response) -> Response:
        """Unpack. Raises OversizedAnswerError and BrokenAnswerError."""
        encodings = read_encodings(value.decode("latin-1") for value in response.headers.getlist("Content-Encoding"))
        if not encodings or not response.body:
            return response
        body = unpack(response.body, encodings, request.meta.get("download_maxsize", self.limit))
        if isinstance(body, Refused):
            broken = body.reason in {BROKE_OFF, DAMAGED}
            raise (BrokenAnswerError if broken else OversizedAnswerError)(body.reason)
        headers = response.headers.copy()
        del headers["Content-Encoding"]
        kind = responsetypes.from_args(headers=headers, url=response.url, body=body)
        return response.replace(cls=kind, headers=headers, body=body)
