"""A text that a person has seen -> an entry, its page fetched once, judged like every other."""

from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from monitor.config import SEEN, Home
from monitor.core.digest import LATE
from monitor.core.matching import build_matcher
from monitor.core.pages import compile_names, may_mention
from monitor.core.text import MAX_SUMMARY, MAX_TEXT, clean_line, clean_text
from monitor.core.urls import identity_key, safe_url, unwrap_url
from monitor.crawl.base import Polled
from monitor.crawl.run import Plan, run_crawl
from monitor.errors import UsageError
from monitor.models import Clock, Entry, PageState, Poll, PollOutcome
from monitor.steps import say_nothing, watch_of
from monitor.steps.crawl import HomeIntake, manners_of
from monitor.steps.read import read
from monitor.store import articles as article_store
from monitor.store import intake as intake_store
from monitor.store.db import time_of
from monitor.store.health import StoredSiteFiles
from monitor.workers import Workers


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What became of a text that a person has seen."""

    url: str
    state: PageState
    reason: str = ""
    """Why it was not taken, or why only the person's own words were judged."""
    title: str = ""
    """The headline under which it was taken, or ""."""
    late: bool = False
    """It was taken, and is older than what a letter tells of."""

    @property
    def taken(self) -> bool:
        """Whether it names the municipality."""
        return self.state is PageState.TAKEN


def add_seen(home: Home, db: Database, clock: Clock, address: str, *, title: str = "", text: str = "") -> Seen:
    """Note an address, fetch its page by the rules that hold for every page, and judge it.

    What the person says of it (`title`, `text`) is judged where the page cannot be had. Raises UsageError.
    """
    url = unwrap_url(safe_url(address if "://" in address else f"https://{address}"))
    if not url:
        raise UsageError(f'"{clean_line(address, 80)}" is no web address that could be fetched')
    content = clean_text(text, MAX_TEXT)
    entry = Entry(
        key=identity_key(url),
        url=url,
        title=clean_line(title),
        summary=clean_text(content, MAX_SUMMARY),
        content=content,
    )
    intake_store.register_sources(db, [home.seen])
    names = compile_names(build_matcher(watch_of(home)).names)
    intake = HomeIntake(db, home, lambda body, kind: may_mention(body, names, kind), clock, say_nothing)
    poll = Poll(source=SEEN, at=clock(), outcome=PollOutcome.OK, fresh=True)
    wanted = intake.polled(Polled(poll=poll, entries=(entry,)))
    row = article_store.find_page(db, url)
    if row is None:
        return Seen(url=url, state=PageState.REJECTED, reason="it was erased from this home, and stays so")
    pages = [page for page in wanted if page.id == row["id"]]
    with Workers() as workers:
        run_crawl(Plan(pages=pages, site_files=StoredSiteFiles(db)), manners_of(home), intake, workers.run, clock)
    read(home, db, clock)
    return _told(db, url, clock() - LATE)


def _told(db: Database, url: str, since: datetime) -> Seen:
    """Return what became of an address; what was news before `since` is late."""
    row = article_store.find_page(db, url) or {}
    late = bool(row["article_at"]) and time_of(row["article_at"]) < since
    return Seen(
        url=url,
        state=PageState(row["state"]),
        reason=row["article_note"] or row["reason"],
        title=row["article_title"] or "",
        late=late,
    )
