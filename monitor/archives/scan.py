"""The task: one archive file -> one Parquet file. Runs on a Dask worker and knows nothing of Dask."""

import multiprocessing
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path

from monitor import __version__
from monitor.archives.captures import Tally, read_captures
from monitor.archives.results import Scanned, write_results
from monitor.core.archives import Find, Passed, glance, sift, weigh
from monitor.core.matching import Matcher, Watch, build_matcher
from monitor.core.pages import NameBytes, compile_names
from monitor.core.pages.extract import extract
from monitor.core.sites import site_of
from monitor.models import PageReading, Refused
from monitor.workers import Workers


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One archive file to be read, with all that a worker must know for it."""

    path: Path
    result: Path
    watch: Watch
    areas: Mapping[str, str]
    """Site -> code of the municipality that the home's source there is about."""
    version: str = __version__
    """Another version might read and judge otherwise."""


def scan_file(job: Job) -> Refused | None:
    """Read one file and write its results; None when they are written, else why nothing could be."""
    if job.version != __version__:
        return Refused(f"the worker has version {__version__} of town-monitor, this home {job.version}")
    if multiprocessing.current_process().daemon:
        return Refused(
            "the worker may start no process that could be killed, so it reads no pages: "
            "start it with DASK_DISTRIBUTED__WORKER__DAEMON=false (docs/backfill.md)"
        )
    with Workers(count=1) as workers:
        scanned = scan(job, workers)
    try:
        write_results(job.result, scanned)
    except OSError as error:
        return Refused(f"the worker cannot write {job.result}: {error.strerror or error}")
    return None


def scan(job: Job, workers: Workers) -> Scanned:
    """Read one file. One page at a time, so that a worker keeps to one core."""
    matcher, names = _prepared(job.watch)
    tally, passed = Tally(), Counter[Passed]()
    finds: list[Find] = []
    for capture in read_captures(job.path, tally, partial(glance, names=names)):
        found = sift(capture)
        if isinstance(found, Find):
            call = workers.submit(extract, capture.body, capture.url, capture.content_type, capture.fetched_at)
            area = job.areas.get(site_of(capture.url), "")
            found = _weighed(found, workers.result(call), matcher, area)
        if isinstance(found, Passed):
            passed[found] += 1
        else:
            finds.append(found)
    told = {reason.value: count for reason, count in (tally.passed + passed).items()}
    return Scanned(records=tally.records, problem=tally.problem, passed=told, finds=tuple(finds))


def _weighed(find: Find, given: PageReading | Refused, matcher: Matcher, area: str) -> Find | Passed:
    reading = weigh(find, given, matcher, area)
    return reading if isinstance(reading, Passed) else replace(find, reading=reading)


@lru_cache(maxsize=2)
def _prepared(watch: Watch) -> tuple[Matcher, NameBytes]:
    """Return what takes a second to build, once a worker."""
    matcher = build_matcher(watch)
    return matcher, compile_names(matcher.names)
