"""One crawl: polls the sources that are due, fetches the pages that are wanted, hands everything to the intake.

Scrapy's reactor starts once per process, so a process runs one crawl.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from pathlib import Path
from typing import Any, Self

import msgspec
from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.settings import Settings
from scrapy.spiderloader import SpiderLoader

from monitor.core.reservations import AGENT
from monitor.crawl.asking import Asking
from monitor.crawl.base import Intake, Polled, SourceSpider, Work
from monitor.crawl.bounds import MAX_PAGE
from monitor.crawl.budget import Budget
from monitor.crawl.failures import MAX_REDIRECTS, explain_failure
from monitor.crawl.guard import Guard
from monitor.crawl.ledger import Ledger, RunLedger
from monitor.crawl.proof import prove
from monitor.crawl.reservations import complete
from monitor.crawl.secrets import NoSecrets, Secrets
from monitor.crawl.site_files import RunFiles, SiteFiles
from monitor.crawl.visits import Visits
from monitor.errors import ConfigError, CrawlError
from monitor.models import Clock, Cursor, PollOutcome, Source, Validators, Wanted

log = logging.getLogger(__name__)

PASSING = (
    "CannotResolveHostError",
    "DownloadConnectionRefusedError",
    "DownloadFailedError",
    "DownloadTimeoutError",
    "ResponseDataLossError",
)
"""What is worth a second try. Scrapy's own list has Twisted's client in it, and loads it."""
POLLS_AT_ONCE = 128
"""As many as requests in all. So many hosts must hang at once before a good source waits for one (decision 0024)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What one crawl is to do."""

    sources: Sequence[Source] = ()
    """Sources to poll."""
    validators: Mapping[str, Validators] = field(default_factory=dict)
    cursors: Mapping[str, Cursor] = field(default_factory=dict)
    """Source -> what its kind remembered at the last poll."""
    words: Sequence[str] = ()
    """What sources that search, search for when their line names no query."""
    home: Path = Path()
    """What a path in feeds.txt is relative to."""
    secrets: Secrets = field(default_factory=NoSecrets)
    """What lines of feeds.txt refer to instead of holding it."""
    ledger: Ledger = field(default_factory=RunLedger)
    """What was used of services that allow only so much."""
    pages: Sequence[Wanted] = ()
    """Pages wanted from before."""
    budget: Budget | None = None
    """How many requests may be made; without one, as many as sources and pages need."""
    moved: Mapping[str, str] = field(default_factory=dict)
    """Source -> the address that is asked instead of the one in feeds.txt."""
    site_files: SiteFiles = field(default_factory=RunFiles)
    """What sites have said to programs, kept from run to run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """How to behave: see `[crawl]` of monitor.toml."""

    contact: str
    delay: float
    timeout: float
    allow_hosts: tuple[str, ...]
    zone: tzinfo


