"""How one poll asks the web: by its kind's bound of requests and pause, and the rules of its service."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from monitor.crawl.base import SourceSpider
from monitor.crawl.budget import POLL_BUDGET, Budget
from monitor.crawl.download import download
from monitor.crawl.failures import BudgetSpentError, RefusedAddressError
from monitor.crawl.politeness import OPEN_INTERFACE, slow_down
from monitor.crawl.secrets import carries_secret
from monitor.models import Source


class Asking:
    """The `Fetch` of one poll; remembers what was answered."""

    def __init__(self, crawler: Crawler, kind: SourceSpider, source: Source, moved: Mapping[str, str]) -> None:
        self.crawler = crawler
        self.kind = kind
        self.source = source
        self.moved = moved
        self.budget = Budget(kind.most_requests, kind.most_requests)
        self.allow_hosts = crawler.settings.getlist("ALLOW_HOSTS")
        self.answers: list[Response] = []

    async def __call__(self, request: Request) -> Response:
        """Ask once. Raises what the network raises, and BudgetSpentError."""
        if self.budget.left < 1:
            raise BudgetSpentError(f"one poll makes at most {self.kind.most_requests} requests")
        secret = carries_secret(request)
        if request.url == self.source.url and not secret:
            request = request.replace(url=self.moved.get(request.url, request.url))
        parts = urlsplit(request.url)
        unsafe = parts.scheme != "https" and parts.netloc not in self.allow_hosts
        if secret and (unsafe or parts.netloc not in self._told_secrets()):
            raise RefusedAddressError("a secret goes by https, and to the host of the line or the service alone")
        if self.kind.https_only and unsafe:
            raise RefusedAddressError("the terms of the service ask for https: write https:// in feeds.txt")
        request.meta[POLL_BUDGET] = self.budget
        request.meta["download_maxsize"] = self.kind.most_bytes
        if not self.kind.obeys_robots or parts.netloc in self.kind.api_hosts:
            request.meta[OPEN_INTERFACE] = parts.netloc
        if self.kind.pause:
            slow_down(self.crawler, request, self.kind.pause)
        response = await download(self.crawler, request)
        self.answers.append(response)
        return response

    def _told_secrets(self) -> set[str]:
        """Return the hosts that may be told a secret: those of the service, where its kind knows them."""
        if self.kind.api_hosts:
            return {*self.kind.api_hosts, *self.allow_hosts}
        return {urlsplit(self.source.url).netloc, *self.kind.secret_hosts}
