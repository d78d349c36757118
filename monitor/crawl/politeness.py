"""robots.txt by RFC 9309: obeyed for every request; what cannot be had forbids, what is not there allows."""

from collections import Counter
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.crawler import Crawler

from monitor.core.reservations import AGENT
from monitor.core.robots import lines_for
from monitor.crawl.bounds import SITE_FILE
from monitor.crawl.client import host_and_port
from monitor.crawl.failures import PostponedError, RefusedAddressError, RobotsForbidError, RobotsUnknownError
from monitor.crawl.guard import Guard
from monitor.crawl.site_files import SiteReader
from monitor.models import Refused, SiteFile

SLOW_HOST_SECONDS = 600.0
"""How long one run waits at most for a host that asks for long pauses; the rest follows in the next runs."""


OPEN_INTERFACE = "open_interface"
"""Where a request of a documented open interface names its host: there, its terms govern (decision 0019)."""


def in_open_interface(request: Request) -> bool:
    """Whether a request goes to a documented open interface: a redirect to another host does not."""
    return request.meta.get(OPEN_INTERFACE) == urlsplit(request.url).netloc


def slow_down(crawler: Crawler, request: Request, pause: float) -> None:
    """Keep `pause` seconds between two requests to the host of `request`, when that is longer than our own delay."""
    if pause <= crawler.settings.getfloat("DOWNLOAD_DELAY"):
        return
    downloader = crawler.engine.downloader
    key = downloader.get_slot_key(request)
    downloader.per_slot_settings[key] = {"delay": pause}  # for a host whose slot is yet to be made
    if slot := downloader.slots.get(key):
        slot.delay = max(slot.delay, pause)
    request.meta["autothrottle_dont_adjust_delay"] = True


class RobotsPolicy:
    """Downloader middleware. One robots.txt per scheme, host and port is fetched at most once a day."""

    def __init__(self, crawler: Crawler, agent: str) -> None:
        self.crawler = crawler
        self.agent = agent
        self.files = SiteReader(crawler)
        self._rules: dict[str, Protego | str] = {}
        self._asked: Counter[str] = Counter()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "RobotsPolicy":
        """Build from the settings of the crawl."""
        return cls(crawler, crawler.settings["ROBOTSTXT_USER_AGENT"])

    async def process_request(self, request: Request) -> None:
        """Raise RobotsForbidError, RobotsUnknownError or PostponedError when the address may not be fetched (now)."""
        if SITE_FILE in request.meta or in_open_interface(request):
            return
        parts = urlsplit(request.url)
        origin = f"{parts.scheme}://{parts.netloc}"
        file = await self.files.read(f"{origin}/robots.txt")
        if origin not in self._rules:
            self._rules[origin] = read_robots(file)
        rules = self._rules[origin]
        if isinstance(rules, str):
            guard: Guard = self.crawler.spider.guard  # type: ignore[union-attr]  # HomeSpider has one
            if reason := guard.refusal(*host_and_port(request)):  # the guard's word on the host, not robots.txt's
                raise RefusedAddressError(reason)
            raise RobotsUnknownError(rules)
        if not rules.can_fetch(request.url, self.agent):
            raise RobotsForbidError("robots.txt forbids it")
        # A pause of a century would hold the run for one: the second request of such a host is postponed anyway.
        pause = min(float(rules.crawl_delay(self.agent) or 0), SLOW_HOST_SECONDS)
        self._slow_down(request, origin, pause)

    def _slow_down(self, request: Request, origin: str, pause: float) -> None:
        """Keep the pause that robots.txt asks for between two requests to its host, when it is longer than ours."""
        if pause <= self.crawler.settings.getfloat("DOWNLOAD_DELAY"):
            return
        self._asked[origin] += 1
        if self._asked[origin] > 1 and self._asked[origin] * pause > SLOW_HOST_SECONDS:
            raise PostponedError(f"robots.txt asks for {pause:g} s between requests: the rest follows in the next run")
        slow_down(self.crawler, request, pause)


def read_robots(file: SiteFile) -> Protego | str:
    """Return the rules in a file by RFC 9309, 2.3.1: success is parsed, 4xx allows all, 5xx and silence forbid all."""
    if file.status is None:
        return f"{file.reason} (asked for robots.txt)"
    if file.status >= 500 or file.status == 429:
        return f"robots.txt answered with an error (HTTP {file.status}), so nothing may be fetched"
    lines = lines_for(file.body.decode("utf-8", "replace"), AGENT)
    return lines.reason if isinstance(lines, Refused) else Protego.parse(lines)
