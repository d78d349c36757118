"""Why a page was or was not taken, step by step: the same decisions as in a run, told one by one."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlite_utils import Database

from monitor.config import Home
from monitor.core.articles import Arrival, judge
from monitor.core.matching import build_matcher
from monitor.core.pages import compile_names, drop_repeated, may_mention
from monitor.core.pages.extract import extract
from monitor.core.urls import canonical_url, host_of, identity_key, safe_url
from monitor.crawl.base import Polled
from monitor.crawl.run import Plan, run_crawl
from monitor.errors import UsageError
from monitor.models import Clock, Outcome, Page, PageReading, PageState, Refused, Unavailable, Wanted
from monitor.steps import watch_of
from monitor.steps.crawl import manners_of
from monitor.store import articles as article_store
from monitor.store import intake as intake_store
from monitor.workers import Workers


@dataclass(frozen=True, slots=True)
class Told:
    """One step of an explanation: which, and what was found."""

    step: str
    found: str


def explain_url(home: Home, db: Database, url: str, clock: Clock) -> Iterator[Told]:
    """Tell what the home knows of an address; when it does not know it, fetch it politely and judge it."""
    address = safe_url(url)
    if not address:
        raise UsageError(f'"{url}" is no web address that could be fetched (http or https, without a password)')
    yield Told("address", f"{canonical_url(address)}, kept under {identity_key(address)}")
    row = article_store.find_page(db, address)
    if row is not None:
        yield from _tell_known(db, row)
        return
    yield Told("store", "no source has pointed to it: it is fetched now, and nothing is saved")
    fetched = _Fetched()
    with Workers() as workers:
        wanted = Wanted(0, address, address)
        run_crawl(Plan(pages=[wanted]), manners_of(home), fetched, workers.run, clock)
    if isinstance(fetched.outcome, Page):
        yield Told("fetch", f"answered by {fetched.outcome.url}, {len(fetched.outcome.body):,} bytes")
        yield from explain_page(home, db, fetched.outcome, clock)
    else:
        yield Told("fetch", fetched.outcome.reason)
        yield Told("verdict", "not taken: only the words of a feed could be judged, and no feed has pointed to it")


class _Fetched:
    """An intake for one page that is not saved."""

    def __init__(self) -> None:
        self.outcome: Page | Unavailable = Unavailable(reason="no answer")

    def polled(self, _polled: Polled) -> list[Wanted]:
        return []

    def fetched(self, _wanted: Wanted, page: Page) -> list[Wanted]:
        self.outcome = page
        return []

    def unavailable(self, _wanted: Wanted, outcome: Unavailable) -> list[Wanted]:
        self.outcome = outcome
        return []


_STATES = {
    PageState.WAITING: "not fetched yet; the next crawl does it",
    PageState.KEPT: "fetched; it waits to be read",
    PageState.NO_MENTION: "fetched; not kept",
    PageState.UNAVAILABLE: "could not be had",
    PageState.TAKEN: "read; it became an article",
    PageState.REJECTED: "read; not taken",
}


def _tell_known(db: Database, row: dict[str, object]) -> Iterator[Told]:
    for entry in intake_store.entry_words(db, int(str(row["id"]))):
        yield Told("entry", f'"{entry.title}", published {entry.published_raw or "without a date"}')
    yield Told("source", f"{row['source']}, first seen {row['first_seen']}")
    state = PageState(str(row["state"]))
    why = f": {row['reason']}" if row["reason"] else ""
    yield Told("page", f"{_STATES[state]}{why}" + (f" (fetched {row['fetched']})" if row["fetched"] else ""))
    if row["article_url"]:
        how = "about the municipality" if row["about"] else "names it in passing"
        yield Told("mention", f"{how}: {row['article_reason']}")
        yield Told("verdict", f'taken: "{row["article_title"]}" ({row["article_url"]})')
    else:
        yield Told("verdict", "not taken yet" if state in {PageState.WAITING, PageState.KEPT} else "not taken")


def explain_page(home: Home, db: Database, page: Page, clock: Clock) -> Iterator[Told]:
    """Judge a page as a run would, without saving it."""
    matcher = build_matcher(watch_of(home))
    may = may_mention(page.body, compile_names(matcher.names), page.content_type)
    yield Told("byte test", "the bytes may hold one of the names" if may else "no spelling of any name: not kept")
    if not may:
        yield Told("verdict", "not taken")
        return
    with Workers(count=1) as workers:
        reading = next(workers.map(extract, [(page.body, page.url, page.content_type, clock())]))
    if isinstance(reading, PageReading) and reading.outcome is not Outcome.REFUSED:
        pages, blocks = article_store.host_blocks(db, host_of(page.url))
        whole = len(reading.blocks)
        reading = drop_repeated(reading, blocks, pages)
        yield Told("text", f'{reading.outcome}: "{reading.title}", {len(reading.text):,} characters. {reading.reason}')
        if whole > len(reading.blocks):
            yield Told(
                "repeated", f"{whole - len(reading.blocks)} paragraphs stand on many pages of the site: left out"
            )
        when = f"{reading.published:%Y-%m-%d %H:%M} UTC, from {reading.published_from}" if reading.published else "none"
        yield Told("date", when)
        yield Told("access", f"{reading.access}, language {reading.language or 'not said'}")
        for place in matcher.find(reading.title, reading.text):
            how = "about it" if place.about else "in passing"
            yield Told("place", f"{place.name} ({place.kind}, {place.score:.2f}, {how}): {place.reason}")
            for mention in place.mentions[:5]:
                yield Told("mention", f'"{mention.text}" in the {mention.where}: {mention.rule}')
    else:
        yield Told("text", f"refused: {reading.reason}")
    now = clock()
    arrival = Arrival(url=page.url, source=page.url, seen_at=now, baseline=False, entries=(), reading=reading)
    verdict = judge(arrival, matcher)
    yield Told(
        "verdict", f"not taken: {verdict.reason}" if isinstance(verdict, Refused) else f'taken: "{verdict.title}"'
    )
