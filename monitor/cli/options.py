"""What commands share: the home, the clock, the lock, progress and how things are printed."""

import contextlib
import fcntl
import logging
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn
from sqlite_utils import Database

from monitor.cli.terminal import say
from monitor.config import Home, read_home
from monitor.core.terminal import one_line, printable
from monitor.errors import LockHeldError, UsageError
from monitor.models import Clock
from monitor.steps import Tell, say_nothing
from monitor.store.db import open_database

home_option = click.option(
    "--home",
    "home_path",
    type=click.Path(path_type=Path),
    default=Path(),
    show_default="the current folder",
    help="Folder with monitor.toml and feeds.txt.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
limit_option = click.option("--limit", type=click.IntRange(min=1), default=None, help="Show at most so many.")
date_option = click.option("--date", "at", default=None, help="Set the clock: a day (2026-11-24) or an ISO 8601 time.")
verbose_option = click.option("--verbose", "-v", is_flag=True, help="Log what happens.")


def load_home(path: Path) -> Home:
    """Read the home; say on stderr which lines of feeds.txt are wrong. Raises ConfigError."""
    home = read_home(path)
    for problem in home.problems:
        say(f"monitor: {problem}", error=True)
    return home


@contextlib.contextmanager
def opened(home: Home) -> Iterator[Database]:
    """Open the home's database and close it afterwards."""
    db = open_database(home.database)
    try:
        yield db
    finally:
        db.close()


@contextlib.contextmanager
def locked(home: Home, name: str = "monitor.lock") -> Iterator[None]:
    """Hold the home's lock: one run at a time. The kernel frees it when the process dies."""
    with locked_folder(home.path, name):
        yield


@contextlib.contextmanager
def locked_folder(folder: Path, name: str) -> Iterator[None]:
    """Hold a lock of the home in `folder`, whatever else is wrong with that."""
    path = folder / name
    with path.open("a", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise LockHeldError(f"another run holds {path}; try again when it has ended") from error
        yield


# --- the clock -----------------------------------------------------------------------------------------


def read_clock(at: str | None, home: Home | None = None) -> Clock:
    """Return the clock: set by --date, by MONITOR_NOW, else the machine's. Raises UsageError."""
    if at is not None:
        moment = _read_moment(at, "--date", home)
    elif given := os.environ.get("MONITOR_NOW"):
        moment = _read_moment(given, "MONITOR_NOW", home)
    else:
        return lambda: datetime.now(UTC)
    return lambda: moment


def _read_moment(text: str, name: str, home: Home | None) -> datetime:
    """Read a moment; a day alone means the end of that day's letter; without offset it is local time."""
    zone = home.settings.zone if home else ZoneInfo("Europe/Stockholm")
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            ends = home.settings.sends_at if home else time(6, 30)
            moment = datetime.combine(date.fromisoformat(text), ends, zone)
        else:
            moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f'{name}: "{text}" is no time. Write for example 2026-11-24 or 2026-11-24T06:30') from error
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


# --- progress and logs ---------------------------------------------------------------------------------

_STEP_WORDS = {
    "polls": "polling sources",
    "pages": "fetching pages",
    "read": "reading pages",
    "sites": "trying sites",
    "archives": "reading archives",
}


@contextlib.contextmanager
def watched() -> Iterator[Tell]:
    """Show progress on a terminal; say nothing in cron or in a pipe."""
    if not sys.stderr.isatty():
        yield say_nothing
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        tasks: dict[str, Any] = {}

        def tell(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = progress.add_task(_STEP_WORDS.get(step, step), total=total or None)
            progress.update(tasks[step], completed=done, total=total or None)

        yield tell


# These report as errors what are outcomes here: a site that is down, a page that is refused.
_OUTCOMES_ELSEWHERE = frozenset({"scrapy", "aiohttp", "twisted", "asyncio", "trafilatura", "htmldate", "courlan"})


class _Names(logging.Filter):
    """Gives every record the run and the source, so that one line can be understood alone."""

    def __init__(self, run: str) -> None:
        super().__init__()
        self.run = run

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.partition(".")[0] in _OUTCOMES_ELSEWHERE:
            return False
        record.run = self.run
        record.source = getattr(record, "source", "-")
        return True


class _Lines(logging.Formatter):
    """One line a record: what a feed or a visitor says neither writes to the terminal nor forges a line."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 (logging's own name)
        """Return the line."""
        return one_line(super().formatMessage(record))

    def formatException(self, ei: Any) -> str:  # noqa: N802 (logging's own name)
        """Return the traceback, each line of it set in: a record's own line never begins so."""
        return "\n".join(f"  | {line}" for line in printable(super().formatException(ei)).split("\n"))


def set_up_logs(clock: Clock, *, verbose: bool) -> None:
    """Log to stderr: what goes wrong, or with `verbose` what happens. Each line names the run and the source."""
    handler = logging.StreamHandler()
    handler.addFilter(_Names(clock().strftime("%Y%m%dT%H%M%S")))
    handler.setFormatter(_Lines("%(asctime)s %(levelname)s run=%(run)s source=%(source)s %(message)s"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("monitor").setLevel(logging.INFO if verbose else logging.WARNING)


# --- printing ------------------------------------------------------------------------------------------


def moment(time: datetime | None) -> str | None:
    """Return a time as JSON carries it."""
    return time.isoformat() if time else None


_WIDEST = 22


def print_table(rows: Iterable[Mapping[str, object]], columns: Mapping[str, Callable[[Any], str]], empty: str) -> None:
    """Print rows as aligned columns, or the sentence `empty`. Cells are cut to the terminal's width."""
    # rich is asked for plain text: a headline with square brackets is no markup.
    from rich.table import Table  # noqa: PLC0415 (half of the start-up time of a list)
    from rich.text import Text  # noqa: PLC0415

    listed = list(rows)
    if not listed:
        say(empty)
        return
    cells = [[one_line(read(row)) for read in columns.values()] for row in listed]
    widths = [min(_WIDEST, max(map(len, column))) for column in zip(*cells, strict=True)]
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name, width in zip(columns, widths, strict=True):
        # On a narrow terminal the last column gives way: a time or a name cut short says nothing.
        last = name == list(columns)[-1]
        table.add_column(name, overflow="ellipsis", no_wrap=True, min_width=None if last else max(width, len(name)))
    for row_cells in cells:
        table.add_row(*map(Text, row_cells))
    Console(width=None if sys.stdout.isatty() else 160).print(table)


def local(text: object, zone: ZoneInfo) -> str:
    """Return a stored time as local day and clock, or a dash."""
    if not isinstance(text, str):
        return "–"
    return datetime.fromisoformat(text).astimezone(zone).strftime("%Y-%m-%d %H.%M")
