"""The files in which a site speaks to programs: fetched once a day at most, remembered from run to run."""

import asyncio
from typing import Protocol

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http.request import NO_CALLBACK

from monitor.core.polling import is_fresh
from monitor.crawl.bounds import MAX_SITE_FILE, SITE_FILE
from monitor.crawl.download import download
from monitor.crawl.failures import explain_failure
from monitor.models import Clock, SiteFile


class SiteFiles(Protocol):
    """What sites have said to programs."""

    def recall(self, url: str) -> SiteFile | None:
        """Return what stood at an address the last time."""

    def keep(self, file: SiteFile) -> None:
        """Remember what stood at an address."""


class RunFiles:
    """Remembers for one run only."""

    def __init__(self) -> None:
        self._files: dict[str, SiteFile] = {}

    def recall(self, url: str) -> SiteFile | None:
        """Return what stood at an address the last time."""
        return self._files.get(url)

    def keep(self, file: SiteFile) -> None:
        """Remember what stood at an address."""
        self._files[file.url] = file


class SiteReader:
    """Reads such files for one crawl: each at most once, however many requests wait for it."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self._tasks: dict[str, asyncio.Task[SiteFile]] = {}

    async def read(self, url: str) -> SiteFile:
        """Return what stands at `url`, as remembered while that is fresh."""
        if url not in self._tasks:
            self._tasks[url] = asyncio.ensure_future(self._read(url))
        return await self._tasks[url]

    async def _read(self, url: str) -> SiteFile:
        spider = self.crawler.spider
        files: SiteFiles = spider.plan.site_files  # type: ignore[union-attr]  # HomeSpider has a plan
        clock: Clock = spider.clock  # type: ignore[union-attr]  # and a clock
        known = files.recall(url)
        if known is not None and is_fresh(known, clock()):
            return known
        file = await self._fetch(url, clock)
        files.keep(file)
        return file

    async def _fetch(self, url: str, clock: Clock) -> SiteFile:
        # Such a file is asked whatever robots.txt says: it is where the site says what it wants.
        request = Request(url, meta={SITE_FILE: True}, priority=1000, callback=NO_CALLBACK)
        try:
            response = await download(self.crawler, request)
        except Exception as error:  # noqa: BLE001 (whatever the network raises means the same: no answer)
            return SiteFile(url=url, asked=clock(), reason=explain_failure(error)[1])
        body = response.body[:MAX_SITE_FILE] if 200 <= response.status < 300 else b""
        return SiteFile(url=url, asked=clock(), status=response.status, body=body)
