"""Commands that read and write JSON and touch no home: what the product decides, and why."""

import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from monitor.cli.make_home import find
from monitor.cli.options import read_clock
from monitor.cli.terminal import print_json, print_json_line
from monitor.core.feeds import read_feed
from monitor.core.matching import Watch, build_matcher
from monitor.core.pages import drop_repeated
from monitor.core.pages.extract import extract as extract_page
from monitor.core.places import municipalities
from monitor.core.urls import host_of
from monitor.errors import UsageError
from monitor.models import Entry, FeedReading, FoundPlace, Outcome, PageReading, Refused
from monitor.steps.read import count_by_host
from monitor.workers import Workers

file_argument = click.argument("file", required=False, type=click.Path(path_type=Path, allow_dash=False))
url_option = click.option("--url", default="", help="The address that the bytes came from.")
jsonl_option = click.option("--jsonl", is_flag=True, help='Read lines of {"id", "url", "path"} from stdin.')


@click.command()
@file_argument
@url_option
@jsonl_option
def feed(file: Path | None, url: str, jsonl: bool) -> None:
    """Read a feed (RSS, RDF, Atom, JSON Feed) as the crawl does."""
    now = read_clock(None)()
    with Workers() as workers:
        if jsonl:
            lines, calls = _split(_read_jsonl(), lambda line: (_read(line), line["url"], "", now))
            for line, reading in zip(lines, workers.map(read_feed, calls), strict=True):
                print_json_line({"id": line["id"], **_feed_object(reading)})
            return
        body = _read_file(file)
        print_json(_feed_object(next(workers.map(read_feed, [(body, url, "", now)]))))


def _feed_object(reading: FeedReading | Refused) -> dict[str, Any]:
    if isinstance(reading, Refused):
        reading = FeedReading(outcome=Outcome.REFUSED, reason=reading.reason)
    return {
        "outcome": reading.outcome.value,
        "reason": reading.reason,
        "title": reading.title,
        "entries": [_entry_object(entry) for entry in reading.entries],
    }


def _entry_object(entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "url": entry.url,
        "title": entry.title,
        "summary": entry.summary,
        "published": _iso(entry.published),
    }


@click.command()
@file_argument
@url_option
@jsonl_option
def extract(file: Path | None, url: str, jsonl: bool) -> None:
    """Read a page as the read step does. Pages of one host in one batch are read together."""
    now = read_clock(None)()
    with Workers() as workers:
        if jsonl:
            lines, calls = _split(_read_jsonl(), lambda line: (_read(line), line["url"], "", now))
            readings = list(workers.map(extract_page, calls))
            for line, reading in zip(lines, without_repeated(lines, readings), strict=True):
                print_json_line({"id": line["id"], **_page_object(reading)})
            return
        body = _read_file(file)
        print_json(_page_object(next(workers.map(extract_page, [(body, url, "", now)]))))


def without_repeated(
    lines: list[dict[str, Any]], readings: list[PageReading | Refused]
) -> Iterator[PageReading | Refused]:
    """Yield the readings without what stands on many pages of their host in the batch."""
    pairs = list(zip((line["url"] for line in lines), readings, strict=True))
    hosts = count_by_host((url, reading) for url, reading in pairs if isinstance(reading, PageReading))
    for url, reading in pairs:
        if isinstance(reading, PageReading) and reading.outcome is not Outcome.REFUSED:
            pages, blocks = hosts[host_of(url)]
            yield drop_repeated(reading, blocks, pages)
        else:
            yield reading


def _page_object(reading: PageReading | Refused) -> dict[str, Any]:
    if isinstance(reading, Refused):
        reading = PageReading(outcome=Outcome.REFUSED, reason=reading.reason)
    return {
        "outcome": reading.outcome.value,
        "reason": reading.reason,
        "url": reading.url,
        "title": reading.title,
        "lead": reading.lead,
        "text": reading.text,
        "published": _iso(reading.published),
        "published_from": reading.published_from,
        "language": reading.language,
        "access": reading.access.value,
        "author_role": reading.author_role.value,
    }


@click.command()
@click.option("--places", required=True, metavar="CODES|all", help='Municipality codes or names with commas, or "all".')
def match(places: str) -> None:
    """Find municipalities in texts: one {"id", "title", "text"} a line on stdin."""
    codes = tuple(municipalities()) if places == "all" else tuple(find(code.strip()).code for code in places.split(","))
    matcher = build_matcher(Watch(codes=codes))
    for line in _read_jsonl(("id", "text")):
        found = matcher.find(str(line.get("title") or ""), str(line["text"]))
        print_json_line({"id": line["id"], "places": [_place_object(place) for place in found]})


def _place_object(place: FoundPlace) -> dict[str, Any]:
    mentions = [{"in": mention.where, **asdict(mention)} for mention in place.mentions]
    for mention in mentions:
        del mention["where"]
    return {
        "code": place.code,
        "name": place.name,
        "kind": place.kind.value,
        "about": place.about,
        "score": round(place.score, 3),
        "reason": place.reason,
        "mentions": mentions,
    }


# --- reading -------------------------------------------------------------------------------------------


def _read_jsonl(keys: Iterable[str] = ("id", "url", "path")) -> Iterator[dict[str, Any]]:
    """Read one object a line from stdin. Raises UsageError with the line number."""
    for number, text in enumerate(sys.stdin.buffer, 1):
        if not text.strip():
            continue
        try:
            line = json.loads(text)
        except ValueError as error:
            raise UsageError(f"stdin, line {number}: not JSON: {error}") from error
        missing = [key for key in keys if not isinstance(line, dict) or key not in line]
        if missing:
            raise UsageError(f'stdin, line {number}: "{missing[0]}" is missing. A line holds: {", ".join(keys)}')
        yield line


def _split(lines: Iterable[dict[str, Any]], call: Any) -> tuple[list[dict[str, Any]], Iterator[tuple[object, ...]]]:
    """Return the lines, and the calls to make for them, made one by one so that no more files are held than needed."""
    listed = list(lines)
    return listed, (call(line) for line in listed)


def _read(line: dict[str, Any]) -> bytes:
    return _read_file(Path(line["path"]))


def _read_file(path: Path | None) -> bytes:
    if path is None:
        raise UsageError("give a FILE to read, or --jsonl and lines on stdin")
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror or error}") from error


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
