"""robots.txt by RFC 9309: obeyed for every request; what cannot be had forbids, what is not there allows."""

import asyncio
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from monitor.crawl.failures import RobotsForbidError, RobotsUnknownError, explain_failure

MAX_BYTES = 500 * 1024  # RFC 9309, 2.5: a crawler must read at least 500 kibibytes


class RobotsPolicy:
    """Downloader middleware. One robots.txt per scheme, host and port is fetched once per run."""

    def __init__(self, crawler: Crawler, agent: str) -> None:
        self.crawler = crawler
        self.agent = agent
        self._rules: dict[str, asyncio.Task[Protego | str]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "RobotsPolicy":
        """Build from the settings of the crawl."""
        return cls(crawler, crawler.settings["ROBOTSTXT_USER_AGENT"])

    async def process_request(self, request: Request) -> None:
        """Raise RobotsForbidError or RobotsUnknownError when the address may not be fetched."""
        if request.meta.get("robots"):
            return
        parts = urlsplit(request.url)
        origin = f"{parts.scheme}://{parts.netloc}"
        task = self._rules.get(origin)
        if task is None:
            task = self._rules[origin] = asyncio.ensure_future(self._fetch(origin))
        rules = await task
        if isinstance(rules, str):
            raise RobotsUnknownError(rules)
        if not rules.can_fetch(request.url, self.agent):
            raise RobotsForbidError("robots.txt forbids it")

    async def _fetch(self, origin: str) -> Protego | str:
        """Return the rules of an origin, or the reason why there are none and nothing may be fetched."""
        request = Request(f"{origin}/robots.txt", meta={"robots": True}, priority=1000, callback=NO_CALLBACK)
        try:
            response = await self.crawler.engine.download_async(request)
        except Exception as error:  # noqa: BLE001 (whatever the network raises means the same: no answer)
            return f"{explain_failure(error)[1]} (asked for robots.txt)"
        return read_robots(response)


def read_robots(response: Response) -> Protego | str:
    """Return the rules in a response by RFC 9309, 2.3.1: success is parsed, 4xx allows all, 5xx forbids all."""
    if response.status >= 500 or response.status == 429:
        return f"robots.txt answered with an error (HTTP {response.status}), so nothing may be fetched"
    body = response.body[:MAX_BYTES] if 200 <= response.status < 300 else b""
    return Protego.parse(body.decode("utf-8", "replace"))
