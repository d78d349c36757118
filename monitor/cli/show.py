"""Lists of what the home holds: entries, articles, stories, and the search."""

from pathlib import Path
from typing import Any

import click

from monitor.cli.options import (
    home_option,
    json_option,
    limit_option,
    load_home,
    local,
    opened,
    print_table,
)
from monitor.cli.terminal import print_json
from monitor.config import Home
from monitor.core.search import Unclear, read_query
from monitor.core.urls import host_of
from monitor.errors import UsageError
from monitor.store import archive as archive_store
from monitor.store import articles as article_store
from monitor.store import intake as intake_store
from monitor.store import stories as story_store

MANY = 50


@click.command()
@home_option
@json_option
@limit_option
def entries(home_path: Path, as_json: bool, limit: int | None) -> None:
    """Show what the sources said, newest first, and what became of each page."""
    home = load_home(home_path)
    with opened(home) as db:
        rows = intake_store.list_entries(db, limit=_rows(limit, as_json))
    if as_json:
        print_json(rows)
        return
    zone, names = home.settings.zone, _names(home)
    print_table(
        rows,
        {
            "published": lambda row: local(row["published"], zone),
            "source": lambda row: names.get(row["source"], host_of(row["source"])),
            "page": lambda row: row["state"],
            "title": lambda row: row["title"],
        },
        "no entries yet: monitor crawl",
    )


@click.command()
@home_option
@json_option
@limit_option
def articles(home_path: Path, as_json: bool, limit: int | None) -> None:
    """Show the articles that name the municipality, newest first."""
    home = load_home(home_path)
    with opened(home) as db:
        rows = article_store.list_articles(db, limit=_rows(limit, as_json))
    if as_json:
        print_json(rows)
        return
    _print_articles(rows, home, "no articles yet: monitor run")


@click.command()
@home_option
@json_option
@limit_option
def stories(home_path: Path, as_json: bool, limit: int | None) -> None:
    """Show the stories, newest first, and how many articles each has."""
    home = load_home(home_path)
    with opened(home) as db:
        rows = story_store.list_stories(db, limit=_rows(limit, as_json))
    if as_json:
        print_json(rows)
        return
    zone = home.settings.zone
    print_table(
        rows,
        {
            "newest": lambda row: local(row["newest"], zone),
            "articles": lambda row: str(row["articles"]),
            "sources": lambda row: str(row["sources"]),
            "title": lambda row: row["title"],
        },
        "no stories yet: monitor run",
    )


@click.command()
@click.argument("query", nargs=-1, required=True)
@home_option
@json_option
@limit_option
def search(query: tuple[str, ...], home_path: Path, as_json: bool, limit: int | None) -> None:
    """Search the articles: all words must stand in one; a "phrase" in quotes; wor* for a beginning; -word; OR."""
    home = load_home(home_path)
    asked = " ".join(query)
    wanted = read_query(asked)
    if isinstance(wanted, Unclear):
        raise UsageError(f'"{asked[:80]}" {_UNCLEAR[wanted]}. Write for example: monitor search förskola')
    with opened(home) as db:
        hits = archive_store.find_articles(
            db, archive_store.Wish(query=wanted), order=archive_store.Order.NEWEST, limit=limit or MANY
        )
        rows = article_store.list_rows(db, [hit.id for hit in hits])
    if as_json:
        print_json(rows)
        return
    _print_articles(rows, home, f'no article holds "{asked}"')


_UNCLEAR = {
    Unclear.NO_WORD: "holds no word to search for",
    Unclear.ONLY_WITHOUT: "says only what is to be left out",
    Unclear.TOO_LONG: "is too long to search for",
    Unclear.SHORT_START: "holds a beginning of fewer than three letters",
}


def _rows(limit: int | None, as_json: bool) -> int:
    """A table shows the latest; JSON is for scripts and holds all, unless a limit is given."""
    return limit or (-1 if as_json else MANY)


def _names(home: Home) -> dict[str, str]:
    return {source.url: source.name for source in home.known_sources}


def _print_articles(rows: list[dict[str, Any]], home: Home, empty: str) -> None:
    names = _names(home)
    print_table(
        rows,
        {
            "published": lambda row: local(row["published"] or row["seen"], home.settings.zone),
            "source": lambda row: names.get(row["source"], host_of(row["source"])),
            "how": lambda row: "about" if row["about"] else "in passing",
            "title": lambda row: row["title"],
        },
        empty,
    )
