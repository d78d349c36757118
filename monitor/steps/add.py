"""An address that a person gives -> sources that can be tried and added to feeds.txt, after a yes."""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta, tzinfo
from functools import partial
from typing import TypeVar

from monitor.config import Home
from monitor.core.candidates import Item, weigh_items
from monitor.core.discovery import FrontPage, Offer, common_feeds, is_comments, read_front, read_sitemap_lines
from monitor.core.feeds import read_feed
from monitor.core.listings import read_listing
from monitor.core.matching import Matcher, build_matcher
from monitor.core.opml import Outline, read_opml
from monitor.core.sitemaps import read_sitemap
from monitor.core.urls import host_of, identity_key, safe_url
from monitor.crawl.base import Polled
from monitor.crawl.budget import Budget
from monitor.crawl.run import Plan, run_crawl
from monitor.errors import UsageError
from monitor.models import Clock, FeedReading, Outcome, Page, Refused, Unavailable, Wanted
from monitor.steps import watch_of
from monitor.steps.crawl import manners_of
from monitor.workers import Workers

T = TypeVar("T")

REQUESTS = 30
"""What finding the sources of one site may cost, robots.txt included."""
SITEMAP_DAYS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundSource:
    """A source that was found and tried."""

    kind: str
    url: str
    title: str
    reading: FeedReading
    matching: int
    """How many of its entries name the municipality in title or text."""
    about: int
    """How many of those are about it."""
    how: str
    """How it was come by."""
    comments: bool = False
    """It carries what readers comment."""


@dataclass(slots=True)
class Found:
    """What an address led to."""

    sources: list[FoundSource] = field(default_factory=list)
    tried: list[tuple[str, str]] = field(default_factory=list)
    """Addresses that are no source, or the same as another, each with the reason."""

    @property
    def best_first(self) -> list[FoundSource]:
        """The sources: what the site says before what its readers comment, feeds first, then by what they name."""
        return sorted(
            self.sources,
            key=lambda source: (
                source.comments,
                source.kind != "feed",
                -source.about,
                -source.matching,
                -len(source.reading.entries),
            ),
        )


def find_sources(home: Home, url: str, clock: Clock) -> Found:
    """Fetch an address; when it is no source itself, try what its page offers, then the usual places, politely."""
    address = safe_url(url if "://" in url else f"https://{url}")
    if not address:
        raise UsageError(f'"{url}" is no web address that could be fetched')
    return _explore(home, [Offer(address, "page", "the address given")], clock, REQUESTS)


def try_outlines(home: Home, outlines: Sequence[Outline], clock: Clock) -> Found:
    """Try the feeds of a list, each once."""
    offers = [Offer(outline.url, "feed", "the list") for outline in outlines]
    return _explore(home, offers, clock, 4 * len(offers))


def _explore(home: Home, offers: Sequence[Offer], clock: Clock, requests: int) -> Found:
    with Workers() as workers:
        explorer = _Explorer(build_matcher(watch_of(home)), workers, clock, home.settings.zone)
        plan = Plan(pages=explorer.start(offers), budget=Budget(requests, requests))
        run_crawl(plan, manners_of(home), explorer, workers.run, clock)
    return explorer.found


