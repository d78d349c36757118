"""`monitor explain`: why a page was or was not taken."""

from collections.abc import Iterable
from pathlib import Path

import click

from monitor.cli.options import (
    date_option,
    home_option,
    json_option,
    load_home,
    opened,
    read_clock,
    set_up_logs,
)
from monitor.cli.terminal import print_json, say
from monitor.errors import UsageError
from monitor.models import Page
from monitor.steps.explain import Told, explain_page, explain_url


@click.command()
@click.argument("target", metavar="URL|FILE")
@click.option("--url", default="http://localhost/", show_default=True, help="The address a FILE came from.")
@home_option
@date_option
@json_option
def explain(target: str, url: str, home_path: Path, at: str | None, as_json: bool) -> None:
    """Say step by step why a page was or was not taken.

    An address that the home knows is looked up; another is fetched once, politely, and not saved.
    """
    home = load_home(home_path)
    clock = read_clock(at, home)
    set_up_logs(clock, verbose=False)
    with opened(home) as db:
        if "://" in target:
            _show(explain_url(home, db, target, clock), as_json)
            return
        try:
            body = Path(target).read_bytes()
        except OSError as error:
            raise UsageError(
                f"{target}: neither a web address nor a file that can be read ({error.strerror})"
            ) from error
        _show(explain_page(home, db, Page(url=url, body=body, fetched_at=clock()), clock), as_json)


def _show(steps: Iterable[Told], as_json: bool) -> None:
    if as_json:
        print_json([{"step": told.step, "found": told.found} for told in steps])
        return
    for told in steps:
        say(f"  {told.found}", head=told.step.rjust(10))
