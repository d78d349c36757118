"""`monitor add`: from any address, or a list in OPML, to lines in feeds.txt."""

from pathlib import Path
from typing import Any

import click

from monitor.cli.options import (
    date_option,
    home_option,
    json_option,
    load_home,
    local,
    locked,
    moment,
    opened,
    read_clock,
    set_up_logs,
)
from monitor.cli.terminal import print_json, say
from monitor.config import SOURCES_FILE, Home, append_groups, append_source
from monitor.core.opml import Outline, read_opml
from monitor.errors import UsageError
from monitor.models import Clock, PageState, Refused
from monitor.steps.add import SITEMAP_DAYS, Found, FoundSource, find_sources, try_outlines
from monitor.steps.seen import add_seen
from monitor.workers import Workers


@click.command()
@click.argument("url", default="")
@home_option
@date_option
@click.option("--opml", type=click.Path(path_type=Path, dir_okay=False), help="Add the feeds of a list in OPML.")
@click.option("--try", "trying", is_flag=True, help="With --opml: ask each feed first; leave out those that fail.")
@click.option("--yes", is_flag=True, help="Add the best of what was found without asking.")
@click.option("--item", is_flag=True, help="URL is one text that you have seen: judge it like every other.")
@click.option("--title", default="", help="With --item: its headline, for when the page cannot be fetched.")
@click.option("--text", default="", help="With --item: what it says, for when the page cannot be fetched.")
@json_option
def add(
    *,
    url: str,
    home_path: Path,
    at: str | None,
    opml: Path | None,
    trying: bool,
    yes: bool,
    item: bool,
    title: str,
    text: str,
    as_json: bool,
) -> None:
    """Find the feed, sitemap or list of a site, show its three latest items, and add it to feeds.txt on yes.

    URL may be any page of the site. With --json, only tell what was found. With --item, URL is one text: its page is
    fetched once, and it is judged. Exit code 1 when nothing was found, when something of a list was left out, or when
    the item was not taken.
    """
    if (title or text) and not item:
        raise UsageError("--title and --text belong to --item")
    if item and url and not opml:
        _add_item(load_home(home_path), at, url, title, text, as_json=as_json)
        return
    if bool(url) == bool(opml):
        raise UsageError("give either an address or --opml FILE. For example: monitor add www.example.se")
    home = load_home(home_path)
    clock = read_clock(at, home)
    set_up_logs(clock, verbose=False)
    if opml:
        _add_list(home, opml, clock, trying=trying)
        return
    found = find_sources(home, url, clock)
    if as_json:
        print_json(_to_json(home, url, found))
    else:
        _offer(home, found, yes=yes)
    if not found.sources:
        if not as_json:
            _say_nothing_found(url, found)
        click.get_current_context().exit(1)


def _offer(home: Home, found: Found, *, yes: bool) -> None:
    """Show what was found, the best first; add what a person says yes to (with `yes`, the best)."""
    for number, source in enumerate(found.best_first):
        _show(home, source)
        if _stands(home, source):
            say("  stands in feeds.txt already")
        elif (yes and number == 0) or (not yes and click.confirm("  add it?", default=False)):
            append_source(
                home.path / SOURCES_FILE, source.url, source.title, kind=source.kind, options=_options(source)
            )
            say(f"  added to {home.path / SOURCES_FILE}")
    for url, reason in found.tried:
        if reason.startswith(("holds the same", "a list of")):
            say(f"{url}: {reason}")


def _show(home: Home, source: FoundSource) -> None:
    entries = source.reading.entries
    kind = "" if source.kind == "feed" else f"{source.kind} "
    say(f"  {kind}{source.url}", head=source.title)
    say(f"  {source.how}{'; comments of readers' if source.comments else ''}")
    say(
        f"  {len(entries)} entries, {source.matching} of them name {home.settings.municipality} already here, "
        f"{source.about} of them about it"
    )
    for entry in entries[:3]:
        when = local(entry.published.isoformat(), home.settings.zone) if entry.published else "no date"
        say(f"  - {when}  {entry.title or entry.url}")


