"""As much of Scrapy's engine as a crawl uses, over a network that a test makes up."""

from collections.abc import Awaitable, Callable
from types import SimpleNamespace

from scrapy import Request
from scrapy.http import Response


def engine_over(network: Callable[[Request], Awaitable[Response | Request]]) -> SimpleNamespace:
    """Return an engine whose downloader hands each request straight to `network`."""

    async def download_async(queue: Callable[[Request], Awaitable[Response | Request]], request: Request) -> object:
        return await queue(request)

    middleware = SimpleNamespace(download_async=download_async)
    return SimpleNamespace(downloader=SimpleNamespace(middleware=middleware, _enqueue_request=network))
