"""Archive files -> Article: scanned as tasks on Dask, imported here, file by file and in the order given.

A file is done when what it brought is in the database: one transaction. Its Parquet is a working file between worker
and home and goes then, since neither the purge nor an erasure would reach texts in loose files.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import blake2b
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import msgspec
from sqlite_utils import Database

from monitor.archives.cluster import Run, run_on_dask
from monitor.archives.results import Scanned, read_results
from monitor.archives.scan import Job
from monitor.config import Home
from monitor.core.archives import Find, Passed, arrival_of
from monitor.core.articles import judge
from monitor.core.matching import Matcher, build_matcher
from monitor.core.pages import drop_repeated
from monitor.core.reservations import TDM_FILE, judge_reservation, keep, read_tdm_file, stricter
from monitor.core.retention import headline_kept, quote_kept
from monitor.core.sites import site_of
from monitor.core.urls import host_of
from monitor.models import Article, Clock, Refused, Source, StorePolicy
from monitor.steps import Tell, area_of, say_nothing, watch_of
from monitor.steps.publish import period_of
from monitor.steps.read import count_by_host
from monitor.store import articles as article_store
from monitor.store import backfills
from monitor.store.db import transaction
from monitor.store.health import StoredSiteFiles

FOLDER = "backfill"
"""Of the home: results on their way from a worker to the database."""
KIND = "archive"
_BLOCK = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How much one call may do; 0 for no bound. The files that are begun are ended."""

    files: int = 0
    size: int = 0
    """Bytes of archive files, as they lie on the disk."""
    hours: float = 0


@dataclass(slots=True)
class Backfilled:
    """What a backfill came to."""

    files: int = 0
    """Read in this call, or found read by a call that broke off."""
    before: int = 0
    """Done by an earlier call."""
    left: int = 0
    """Not begun, because of a bound."""
    records: int = 0
    finds: int = 0
    new: int = 0
    known: int = 0
    """Finds that the home has already."""
    fresh: int = 0
    """Finds younger than the last letter: they are left to the crawl."""
    passed: dict[str, int] = field(default_factory=dict)
    problems: list[tuple[Path, str]] = field(default_factory=list)
    """Files that could not be read, or not to their end."""


@dataclass(frozen=True, slots=True)
class _Archive:
    job: Job
    key: str
    size: int


def backfill(
    home: Home,
    db: Database,
    clock: Clock,
    paths: Sequence[Path],
    *,
    scheduler: str = "",
    workers: int = 1,
    bounds: Bounds | None = None,
    tell: Tell = say_nothing,
    announce: Callable[[str], None] = lambda _address: None,
    seconds: Callable[[], float] = monotonic,
    run: Run = run_on_dask,
) -> Backfilled:
    """Read archive files and import what they hold about the municipality. Raises UsageError, BackfillError.

    `announce` is told the address of Dask's own page. What is done is kept whatever happens after.
    """
    result = Backfilled()
    archives = list(_bounded(_undone(home, db, paths, result), bounds or Bounds(), result))
    if not archives:
        return result
    importer = _Importer(home, db, clock, result)
    ready = {archive.job.result for archive in archives if archive.job.result.exists()}
    open_jobs = [archive.job for archive in archives if archive.job.result not in ready]
    refused: dict[Path, str] = {}
    waiting = list(archives)

    def import_ready() -> None:
        while waiting and waiting[0].job.result in ready:
            archive = waiting.pop(0)
            importer.take(archive, refused.get(archive.job.path, ""))
            tell("archives", len(archives) - len(waiting), len(archives))

    until = seconds() + bounds.hours * 3600 if bounds and bounds.hours else math.inf
    import_ready()
    try:
        if open_jobs:
            done = run(
                open_jobs, scheduler=scheduler, workers=workers, announce=announce, go_on=lambda: seconds() < until
            )
            for job, problem in done:
                ready.add(job.result)
                if problem:
                    refused[job.path] = problem.reason
                import_ready()
    finally:  # what comes after a file that was lost is kept too
        lost = [one for one in waiting if one.job.result not in ready]
        waiting[:] = [one for one in waiting if one.job.result in ready]
        import_ready()
        result.left += len(lost)
    return result


def _undone(home: Home, db: Database, paths: Sequence[Path], result: Backfilled) -> Iterator[_Archive]:
    """Give the files that have not been read for the names the home looks for now, each once."""
    folder = home.path / FOLDER
    folder.mkdir(exist_ok=True)
    watch = watch_of(home)
    asked = msgspec.json.encode(watch, order="sorted")
    areas: dict[str, str] = {}
    for source in home.sources:
        areas.setdefault(site_of(source.url), area_of(home, source))
    seen = set()
    for path in paths:
        try:
            key, size = _identify(path, asked)
        except OSError as error:
            result.problems.append((path, f"it cannot be read: {error.strerror or error}"))
            continue
        if key in seen or backfills.is_done(db, key):
            result.before += 1
            continue
        seen.add(key)
        job = Job(path=path.resolve(), result=(folder / f"{key}.parquet").resolve(), watch=watch, areas=areas)
        yield _Archive(job, key, size)


def _identify(path: Path, asked: bytes) -> tuple[str, int]:
    """Return the identity of a file, read for certain names, and its size: a copy under another name is the same."""
    size = path.stat().st_size
    digest = blake2b(f"{size} ".encode() + asked, digest_size=16)
    with path.open("rb") as file:
        digest.update(file.read(_BLOCK))
        file.seek(max(0, size - _BLOCK))
        digest.update(file.read(_BLOCK))
    return digest.hexdigest(), size


