"""`monitor crawl`: apart from the other steps, so that what runs every few minutes loads only what it needs."""

from pathlib import Path

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
from monitor.config import Home
from monitor.steps.crawl import CrawlResult
from monitor.steps.crawl import crawl as crawl_step
from monitor.steps.recover import running

now_option = click.option("--now", "everything", is_flag=True, help="Poll also the sources that are not due.")


@click.command()
@home_option
@date_option
@now_option
@verbose_option
def crawl(home_path: Path, at: str | None, everything: bool, verbose: bool) -> None:
    """Poll the sources that are due and fetch their new pages."""
    home = load_home(home_path)
    clock = read_clock(at, home)
    set_up_logs(clock, verbose=verbose)
    with locked(home), opened(home) as db, running(home, db, clock, "crawl") as number, watched() as tell:
        result = crawl_step(home, db, clock, everything=everything, tell=tell, run=number)
    say_crawl(result)
    end(home, result)


def say_crawl(result: CrawlResult) -> None:
    """Print what a crawl brought, in one line."""
    say(
        f"{len(result.polls)} sources polled, {len(result.failed)} failed; {result.new_entries} new entries; "
        f"{result.pages_kept} pages kept, {result.pages_without} without the names, "
        f"{result.pages_unavailable} not to be had"
    )


def end(home: Home, result: CrawlResult) -> None:
    """Tell which sources failed, and end with the right exit code."""
    names = {source.url: source.name for source in home.sources}
    for poll in result.failed:
        say(f"monitor: {names.get(poll.source, poll.source)}: {poll.outcome}: {poll.reason}", error=True)
    if result.failed or home.problems:
        click.get_current_context().exit(1)