def _stands(home: Home, source: FoundSource) -> bool:
    return any(known.url == source.url for known in home.sources)


def _options(source: FoundSource) -> dict[str, str]:
    return {"days": str(SITEMAP_DAYS)} if source.kind == "sitemap" else {}


def _say_nothing_found(url: str, found: Found) -> None:
    say(f"monitor: no feed was found at {url}. Tried:", error=True)
    for tried, reason in found.tried:
        say(f"  {tried}: {reason}", error=True)


def _to_json(home: Home, url: str, found: Found) -> dict[str, Any]:
    return {
        "url": url,
        "candidates": [
            {
                "kind": source.kind,
                "url": source.url,
                "title": source.title,
                "options": _options(source),
                "items": [
                    {"title": entry.title, "url": entry.url, "published": moment(entry.published)}
                    for entry in source.reading.entries[:3]
                ],
                "entries": len(source.reading.entries),
                "matching": source.matching,
                "about": source.about,
                "reason": source.how,
                "comments": source.comments,
                "listed": _stands(home, source),
            }
            for source in found.best_first
        ],
        "tried": [{"url": tried, "reason": reason} for tried, reason in found.tried],
    }


# --- lists ---------------------------------------------------------------------------------------------


def _add_list(home: Home, path: Path, clock: Clock, *, trying: bool) -> None:
    """Add the feeds of a list under its headings; tell which were left out."""
    try:
        body = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error
    with Workers(count=1) as workers:
        outlines = next(workers.map(read_opml, [(body,)]))
    if isinstance(outlines, Refused):
        raise UsageError(f"{path}: {outlines.reason}")
    known = {source.url for source in home.sources}
    new = [outline for outline in outlines if outline.url not in known]
    for outline in outlines:
        if outline.url in known:
            say(f"{outline.url}: stands in feeds.txt already")
    failed = _failures(home, new, clock) if trying and new else {}
    for url, reason in failed.items():
        say(f"monitor: {url}: left out: {reason}", error=True)
    kept = [outline for outline in new if outline.url not in failed]
    append_groups(home.path / SOURCES_FILE, _by_group(kept))
    say(f"{len(kept)} sources added to {home.path / SOURCES_FILE}, {len(outlines) - len(new)} stood there already")
    if failed:
        click.get_current_context().exit(1)


def _failures(home: Home, outlines: list[Outline], clock: Clock) -> dict[str, str]:
    return dict(try_outlines(home, outlines, clock).tried)


def _by_group(outlines: list[Outline]) -> dict[str, list[tuple[str, str]]]:
    groups: dict[str, list[tuple[str, str]]] = {}
    for outline in outlines:
        groups.setdefault(outline.group, []).append((outline.url, outline.title))
    return groups


# --- one text ------------------------------------------------------------------------------------------


def _add_item(home: Home, at: str | None, url: str, title: str, text: str, *, as_json: bool) -> None:
    """Add one text that a person has seen, and say what became of it."""
    clock = read_clock(at, home)
    set_up_logs(clock, verbose=False)
    with locked(home), opened(home) as db:
        seen = add_seen(home, db, clock, url, title=title, text=text)
    if as_json:
        print_json(
            {"url": seen.url, "state": seen.state, "reason": seen.reason, "title": seen.title, "late": seen.late}
        )
    elif seen.taken:
        say(f"{seen.title or seen.url}: it names {home.settings.municipality}")
        say("  it is older than what a letter tells of: it stands in the archive" if seen.late
            else "  it stands in the next letter, as seen by a person")  # fmt: skip
        if seen.reason:
            say(f"  judged on what you wrote: {seen.reason}")
    elif seen.state is PageState.WAITING:
        say(f"{seen.url}: its page is fetched at the next run")
    else:
        say(f"monitor: {seen.url} was not taken: {seen.reason}", error=True)
        if not (title or text):
            say('  say what it is about with --title "..." --text "..."', error=True)
    if not seen.taken and seen.state is not PageState.WAITING:
        click.get_current_context().exit(1)