def crawl_settings(manners: Manners, kinds: Iterable[str] = ()) -> dict[str, Any]:
    """Return Scrapy's settings for one polite crawl of sources of these kinds; a kind is a module of its name."""
    contact = manners.contact or "no contact given"
    return {
        "SPIDER_MODULES": [f"spiders.{kind}" for kind in sorted(set(kinds))],
        "USER_AGENT": f"{AGENT}/0.1 (media monitoring for a municipality; {contact})",
        "ROBOTSTXT_OBEY": False,  # obeyed by our own RobotsPolicy: Scrapy's takes an error for a permission
        "ROBOTSTXT_USER_AGENT": AGENT,
        "ALLOW_HOSTS": list(manners.allow_hosts),
        "DOWNLOADER_MIDDLEWARES": {
            "monitor.crawl.guard.AddressGuard": 50,
            "monitor.crawl.politeness.RobotsPolicy": 100,
            "monitor.crawl.budget.RequestBudget": 950,  # next to the network: redirects and second tries count too
            "monitor.crawl.reservations.ReservationPolicy": 110,
            "monitor.crawl.guard.PlainRedirects": 610,
            "monitor.crawl.bounds.Unpacking": 590,
            "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
            "scrapy.downloadermiddlewares.httpproxy.HttpProxyMiddleware": None,  # a proxy looks names up unguarded
            "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,
            "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
            "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
            "scrapy.downloadermiddlewares.cookies.CookiesMiddleware": None,
            "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
            "scrapy.downloadermiddlewares.stats.DownloaderStats": None,
        },
        "SPIDER_MIDDLEWARES": {
            "scrapy.spidermiddlewares.referer.RefererMiddleware": None,
            "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
        },
        "DOWNLOAD_HANDLERS": {
            **dict.fromkeys(("http", "https"), "monitor.crawl.client.BoundedHandler"),
            **dict.fromkeys(("file", "ftp", "data", "s3")),
        },
        "DOWNLOAD_DELAY": manners.delay,
        "DOWNLOAD_DELAY_JITTER": 0,  # the delay in monitor.toml is a promise, not a mean
        "CONCURRENT_REQUESTS": POLLS_AT_ONCE,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        "AUTOTHROTTLE_ENABLED": True,
        "AUTOTHROTTLE_START_DELAY": manners.delay,
        "DOWNLOAD_TIMEOUT": manners.timeout,
        "DOWNLOAD_MAXSIZE": MAX_PAGE,
        "DOWNLOAD_WARNSIZE": 0,
        "REDIRECT_MAX_TIMES": MAX_REDIRECTS,
        "METAREFRESH_ENABLED": False,
        "RETRY_TIMES": 1,
        "RETRY_EXCEPTIONS": [f"scrapy.exceptions.{name}" for name in PASSING],
        "RETRY_HTTP_CODES": [502, 503, 504],
        "RETRY_GIVE_UP_LOG_LEVEL": "DEBUG",
        "DUPEFILTER_CLASS": "scrapy.dupefilters.BaseDupeFilter",  # the store knows what was seen
        "COOKIES_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
        "LOG_ENABLED": False,
        "LOG_INSTALL_ROOT_HANDLER": False,
        "STATS_CLASS": "scrapy.statscollectors.DummyStatsCollector",  # nobody reads them
        "EXTENSIONS": {
            "scrapy.extensions.corestats.CoreStats": None,
            "scrapy.extensions.logcount.LogCount": None,
            "scrapy.extensions.logstats.LogStats": None,
            "scrapy.extensions.remote_control.RemoteControl": None,
            "scrapy.extensions.telnet.TelnetConsole": None,
            "scrapy.extensions.memusage.MemoryUsage": None,
        },
    }


def run_crawl(plan: Plan, manners: Manners, intake: Intake, work: Work, clock: Clock) -> None:
    """Run one crawl to its end. What happens to sources and pages goes to the intake; nothing is raised for them.

    What the intake itself raises (a database that cannot be written) is raised at the end: the first of it.
    Raises CrawlError, before anybody is asked, when the self-test fails.
    """
    if not plan.sources and not plan.pages:
        return
    settings = Settings(crawl_settings(manners, (source.kind for source in plan.sources)))
    process = AsyncCrawlerProcess(settings)
    faults: list[BaseException] = []
    process.crawl(HomeSpider, plan=plan, intake=intake, work=work, clock=clock, zone=manners.zone, faults=faults)
    process.start()
    if faults:
        raise faults[0]