class _Explorer:
    """An intake that saves nothing. What a page names is tried whole; the usual places one by one."""

    def __init__(self, matcher: Matcher, workers: Workers, clock: Clock, zone: tzinfo) -> None:
        self.matcher = matcher
        self.workers = workers
        self.clock = clock
        self.zone = zone
        self.found = Found()
        self.offers: list[Offer] = []
        self.open = 0
        self.guesses: deque[Offer] = deque()
        self.stages: deque[Callable[[], Iterable[Offer]]] = deque()
        self.front: Page | None = None
        """The page that was given, until it is known whether it is to be read as a list."""

    def start(self, offers: Sequence[Offer]) -> list[Wanted]:
        """Return what is wanted first."""
        return [self._want(offer) for offer in offers]

    def polled(self, _polled: Polled) -> list[Wanted]:
        return []

    def fetched(self, wanted: Wanted, page: Page) -> list[Wanted]:
        """Read an answer as what it was offered as; of a page, want what it offers."""
        self.open -= 1
        offer = self.offers[wanted.id]
        if offer.kind == "robots":
            self.guesses.extend(self._read_robots(page.body, page.url))
        elif offer.kind == "sitemap":
            self._take_sitemap(offer, page)
        elif offer.kind == "opml":
            return [*self._take_list(offer, page), *self._go_on()]
        else:
            return [*self._take_feed(offer, page), *self._go_on()]
        return self._go_on()

    def unavailable(self, wanted: Wanted, outcome: Unavailable) -> list[Wanted]:
        """Remember what could not be had; go on with the next guess."""
        self.open -= 1
        offer = self.offers[wanted.id]
        if offer.kind == "robots":
            self.guesses.extend(self._read_robots(b"", offer.url))
        else:
            self.found.tried.append((offer.url, outcome.reason))
        return self._go_on()

    def _want(self, offer: Offer) -> Wanted:
        self.offers.append(offer)
        self.open += 1
        return Wanted(len(self.offers) - 1, offer.url, offer.url, any_type=True)

    def _go_on(self) -> list[Wanted]:
        """Return the next guess, when nothing is under way and nothing was found."""
        if self.open or any(not source.comments for source in self.found.sources):
            return []
        while not self.guesses and self.stages:
            self.guesses.extend(self.stages.popleft()())
        if self.guesses:
            return [self._want(self.guesses.popleft())]
        self._take_listing()
        return []

    def _take_feed(self, offer: Offer, page: Page) -> list[Wanted]:
        reading = self._run(read_feed, page.body, page.url, page.content_type, self.clock())
        if isinstance(reading, FeedReading) and reading.outcome is not Outcome.REFUSED:
            self._take("feed", offer, reading)
            return []
        if offer.kind == "page" and b"<opml" in page.body[:2_000].lower():
            return self._take_list(offer, page)
        self.found.tried.append((offer.url, reading.reason))
        if offer.kind != "page":
            return []
        self.front = page
        front = self._run(read_front, page.body, page.url, page.content_type, page.link)
        self.stages.append(partial(common_feeds, page.url))
        self.stages.append(lambda: [Offer(safe_url("/robots.txt", page.url), "robots", "")])
        return [self._want(found) for found in front.offers] if isinstance(front, FrontPage) else []

    def _take_list(self, offer: Offer, page: Page) -> list[Wanted]:
        outlines = self._run(read_opml, page.body, page.url)
        if isinstance(outlines, Refused):
            self.found.tried.append((offer.url, outlines.reason))
            return []
        if offer.kind != "page":  # a blogroll: other people's feeds, which nobody asked for here
            self.found.tried.append(
                (offer.url, f"a list of {len(outlines)} feeds: read it with monitor add {offer.url}")
            )
            return []
        return [self._want(Offer(outline.url, "feed", "named in the list")) for outline in outlines]

    def _take_sitemap(self, offer: Offer, page: Page) -> None:
        reading = self._run(read_sitemap, page.body, page.url, self.clock(), timedelta(days=SITEMAP_DAYS))
        if isinstance(reading, Refused) or reading.outcome is Outcome.REFUSED:
            self.found.tried.append((offer.url, reading.reason))
        elif not reading.entries:
            self.found.tried.append((offer.url, f"a sitemap without an address of the last {SITEMAP_DAYS} days"))
        else:
            self._take("sitemap", offer, reading)

    def _take_listing(self) -> None:
        """Read the page itself as a list of news, when the site offers nothing else to read."""
        page, self.front = self.front, None
        if page is None:
            return
        reader = partial(read_listing, zone=self.zone)
        reading = self._run(reader, page.body, page.url, page.content_type, self.clock())
        if isinstance(reading, Refused) or reading.outcome is Outcome.REFUSED:
            self.found.tried.append((page.url, reading.reason))
        else:
            self._take("listing", Offer(page.url, "page", "the page itself, read as a list of news"), reading)

    def _read_robots(self, body: bytes, url: str) -> Sequence[Offer]:
        offers = self._run(read_sitemap_lines, body, url)
        return () if isinstance(offers, Refused) else offers

    def _run(self, function: Callable[..., T], *args: object) -> T | Refused:
        return next(self.workers.map(function, [args]))

    def _take(self, kind: str, offer: Offer, reading: FeedReading) -> None:
        if twin := next((source for source in self.found.sources if _same(source.reading, reading)), None):
            self.found.tried.append((offer.url, f"holds the same entries as {twin.url}"))
            return
        items = [Item(title=entry.title, text=entry.content or entry.summary) for entry in reading.entries]
        matching, about, _ = weigh_items(items, self.matcher)
        title = reading.title or host_of(offer.url)
        self.found.sources.append(
            FoundSource(
                kind=kind,
                url=offer.url,
                title=title,
                reading=reading,
                matching=matching,
                about=about,
                how=offer.how,
                comments=is_comments(offer.url, title),
            )
        )


def _same(first: FeedReading, second: FeedReading) -> bool:
    """Whether two feeds, of whatever format, tell of the same pages."""
    pages = [{identity_key(entry.url) or entry.key for entry in reading.entries} for reading in (first, second)]
    return pages[0] == pages[1]
