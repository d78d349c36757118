"""`monitor doctor`: is this home in order?"""

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import click

from monitor.cli.check_delivery import check_delivery
from monitor.cli.options import home_option, json_option, locked, opened, read_clock
from monitor.cli.send import LOCK
from monitor.cli.terminal import print_json, say
from monitor.config import NO_DECISION, SOURCES_FILE, Home, read_home
from monitor.core.places import municipalities
from monitor.errors import LockHeldError, MonitorError, StoreError
from monitor.steps.repair import RESTORE, Trouble, find_trouble
from monitor.store import digests as digest_store
from monitor.store import intake as intake_store
from monitor.store.runs import broken_runs

# Python releases that mend header injection in the mail library (CVE-2024-6923, CVE-2026-1299).
MENDED = {11: 15, 12: 13, 13: 12, 14: 3}


@click.command()
@home_option
@json_option
@click.option("--repair", is_flag=True, help="Mend what can be mended: what killed runs left, indexes, letters.")
def doctor(home_path: Path, as_json: bool, *, repair: bool) -> None:
    """Check the home: settings, sources, database, clock, mail, disk. Exit code 1 when something should be mended."""
    home = read_home(home_path)
    trouble = check_trouble(home, repair=repair)
    checks = [*check_settings(home), *check_python(), *trouble, *check_database(home), *check_delivery(home)]
    if as_json:
        print_json([{"ok": ok, "check": check} for ok, check in checks])
    else:
        for ok, check in checks:
            say(f"  {check}", head="ok  " if ok else "mend", colour="green" if ok else "red")
    if not all(ok for ok, _ in checks):
        click.get_current_context().exit(1)


def check_settings(home: Home) -> Iterator[tuple[bool, str]]:
    """Check what a person wrote."""
    settings = home.settings
    yield True, f"settings read: {settings.municipality}, {settings.time_zone}, language {settings.language}"
    if settings.code:
        known = municipalities().get(settings.code)
        fits = known is not None and known.name == settings.municipality
        name = known.name if known else "none of Sweden's municipalities"
        yield (
            fits,
            f"code {settings.code} is {name}" + ("" if fits else f", but municipality is {settings.municipality}"),
        )
    contact = bool(settings.crawl.contact)
    yield contact, f"contact in the user agent: {settings.crawl.contact or 'none. Write [crawl] contact = ...'}"
    decision = settings.retention.decision
    yield bool(decision), f"retention by decision {decision}" if decision else NO_DECISION
    for problem in home.problems:
        yield False, problem
    yield bool(home.sources), f"{len(home.sources)} sources in {SOURCES_FILE}"


def check_python() -> Iterator[tuple[bool, str]]:
    """Check what the program runs on."""
    version = sys.version_info
    mended = version[2] >= MENDED.get(version[1], 0)
    need = (
        "" if mended else f": newer than 3.{version[1]}.{MENDED[version[1]] - 1} mends two faults in its mail library"
    )
    yield mended, f"Python {version[0]}.{version[1]}.{version[2]}{need}"
    yield True, f"SQLite {sqlite3.sqlite_version}"


def check_trouble(home: Home, *, repair: bool) -> Iterator[tuple[bool, str]]:
    """Check what being killed, a bad disk or a wrong clock may have left; with `repair` mend what can be mended.

    Raises LockHeldError when something is to be mended while a run is going on.
    """
    with ExitStack() as stack:
        alone = True
        try:
            for name in ("monitor.lock", LOCK):
                stack.enter_context(locked(home, name))
        except LockHeldError:
            alone = False
            if repair:
                raise
        try:
            db = stack.enter_context(opened(home))
            found = list(find_trouble(home, db, read_clock(None), alone=alone))
        except StoreError as error:
            yield False, f"{error}. {RESTORE}"
            return
        for trouble in found:
            if repair and trouble.mend:
                yield _mended(trouble)
            else:
                yield False, f"{trouble.what}{'. Mend it with: monitor doctor --repair' if trouble.mend else ''}"
        if not found:
            yield True, "the database is whole, every row has what it points to, no run has left anything"
        broken = broken_runs(db, read_clock(None)() - timedelta(days=7))
        yield (
            True,
            f"{len(broken)} runs of the last week broke off"
            + (f", the last at {broken[0].began.isoformat()}" if broken else ""),
        )


def _mended(trouble: Trouble) -> tuple[bool, str]:
    try:
        if trouble.mend:
            trouble.mend()
    except (MonitorError, OSError) as error:
        return False, f"{trouble.what}: {error}"
    return True, f"mended: {trouble.what}"


def check_database(home: Home) -> Iterator[tuple[bool, str]]:
    """Check what was stored."""
    try:
        with opened(home) as db:
            now = read_clock(None)()
            states = intake_store.source_states(db, home.sources)
            failing = [state for state in states if state.failures]
            names = ", ".join(state.source.name for state in failing[:5])
            yield not failing, f"{len(failing)} sources failing{': ' + names if failing else ''}"
            for state in states:
                if state.followed:
                    what = f"{state.source.name} has moved: write this address in {SOURCES_FILE} instead"
                    yield False, f"{what} (line {state.source.line}): {state.moved_to}"
            future = [state for state in states if state.last and state.last.at > now]
            yield (
                not future,
                "the clock is not behind the last poll" if not future else "the clock runs behind the last poll",
            )
            days = digest_store.digest_days(db)
            yield True, f"{len(days)} digests, the latest of {days[0]}" if days else "no digest yet"
    except StoreError as error:
        yield False, str(error)