class HomeSpider(Spider):
    """Conducts one crawl: asks each source's kind how to poll it, then fetches the pages the intake wants."""

    name = "home"
    guard: Guard

    def __init__(
        self,
        *,
        plan: Plan,
        intake: Intake,
        work: Work,
        clock: Clock,
        zone: tzinfo,
        faults: list[BaseException],
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.plan = plan
        self.intake = intake
        self.work = work
        self.clock = clock
        self.zone = zone
        self.faults = faults
        self._kinds: dict[str, SourceSpider] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Build, with the guard that the client of this crawl asks."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.guard = Guard(crawler.settings.getlist("ALLOW_HOSTS"))
        return spider

    async def start(self) -> AsyncIterator[Request]:
        """Poll the sources, fetch what they and former runs want, and end when all of it is done."""
        try:
            await prove(self.crawler)
        except CrawlError as error:
            self.faults.append(error)
            return
        visits = Visits(self.crawler, self.intake, self.clock, self.faults)
        at_once = asyncio.Semaphore(POLLS_AT_ONCE)
        polls = [asyncio.ensure_future(self._poll(source, at_once, visits)) for source in self.plan.sources]
        visits.want(self.plan.pages)
        ends = await asyncio.gather(*polls, return_exceptions=True)
        self.faults += [end for end in ends if isinstance(end, BaseException)]
        await visits.end()
        nothing: tuple[Request, ...] = ()  # Scrapy wants a generator; no request goes through its scheduler
        for request in nothing:
            yield request

    def _kind(self, name: str) -> SourceSpider:
        if name not in self._kinds:
            spider_class = SpiderLoader.from_settings(self.settings).load(name)
            kind = spider_class(
                work=self.work,
                clock=self.clock,
                zone=self.zone,
                words=self.plan.words,
                home=self.plan.home,
                secrets=self.plan.secrets,
                ledger=self.plan.ledger,
                allow_hosts=self.settings.getlist("ALLOW_HOSTS"),
            )
            assert isinstance(kind, SourceSpider)  # noqa: S101 (a kind that is none is a fault of the program)
            self._kinds[name] = kind
        return self._kinds[name]

    async def _poll(self, source: Source, at_once: asyncio.Semaphore, visits: Visits) -> None:
        """Poll a source, hand over what it brought, and go on with the pages that are wanted."""
        async with at_once:
            if self.faults:  # what cannot be saved is not asked for
                return
            polled = await self._ask(source)
        visits.want(self.intake.polled(polled))
        await self._put_away(source, polled)

    async def _put_away(self, source: Source, polled: Polled) -> None:
        """Let a kind mark or move what it has read, in a thread. A failure is told: what was read is saved."""
        if polled.saved is None:
            return
        try:
            await asyncio.to_thread(polled.saved)
        except Exception as error:  # noqa: BLE001 (whatever a kind raises here loses nothing)
            reason = self.plan.secrets.hide(str(error))
            log.warning("what was read could not be put away: %s", reason, extra={"source": source.name})

    async def _ask(self, source: Source) -> Polled:
        """Let the kind read its source; whatever goes wrong is the outcome of the poll."""
        kind = self._kind(source.kind)
        try:
            kind.read_options(source)
        except msgspec.ValidationError as error:
            reason = f"feeds.txt, line {source.line}: {error}"
            return Polled(poll=kind.failed(source, PollOutcome.UNREADABLE, reason))
        validators = self.plan.validators.get(source.url, Validators())
        asking = Asking(self.crawler, kind, source, self.plan.moved)
        try:
            polled = await kind.poll(source, validators, self.plan.cursors.get(source.url, {}), asking)
        except ConfigError as error:
            reason = f"feeds.txt, line {source.line}: {error.where}: {error.what}"
            return Polled(poll=kind.failed(source, PollOutcome.UNREADABLE, reason))
        except Exception as error:  # noqa: BLE001 (whatever a kind raises is an outcome of its source)
            outcome, reason = explain_failure(error)
            polled = Polled(poll=kind.failed(source, outcome, reason))
            log.debug("poll failed: %s", self.plan.secrets.hide(repr(error)), extra={"source": source.name})
        else:
            polled = complete(polled, asking.answers)
        return replace(polled, poll=replace(polled.poll, reason=self.plan.secrets.hide(polled.poll.reason)))
