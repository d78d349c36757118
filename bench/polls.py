"""A week of real polls of one list, replayed poll by poll: is an item lost, doubled, or an edit missed?

    python -m bench.polls [--town Göteborg]

196 answers of one JSON list (500 items each, some edited after they were published) go through the crawl's own judging
of an answer, its intake, reading and the store, with the clock set to the time of each poll. Pages stand in no
recording, so the source's own words are judged. Fails (exit 1) when an item is lost or doubled, an edit is not seen or
an article or a revision is missing. Needs the shared data (MONITOR_SHARED, default ../shared beside the checkout).
"""

import argparse
import asyncio
import json
import os
import re
import sys
import tarfile
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from scrapy.http import Response
from sqlite_utils import Database

from monitor.config import Home, read_home
from monitor.core.dates import read_time
from monitor.core.matching import build_matcher
from monitor.core.pages import compile_names, may_mention
from monitor.core.polling import fingerprint
from monitor.core.text import clean_line, clean_text
from monitor.core.urls import safe_url
from monitor.crawl.base import SourceSpider
from monitor.models import Entry, FeedReading, Outcome, Refused, Source, Unavailable, Validators
from monitor.steps import say_nothing, watch_of
from monitor.steps.crawl import HomeIntake
from monitor.steps.read import read
from monitor.store import intake as intake_store
from monitor.store.db import open_database

SHARED = Path(os.environ.get("MONITOR_SHARED", Path(__file__).parents[2] / "shared"))
URL = "https://lista.example/api/events"
T = TypeVar("T")


class ListKind(SourceSpider):
    """The list as it was recorded: objects with id, name, summary, url, datetime."""

    name = kind = "recorded-list"

    def read(self, source: Source, response: Response) -> Awaitable[FeedReading | Refused]:
        """Read one recorded answer."""
        return self.work(read_list, response.body, source.url)


def read_list(body: bytes, url: str) -> FeedReading:
    """Read the bytes of one answer into entries."""
    entries = tuple(
        Entry(
            key=str(item["id"]),
            id=str(item["id"]),
            url=safe_url(item["url"], url),
            title=clean_line(item["name"]),
            summary=clean_text(item["summary"]),
            published=read_time(re.sub(r" (\d):", r" 0\1:", item["datetime"], count=1), UTC),
        )
        for item in json.loads(body)
    )
    return FeedReading(outcome=Outcome.OK, entries=entries)


def work(function: Callable[..., T], *args: object) -> Awaitable[T | Refused]:
    """Run in this process: these bytes are known."""

    async def run() -> T | Refused:
        return function(*args)

    return run()


def polls(path: Path) -> Iterator[tuple[datetime, bytes]]:
    """Give the recorded answers, oldest first, each with the time at which it was asked."""
    with tarfile.open(path) as archive:
        members = sorted((member for member in archive if member.isfile()), key=lambda member: member.name)
        for member in members:
            file = archive.extractfile(member)
            if file:
                yield datetime.fromtimestamp(int(Path(member.name).stem), UTC), file.read()


class Truth:
    """What the recording says: every item and every wording it had, in order."""

    def __init__(self) -> None:
        self.wordings: dict[str, list[str]] = {}
        self.latest: dict[str, Entry] = {}
        self.rewritten: list[tuple[Entry, Entry]] = []
        """Wording before and after, where the words themselves changed."""

    def add(self, body: bytes) -> None:
        """Take note of one answer."""
        for entry in read_list(body, URL).entries:
            known = self.wordings.setdefault(entry.key, [])
            mark = f"{fingerprint(entry)} {entry.url}"
            if not known or known[-1] != mark:
                known.append(mark)
            before = self.latest.get(entry.key, entry)
            if (before.title, before.summary) != (entry.title, entry.summary):
                self.rewritten.append((before, entry))
            self.latest[entry.key] = entry

    @property
    def edits(self) -> int:
        """How many times an item was changed."""
        return sum(len(marks) - 1 for marks in self.wordings.values())


