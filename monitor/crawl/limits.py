"""A `Fetch` that stops by itself when the service says that its bound on calls is reached."""

from scrapy import Request
from scrapy.http import Response

from monitor.crawl.base import Fetch, header_of
from monitor.crawl.failures import BudgetSpentError

_REMAINING = ("X-RateLimit-Remaining", "X-Rate-Limit-Remaining", "RateLimit-Remaining")
_NONE = {"0", "0.0"}


class WithinLimits:
    """Asks no more in one poll once an answer was 429, or said that no call is left."""

    def __init__(self, fetch: Fetch) -> None:
        self.fetch = fetch
        self.spent = False

    async def __call__(self, request: Request, /) -> Response:
        """Ask once. Raises BudgetSpentError when the service allows no more."""
        if self.spent:
            raise BudgetSpentError("the service allows no more calls just now: the rest follows at the next poll")
        response = await self.fetch(request)
        self.spent = response.status == 429 or any(header_of(response, name).strip() in _NONE for name in _REMAINING)
        return response