def _bounded(archives: Iterable[_Archive], bounds: Bounds, result: Backfilled) -> Iterator[_Archive]:
    files = size = 0
    for archive in archives:
        over = (bounds.files and files >= bounds.files) or (bounds.size and size + archive.size > bounds.size)
        if over:
            result.left += 1
            continue
        files += 1
        size += archive.size
        yield archive


class _Importer:
    """Takes results into the database by the rules of a run."""

    def __init__(self, home: Home, db: Database, clock: Clock, result: Backfilled) -> None:
        self.home = home
        self.db = db
        self.clock = clock
        self.result = result
        self.matcher: Matcher = build_matcher(watch_of(home))
        self.listed = _sources_by_site(home)
        self.site_files = StoredSiteFiles(db)

    def take(self, archive: _Archive, problem: str) -> None:
        """Import what one file brought, or tell why it brought nothing."""
        path, result = archive.job.path, archive.job.result
        try:
            scanned = None if problem else read_results(result)
        except (OSError, ValueError, KeyError) as error:
            problem = f"its results cannot be read ({error}). Workers need the folder {result.parent} too"
            scanned = None
        if scanned is None:
            self.result.problems.append((path, problem))
            return
        self._import(archive, scanned)
        result.unlink(missing_ok=True)  # what is left of it by a kill here goes with the next purge
        if scanned.problem:
            self.result.problems.append((path, scanned.problem))
        else:
            self.result.files += 1

    def _import(self, archive: _Archive, scanned: Scanned) -> None:
        now = self.clock()
        with transaction(self.db):
            fresh = self._unknown(scanned.finds)
            blocks = count_by_host((find.url, find.reading) for find in fresh)
            hosts = {host: article_store.host_blocks(self.db, host, more) for host, more in blocks.items()}
            new = sum(self._save(find, hosts, now) for find in fresh)
            for host, (pages, counts) in blocks.items():
                article_store.count_blocks(self.db, host, pages, counts)
            if not scanned.problem:  # a file that could not be read to its end is read anew the next time
                done = backfills.FileDone(
                    key=archive.key, name=archive.job.path.name, size=archive.size, records=scanned.records,
                    finds=len(scanned.finds), articles=new,
                )  # fmt: skip
                backfills.save_done(self.db, done, now)
        result = self.result
        result.records += scanned.records
        result.finds += len(scanned.finds)
        result.new += new
        for reason, count in scanned.passed.items():
            result.passed[reason] = result.passed.get(reason, 0) + count

    def _unknown(self, finds: Sequence[Find]) -> list[Find]:
        """Return the finds that the home does not know, each once, and not younger than its last letter."""
        until = period_of(self.home, self.clock()).start
        chosen: dict[str, Find] = {}
        for find in finds:
            address = find.reading.url or find.url
            published = find.reading.published
            if address in chosen or backfills.is_known(self.db, find.url, find.reading.url):
                self.result.known += 1
            elif min(published or find.fetched_at, find.fetched_at) >= until:
                self.result.fresh += 1
            elif self._is_reserved(find):
                self.result.passed[Passed.RESERVED.value] = self.result.passed.get(Passed.RESERVED.value, 0) + 1
            else:
                chosen[address] = find
        return list(chosen.values())

    def _is_reserved(self, find: Find) -> bool:
        """Whether the site reserves its text in the file that the home's own crawl has seen there."""
        parts = urlsplit(find.url)
        file = self.site_files.recall(f"{parts.scheme}://{parts.netloc}{TDM_FILE}")
        return file is not None and judge_reservation(find.url, {}, read_tdm_file(file.body)).reserved

    def _save(self, find: Find, hosts: Mapping[str, article_store.HostBlocks], now: datetime) -> bool:
        source = self.listed.get(site_of(find.url)) or _archived(find.url)
        pages, blocks = hosts[host_of(find.url)]
        reading = drop_repeated(find.reading, blocks, pages)
        arrival = arrival_of(find, reading, source=source.url, area=area_of(self.home, source))
        article = judge(arrival, self.matcher)
        if isinstance(article, Refused) or backfills.is_known(self.db, find.url, article.url):
            return False
        backfills.register_archived(self.db, [source])
        if find.store is not StorePolicy.TEXT:
            article = replace(article, note=find.store_reason)
        article, quote = self._kept(keep(article, stricter(find.store, source.store)), source, now)
        return backfills.save_archived(self.db, find.url, article, quote, now)

    def _kept(self, article: Article, source: Source, now: datetime) -> tuple[Article, str]:
        """Return what is kept of an article as old as this, and its quote: the same as what a purge leaves."""
        days = self.home.settings.retention.days_of(source.source_class)
        days = min(days, source.keep_days or days)
        if article.at >= now - timedelta(days=days):
            return article, ""
        title = headline_kept(article.title, source.source_class)
        return replace(article, title=title, lead="", text=""), quote_kept(article, source.source_class)


def _sources_by_site(home: Home) -> dict[str, Source]:
    """Return the home's source for each site; of several the one of which the least may be kept."""
    found: dict[str, Source] = {}
    for source in home.sources:
        known = found.get(site_of(source.url))
        if known is None or stricter(known.store, source.store) is not known.store:
            found[site_of(source.url)] = source
    found.pop("", None)
    return found


def _archived(url: str) -> Source:
    """Return the source of a site that only an archive has told of."""
    parts: Any = urlsplit(url)
    return Source(url=f"{parts.scheme}://{parts.netloc}/", kind=KIND, name=f"Arkiv: {host_of(url)}")
