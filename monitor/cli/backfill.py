"""`monitor backfill`: what archives of the web hold about the municipality."""

import os
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.options import (
    date_option,
    home_option,
    load_home,
    locked,
    opened,
    read_clock,
    set_up_logs,
    verbose_option,
    watched,
)
from monitor.cli.terminal import say
from monitor.errors import UsageError

if TYPE_CHECKING:
    from monitor.steps.backfill import Backfilled

LOCK = "backfill.lock"
"""Not the lock of a run: a backfill takes hours, and the morning's letter does not wait for it."""
_EXTRA = ("dask", "distributed", "fastwarc", "pyarrow")


@click.command()
@home_option
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--scheduler", default="", help="Address of a Dask scheduler (tcp://10.0.0.5:8786) for a real cluster.")
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    default=os.cpu_count() or 1,
    show_default="one a core",
    help="Processes on this machine, when there is no --scheduler.",
)
@click.option("--max-files", type=click.IntRange(min=1), default=None, help="Read at most so many files.")
@click.option("--max-bytes", type=click.IntRange(min=1), default=None, help="Read at most so many bytes of files.")
@click.option(
    "--max-hours", type=click.FloatRange(min=0, min_open=True), default=None, help="Begin no file after so long."
)
@date_option
@verbose_option
def backfill(
    *,
    home_path: Path,
    files: tuple[Path, ...],
    scheduler: str,
    workers: int,
    max_files: int | None,
    max_bytes: int | None,
    max_hours: float | None,
    at: str | None,
    verbose: bool,
) -> None:
    """Read archives of the web (WARC files, as CC-NEWS) and keep what names the municipality.

    Broken off anywhere, the same command does the rest. What it finds stands in the archive and in no letter.
    Exit code 1 when a file could not be read to its end.
    """
    if any(find_spec(name) is None for name in _EXTRA):
        raise UsageError('the libraries for archives are missing: pip install "town-monitor[backfill]"')
    from monitor.steps.backfill import Bounds  # noqa: PLC0415 (a second of imports, and an extra)
    from monitor.steps.backfill import backfill as backfill_step  # noqa: PLC0415

    home = load_home(home_path)
    clock = read_clock(at, home)
    set_up_logs(clock, verbose=verbose)
    bounds = Bounds(files=max_files or 0, size=max_bytes or 0, hours=max_hours or 0)
    with locked(home, LOCK), opened(home) as db, watched() as tell:
        result = backfill_step(
            home, db, clock, files, scheduler=scheduler, workers=workers, bounds=bounds, tell=tell,
            announce=lambda link: say(f"monitor: progress of the tasks: {link}", error=True),
        )  # fmt: skip
    _say(result)
    if result.problems or home.problems:
        click.get_current_context().exit(1)


def _say(result: "Backfilled") -> None:
    """Print what a backfill came to; what could not be read on stderr."""
    said = [f"{result.files} files read, {result.before} done before"]
    if result.left:
        said.append(f"{result.left} left for the next time")
    said.append(f"{result.records:,} answers, {result.finds} of them name the municipality: {result.new} new articles")
    said += [
        f"{count} {what}" for count, what in ((result.known, "known"), (result.fresh, "left to the crawl")) if count
    ]
    said += [f"{result.passed[why]:,} {why}" for why in sorted(result.passed)]
    say("; ".join(said))
    for path, problem in result.problems:
        say(f"monitor: {path}: {problem}", error=True)
