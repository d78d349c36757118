"""`monitor run` and its steps one by one."""

import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from monitor.cli.candidates import discover_apart
from monitor.cli.crawl import end, now_option, say_crawl
from monitor.cli.options import (
    date_option,
    home_option,
    load_home,
    locked,
    opened,
    print_table,
    read_clock,
    set_up_logs,
    verbose_option,
    watched,
)
from monitor.cli.terminal import print_json, say
from monitor.config import NO_DECISION, Home
from monitor.steps.crawl import crawl as crawl_step
from monitor.steps.discover import is_due
from monitor.steps.group import group as group_step
from monitor.steps.publish import Published
from monitor.steps.publish import publish as publish_step
from monitor.steps.purge import purge as purge_step
from monitor.steps.read import ReadResult
from monitor.steps.read import read as read_step
from monitor.steps.recover import running
from monitor.steps.topics import judge_topics
from monitor.store.retention import Gone


@click.command()
@home_option
@date_option
@now_option
@verbose_option
def run(home_path: Path, at: str | None, everything: bool, verbose: bool) -> None:
    """Run every step: crawl, read, group, digest, discover.

    Meant for cron. Quiet when all is well; what failed is told on stderr and by exit code 1.
    """
    home = load_home(home_path)
    clock = read_clock(at, home)
    set_up_logs(clock, verbose=verbose)
    with locked(home), opened(home) as db, running(home, db, clock, "run") as number, watched() as tell:
        result = crawl_step(home, db, clock, everything=everything, tell=tell, run=number)
        articles = read_step(home, db, clock, tell=tell)
        group_step(db, clock)
        judge_topics(home, db, clock)
        published = publish_step(home, db, clock)
        searching = is_due(home, db, clock)
    if searching:
        discover_apart(home, at)
    if sys.stdout.isatty() or verbose:
        say_crawl(result)
        say_read(articles)
        say_published(published)
    end(home, result)


@click.command()
@home_option
@date_option
@verbose_option
def read(home_path: Path, at: str | None, verbose: bool) -> None:
    """Read the fetched pages: which of them name the municipality?"""
    home = load_home(home_path)
    clock = read_clock(at, home)
    set_up_logs(clock, verbose=verbose)
    with locked(home), opened(home) as db, running(home, db, clock, "read"), watched() as tell:
        say_read(read_step(home, db, clock, tell=tell))


@click.command()
@home_option
@date_option
def group(home_path: Path, at: str | None) -> None:
    """Fold articles about the same thing into stories."""
    home = load_home(home_path)
    clock = read_clock(at, home)
    with locked(home), opened(home) as db, running(home, db, clock, "group"):
        folded, new = group_step(db, clock)
        judge_topics(home, db, clock)
    say(f"{folded} articles folded, {new} new stories")


@click.command()
@home_option
@date_option
def digest(home_path: Path, at: str | None) -> None:
    """Write the letter of the period that has ended; print its path."""
    home = load_home(home_path)
    clock = read_clock(at, home)
    with locked(home), opened(home) as db, running(home, db, clock, "digest"):
        published = publish_step(home, db, clock)
    say(str(published.path))


@click.command()
@home_option
@date_option
@click.option("--dry-run", is_flag=True, help="Only count what would go.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def purge(home_path: Path, at: str | None, dry_run: bool, as_json: bool) -> None:
    """Delete what is older than the home keeps; say what of which class went, and how old it was."""
    home = load_home(home_path)
    clock = read_clock(at, home)
    with locked(home), opened(home) as db, running(home, db, clock, "purge"):
        told = purge_step(home, db, clock, pretend=dry_run)
    rows = [_purged(gone, home) for gone in told if gone.rows]
    if as_json:
        print_json(rows)
        return
    print_table(
        rows,
        {
            "would go" if dry_run else "gone": lambda row: str(row["rows"]),
            "what": lambda row: row["what"],
            "class": lambda row: row["class"],
            "older than": lambda row: row["before"],
            "oldest": lambda row: row["oldest"],
            "by": lambda row: row["rule"],
        },
        "nothing is older than this home keeps",
    )
    if rows and not home.settings.retention.decision:
        say(f"monitor: {NO_DECISION}", error=True)


def _purged(gone: Gone, home: Home) -> dict[str, Any]:
    def day(moment: datetime | None) -> str:
        return moment.astimezone(home.settings.zone).date().isoformat() if moment else ""

    return {
        "what": gone.what.value,
        "class": gone.source_class,
        "rule": gone.rule,
        "before": day(gone.before),
        "oldest": day(gone.oldest),
        "rows": gone.rows,
    }


def say_read(result: ReadResult) -> None:
    """Print what reading brought, in one line."""
    say(f"{result.read} pages read: {result.new} new articles, {result.revised} changed")


def say_published(published: Published) -> None:
    """Print where the letter is."""
    say(f"{published.stories} stories, {published.articles} articles: {published.path}")
