"""Sites that pages about the town lead to -> tried within a budget -> candidates that a person may say yes to.

One site costs few requests: its front page, its feed, and a few of its texts when there is no feed or only headlines in
it. The sites that name the town lead to more. What the budget does not reach waits for the next run.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from sqlite_utils import Database

from monitor.config import Home
from monitor.core.candidates import Item, find_oddity, hops_beyond, next_trial, score, weigh_items
from monitor.core.discovery import FrontPage, read_front
from monitor.core.feeds import read_feed
from monitor.core.matching import Matcher, build_matcher
from monitor.core.pages.extract import extract
from monitor.core.sites import site_of
from monitor.crawl.base import Polled
from monitor.crawl.budget import Budget
from monitor.crawl.run import Plan, run_crawl
from monitor.models import Candidate, Clock, FeedReading, Outcome, Page, PageReading, Trial, Unavailable, Wanted
from monitor.steps import Tell, covered_sites, say_nothing, watch_of
from monitor.steps.crawl import manners_of
from monitor.store import candidates as candidate_store
from monitor.workers import Workers

COST = 5
"""Requests that one site usually costs; no site is begun for less."""
AT_ONCE = 8
FEEDS_TRIED = 2
PAGES_OF_THIN_FEED, PAGES_WITHOUT_FEED = 2, 3
_THIN = 400
"""Characters an entry on the average, under which a feed holds headlines only."""
ENOUGH = 2
"""Texts about the town after which no more are asked for."""
_KEPT = timedelta(days=365)


@dataclass(slots=True)
class Discovered:
    """What one search for new sources has cost and brought."""

    requests: int = 0
    tried: int = 0
    proposed: int = 0


def is_due(home: Home, db: Database, clock: Clock) -> bool:
    """Whether there is a site to try and a budget to try it with."""
    return _allowance(home, db, clock) >= COST and bool(
        candidate_store.candidates_to_try(db, clock(), 1, covered_sites(home))
    )


def _allowance(home: Home, db: Database, clock: Clock) -> int:
    settings = home.settings.discovery
    spent = candidate_store.requests_since(db, clock() - timedelta(days=1))
    return min(settings.requests, settings.per_day - spent)


def discover(home: Home, db: Database, clock: Clock, *, tell: Tell = say_nothing) -> Discovered:
    """Try the likeliest sites that nobody has listed, within the budget of the run and of the day."""
    candidate_store.forget_candidates(db, clock() - _KEPT)
    if not is_due(home, db, clock):
        return Discovered()
    budget = Budget(_allowance(home, db, clock), home.settings.discovery.per_site)
    with Workers() as workers:
        scout = _Scout(home, db, clock, workers=workers, budget=budget, tell=tell)
        plan = Plan(pages=scout.begin(), budget=budget)
        run_crawl(plan, manners_of(home), scout, workers.run, clock)
    result = replace(scout.result, requests=budget.spent)
    candidate_store.save_discovery(
        db, at=clock(), requests=result.requests, tried=result.tried, proposed=result.proposed
    )
    return result


@dataclass(slots=True)
class _Visit:
    """A site that is being tried."""

    candidate: Candidate
    trial: Trial = field(default_factory=Trial)
    items: list[Item] = field(default_factory=list)
    front: FrontPage = field(default_factory=FrontPage)
    text: str = ""
    feeds: list[str] = field(default_factory=list)
    feeds_tried: int = 0
    pages_open: int = 0


class _Scout:
    """The intake of a search for sources: conducts each visit, saves what it found, begins the next."""

    def __init__(self, home: Home, db: Database, clock: Clock, *, workers: Workers, budget: Budget, tell: Tell) -> None:
        self.home = home
        self.db = db
        self.clock = clock
        self.workers = workers
        self.budget = budget
        self.tell = tell
        self.matcher: Matcher = build_matcher(watch_of(home))
        self.covered = covered_sites(home)
        self.visits: dict[str, _Visit] = {}
        self.seen: set[str] = set()
        self.result = Discovered()

    def begin(self) -> list[Wanted]:
        """Begin as many visits as the budget is sure to reach; return their front pages."""
        room = min(AT_ONCE - len(self.visits), (self.budget.left - COST * len(self.visits)) // COST)
        if room < 1:
            return []
        skip = self.covered | self.seen
        begun = candidate_store.candidates_to_try(self.db, self.clock(), room, skip)
        for candidate in begun:
            self.seen.add(candidate.site)
            self.visits[candidate.site] = _Visit(candidate)
        return [self._want("front", candidate.site, candidate.url) for candidate in begun]

    def polled(self, _polled: Polled) -> list[Wanted]:
        return []

    def fetched(self, wanted: Wanted, page: Page) -> list[Wanted]:
        """Go on with a visit: what was asked for is in `wanted.id`, the site in `wanted.source`."""
        visit = self.visits.get(wanted.source)
        if visit is None:
            return []
        read = {_FRONT: self._read_front, _FEED: self._read_feed, _TEXT: self._read_text}[wanted.id]
        return read(visit, page)

    def unavailable(self, wanted: Wanted, outcome: Unavailable) -> list[Wanted]:
        """Go on with a visit without what could not be had; a visit that the budget cut off is none."""
        visit = self.visits.get(wanted.source)
        if visit is None:
            return []
        if self.budget.left < 1:
            del self.visits[wanted.source]
            return []
        if wanted.id == _FRONT:
            closed = outcome.reserved or "robots.txt forbids" in outcome.reason
            visit.trial = replace(visit.trial, reason=outcome.reason, passing=outcome.retry, closed=closed)
            return self._end(visit)
        return self._next_feed(visit) if wanted.id == _FEED else self._text_done(visit)

    # --- one visit -----------------------------------------------------------------------------------------

    def _read_front(self, visit: _Visit, page: Page) -> list[Wanted]:
        if site_of(page.url) != visit.candidate.site:
            return self._leads_elsewhere(visit, page)
        front, reading = (
            next(self.workers.map(read_front, [(page.body, page.url, page.content_type, page.link)])),
            next(self.workers.map(extract, [(page.body, page.url, page.content_type, self.clock())])),
        )
        visit.front = front if isinstance(front, FrontPage) else visit.front
        if isinstance(reading, PageReading):
            visit.text = reading.text
            visit.trial = replace(visit.trial, language=reading.language)
        visit.trial = replace(visit.trial, title=visit.front.title)
        visit.feeds = [offer.url for offer in visit.front.offers if offer.kind == "feed"]
        return self._next_feed(visit)

    def _leads_elsewhere(self, visit: _Visit, page: Page) -> list[Wanted]:
        """A site that has moved is another candidate: it may be listed, or a person may have said no to it."""
        there = site_of(page.url)
        if there not in self.covered:
            candidate = visit.candidate
            candidate_store.note_links(self.db, candidate.site, [page.url], at=self.clock(), hops=candidate.hops)
        visit.trial = replace(visit.trial, reason=f"it leads to {there}")
        return self._end(visit)

    def _next_feed(self, visit: _Visit) -> list[Wanted]:
        """Ask for the next feed that the page offers; without any, for some of its texts."""
        if visit.feeds and visit.feeds_tried < FEEDS_TRIED:
            visit.feeds_tried += 1
            return [self._want("feed", visit.candidate.site, visit.feeds.pop(0))]
        return self._want_texts(visit, visit.front.posts[:PAGES_WITHOUT_FEED])

    def _read_feed(self, visit: _Visit, page: Page) -> list[Wanted]:
        reading = next(self.workers.map(read_feed, [(page.body, page.url, page.content_type, self.clock())]))
        if not isinstance(reading, FeedReading) or reading.outcome is Outcome.REFUSED or not reading.entries:
            return self._next_feed(visit)
        visit.items = [
            Item(title=entry.title, text=entry.content or entry.summary, published=entry.published)
            for entry in reading.entries
        ]
        language = reading.language or visit.trial.language
        title = reading.title or visit.trial.title
        visit.trial = replace(visit.trial, kind="feed", feed=page.url, title=title, language=language)
        thin = sum(len(item.text) for item in visit.items) < _THIN * len(visit.items)
        if thin and weigh_items(visit.items, self.matcher)[1] < ENOUGH:
            entries = [entry.url for entry in reading.entries if site_of(entry.url) == visit.candidate.site]
            return self._want_texts(visit, entries[:PAGES_OF_THIN_FEED])
        return self._end(visit)

    def _want_texts(self, visit: _Visit, urls: Sequence[str]) -> list[Wanted]:
        visit.pages_open = len(urls)
        if not urls:
            return self._end(visit)
        return [self._want("text", visit.candidate.site, url) for url in urls]

    def _read_text(self, visit: _Visit, page: Page) -> list[Wanted]:
        reading = next(self.workers.map(extract, [(page.body, page.url, page.content_type, self.clock())]))
        if isinstance(reading, PageReading) and reading.outcome is not Outcome.REFUSED:
            item = Item(title=reading.title, text=reading.text, published=reading.published)
            # The page says more than its entry did.
            visit.items = [item, *(known for known in visit.items if known.title != item.title)]
            language = visit.trial.language or reading.language
            visit.trial = replace(visit.trial, language=language)
        return self._text_done(visit)

    def _text_done(self, visit: _Visit) -> list[Wanted]:
        visit.pages_open -= 1
        return self._end(visit) if visit.pages_open < 1 else []

    def _end(self, visit: _Visit) -> list[Wanted]:
        """Weigh and save what a visit found; note where a good site leads; begin the next."""
        now, candidate, trial = self.clock(), visit.candidate, visit.trial
        if not trial.reason:
            trial = self._weighed(visit)
        verdict = score(trial, candidate, now)
        due = next_trial(now, trial, self.home.settings.discovery.weeks)
        candidate_store.save_trial(self.db, candidate.site, trial, verdict, at=now, due=due)
        if hops := hops_beyond(candidate, trial):
            links = [url for url in visit.front.links if site_of(url) not in self.covered]
            candidate_store.note_links(self.db, candidate.site, links, at=now, hops=hops)
        del self.visits[candidate.site]
        self.result.tried += 1
        self.result.proposed += verdict.proposed
        self.tell("sites", self.result.tried, 0)
        return self.begin()

    def _weighed(self, visit: _Visit) -> Trial:
        if not visit.items and visit.text:
            visit.items = [Item(title=visit.front.title, text=visit.text)]
        matching, about, newest = weigh_items(visit.items, self.matcher)
        kind, feed = visit.trial.kind, visit.trial.feed
        if not kind and visit.front.posts:
            kind, feed = "listing", visit.candidate.url
        return replace(
            visit.trial,
            kind=kind,
            feed=feed,
            items=len(visit.items),
            matching=matching,
            about=about,
            newest=newest,
            odd=find_oddity(visit.items, visit.text, len(visit.front.links)),
        )

    def _want(self, what: str, site: str, url: str) -> Wanted:
        return Wanted(_WHAT[what], url, site, any_type=what != "text")


_FRONT, _FEED, _TEXT = 1, 2, 3
_WHAT = {"front": _FRONT, "feed": _FEED, "text": _TEXT}