def replay(home: Home, db: Database, path: Path) -> tuple[Truth, int, int]:
    """Replay the week; return the truth, how many edits the store took note of, and how many articles changed."""
    moment = datetime(2025, 1, 1, tzinfo=UTC)

    def clock() -> datetime:
        return moment

    truth = Truth()
    kind = ListKind(work=work, clock=clock, zone=home.settings.zone)
    names = compile_names(build_matcher(watch_of(home)).names)
    intake = HomeIntake(db, home, lambda body, kind: may_mention(body, names, kind), clock, say_nothing)
    intake_store.register_sources(db, home.sources)
    (source,) = home.sources
    edits = revised = 0
    for at, body in polls(path):
        moment = at
        truth.add(body)
        before = marks_of(db)
        response = Response(URL, status=200, body=body)
        known = intake_store.validators(db).get(source.url, Validators())
        for wanted in intake.polled(asyncio.run(kind.judge(source, response, known))):
            intake.unavailable(wanted, Unavailable(reason="the page stands in no recording"))
        edits += sum(before[key] != mark for key, mark in marks_of(db).items() if key in before)
        moment += timedelta(seconds=1)
        revised += read(home, db, clock).revised
    return truth, edits, revised


def marks_of(db: Database) -> dict[str, str]:
    """Return what the store knows of each entry's wording and address."""
    return {row[0]: f"{row[1]} {row[2]}" for row in db.execute("select key, fingerprint, url from entries").fetchall()}


def expected(truth: Truth, home: Home) -> tuple[set[str], int]:
    """Return the items of which some wording names the town, and how many rewritten ones named it before and after."""
    matcher = build_matcher(watch_of(home))

    def names(entry: Entry) -> bool:
        return bool(matcher.find(entry.title, entry.summary))

    wordings = [*truth.latest.values(), *(before for before, _ in truth.rewritten)]
    articles = {entry.key for entry in wordings if names(entry)}
    return articles, sum(names(before) and names(after) for before, after in truth.rewritten)


def main() -> None:
    """Replay and compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--town", default="Göteborg")
    town = parser.parse_args().town
    path = SHARED / "data/police/polls.tar.xz"
    if not path.is_file():
        print(f"the shared data is missing ({path}): set MONITOR_SHARED", file=sys.stderr)
        sys.exit(2)
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        home_path = Path(folder)
        (home_path / "monitor.toml").write_text(
            f'municipality = "{town}"\n[crawl]\npages_per_source = 1000\n', encoding="utf-8"
        )
        (home_path / "feeds.txt").write_text(f"{URL}\n", encoding="utf-8")
        home = read_home(home_path)
        db = open_database(home_path / "monitor.db")
        truth, edits, revised = replay(home, db, path)
        rows: list[dict[str, Any]] = list(db.query("select key, title, summary from entries"))
        stored = {row["key"]: row for row in rows}
        polled = db.execute("select count(*) from polls where outcome in ('ok', 'not modified')").fetchone()[0]
        stale = [key for key, entry in truth.latest.items() if stored.get(key, {}).get("title") != entry.title]
        stale += [key for key, entry in truth.latest.items() if stored.get(key, {}).get("summary") != entry.summary]
        articles = [
            row[0] for row in db.execute("select e.key from articles a join entries e on e.page = a.page").fetchall()
        ]
        revisions = db.execute("select count(*) from revisions").fetchone()[0]
        due, rewritten = expected(truth, home)
    lost = len(truth.wordings.keys() - stored.keys())
    doubled = len(rows) - len(stored) + len(stored.keys() - truth.wordings.keys()) + len(articles) - len(set(articles))
    table = (
        ("polls, all answered", polled, 196),
        ("items in the week", len(stored), len(truth.wordings)),
        ("items lost", lost, 0),
        ("items or articles doubled", doubled, 0),
        ("edits seen", edits, truth.edits),
        ("items whose last wording is not the stored one", len(stale), 0),
        (f"articles that name {town}", len(set(articles)), len(due)),
        ("articles missing", len(due - set(articles)), 0),
        ("revisions seen of them", revised, rewritten),
        ("earlier wordings kept", revisions, rewritten),
    )
    for what, found, wanted in table:
        print(f"{'ok  ' if found == wanted else 'FAIL'}  {what:<48} {found:>6} of {wanted}")
    print(f"{time.perf_counter() - began:.1f} s")
    sys.exit(0 if all(found == wanted for _, found, wanted in table) else 1)


if __name__ == "__main__":
    main()
