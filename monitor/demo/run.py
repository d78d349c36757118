"""`monitor demo`: serve the miniature web, run the real pipeline against it, and tell how it went."""

import webbrowser
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.table import Table
from sqlite_utils import Database

from monitor.config import Home, read_home
from monitor.config.secrets import read_secret
from monitor.core.urls import identity_key
from monitor.demo.addresses import Addresses
from monitor.demo.check import Folding, Verdict, judge_folding, judge_run, read_letter
from monitor.demo.content import demands, name_text, sites, source_of
from monitor.demo.home import DEMO_NOW, KEY_FILE, make_home
from monitor.demo.server import PortTakenError, serve
from monitor.errors import UsageError
from monitor.models import Article, PageState
from monitor.steps import Tell, say_nothing
from monitor.steps.crawl import CrawlResult, crawl
from monitor.steps.group import group
from monitor.steps.publish import Published, period_of, publish
from monitor.steps.read import ReadResult, read
from monitor.store import articles as article_store
from monitor.store import digests as digest_store
from monitor.store import intake as intake_store
from monitor.store import stories as story_store
from monitor.store.db import open_database

DEMO_FOLDER = Path("demo")
_FAULTS_TOLD = 20
_NOT_TAKEN = {PageState.NO_MENTION, PageState.REJECTED}


def run_demo(
    folder: Path = DEMO_FOLDER, *, console: Console, tell: Tell = say_nothing, open_digest: bool = False
) -> int:
    """Run the demo in `folder` and return the exit code: 0 when every planted mention and no planted trap was taken.

    The sources that fail on purpose do not count. Raises MonitorError when the folder or its ports cannot be used.
    """
    addresses = make_home(folder)
    home = read_home(folder)
    db = open_database(home.database)
    try:
        with _served(folder, addresses):
            console.print(f"{len(sites())} invented sites are served, {_span(addresses)}", soft_wrap=True)
            crawled = crawl(home, db, _clock, everything=True, tell=tell)
        seen = read(home, db, _clock, tell=tell)
        group(db, _clock)
        published = publish(home, db, _clock, example=True)
        verdict, folding = _judge(home, db, addresses, published)
        console.print(_table(home, db, crawled))
    finally:
        db.close()
    _say_totals(console, crawled, seen, published)
    _say_verdict(console, verdict, folding)
    console.print(f"The letter: {published.path}", soft_wrap=True)
    if open_digest:
        webbrowser.open(published.path.resolve().as_uri())
    return 1 if verdict.faults or not published.complete or _unplanned(crawled, addresses) else 0


def _clock() -> datetime:
    return DEMO_NOW.astimezone(UTC)


@contextmanager
def _served(folder: Path, addresses: Addresses) -> Iterator[None]:
    try:
        with serve(addresses, read_secret(KEY_FILE, folder, "key")):
            yield
    except PortTakenError as fault:
        what = "end that program, or make a new home with --home OTHER"
        raise UsageError(f"{fault}. The demo in {folder} knows its sources by this port: {what}") from fault


def _span(addresses: Addresses) -> str:
    numbers = [site.host for site in sites()]
    first, last = addresses.base(min(numbers)), addresses.base(max(numbers))
    return f"{first} to {last}"


def _judge(home: Home, db: Database, addresses: Addresses, published: Published) -> tuple[Verdict, Folding]:
    """Compare what was stored, what stands in the letter, and what was folded, with what was planted."""
    planted = demands(addresses)
    every = article_store.articles_between(db, datetime.fromtimestamp(0, UTC), _clock() + timedelta(days=1))
    stories = [set(map(named, story.articles)) for story in story_store.read_stories(db, every)]
    stored = frozenset().union(*stories)
    counted = digest_store.shown_urls(db, published.day + timedelta(days=1), DEMO_NOW - timedelta(days=30))
    letter = read_letter(published.path.read_text(encoding="utf-8"), stories, counted)
    return judge_run(planted, stored, letter, period_of(home, DEMO_NOW)), judge_folding(planted, stored, stories)


def named(article: Article) -> str:
    """Return the address of an article, or what it is known by without one."""
    return article.url or name_text(article.source, article.title)


def _unplanned(crawled: CrawlResult, addresses: Addresses) -> Collection[str]:
    """Return the sources that failed and were not meant to."""
    sound = {source_of(site, addresses) for site in sites() if site.behaviour == "answers"}
    return {poll.source for poll in crawled.failed} & sound


# --- what is told ----------------------------------------------------------------------------------------


def _table(home: Home, db: Database, crawled: CrawlResult) -> Table:
    """Return one row for each source: how its poll ended, what it holds, what of it was taken."""
    outcomes = {poll.source: poll.outcome.value for poll in crawled.polls}
    articles = Counter(str(row["source"]) for row in article_store.list_articles(db))
    entries = intake_store.list_entries(db)
    refused = Counter(
        source
        for source, _ in {
            (str(row["source"]), identity_key(str(row["url"]))) for row in entries if row["state"] in _NOT_TAKEN
        }
    )
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("Source")
    table.add_column("Poll")
    for heading in ("Entries", "Articles", "Not taken"):
        table.add_column(heading, justify="right")
    for state in intake_store.source_states(db, home.sources):
        url = state.source.url
        numbers = (state.entries, articles[url], refused[url])
        table.add_row(state.source.name, outcomes.get(url, "–"), *map(str, numbers))
    return table


def _say_totals(console: Console, crawled: CrawlResult, seen: ReadResult, published: Published) -> None:
    console.print(
        f"\n{crawled.new_entries} new entries, {seen.new} new articles; "
        f"{published.articles} articles in {published.stories} stories in the letter"
    )
    if not published.complete:
        console.print("The letter says that it is incomplete: too many sources failed")


def _say_verdict(console: Console, verdict: Verdict, folding: Folding) -> None:
    console.print(
        f"Planted mentions found: {verdict.mentions - len(verdict.missed)} of {verdict.mentions}; "
        f"in the letter: {verdict.shown} of {verdict.due}\n"
        f"Planted traps refused: {verdict.traps - len(verdict.taken)} of {verdict.traps}\n"
        f"Events folded as planted: {folding.several_right} of {folding.several} with several articles, "
        f"{folding.single_right} of {folding.single} with one"
    )
    for fault in verdict.faults[:_FAULTS_TOLD]:
        console.print(f"  {fault}", markup=False, soft_wrap=True)
    if len(verdict.faults) > _FAULTS_TOLD:
        console.print(f"  and {len(verdict.faults) - _FAULTS_TOLD} more")
