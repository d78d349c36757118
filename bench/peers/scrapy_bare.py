"""Peer: plain Scrapy fetches pages and does nothing with them: what a crawl costs before anybody looks at a page.

    python scrapy_bare.py URLS

Settings to its advantage: 100 requests at once, 8 to a host, no delay, no robots.txt, no cookies, no log. Prints how
many pages came.
"""

import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response

SETTINGS = {
    "CONCURRENT_REQUESTS": 100,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 8,
    "DOWNLOAD_DELAY": 0,
    "ROBOTSTXT_OBEY": False,
    "COOKIES_ENABLED": False,
    "TELNETCONSOLE_ENABLED": False,
    "LOG_ENABLED": False,
}


class Pages(Spider):
    """Fetches every page once."""

    name = "pages"
    urls = Path(sys.argv[1]).read_text(encoding="utf-8").split()
    came = 0

    async def start(self) -> AsyncIterator[Request]:
        """Ask for each."""
        for url in self.urls:
            yield Request(url)

    def parse(self, response: Response, **_more: Any) -> None:
        """Count."""
        Pages.came += response.status == 200


if __name__ == "__main__":
    process = AsyncCrawlerProcess(SETTINGS)
    process.crawl(Pages)
    process.start()
    print(Pages.came)
