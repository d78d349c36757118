"""`monitor backup` and `monitor restore`: a home as one file, and back."""

from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import click

from monitor.cli.options import home_option, load_home, locked_folder
from monitor.cli.send import LOCK
from monitor.cli.terminal import say
from monitor.errors import MonitorError, StoreError
from monitor.steps import backup as step


@click.command()
@home_option
@click.option("--to", "target", type=click.Path(path_type=Path), default=None, help="The file. Default: in backups/.")
@click.option("--keep", default=0, type=click.IntRange(min=0), help="Keep only so many in backups/; 0 keeps all.")
def backup(home_path: Path, target: Path | None, keep: int) -> None:
    """Copy the home to one file, while crawls, letters and people go on.

    In it: the database, monitor.toml, feeds.txt, the letters and the home's own templates. Not in it: secrets, and
    files in drop folders. Exit code 2 when the copy could not be made; a copy that is there is whole.
    """
    home = load_home(home_path)
    made = step.back_up(home, datetime.now(UTC), target, keep)
    say(f"{made.path}: {made.files} files, {made.bytes / 1e6:.1f} MB, read back and whole")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@home_option
@click.option("--replace", is_flag=True, help="Also into a home that stands there; what it is now is copied first.")
def restore(file: Path, home_path: Path, *, replace: bool) -> None:
    """Make a home what it was when FILE was made. Without --replace only where no home stands.

    Killed in between, the home has its old database, and the same command again completes it.
    """
    now = datetime.now(UTC)
    with ExitStack() as stack:
        if home_path.is_dir():
            for name in ("monitor.lock", LOCK):
                stack.enter_context(locked_folder(home_path, name))
        if replace and home_path.is_dir():
            _keep_present(home_path, now)
        made = step.restore(file, home_path, now, replace=replace)
    say(f"{home_path}: {made.municipality} as it was at {made.made}, {made.files} files")
    say(f"Secrets are not in a copy. Next: monitor doctor --home {home_path}")


def _keep_present(home_path: Path, now: datetime) -> None:
    """Copy what stands there, if it can still be read."""
    try:
        home = load_home(home_path)
        kept = step.back_up(home, now, home.path / step.FOLDER / f"before-restore-{now:%Y%m%dT%H%M%SZ}.tar.gz")
    except (MonitorError, StoreError) as error:
        say(f"monitor: what stands there could not be copied first: {error}", error=True)
        return
    say(f"What stood there is in {kept.path}")
