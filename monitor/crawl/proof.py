"""The self-test of a crawl: before anybody is asked, it proves that what Scrapy really uses holds the guard.

Settings can be overridden, a middleware moved, a private hook lost in a new version of Scrapy or aiohttp. What is
looked at is the running engine, not what was meant. It takes milliseconds and asks no network: addresses are literal.
"""

import contextlib
import sys
from collections.abc import Iterator

from aiohttp import ClientConnectorError
from scrapy import Request
from scrapy.crawler import Crawler
from yarl import URL

from monitor.crawl.bounds import MAX_PAGE, BoundedReader, Unpacking
from monitor.crawl.client import BoundedHandler, open_session
from monitor.crawl.failures import MAX_REDIRECTS, RefusedAddressError
from monitor.crawl.guard import AddressGuard, Guard, PlainRedirects
from monitor.errors import CrawlError

REFUSED_URLS = (
    "http://127.0.0.1:1/",
    "http://127.1:1/",
    "http://0x7f000001:1/",
    "http://2130706433:1/",
    "http://[::1]:1/",
    "http://[::ffff:10.0.0.1]:1/",
    "http://169.254.169.254:1/",
    "http://100.64.0.1:1/",
    "http://user@www.example.se:1/",
    "ftp://www.example.se:1/",
)
REFUSED_ADDRESSES = ("127.0.0.1", "0177.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.1", "fe80::1")
WANTED: tuple[type, ...] = (AddressGuard, PlainRedirects, Unpacking)
_MIDDLEWARE = "scrapy.downloadermiddlewares"
UNWANTED = (
    (f"{_MIDDLEWARE}.cookies", "CookiesMiddleware"),
    (f"{_MIDDLEWARE}.httpauth", "HttpAuthMiddleware"),
    (f"{_MIDDLEWARE}.httpcompression", "HttpCompressionMiddleware"),
    (f"{_MIDDLEWARE}.httpproxy", "HttpProxyMiddleware"),
    (f"{_MIDDLEWARE}.redirect", "MetaRefreshMiddleware"),
)
"""What must not be in the crawl: module and class. What is not loaded is not in it, and need not be loaded here."""
DOORS = (
    ("scrapy.extensions.telnet", "TelnetConsole"),
    ("scrapy.extensions.remote_control", "RemoteControl"),
)
"""Doors into the running program, named so too."""
_PORT = 1


async def prove(crawler: Crawler) -> None:
    """Raise CrawlError, which says what is wrong, unless the running crawl keeps to what was promised."""
    if faults := [*_faults(crawler), *await _faults_of_client(crawler)]:
        what = "; ".join(faults[:3])
        raise CrawlError(
            f"the crawl's self-test failed, so nobody was asked: {what}. This is a fault of the program or of the "
            "versions of Scrapy and aiohttp it runs with: install the locked ones (requirements.txt)."
        )


def _faults(crawler: Crawler) -> Iterator[str]:
    for kind in WANTED:
        if crawler.get_downloader_middleware(kind) is None:
            yield f"{kind.__name__} is not in the crawl"
    for module, name in UNWANTED:
        if (loaded := sys.modules.get(module)) and crawler.get_downloader_middleware(getattr(loaded, name)) is not None:
            yield f"{name} is in the crawl"
    for module, name in DOORS:
        if (loaded := sys.modules.get(module)) and crawler.get_extension(getattr(loaded, name)) is not None:
            yield f"{name} is open"
    if guard := crawler.get_downloader_middleware(AddressGuard):
        yield from (f"the guard lets {url} through" for url in REFUSED_URLS if not _refuses(guard, url))
    yield from _faults_of_settings(crawler)


def _faults_of_settings(crawler: Crawler) -> Iterator[str]:
    settings = crawler.settings
    if not callable(getattr(crawler.engine.downloader, "_enqueue_request", None)):
        yield "the downloader takes no requests"
    handlers = {scheme: path for scheme, path in settings.getwithbase("DOWNLOAD_HANDLERS").items() if path}
    ours = f"{BoundedHandler.__module__}.{BoundedHandler.__name__}"
    if handlers != {"http": ours, "https": ours}:
        yield f"other download handlers than ours are in use ({', '.join(sorted(handlers))})"
    for name, most in (
        ("DOWNLOAD_MAXSIZE", MAX_PAGE),
        ("REDIRECT_MAX_TIMES", MAX_REDIRECTS),
        ("DOWNLOAD_TIMEOUT", 600),
    ):
        if not 0 < settings.getfloat(name) <= most:
            yield f"{name} is {settings[name]}"


def _refuses(guard: AddressGuard, url: str) -> bool:
    with contextlib.suppress(RefusedAddressError):
        guard.process_request(Request(url))
        return False
    return True


async def _faults_of_client(crawler: Crawler) -> list[str]:
    """Try a client as the crawl opens it: whose reader it has, and whether it asks the guard before it connects."""
    guard: Guard = crawler.spider.guard  # type: ignore[union-attr]  # HomeSpider has one
    faults = [f"the guard hands on {host}" for host in REFUSED_ADDRESSES if guard.judge("a.example", _PORT, [host])[0]]
    faults += [
        f"the guard makes sockets for {host}" for host in REFUSED_ADDRESSES if not guard.refuse_address(host, _PORT)
    ]
    async with open_session(guard, secure=False) as client:
        connector = client.connector
        if connector is None or not isinstance(connector._factory(), BoundedReader):  # noqa: SLF001 (the hook itself)
            faults.append("the head of an answer has no bound")
        try:
            await client.get(URL("http://127.0.0.1:1/"))
        except ClientConnectorError as error:
            if isinstance(error.os_error, PermissionError):  # the guard's; nothing was dialled
                return faults
    return [*faults, "the client does not ask the guard"]
