"""What a killed run left -> in order again. Every run begins with it; each row says by its state where to go on."""

import contextlib
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from monitor.config import Home
from monitor.errors import StoreError
from monitor.files import left_behind, sweep
from monitor.models import Clock
from monitor.store import runs as run_store
from monitor.store.runs import Run, RunOutcome

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered:
    """What a killed run had left."""

    runs: tuple[Run, ...] = ()
    files: tuple[Path, ...] = ()


@contextlib.contextmanager
def running(home: Home, db: Database, clock: Clock, command: str) -> Iterator[int]:
    """Put in order what a killed run left, take note of this one and of its end. The caller holds the home's lock."""
    for run in recover(home, db, clock()).runs:
        log.warning("the %s of %s broke off; this run goes on from there", run.command, run.began.isoformat())
    number = run_store.begin_run(db, command, clock())
    try:
        yield number
    except Exception:
        with contextlib.suppress(StoreError):  # what broke the run may keep this from being written too
            run_store.end_run(db, number, RunOutcome.FAILED, clock())
        raise
    run_store.end_run(db, number, RunOutcome.DONE, clock())


def recover(home: Home, db: Database, now: datetime) -> Recovered:
    """End the runs that were killed, give back the pages that they had taken, remove half-written files."""
    return Recovered(runs=tuple(run_store.close_dead_runs(db, now)), files=tuple(sweep(*folders_of(home))))


def half_written(home: Home) -> list[Path]:
    """Return the files that killed programs left half-written."""
    return list(left_behind(*folders_of(home)))


def folders_of(home: Home) -> tuple[Path, ...]:
    """Return the folders in which the program writes files."""
    return tuple(folder for folder in (home.path, home.reports / "out", home.path / "backups") if folder.is_dir())
