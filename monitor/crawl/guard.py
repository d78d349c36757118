"""The address guard: no request reaches a private or loopback address unless `[crawl] allow_hosts` names host and port.

The address that was checked is the address that is connected to: the client asks the guard for the addresses of every
name, and once more for every socket, so no redirect, spelling or second DNS answer goes round it. The middleware
refuses earlier, with a clearer reason, and what the client does not see: proxies, user info, schemes.
"""

import asyncio
import errno
import socket
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor

from aiohttp.abc import AbstractResolver, ResolveResult
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.utils.httpobj import urlparse_cached

from monitor.core.addresses import is_allowed, judge_address, judge_request, plain_host
from monitor.core.urls import host_of, safe_url
from monitor.crawl.failures import RefusedAddressError

DEFAULT_PORTS = {"http": 80, "https": 443}
LOOKUP_SECONDS = 10.0
"""How long a name may be looked up; the machine's own resolver would try for longer."""
_LOOKUPS_AT_ONCE = 32
_MOST_NAMES = 10_000
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class AddressGuard:
    """Downloader middleware: refuses by scheme, user info, proxy, spelling, literal address and port."""

    def __init__(self, allow_hosts: Collection[str]) -> None:
        self.allow_hosts = allow_hosts

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "AddressGuard":
        """Build from the settings of the crawl."""
        return cls(crawler.settings.getlist("ALLOW_HOSTS"))

    def process_request(self, request: Request) -> None:
        """Raise RefusedAddressError for an address that must not be fetched; sees every request, redirects included."""
        if reason := self._refuse(request):
            raise RefusedAddressError(reason)

    def _refuse(self, request: Request) -> str:
        try:
            parts = urlparse_cached(request)
            scheme, host, port = parts.scheme, parts.hostname, parts.port
        except ValueError:  # a port that is no number, a bracket that is not closed
            return "it is no address"
        if scheme not in DEFAULT_PORTS or not host or "@" in parts.netloc or not safe_url(request.url):
            return "it is not a plain http or https address"
        if request.meta.get("proxy"):
            return "a proxy would look names up unguarded"
        if ":" not in host and plain_host(host) != host_of(request.url):
            return "programs read its host in different ways"
        if refused := judge_request(host, port or DEFAULT_PORTS[scheme], self.allow_hosts):
            return f"{refused.reason}; private addresses are fetched only when allow_hosts names them"
        return ""


class PlainRedirects:
    """Downloader middleware before Scrapy's RedirectMiddleware: writes where an answer points to in the plain form.

    Scrapy reads a Location otherwise than browsers do, fails on some, and takes one to file: for an answer.
    """

    def process_response(self, request: Request, response: Response) -> Response:
        """Rewrite Location. Raises RefusedAddressError when it is no http or https address."""
        location = response.headers.get("Location")
        if location is None or response.status not in _REDIRECTS:
            return response
        url = safe_url(location.decode("utf-8", "replace"), request.url)
        if not url:
            raise RefusedAddressError("it is a redirect to what is not a plain http or https address")
        response.headers["Location"] = url
        return response


AddressInfo = tuple[int, int, int, str, tuple[str, int] | tuple[str, int, int, int] | tuple[int, bytes]]
"""What a socket is to be made for: family, type, protocol, canonical name, and address and port."""


def look_up_name(host: str) -> list[str]:
    """Return the addresses of a name as the machine knows them; none when it knows none. Blocks."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return [str(address[0]) for *_, address in found]


class Guard(AbstractResolver):
    """What the client asks for the addresses of every name, and for every socket that it is to connect.

    It hands on public addresses, and all of a host and port in allow_hosts. What a name answered first stands for the
    run, and is judged at each use. Belongs to one running loop.
    """

    def __init__(
        self,
        allow_hosts: Collection[str],
        look_up: Callable[[str], Sequence[str]] = look_up_name,
        patience: float = LOOKUP_SECONDS,
    ) -> None:
        self.allow_hosts = tuple(allow_hosts)
        self.look_up = look_up
        self.patience = patience
        self.refused: dict[tuple[str, int], str] = {}
        """Host and port -> why the last look-up handed on nothing of what it found."""
        self._lookups: dict[str, asyncio.Future[Sequence[str]]] = {}
        self._allowed: set[tuple[str, int]] = set()
        """Addresses and ports that allowed names have led to."""
        self._threads = ThreadPoolExecutor(_LOOKUPS_AT_ONCE, "names")

    async def resolve(self, host: str, port: int = 0, family: int = socket.AF_INET) -> list[ResolveResult]:  # noqa: ARG002
        """Return the addresses of a name that may be connected to. Raises OSError when there are none."""
        name = host if ":" in host else plain_host(host)
        usable, reason = self.judge(name, port, await self._addresses(name) if name else ())
        self.refused[name, port] = reason
        if not usable:
            raise OSError(reason or "no address was found for it")
        if is_allowed(name, port, self.allow_hosts):
            self._allowed |= {(address, port) for address in usable}
        return [_result(host, address, port) for address in usable]

    def make_socket(self, info: AddressInfo) -> socket.socket:
        """Return the socket for a connection. Raises PermissionError when nobody may connect to that address."""
        family, kind, protocol, _, (address, port, *_) = info
        if reason := self.refuse_address(str(address), int(port)):
            raise PermissionError(errno.EACCES, reason)
        return socket.socket(family, kind, protocol)

    def refuse_address(self, address: str, port: int) -> str:
        """Return why an address may not be connected to; "" when it may."""
        if (address, port) in self._allowed or is_allowed(address, port, self.allow_hosts):
            return ""
        refused = judge_address(address)
        return refused.reason if refused else ""

    def judge(self, host: str, port: int, addresses: Sequence[str]) -> tuple[list[str], str]:
        """Return the addresses of a host that may be connected to; when there are others only, why not to those."""
        if is_allowed(host, port, self.allow_hosts):
            return list(addresses), ""
        verdicts = {address: judge_address(address) for address in addresses}
        public = [address for address, refused in verdicts.items() if refused is None]
        reasons = [refused.reason for refused in verdicts.values() if refused]
        return public, "" if public else "; ".join(reasons[:3])

    def refusal(self, host: str, port: int) -> str:
        """Return why the last look-up of a host let no address through."""
        return self.refused.get((host if ":" in host else plain_host(host), port), "")

    async def close(self) -> None:
        """Look nothing up any more. A look-up that the machine still makes is not waited for here."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _addresses(self, name: str) -> Sequence[str]:
        """Return what a name answered first in this run; nothing when the name servers are silent."""
        if name not in self._lookups and len(self._lookups) < _MOST_NAMES:
            self._lookups[name] = asyncio.ensure_future(self._ask(name))
        lookup = self._lookups.get(name) or asyncio.ensure_future(self._ask(name))
        found = await asyncio.shield(lookup)  # whoever waits may give up; others wait for the same answer
        if not found:
            self._lookups.pop(name, None)
        return found

    async def _ask(self, name: str) -> Sequence[str]:
        asked = asyncio.get_running_loop().run_in_executor(self._threads, self.look_up, name)
        try:
            return await asyncio.wait_for(asked, self.patience)
        except TimeoutError:
            return ()


def _result(host: str, address: str, port: int) -> ResolveResult:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return ResolveResult(
        hostname=host,
        host=address,
        port=port,
        family=family,
        proto=0,
        flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
    )
