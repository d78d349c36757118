"""`monitor discover` and `monitor candidates`: the search for new sources, and people's yes and no."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import click

from monitor.cli.options import (
    date_option,
    home_option,
    json_option,
    load_home,
    locked,
    moment,
    opened,
    print_table,
    read_clock,
    set_up_logs,
    verbose_option,
    watched,
)
from monitor.cli.terminal import print_json, say
from monitor.config import SOURCES_FILE, Home, append_source, known_kinds
from monitor.errors import UsageError
from monitor.models import Candidate, CandidateState
from monitor.steps import covered_sites
from monitor.steps.discover import discover as discover_step
from monitor.store import candidates as candidate_store


@click.command()
@home_option
@date_option
@verbose_option
def discover(home_path: Path, at: str | None, verbose: bool) -> None:
    """Try sites that pages about the town lead to, within the budget of [discovery]."""
    home = load_home(home_path)
    clock = read_clock(at, home)
    set_up_logs(clock, verbose=verbose)
    with locked(home), opened(home) as db, watched() as tell:
        found = discover_step(home, db, clock, tell=tell)
    say(f"{found.tried} sites tried with {found.requests} requests: {found.proposed} new sources to propose")


def discover_apart(home: Home, at: str | None) -> None:
    """Search for sources in a process of its own: Scrapy's reactor starts once per process, and the crawl had it."""
    command = [sys.executable, "-m", "monitor", "discover", "--home", str(home.path)]
    command += ["--date", at] if at else []
    ended = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 (our own program)
    if ended.returncode not in {0, 3}:  # 3: another run has begun meanwhile, and searches itself
        say(f"monitor: the search for new sources failed: {ended.stderr.strip()[-300:]}", error=True)


@click.command()
@click.argument("answer", type=click.Choice(["yes", "no"]), default=None, required=False)
@click.argument("url", default="")
@home_option
@date_option
@click.option("--role", default="", help="Who decides: a role or unit, never a name.")
@click.option("--all", "everything", is_flag=True, help="Show also those that are not proposed, and why.")
@json_option
def candidates(
    *, answer: str | None, url: str, home_path: Path, at: str | None, role: str, everything: bool, as_json: bool
) -> None:
    """Show the sites that may be sources; `yes URL` adds one to feeds.txt, `no URL` is remembered for good."""
    home = load_home(home_path)
    clock = read_clock(at, home)
    with opened(home) as db:
        if answer:
            found = candidate_store.find_candidate(db, url) if url else None
            if found is None:
                raise UsageError(f'"{url}" is none of the candidates. Show them with: monitor candidates --all')
            said = _answer(home, found, yes=answer == "yes")
            candidate_store.decide(db, found.site, answer == "yes", role=role, at=clock())
            say(said)
            return
        states = tuple(CandidateState) if everything else (CandidateState.PROPOSED,)
        rows = [_row(found) for found in candidate_store.list_candidates(db, states, covered_sites(home))]
    if as_json:
        print_json(rows)
        return
    empty = "nothing has led to a site that is not listed" if everything else "no new source is proposed"
    columns = {"site": lambda row: row["site"], "score": lambda row: f"{row['score']:.1f}"}
    if everything:
        columns["state"] = lambda row: row["state"]
    print_table(rows, columns | {"why": lambda row: row["words"]}, empty)


def _answer(home: Home, found: Candidate, *, yes: bool) -> str:
    """Write the line of a yes; return what is told."""
    if not yes:
        return f"{found.site} will not be proposed again"
    trial = found.trial
    if trial is None or not trial.kind or trial.kind not in known_kinds():
        raise UsageError(f"{found.site} has no feed. Find what can be read of it with: monitor add {found.url}")
    if all(source.url != trial.feed for source in home.sources):
        append_source(home.path / SOURCES_FILE, trial.feed, trial.title, kind=trial.kind)
    return f"added to {home.path / SOURCES_FILE}: {trial.feed}"


def _row(found: Candidate) -> dict[str, Any]:
    trial = found.trial
    return {
        "site": found.site,
        "url": found.url,
        "state": found.state.value,
        "score": found.score,
        "words": found.words,
        "kind": trial.kind if trial else "",
        "feed": trial.feed if trial else "",
        "title": trial.title if trial else "",
        "language": trial.language if trial else "",
        "items": trial.items if trial else 0,
        "matching": trial.matching if trial else 0,
        "about": trial.about if trial else 0,
        "newest": moment(trial.newest) if trial else None,
        "referrers": list(found.referrers),
        "tried": moment(found.tried),
    }
