"""`monitor sources`: how the reading of each source goes, in words."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from monitor.cli.options import (
    home_option,
    json_option,
    load_home,
    local,
    opened,
    print_table,
    read_clock,
)
from monitor.cli.terminal import print_json, say
from monitor.config import Home
from monitor.core.health import advice, state_of
from monitor.core.opml import carries_secret, write_opml
from monitor.models import SourceState, StorePolicy
from monitor.store import intake as intake_store
from monitor.store.health import with_rhythm


@click.command()
@home_option
@json_option
@click.option("--opml", "as_opml", is_flag=True, help="Print them as OPML, for other readers; no secrets.")
def sources(home_path: Path, as_json: bool, as_opml: bool) -> None:
    """Show the sources: state, since when, how often each is asked, what it brings, and what to do."""
    home = load_home(home_path)
    if as_opml:
        _print_opml(home)
        return
    zone = home.settings.zone
    with opened(home) as db:
        states = with_rhythm(db, intake_store.source_states(db, home.sources), read_clock(None, home)(), zone)
    rows = [_row(state) for state in states]
    if as_json:
        print_json(rows)
        return
    print_table(
        rows,
        {
            "source": lambda row: row["name"],
            "state": lambda row: row["state"],
            "since": lambda row: local(row["since"], zone),
            "last ok": lambda row: local(row["last_ok"], zone),
            "every": lambda row: _words(row["interval"]),
            "new": lambda row: _against(row["entries_today"], row["entries_usual"]),
            "kept": lambda row: row["store"],
            "what to do": lambda row: row["advice"],
        },
        "no sources: write addresses into feeds.txt, one a line",
    )


def _print_opml(home: Home) -> None:
    title = f"{home.settings.organisation or home.settings.municipality}: sources"
    say(write_opml(home.sources, title, read_clock(None)()).decode().rstrip("\n"))
    for source in home.sources:
        if carries_secret(source.url):
            say(f"monitor: {source.name}: left out: its address seems to carry a key", error=True)


def _row(state: SourceState) -> dict[str, Any]:
    source, last, rhythm = state.source, state.last, state.rhythm
    return {
        "url": source.url,
        "name": source.name,
        "paused": source.paused,
        "kind": source.kind,
        "group": source.group,
        "class": source.source_class.value,
        "important": source.important,
        "state": state_of(state),
        "since": _iso(rhythm.newest if rhythm.quiet else state.since),
        "outcome": last.outcome.value if last else "",
        "reason": last.reason if last else "",
        "status": last.status if last else None,
        "polled": _iso(last.at if last else None),
        "last_ok": _iso(state.last_ok),
        "failures": state.failures,
        "entries": state.entries,
        "entries_today": rhythm.today,
        "entries_usual": None if rhythm.usual is None else round(rhythm.usual, 1),
        "newest": _iso(rhythm.newest),
        "quiet": rhythm.quiet,
        "due": _iso(state.due),
        "interval": int((state.due - last.at).total_seconds()) if last and state.due else None,
        "moved_to": state.moved_to,
        "followed": state.followed,
        "reserved": state.reserved,
        "store": StorePolicy.LINK.value if state.reserved else source.store.value,
        "keep_days": source.keep_days or None,
        "advice": advice(state),
    }


def _iso(moment: Any) -> str | None:
    return moment.isoformat() if moment else None


def _words(seconds: int | None) -> str:
    """Return a pause in words: "25 min", "3 h"."""
    if seconds is None:
        return ""
    minutes = round(timedelta(seconds=seconds) / timedelta(minutes=1))
    return f"{minutes} min" if minutes < 120 else f"{round(minutes / 60)} h"


def _against(today: int, usual: float | None) -> str:
    """Return the entries of the last day against what is usual."""
    return str(today) if usual is None else f"{today} (usually {usual:g})"
