"""`monitor fleet DIR`: one crawl for all homes in a folder, then each home's own steps."""

import contextlib
import multiprocessing
import resource
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path

import click
from sqlite_utils import Database

from monitor.cli.crawl import now_option
from monitor.cli.options import date_option, locked, opened, read_clock, set_up_logs, verbose_option
from monitor.cli.terminal import say
from monitor.config import SETTINGS_FILE, Home, read_home
from monitor.errors import MonitorError, UsageError
from monitor.steps.crawl import CrawlResult, due_sources
from monitor.steps.crawl import crawl as crawl_step
from monitor.steps.fleet import ReadOnce, crawl_together, groups_of, own_sources
from monitor.steps.group import group as group_step
from monitor.steps.publish import publish as publish_step
from monitor.steps.read import read as read_step
from monitor.steps.recover import running
from monitor.steps.topics import judge_topics
from monitor.store.db import open_database
from monitor.store.health import StoredSiteFiles

FLEET_DATABASE = "fleet.db"
"""What sites say to programs (robots.txt), for the crawls that homes share. It holds nothing of any home."""
_CACHE_KB = 256
"""Of each database in the shared crawl: hundreds are open at once."""
_Apart = multiprocessing.get_context("fork")


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--contact", default="", help="Who answers for the fleet's crawl; without it, the homes' own contacts.")
@date_option
@now_option
@verbose_option
def fleet(folder: Path, *, contact: str, at: str | None, everything: bool, verbose: bool) -> None:
    """Run the steps for every home in a folder: each of its folders with a monitor.toml.

    What several homes list is fetched once. A home that fails is told on stderr, disturbs no other, and gives exit
    code 1. New sources are not searched for: `monitor discover` does, home by home.
    """
    set_up_logs(read_clock(at), verbose=verbose)
    homes, broken = read_homes(folder)
    codes = [int(broken)]
    for number, group in enumerate(groups_of(homes), 1):
        code = apart(partial(crawl_group, folder, group, contact=contact, at=at, everything=everything))
        if code < 0:
            say(f"monitor: crawl {number} was ended by signal {-code}; the homes go on with what they have", error=True)
        codes.append(code)
        for name, home in own_sources(group).items():
            codes.append(crawl_alone(name, home, at=at, everything=everything))
    codes.append(work_through(homes, at))
    if any(codes):
        click.get_current_context().exit(1)


def read_homes(folder: Path) -> tuple[dict[str, Home], bool]:
    """Read every home in a folder; tell which are wrong, and whether any is. Raises UsageError when there is none."""
    homes: dict[str, Home] = {}
    found = sorted(path.parent for path in folder.glob(f"*/{SETTINGS_FILE}"))
    if not found:
        raise UsageError(f"{folder}: there is no home in it. Make one with: monitor init MUNICIPALITY {folder}/NAME")
    broken = False
    for path in found:
        with telling(path.name) as told:
            home = read_home(path)
            for problem in home.problems:
                tell(path.name, problem)
            homes[path.name] = home
            broken |= bool(home.problems)
        broken |= bool(told)
    return homes, broken


def apart(work: Callable[[], bool]) -> int:
    """Do `work` in a process of its own, since Scrapy's reactor starts once per process; 0 when all went well.

    A fork, so that hundreds of homes do not load the program hundreds of times. This process has no threads.
    """
    process = _Apart.Process(target=_end_with, args=(work,))
    process.start()
    process.join()
    return process.exitcode or 0


def _end_with(work: Callable[[], bool]) -> None:
    raise SystemExit(0 if work() else 1)


@contextlib.contextmanager
def telling(name: str) -> Iterator[list[str]]:
    """Tell what goes wrong with a home, and go on; what was told is in the list."""
    told: list[str] = []
    try:
        yield told
    except (MonitorError, OSError, sqlite3.Error) as error:
        told.append(str(error))
    except Exception as error:  # noqa: BLE001 (a fault of the program in one home is no fault of the others)
        told.append(f"a fault of the program: {error!r}")
    for sentence in told:
        tell(name, sentence)


def tell(name: str, sentence: str) -> None:
    """Say on stderr what concerns one home."""
    say(f"monitor: {name}: {sentence}", error=True)


