"""The self-test of a crawl: before anybody is asked, it proves that what Scrapy really uses holds the guard.

Settings can be overridden, a middleware moved, a private hook lost in a new version of Scrapy or Twisted. What is
looked at is the running engine, not what was meant. It takes milliseconds and asks no network: addresses are literal.
"""

import asyncio
import contextlib
import sys
from collections.abc import Iterator

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.cookies import CookiesMiddleware
from scrapy.downloadermiddlewares.httpauth import HttpAuthMiddleware
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.downloadermiddlewares.httpproxy import HttpProxyMiddleware
from scrapy.downloadermiddlewares.redirect import MetaRefreshMiddleware
from twisted.internet.interfaces import IAddress, IHostResolution, IResolutionReceiver
from zope.interface import implementer

from monitor.crawl.bounds import MAX_PAGE, BoundedHandler, BoundedProtocol, Unpacking
from monitor.crawl.failures import MAX_REDIRECTS, RefusedAddressError
from monitor.crawl.guard import AddressGuard, GuardedResolver, PlainRedirects
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
REFUSED_HOSTS = ("127.0.0.1", "0177.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.1", "fe80::1")
WANTED: tuple[type, ...] = (AddressGuard, PlainRedirects, Unpacking)
UNWANTED: tuple[type, ...] = (
    CookiesMiddleware,
    HttpAuthMiddleware,
    HttpCompressionMiddleware,
    HttpProxyMiddleware,
    MetaRefreshMiddleware,
)
DOORS = (
    ("scrapy.extensions.telnet", "TelnetConsole"),
    ("scrapy.extensions.remote_control", "RemoteControl"),
)
"""Doors into the running program: module and class. What is not loaded is not open, and need not be loaded here."""
_PORT = 1


async def prove(crawler: Crawler) -> None:
    """Raise CrawlError, which says what is wrong, unless the running crawl keeps to what was promised."""
    if faults := [*_faults(crawler), *await _faults_of_resolver()]:
        what = "; ".join(faults[:3])
        raise CrawlError(
            f"the crawl's self-test failed, so nobody was asked: {what}. This is a fault of the program or of the "
            "versions of Scrapy and Twisted it runs with: install the locked ones (requirements.txt)."
        )


def _faults(crawler: Crawler) -> Iterator[str]:
    for kind in (*WANTED, *UNWANTED):
        if (crawler.get_downloader_middleware(kind) is None) is (kind in WANTED):
            yield f"{kind.__name__} is {'not ' if kind in WANTED else ''}in the crawl"
    for module, name in DOORS:
        if (loaded := sys.modules.get(module)) and crawler.get_extension(getattr(loaded, name)) is not None:
            yield f"{name} is open"
    if guard := crawler.get_downloader_middleware(AddressGuard):
        yield from (f"the guard lets {url} through" for url in REFUSED_URLS if not _refuses(guard, url))
    yield from _faults_of_settings(crawler)


def _faults_of_settings(crawler: Crawler) -> Iterator[str]:
    settings = crawler.settings
    handlers = {scheme: path for scheme, path in settings.getwithbase("DOWNLOAD_HANDLERS").items() if path}
    ours = f"{BoundedHandler.__module__}.{BoundedHandler.__name__}"
    if handlers != {"http": ours, "https": ours}:
        yield f"other download handlers than ours are in use ({', '.join(sorted(handlers))})"
    if not isinstance(BoundedHandler(crawler).new_reader(), BoundedProtocol):
        yield "the head of an answer has no bound"
    if not settings.getbool("DOWNLOAD_VERIFY_CERTIFICATES"):
        yield "certificates are not verified"
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


async def _faults_of_resolver() -> list[str]:
    from twisted.internet import reactor  # noqa: PLC0415 (importing it chooses the reactor of the process)

    resolver = reactor.nameResolver
    if not isinstance(resolver, GuardedResolver):
        return ["another resolver than the guard's is in use"]
    found = await asyncio.gather(*(_Found().look_up(resolver, host) for host in REFUSED_HOSTS))
    return [f"the resolver lets {host} through" for host, some in zip(REFUSED_HOSTS, found, strict=True) if some]


@implementer(IResolutionReceiver)
class _Found:
    """Whether a look-up hands on any address."""

    def __init__(self) -> None:
        self._some = False
        self._done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    async def look_up(self, resolver: GuardedResolver, host: str) -> bool:
        """Look a host up, and wait for the end of it."""
        resolver.resolveHostName(self, host, _PORT)
        return await self._done

    def resolutionBegan(self, resolution: IHostResolution) -> None:  # noqa: N802 (Twisted's names)
        """Begin."""

    def addressResolved(self, address: IAddress) -> None:  # noqa: ARG002, N802
        """Take note."""
        self._some = True

    def resolutionComplete(self) -> None:  # noqa: N802
        """End."""
        self._done.set_result(self._some)
