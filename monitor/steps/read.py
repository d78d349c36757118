"""Page -> Article, Mention: read in worker processes, judged by the core."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlite_utils import Database

from monitor.config import Home
from monitor.core.articles import judge
from monitor.core.matching import Matcher, build_matcher
from monitor.core.pages import block_key, drop_repeated
from monitor.core.pages.extract import extract
from monitor.core.reservations import keep, stricter
from monitor.core.sites import is_everywhere, site_of
from monitor.core.urls import host_of
from monitor.models import Article, Clock, Outcome, PageReading, Refused, SourceClass, StorePolicy
from monitor.steps import Tell, area_of, covered_sites, say_nothing, watch_of
from monitor.store import articles as article_store
from monitor.store import candidates as candidate_store
from monitor.store.articles import HostBlocks, Unread
from monitor.store.db import transaction
from monitor.store.intake import entry_words
from monitor.workers import Workers

BATCH = 100
_LIGHT = 64 * 1024**2
"""Bytes of pages in one batch that leave room for another."""


@dataclass(slots=True)
class ReadResult:
    """What reading brought."""

    read: int = 0
    new: int = 0
    revised: int = 0


def read(
    home: Home, db: Database, clock: Clock, *, tell: Tell = say_nothing, workers: Workers | None = None
) -> ReadResult:
    """Read the kept pages in worker processes; those that name the municipality become articles.

    With `workers`, in those of somebody who reads for several homes.
    """
    if workers is None:
        with Workers() as own:
            return read(home, db, clock, tell=tell, workers=own)
    matcher = build_matcher(watch_of(home))
    areas = {source.url: area_of(home, source) for source in home.sources}
    policies = {source.url: source.store for source in home.sources}
    result = ReadResult()
    total = article_store.count_unread(db)
    batch = begin_batch(db, workers, 0, clock())
    while batch.unread:
        unread, last = batch.unread, batch.unread[-1].id
        following = begin_batch(db, workers, last, clock()) if batch.light else None
        readings = list(batch.readings)
        blocks = _count_blocks(unread, readings)
        hosts = {host: article_store.host_blocks(db, host, more) for host, more in blocks.items()}
        verdicts = list(_judge_batch(db, zip(unread, readings, strict=True), hosts, matcher, areas))
        kept = [_keep(item, verdict, policies) for item, verdict in zip(unread, verdicts, strict=True)]
        with transaction(db):  # a page is counted, its links are noted and it is closed, or none of it
            for host, (pages, counts) in blocks.items():
                article_store.count_blocks(db, host, pages, counts)
            _note_links(db, home, zip(unread, readings, verdicts, strict=True), clock())
            new, revised = article_store.save_verdicts(db, kept, clock())
        result.read += len(unread)
        result.new += new
        result.revised += revised
        tell("read", result.read, total)
        batch = following or begin_batch(db, workers, last, clock())
    return result


@dataclass(frozen=True, slots=True)
class _Batch:
    """Pages that the workers have been given."""

    unread: Sequence[Unread]
    readings: Iterator[PageReading | Refused]

    @property
    def light(self) -> bool:
        """Whether there is room for the next batch beside it, which is read while this one is judged and saved."""
        return sum(len(item.page.body) for item in self.unread if item.page) <= _LIGHT


def begin_batch(db: Database, workers: Workers, after: int, now: datetime) -> _Batch:
    """Give the workers the pages with rows above `after`; a page that could not be had gives its reason."""
    unread = article_store.unread_pages(db, after, BATCH)
    calls = [(item.page.body, item.page.url, item.page.content_type, now) for item in unread if item.page]
    readings = workers.begin(extract, calls)
    return _Batch(unread, (next(readings) if item.page else Refused(item.reason) for item in unread))


def _count_blocks(unread: Sequence[Unread], readings: Sequence[PageReading | Refused]) -> dict[str, HostBlocks]:
    """Count what these pages hold, per host."""
    return count_by_host(
        (item.page.url, reading)
        for item, reading in zip(unread, readings, strict=True)
        if item.page and isinstance(reading, PageReading)
    )


def _note_links(
    db: Database,
    home: Home,
    judged: Iterable[tuple[Unread, PageReading | Refused, tuple[int, Article | Refused]]],
    now: datetime,
) -> None:
    """Remember where pages that name the town lead: to sites that may be sources (`steps.discover` tries them).

    Of a post, where it links to; the server that it stands on is no source, and may be one person's own.
    """
    if not home.settings.discovery.requests:
        return
    covered = covered_sites(home)
    posting = {source.url for source in home.sources if source.source_class is SourceClass.SOCIAL}
    for item, reading, (_, verdict) in judged:
        if not isinstance(verdict, Article):
            continue
        own = site_of(verdict.url)
        site = "" if item.source in posting else own
        if site and site not in covered:  # a search found it, or a post linked to it
            candidate_store.note_links(db, item.source, [verdict.url], at=now, named=True)
        linked = reading.links if isinstance(reading, PageReading) else ()
        said = (url for entry in entry_words(db, item.id) for url in entry.links if not is_everywhere(url))
        links = [url for url in (*linked, *said) if site_of(url) not in {"", own} | covered]
        candidate_store.note_links(db, site or item.source, links, at=now)


def _keep(
    item: Unread, verdict: tuple[int, Article | Refused], policies: Mapping[str, StorePolicy]
) -> tuple[int, Article | Refused]:
    """Return a verdict with no more text than its source and its site allow to be kept."""
    page, article = verdict
    if isinstance(article, Refused):
        return verdict
    allowed = item.page.store if item.page else StorePolicy.TEXT
    policy = stricter(allowed, policies.get(item.source, StorePolicy.TEXT))
    note = item.page.store_reason if item.page and allowed is not StorePolicy.TEXT else article.note
    return page, keep(replace(article, note=note), policy)


def count_by_host(readings: Iterable[tuple[str, PageReading]]) -> dict[str, HostBlocks]:
    """Count, per host, the pages and on how many of them each block stands."""
    hosts: dict[str, HostBlocks] = {}
    for url, reading in readings:
        pages, counts = hosts.get(host_of(url), (0, {}))
        for key in {block_key(block) for block in (*reading.blocks, reading.lead) if block}:
            counts[key] = counts.get(key, 0) + 1
        hosts[host_of(url)] = (pages + 1, counts)
    return hosts


def _judge_batch(
    db: Database,
    batch: Iterable[tuple[Unread, PageReading | Refused]],
    hosts: Mapping[str, HostBlocks],
    matcher: Matcher,
    areas: Mapping[str, str],
) -> Iterator[tuple[int, Article | Refused]]:
    for item, given in batch:
        reading = given
        if isinstance(reading, PageReading) and item.page and reading.outcome is not Outcome.REFUSED:
            pages, blocks = hosts[host_of(item.page.url)]
            reading = drop_repeated(reading, blocks, pages)
        yield item.id, judge(article_store.arrival(db, item, reading, areas.get(item.source, "")), matcher)