def tell_failed(name: str, home: Home, result: CrawlResult) -> bool:
    """Tell which sources of a home failed; whether none did."""
    names = {source.url: source.name for source in home.sources}
    for poll in result.failed:
        tell(name, f"{names.get(poll.source, poll.source)}: {poll.outcome}: {poll.reason}")
    return not result.failed


def crawl_group(folder: Path, homes: Mapping[str, Home], *, contact: str, at: str | None, everything: bool) -> bool:
    """Crawl once for homes with the same manners; whether all went well."""
    _allow_files(len(homes))
    well = True
    clock = read_clock(at)
    with contextlib.ExitStack() as stack:
        ready: dict[str, tuple[Home, Database]] = {}
        runs: dict[str, int] = {}
        for name, home in homes.items():
            with telling(name) as told:
                own = contextlib.ExitStack()
                stack.callback(_leave, name, own)
                own.enter_context(locked(home))
                db = own.enter_context(opened(home))
                db.execute(f"pragma cache_size = -{_CACHE_KB}")
                runs[name] = own.enter_context(running(home, db, clock, "fleet: crawl"))
                ready[name] = (home, db)
            well &= not told
        if not ready:
            return well
        shared = open_database(folder / FLEET_DATABASE)
        stack.callback(shared.close)
        files = StoredSiteFiles(shared)
        with telling("the crawl") as told:
            results, faults = crawl_together(ready, clock, files, contact=contact, everything=everything, runs=runs)
            for name, fault in faults.items():
                tell(name, f"left out of the crawl: {fault}")
            healthy = [tell_failed(name, homes[name], result) for name, result in results.items()]
            well &= not faults and all(healthy)
        return well and not told


def _leave(name: str, home: contextlib.ExitStack) -> None:
    with telling(name):
        home.close()


def _allow_files(homes: int) -> None:
    """Allow as many open files as so many databases and a crawl need, as far as the system lets us."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = 4 * homes + 1_024
    if hard != resource.RLIM_INFINITY:
        needed = min(needed, hard)
    if soft != resource.RLIM_INFINITY and soft < needed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))


def crawl_alone(name: str, home: Home, *, at: str | None, everything: bool) -> int:
    """Crawl what only this home asks: its searches, mailboxes, folders, and what needs its secrets."""
    code = 0
    with telling(name) as told:
        if home.sources and _is_due(home, at, everything=everything):
            code = apart(partial(_crawl_home, name, home, at=at, everything=everything))
    return code or int(bool(told))


def _is_due(home: Home, at: str | None, *, everything: bool) -> bool:
    with opened(home) as db:
        return bool(due_sources(home, db, read_clock(at, home)(), everything=everything))


def _crawl_home(name: str, home: Home, *, at: str | None, everything: bool) -> bool:
    healthy = []
    clock = read_clock(at, home)
    with telling(name), locked(home), opened(home) as db, running(home, db, clock, "fleet: own sources") as number:
        result = crawl_step(home, db, clock, everything=everything, run=number)
        healthy.append(tell_failed(name, home, result))
    return healthy == [True]


def work_through(homes: Mapping[str, Home], at: str | None) -> int:
    """Take the steps after the crawl for each home in turn; one that breaks even the process is told and left."""
    names = list(homes)
    done = _Apart.Value("i", 0)
    code = 0
    while done.value < len(names):
        ended = apart(partial(_take_steps, homes, names[done.value :], done, at))
        code |= int(ended != 0)
        if ended < 0:
            tell(names[done.value], f"its steps were ended by signal {-ended}")
            done.value += 1
    return code


def _take_steps(homes: Mapping[str, Home], names: list[str], done: "Synchronized[int]", at: str | None) -> bool:
    well = True
    with ReadOnce() as workers:
        for name in names:
            home = homes[name]
            clock = read_clock(at, home)
            with telling(name) as told, locked(home), opened(home) as db, running(home, db, clock, "fleet: steps"):
                read_step(home, db, clock, workers=workers)
                group_step(db, clock)
                judge_topics(home, db, clock)
                publish_step(home, db, clock)
            well &= not told
            done.value += 1
    return well
