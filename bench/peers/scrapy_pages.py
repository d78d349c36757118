"""Peer: plain Scrapy reads pages; trafilatura in the spider's callback, the town as a word, an insert an item.

    python scrapy_pages.py DATABASE URLS TOWN

As one would write it first: every page is extracted with its metadata (title and date are what a monitor shows), and
what names the town is kept. The settings are those of scrapy_bare.py. Prints how many pages name the town.
"""

import re
import sqlite3
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import trafilatura
from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response
from trafilatura.settings import Document

SETTINGS = {
    "CONCURRENT_REQUESTS": 100,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 8,
    "DOWNLOAD_DELAY": 0,
    "ROBOTSTXT_OBEY": False,
    "COOKIES_ENABLED": False,
    "TELNETCONSOLE_ENABLED": False,
    "LOG_ENABLED": False,
    "ITEM_PIPELINES": {"__main__.Insert": 300},
}
TOWN = re.compile(rf"\b{re.escape(sys.argv[3])}s?\b")


class Insert:
    """One statement and one transaction an item."""

    def open_spider(self) -> None:
        """Open the database."""
        self.connection = sqlite3.connect(sys.argv[1], isolation_level=None)
        self.connection.execute("pragma journal_mode = wal")
        self.connection.execute("pragma synchronous = normal")
        self.connection.execute("create table pages (url primary key, title, published, text, names)")

    def process_item(self, item: dict[str, Any]) -> dict[str, Any]:
        """Insert a page."""
        self.connection.execute("insert into pages values (:url, :title, :published, :text, :names)", item)
        return item


class Pages(Spider):
    """Reads every page once."""

    name = "pages"
    urls = Path(sys.argv[2]).read_text(encoding="utf-8").split()

    async def start(self) -> AsyncIterator[Request]:
        """Ask for each."""
        for url in self.urls:
            yield Request(url)

    def parse(self, response: Response, **_more: Any) -> Iterator[dict[str, Any]]:
        """Extract a page, and see whether it names the town."""
        found = trafilatura.bare_extraction(response.body, url=response.url, with_metadata=True)
        document = found if isinstance(found, Document) else Document()
        text = document.text or ""
        yield {
            "url": response.url,
            "title": document.title,
            "published": document.date,
            "text": text,
            "names": bool(TOWN.search(text)),
        }


if __name__ == "__main__":
    process = AsyncCrawlerProcess(SETTINGS)
    process.crawl(Pages)
    process.start()
    print(sqlite3.connect(sys.argv[1]).execute("select count(*) from pages where names").fetchone()[0])
