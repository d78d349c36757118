"""An address that a person gives -> feeds that can be tried and added to feeds.txt. Nothing is added without a yes."""

from dataclasses import dataclass, field

from monitor.config import Home
from monitor.core.discovery import find_feeds
from monitor.core.feeds import read_feed
from monitor.core.matching import Matcher, build_matcher
from monitor.core.urls import host_of, safe_url
from monitor.crawl.base import Polled
from monitor.crawl.run import Plan, run_crawl
from monitor.errors import UsageError
from monitor.models import Clock, FeedReading, Outcome, Page, Refused, Unavailable, Wanted
from monitor.steps import watch_of
from monitor.steps.crawl import manners_of
from monitor.workers import Workers


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A feed that was found and tried."""

    url: str
    title: str
    reading: FeedReading
    matching: int
    """How many of its entries name the municipality in title or summary."""


@dataclass(slots=True)
class Found:
    """What an address led to."""

    candidates: list[Candidate] = field(default_factory=list)
    tried: list[tuple[str, str]] = field(default_factory=list)
    """Addresses that are no feeds, each with the reason."""


def find_sources(home: Home, url: str, clock: Clock) -> Found:
    """Fetch an address; when it is no feed, try the feeds that its page offers, politely, at most a dozen."""
    address = safe_url(url if "://" in url else f"https://{url}")
    if not address:
        raise UsageError(f'"{url}" is no web address that could be fetched')
    with Workers() as workers:
        explorer = _Explorer(build_matcher(watch_of(home)), workers, clock, address)
        wanted = Wanted(0, address, address, any_type=True)
        run_crawl(Plan(pages=[wanted]), manners_of(home), explorer, workers.run, clock)
    return explorer.found


class _Explorer:
    """An intake that saves nothing: reads what is a feed, and asks for the feeds that a page offers."""

    def __init__(self, matcher: Matcher, workers: Workers, clock: Clock, start: str) -> None:
        self.matcher = matcher
        self.workers = workers
        self.clock = clock
        self.start = start
        self.found = Found()

    def polled(self, _polled: Polled) -> list[Wanted]:
        return []

    def fetched(self, wanted: Wanted, page: Page) -> list[Wanted]:
        """Read a feed; of the page that the person gave, want the feeds it offers."""
        calls = [(page.body, page.url, page.content_type, self.clock())]
        reading = next(self.workers.map(read_feed, calls))
        if isinstance(reading, FeedReading) and reading.outcome is not Outcome.REFUSED:
            self._take(wanted.url, reading)
            return []
        self.found.tried.append((wanted.url, reading.reason))
        if wanted.url != self.start:
            return []
        offered = next(self.workers.map(find_feeds, [(page.body, page.url, page.content_type)]))
        urls = () if isinstance(offered, Refused) else offered
        return [Wanted(0, url, url, any_type=True) for url in urls]

    def unavailable(self, wanted: Wanted, outcome: Unavailable) -> list[Wanted]:
        """Remember what could not be had."""
        self.found.tried.append((wanted.url, outcome.reason))
        return []

    def _take(self, url: str, reading: FeedReading) -> None:
        known = {tuple(entry.key for entry in candidate.reading.entries) for candidate in self.found.candidates}
        if tuple(entry.key for entry in reading.entries) in known:
            self.found.tried.append((url, "holds the same as one already found"))
            return
        said = ((entry.title, entry.content or entry.summary) for entry in reading.entries)
        matching = sum(bool(self.matcher.find(title, text)) for title, text in said)
        title = reading.title or host_of(url)
        self.found.candidates.append(Candidate(url=url, title=title, reading=reading, matching=matching))
