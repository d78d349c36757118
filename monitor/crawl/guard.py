"""The address guard: no request reaches a private or loopback address unless `[crawl] allow_hosts` names host and port.

The address that was checked is the address that is connected to: the check sits in the resolver that Scrapy asks for
every host, literal addresses included, so no redirect, spelling or second DNS answer goes round it. The resolver sees
no port; the port of an allowed host is checked by the middleware, which sees every request, redirects included.
"""

from collections.abc import Collection
from typing import Any

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.resolver import CachingThreadedResolver
from scrapy.utils.httpobj import urlparse_cached
from twisted.internet.defer import Deferred
from twisted.internet.error import DNSLookupError

from monitor.core.addresses import allowed_host, judge_address, judge_request
from monitor.core.urls import safe_url
from monitor.crawl.failures import RefusedAddressError

DEFAULT_PORTS = {"http": 80, "https": 443}


class AddressGuard:
    """Downloader middleware: refuses by scheme, user info, literal address and port, on every request and redirect."""

    def __init__(self, allow_hosts: Collection[str]) -> None:
        self.allow_hosts = allow_hosts

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "AddressGuard":
        """Build from the settings of the crawl."""
        return cls(crawler.settings.getlist("ALLOW_HOSTS"))

    def process_request(self, request: Request) -> None:
        """Raise RefusedAddressError for an address that must not be fetched."""
        parts = urlparse_cached(request)
        if parts.scheme not in DEFAULT_PORTS or not parts.hostname or "@" in parts.netloc or not safe_url(request.url):
            raise RefusedAddressError("the address is not a plain http or https address")
        port = parts.port or DEFAULT_PORTS[parts.scheme]
        if refused := judge_request(parts.hostname, port, self.allow_hosts):
            raise RefusedAddressError(
                f"{refused.reason}; private addresses are fetched only when allow_hosts names them"
            )


class GuardedResolver(CachingThreadedResolver):
    """Scrapy's resolver, which refuses an answer that is not a public address unless the host is allowed."""

    def __init__(self, reactor: Any, cache_size: int, timeout: float) -> None:
        super().__init__(reactor, cache_size, timeout)
        self.allowed: frozenset[str] = frozenset()

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: Any) -> "GuardedResolver":
        """Build from the settings of the crawl."""
        resolver = super().from_crawler(crawler, reactor)
        resolver.allowed = frozenset(allowed_host(entry) for entry in crawler.settings.getlist("ALLOW_HOSTS"))
        return resolver

    def getHostByName(self, name: str, timeout: Any = ()) -> "Deferred[str]":  # noqa: N802 (Twisted's name)
        """Resolve `name`; fail when the answer is refused."""
        answer = super().getHostByName(name, timeout)
        answer.addCallback(self._check, name)
        return answer

    def _check(self, address: str, name: str) -> str:
        if name.lower() not in self.allowed and (refused := judge_address(address)):
            raise DNSLookupError(f"{name}: {refused.reason}")
        return address
