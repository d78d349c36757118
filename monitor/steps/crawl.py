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
from monitor.store.arrivals import Arrival
from monitor.store.db import transaction
from monitor.store.health import StoredSiteFiles
from monitor.store.ledger import StoredLedger
from monitor.workers import Workers

_POLLS_AT_ONCE = 16
_BYTES_AT_ONCE = 4 * 1024**2
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
    """Takes what the crawl hands over, saves it, and says which pages are wanted: the `Intake` of a home's database.

    Some polls and pages are saved together: most of what one costs alone is its transaction. A crawl for many homes
    lets each take more (`take_poll`, `take_page`) before it saves. What was taken and not saved when the program is
    killed is asked for again in the next run.
    """

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
        self.due = 0
        """How many polls are still to come: a poll waits for no more others than that, since its pages wait with it."""
        self.link_only = {source.url for source in home.sources if source.store is StorePolicy.LINK}
        self._taken = 0
        """Bytes of the pages that were taken and not saved."""
        self._arrivals: list[Arrival] = []
        self._named: list[tuple[Wanted, Page]] = []
        self._unnamed: list[tuple[Wanted, Page]] = []
        self._unavailable: list[tuple[Wanted, Unavailable, datetime]] = []

    def want(self, *sources: str) -> list[Wanted]:
        """Return the pages to fetch for sources in this run: none of those that are link only."""
        if not sources:
            return []
        limit, now = self.home.settings.crawl.pages_per_source, self.clock()
        pages: list[Wanted] = []
        with transaction(self.db):
            for source in sources:
                if source not in self.link_only:
                    pages += intake_store.wanted_pages(self.db, source, limit, now, self.run)
        self.wanted += len(pages)
        return pages

    def polled(self, polled: Polled) -> list[Wanted]:
        """Take a poll with its entries and save it soon; at once when its kind waits to put away what it has read."""
        self.take_poll(Arrival(polled.poll, polled.entries, polled.cursor))
        self.due -= 1
        enough = len(self._arrivals) >= min(_POLLS_AT_ONCE, max(self.due, 1))
        return self.save() if enough or polled.saved else []

    def fetched(self, wanted: Wanted, page: Page) -> list[Wanted]:
        """Keep a page whose bytes, or whose entry's own words, may mention the town; the others are saved together."""
        self.take_page(wanted, page)
        return self.save() if self._named or self._taken > _BYTES_AT_ONCE else []

    def unavailable(self, wanted: Wanted, outcome: Unavailable) -> list[Wanted]:
        """Take note of a page that could not be had; it is judged on the feed's own words."""
        self.take_page(wanted, outcome)
        return self.save()

    def take_poll(self, arrival: Arrival) -> None:
        """Take a poll, to be saved soon."""
        self._arrivals.append(arrival)

    def take_page(self, wanted: Wanted, answer: Page | Unavailable) -> None:
        """Take a page or the reason why it cannot be had, to be saved soon."""
        self._taken += 0 if isinstance(answer, Unavailable) else len(answer.body)
        if isinstance(answer, Unavailable):
            self._unavailable.append((wanted, answer, self.clock()))
        elif self.may_name(answer.body, answer.content_type):
            self._named.append((wanted, answer))
        else:
            self._unnamed.append((wanted, answer))

    def save(self) -> list[Wanted]:
        """Save all that was taken, in one transaction; return the pages that the polls want."""
        arrivals, self._arrivals = self._arrivals, []
        self._taken = 0
        if not (arrivals or self._named or self._unnamed or self._unavailable):
            return []
        said = self._said()
        with transaction(self.db):
            pages = self._save_pages(said)  # first: a poll may send a page back to be fetched again
            new = sum(intake_store.save_arrival(self.db, arrival) for arrival in arrivals)
            wanted = self.want(*(arrival.poll.source for arrival in arrivals))
        self.result.new_entries += new
        self.result.polls += [arrival.poll for arrival in arrivals]
        self._count(*pages)
        return wanted

    def _save_pages(self, said: set[int]) -> tuple[int, int, int]:
        """Save the pages that were taken; return how many were kept, are without the names, could not be had."""
        kept = [*self._named, *((wanted, page) for wanted, page in self._unnamed if wanted.id in said)]
        without = [(wanted, page.fetched_at) for wanted, page in self._unnamed if wanted.id not in said]
        for wanted, page in kept:
            intake_store.save_page(self.db, wanted, page, self.home.settings.retention.pages_days)
        if without:
            intake_store.save_no_mention(self.db, without, "no spelling of the names in the page")
        for wanted, outcome, at in self._unavailable:
            intake_store.save_unavailable(self.db, wanted, outcome, at)
        return len(kept), len(without), len(self._unavailable)

    def _said(self) -> set[int]:
        """Return the pages without the names of which a source's own words may mention the town."""
        if not self._unnamed:
            return set()
        words = intake_store.words_of_pages(self.db, [wanted.id for wanted, _ in self._unnamed])
        return {page for page, said in words if self.may_name(said.encode(), "")}

    def _count(self, kept: int, without: int, unavailable: int) -> None:
        self._named, self._unnamed, self._unavailable = [], [], []
        if not kept + without + unavailable:
            return
        result = self.result
        result.pages_kept += kept
        result.pages_without += without
        result.pages_unavailable += unavailable
        self.tell("pages", result.pages_kept + result.pages_without + result.pages_unavailable, self.wanted)


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
    intake.due = len(due)
    polled = {source.url for source in due}
    waiting = [source.url for source in home.known_sources if source.url not in polled and not source.paused]
    pages = intake.want(*waiting)
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
        if any(source.url not in plan.validators or not plan.validators[source.url].body_hash for source in due):
            workers.expect()
        run_crawl(plan, manners_of(home), intake, workers.run, clock)
    intake.save()
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
