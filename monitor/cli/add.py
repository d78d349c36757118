"""`monitor add`: from any address to a line in feeds.txt."""

from pathlib import Path

import click

from monitor.cli.options import date_option, home_option, load_home, local, read_clock, set_up_logs
from monitor.config import SOURCES_FILE, Home, append_source
from monitor.steps.add import Candidate, find_sources


@click.command()
@click.argument("url")
@home_option
@date_option
@click.option("--yes", is_flag=True, help="Add what was found without asking.")
def add(url: str, home_path: Path, at: str | None, yes: bool) -> None:
    """Find the feed of a site, show its three latest items, and add it to feeds.txt on yes.

    URL may be any page of the site. Exit code 1 when no feed was found.
    """
    home = load_home(home_path)
    clock = read_clock(at, home)
    set_up_logs(clock, verbose=False)
    found = find_sources(home, url, clock)
    for candidate in found.candidates:
        _show(home, candidate)
        if any(source.url == candidate.url for source in home.sources):
            click.echo("  stands in feeds.txt already")
        elif yes or click.confirm("  add it?", default=False):
            append_source(home.path / SOURCES_FILE, candidate.url, candidate.title)
            click.echo(f"  added to {home.path / SOURCES_FILE}")
    if not found.candidates:
        click.echo(f"monitor: no feed was found at {url}. Tried:", err=True)
        for tried, reason in found.tried:
            click.echo(f"  {tried}: {reason}", err=True)
        click.get_current_context().exit(1)


def _show(home: Home, candidate: Candidate) -> None:
    entries = candidate.reading.entries
    click.echo(click.style(candidate.title, bold=True) + f"  {candidate.url}")
    click.echo(f"  {len(entries)} entries, {candidate.matching} of them name {home.settings.municipality} already here")
    for entry in entries[:3]:
        when = local(entry.published.isoformat(), home.settings.zone) if entry.published else "no date"
        click.echo(f"  - {when}  {entry.title}")
