"""The address guard: no request reaches a private or loopback address unless `[crawl] allow_hosts` names host and port.

The address that was checked is the address that is connected to: the check sits in the resolver that Twisted asks for
every host and port, literal addresses included, so no redirect, spelling or second DNS answer goes round it. The
middleware refuses earlier, with a clearer reason, and what the resolver does not see: proxies, user info, schemes.
"""

from collections.abc import Collection, Sequence
from typing import Any

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.utils.httpobj import urlparse_cached
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.interfaces import IAddress, IHostnameResolver, IHostResolution, IResolutionReceiver
from zope.interface import implementer

from monitor.core.addresses import is_allowed, judge_address, judge_request, plain_host
from monitor.core.urls import host_of, safe_url
from monitor.crawl.failures import RefusedAddressError

DEFAULT_PORTS = {"http": 80, "https": 443}
LOOKUP_SECONDS = 10.0
"""How long a name may be looked up; the machine's own resolver would try for longer."""
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


@implementer(IHostnameResolver)
class GuardedResolver:
    """What Twisted asks for the addresses of every host. Hands on the public ones, and all of an allowed host and port.

    What was answered is kept for the run and judged at each use. Wraps the reactor's own resolver.
    """

    def __init__(self, reactor: Any, allow_hosts: Collection[str], patience: float = LOOKUP_SECONDS) -> None:
        self.reactor = reactor
        self.allow_hosts = tuple(allow_hosts)
        self.patience = patience
        self.refused: dict[tuple[str, int], str] = {}
        """Host and port -> why the last look-up handed on nothing of what it found."""
        self._unguarded: Any = reactor.nameResolver
        self._known: dict[str, tuple[str, ...]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: Any) -> "GuardedResolver":
        """Build from the settings of the crawl."""
        return cls(reactor, crawler.settings.getlist("ALLOW_HOSTS"))

    def install_on_reactor(self) -> None:
        """Put this before whatever connects by name."""
        self.reactor.installNameResolver(self)

    def resolveHostName(  # noqa: N802 (Twisted's name)
        self,
        resolutionReceiver: Any,  # noqa: N803 (the interface's names)
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        addressTypes: Sequence[type[IAddress]] | None = None,  # noqa: N803
        transportSemantics: str = "TCP",  # noqa: N803
    ) -> Any:
        """Resolve a name as IHostnameResolver says; nothing is handed on that may not be connected to."""
        host = hostName if ":" in hostName else plain_host(hostName)
        lookup = _Lookup(self, resolutionReceiver, host, portNumber)
        resolutionReceiver.resolutionBegan(lookup)
        if not host:
            lookup.cancel()
        elif host in self._known:
            lookup.finish(self._known[host])
        else:
            lookup.began = self.reactor.callLater(self.patience, lookup.cancel)
            self._unguarded.resolveHostName(lookup, host, portNumber, addressTypes, transportSemantics)
        return lookup

    def judge(self, host: str, port: int, addresses: Sequence[str]) -> tuple[list[str], str]:
        """Return the addresses of a host that may be connected to; when there are others only, why not to those."""
        if is_allowed(host, port, self.allow_hosts):
            return list(addresses), ""
        verdicts = {address: judge_address(address) for address in addresses}
        public = [address for address, refused in verdicts.items() if refused is None]
        reasons = [refused.reason for refused in verdicts.values() if refused]
        return public, "" if public else "; ".join(reasons[:3])

    def remember(self, host: str, addresses: tuple[str, ...]) -> None:
        """Keep what was answered, for the rest of the run."""
        if addresses and len(self._known) < _MOST_NAMES:
            self._known[host] = addresses


@implementer(IHostResolution, IResolutionReceiver)
class _Lookup:
    """One look-up: receives what the unguarded resolver finds, hands on what the guard lets through, once."""

    def __init__(self, guard: GuardedResolver, receiver: Any, name: str, port: int) -> None:
        self.guard = guard
        self.receiver = receiver
        self.name = name
        self.port = port
        self.began: Any = None
        self._found: list[str] = []
        self._ended = False

    def cancel(self) -> None:
        """Hand on nothing: the name servers are silent, or nobody waits any more."""
        if not self._ended:
            self._end([], "")

    def resolutionBegan(self, resolution: IHostResolution) -> None:  # noqa: N802
        """Begin; the receiver knows already."""

    def addressResolved(self, address: IAddress) -> None:  # noqa: N802
        """Take note of an address."""
        assert isinstance(address, IPv4Address | IPv6Address)  # noqa: S101 (TCP has no others)
        self._found.append(address.host)

    def resolutionComplete(self) -> None:  # noqa: N802
        """Judge what was found."""
        if not self._ended:
            self.guard.remember(self.name, tuple(self._found))
            self.finish(tuple(self._found))

    def finish(self, addresses: Sequence[str]) -> None:
        """Hand on the addresses that may be connected to."""
        usable, reason = self.guard.judge(self.name, self.port, addresses)
        self._end(usable, reason)

    def _end(self, addresses: Sequence[str], reason: str) -> None:
        self._ended = True
        if self.began is not None and self.began.active():
            self.began.cancel()
        self.guard.refused[self.name, self.port] = reason
        for address in addresses:
            self.receiver.addressResolved(_dialled(address, self.port))
        self.receiver.resolutionComplete()


def _dialled(address: str, port: int) -> IPv4Address | IPv6Address:
    return IPv6Address("TCP", address, port) if ":" in address else IPv4Address("TCP", address, port)
