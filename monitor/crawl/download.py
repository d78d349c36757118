"""How everything is asked for: Scrapy's downloader with its slots, delays and all middlewares, without its engine.

What the engine adds is for callbacks and statistics, which a crawl of ours has none of; it wraps each request in
Deferreds for it, a seventh of what a request costs (decision 0032).
"""

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response


async def download(crawler: Crawler, request: Request) -> Response:
    """Ask; redirects and second tries are followed as the middlewares say. Raises what the network raises."""
    downloader = crawler.engine.downloader
    queue = downloader._enqueue_request  # noqa: SLF001 (the self-test proves that it is there)
    asked = request
    while True:
        answer = await downloader.middleware.download_async(queue, asked)
        if isinstance(answer, Response):
            answer.request = answer.request or asked
            return answer
        asked = answer
