"""Peer: plain Scrapy polls feeds; feedparser in the spider's callback, a pipeline that inserts an item at a time.

    python scrapy_poll.py DATABASE URLS

As its documentation would have one write it, with settings to its advantage: 100 requests at once (16 is usual), 8 to
a host (usual), no delay, no robots.txt, no cookies, no log, no feed asked twice, the database with a write-ahead log.
Asks with the validators of the last run. Prints how many entries stand in the database at the end.
"""

import sqlite3
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import feedparser
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
    "ITEM_PIPELINES": {"__main__.Insert": 300},
}
COLUMNS = ("feed", "id", "link", "title", "summary", "content", "published")


def open_database(path: str) -> sqlite3.Connection:
    """Open the database, with its tables."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("pragma journal_mode = wal")
    connection.execute("pragma synchronous = normal")
    connection.execute(f"create table if not exists entries ({', '.join(COLUMNS)}, primary key (feed, id))")
    connection.execute("create table if not exists feeds (url primary key, etag)")
    return connection


class Insert:
    """One statement and one transaction an item."""

    def open_spider(self) -> None:
        """Open the database."""
        self.connection = open_database(sys.argv[1])

    def process_item(self, item: dict[str, Any]) -> dict[str, Any]:
        """Insert an entry that is new."""
        row = [item[name] for name in COLUMNS]
        self.connection.execute("insert or ignore into entries values (?, ?, ?, ?, ?, ?, ?)", row)
        return item


class Feeds(Spider):
    """Asks every feed once."""

    name = "feeds"
    handle_httpstatus_list = (304,)
    urls = Path(sys.argv[2]).read_text(encoding="utf-8").split()

    async def start(self) -> AsyncIterator[Request]:
        """Ask each with the validator that it gave last."""
        self.connection = open_database(sys.argv[1])
        known = dict(self.connection.execute("select url, etag from feeds"))
        for url in self.urls:
            yield Request(url, headers={"If-None-Match": known[url]} if url in known else {})

    def parse(self, response: Response, **_more: Any) -> Iterator[dict[str, Any]]:
        """Read a feed that has changed."""
        if response.status == 304:
            return
        for entry in feedparser.parse(response.body).entries:
            yield {
                "feed": response.url,
                "id": entry.get("id") or entry.get("link"),
                "link": entry.get("link"),
                "title": entry.get("title"),
                "summary": entry.get("summary"),
                "content": entry.content[0].value if "content" in entry else None,
                "published": entry.get("published"),
            }
        etag = (response.headers.get("ETag") or b"").decode("latin-1")
        self.connection.execute("insert or replace into feeds values (?, ?)", [response.url, etag])


if __name__ == "__main__":
    process = AsyncCrawlerProcess(SETTINGS)
    process.crawl(Feeds)
    process.start()
    print(open_database(sys.argv[1]).execute("select count(*) from entries").fetchone()[0])
