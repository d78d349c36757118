"""Source -> Poll, Entry -> Page: one polite crawl, everything saved as it comes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlite_utils import Database

from monitor.config import LOCAL_KINDS, Home
from monitor.config.secrets import Secrets
from monitor.core.matching import build_matcher
from monitor.core.pages import compile_names, may_mention
from monitor.core.polling import is_due
from monitor.crawl.base import Polled
from monitor.crawl.run import Manners, Plan, run_crawl
from monitor.models import Clock, Page, Poll, Source, StorePolicy, Unavailable, Wanted
from monitor.steps import Tell, say_nothing, watch_of
from monitor.store import intake as intake_store
from monitor.store.health import StoredSiteFiles
from monitor.store.ledger import StoredLedger
from monitor.workers import Workers

MayName = Callable[[bytes, str], bool]
"""Tells whether bytes of a Content-Type may mention the town."""


@dataclass(slots=True)
class CrawlResult:
    """What one crawl brought."""

    polls: list[Poll]
    new_entries: int = 0
    pages_kept: int = 0
    pages_without: int = 0
    pages_unavailable: int = 0

    @property
    def failed(self) -> list[Poll]:
        """Polls of sources that did not answer with what they were asked for."""
        return [poll for poll in self.polls if not poll.outcome.healthy]


class HomeIntake:
    """Saves what the crawl hands over, and says which pages are wanted: the `Intake` of a home's database."""

    def __init__(
        self, db: Database, home: Home, may_name: MayName, clock: Clock, tell: Tell, *, run: int | None = None
    ) -> None:
        self.db = db
        self.home = home
        self.may_name = may_name
        self.clock = clock
        self.tell = tell
        self.run = run
        self.result = CrawlResult(polls=[])
        self.wanted = 0
        self.link_only = {source.url for source in home.sources if source.store is StorePolicy.LINK}

    def want(self, source: str) -> list[Wanted]:
        """Return the pages to fetch for a source in this run: none of one that is link only."""
        if source in self.link_only:
            return []
        limit = self.home.settings.crawl.pages_per_source
        pages = intake_store.wanted_pages(self.db, source, limit, self.clock(), self.run)
        self.wanted += len(pages)
        return pages

    def polled(self, polled: Polled) -> list[Wanted]:
        """Save a poll with its entries."""
        self.result.new_entries += intake_store.save_poll(self.db, polled.poll, polled.entries, polled.cursor)
        self.result.polls.append(polled.poll)
        return self.want(polled.poll.source)

    def fetched(self, wanted: Wanted, page: Page) -> list[Wanted]:
        """Keep a page whose bytes, or whose entry's own words, may mention the town."""
        if self.may_name(page.body, page.content_type) or self._said(wanted):
            intake_store.save_page(self.db, wanted, page, self.home.settings.retention.pages_days)
            self.result.pages_kept += 1
        else:
            intake_store.save_no_mention(self.db, wanted, page.fetched_at, "no spelling of the names in the page")
            self.result.pages_without += 1
        self._count()
        return []

    def unavailable(self, wanted: Wanted, outcome: Unavailable) -> list[Wanted]:
        """Take note of a page that could not be had; it is judged on the feed's own words."""
        intake_store.save_unavailable(self.db, wanted, outcome, self.clock())
        self.result.pages_unavailable += 1
        self._count()
        return []

    def _said(self, wanted: Wanted) -> bool:
        return any(self.may_name(words.encode(), "") for words in intake_store.words_of_page(self.db, wanted.id))

    def _count(self) -> None:
        result = self.result
        done = result.pages_kept + result.pages_without + result.pages_unavailable
        self.tell("pages", done, self.wanted)


def crawl(
    home: Home,
    db: Database,
    clock: Clock,
    *,
    everything: bool = False,
    tell: Tell = say_nothing,
    run: int | None = None,
) -> CrawlResult:
    """Poll the sources that are due (with `everything`: all), and fetch the pages that are wanted, as `run`."""
    intake_store.register_sources(db, home.sources)
    now = clock()
    due = due_sources(home, db, now, everything=everything)
    intake = HomeIntake(db, home, may_name_of(home), clock, tell, run=run)
    polled = {source.url for source in due}
    waiting = [source.url for source in home.known_sources if source.url not in polled and not source.paused]
    pages = [wanted for url in waiting for wanted in intake.want(url)]
    plan = Plan(
        sources=due,
        validators=intake_store.validators(db),
        cursors=intake_store.cursors(db),
        words=(home.settings.municipality, *home.settings.names),
        home=home.path,
        secrets=Secrets(home.path),
        ledger=StoredLedger(db),
        pages=pages,
        moved=intake_store.moved_sources(db),
        site_files=StoredSiteFiles(db),
    )
    with Workers() as workers:
        run_crawl(plan, manners_of(home), intake, workers.run, clock)
    return intake.result


def may_name_of(home: Home) -> MayName:
    """Return the byte test of a home; its names are compiled when the first page comes, which in most runs is never."""
    names = cache(lambda: compile_names(build_matcher(watch_of(home)).names))
    return lambda body, kind: may_mention(body, names(), kind)


def due_sources(home: Home, db: Database, now: datetime, *, everything: bool = False) -> list[Source]:
    """Return the sources that are to be polled now (with `everything`: all that are not paused)."""
    times = intake_store.due_times(db)
    return [
        source
        for source in home.sources
        if not source.paused and (everything or is_due(times.get(source.url), now) or source.kind in LOCAL_KINDS)
    ]


def manners_of(home: Home) -> Manners:
    """Return how the home wants to behave on the web."""
    settings = home.settings.crawl
    return Manners(
        contact=settings.contact,
        delay=settings.delay,
        timeout=settings.timeout,
        allow_hosts=settings.allow_hosts,
        zone=home.settings.zone,
    )
