"""What one answer may cost: how long its head may be, how much may come over the wire, what it may unpack to."""

import time
from typing import Any

from aiohttp.client_proto import ResponseHandler
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from monitor.core.compression import BROKE_OFF, DAMAGED, ENCODINGS, read_encodings, unpack
from monitor.crawl.failures import BrokenAnswerError, OversizedAnswerError
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
"""Seconds of CPU for taking one answer apart. A good one of 8 MB needs a hundredth; one in chunks of a byte, more."""

HEAD_TOO_LONG = "its headers do not end"

SITE_FILE = "site_file"
"""Where a request says that it asks for robots.txt or its like."""
TOO_MUCH = "too much for one answer"


class BoundedReader(ResponseHandler):
    """The client's reader of one connection, which hangs up when the head or the whole of an answer grows too long."""

    def __init__(self, loop: Any) -> None:
        super().__init__(loop)
        self.torn = False
        """Whether the connection was torn, not closed: without a length, such an answer would count as whole."""
        self.cut = ""
        """Why we hung up."""
        self._begin()

    def _begin(self) -> None:
        self._received = 0
        self._worked = 0.0
        self._reads_head = True

    def set_response_params(self, **params: Any) -> None:
        """Begin to read an answer."""
        self._begin()
        super().set_response_params(**params)

    def feed_data(self, data: Any, size: int = 0) -> None:
        """Hand on a head that has been read; a provisional one (1xx) is followed by another."""
        message, _ = data
        if sum(len(name) + len(value) for name, value in message.raw_headers) > MAX_HEAD:
            self._hang_up(HEAD_TOO_LONG)
            return
        self._reads_head = 100 <= message.code < 200
        super().feed_data(data, size)

    def data_received(self, data: bytes) -> None:
        """Read what came."""
        began = time.thread_time()
        self._received += len(data)
        super().data_received(data)
        self._worked += time.thread_time() - began
        if self._reads_head and self._received > MAX_HEAD:
            self._hang_up(HEAD_TOO_LONG)
        elif self._received > MAX_WIRE or self._worked > MAX_WORK:
            self._hang_up(TOO_MUCH)

    def connection_lost(self, exc: BaseException | None) -> None:
        """Note how the connection ended."""
        self.torn = exc is not None
        super().connection_lost(exc)

    def _hang_up(self, reason: str) -> None:
        self.cut = reason
        self.set_exception(OversizedAnswerError(reason))
        if self.transport is not None:
            self.transport.abort()


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
        return response.replace(headers=headers, body=body)
