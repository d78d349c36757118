"""A bound on what one crawl may ask the web: counted where requests leave, so that nothing goes round it."""

from collections import Counter

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.utils.httpobj import urlparse_cached

from monitor.crawl.failures import BudgetSpentError

POLL_BUDGET = "poll_budget"
"""Where a request carries the budget of the poll that makes it. Redirects and second tries carry it on."""


class Budget:
    """How many requests may be made, in all and to one host. robots.txt, redirects and second tries count."""

    def __init__(self, total: int, per_host: int) -> None:
        self.total = total
        self.per_host = per_host
        self.hosts: Counter[str] = Counter()

    @property
    def spent(self) -> int:
        """Requests that were made."""
        return self.hosts.total()

    @property
    def left(self) -> int:
        """Requests that may still be made."""
        return self.total - self.spent

    def spend(self, host: str) -> bool:
        """Take one request out of the budget; False when nothing is left of it."""
        if self.left < 1 or self.hosts[host] >= self.per_host:
            return False
        self.hosts[host] += 1
        return True


class RequestBudget:
    """Downloader middleware: stops what the budget of the crawl's plan does not allow."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "RequestBudget":
        """Build for a crawl."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Raise BudgetSpentError when the request is one too many."""
        # Not by a setting: Scrapy copies settings, objects in them too, and whoever made the plan reads what is left.
        budget: Budget | None = self.crawler.spider.plan.budget  # type: ignore[union-attr]  # HomeSpider has a plan
        host = urlparse_cached(request).netloc
        for spent in (budget, request.meta.get(POLL_BUDGET)):
            if spent is not None and not spent.spend(host):
                raise BudgetSpentError("the budget of requests is spent")
