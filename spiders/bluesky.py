"""Search at Bluesky, for who has an account there:

    bluesky https://bsky.social/ account=kommunen.bsky.social password=file:secrets/bluesky known=sverige

The password is an app password, made in the settings of the account. Who is not logged in may not search: without one
nobody is asked.
"""

from collections.abc import Awaitable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import urlencode, urljoin

import msgspec
from scrapy import Request
from scrapy.http import Response

from monitor.core.posts.bluesky import Session, read_posts, read_session
from monitor.core.services.answers import AnswerPage
from monitor.crawl.base import PROVEN, Fetch, Polled, SourceSpider
from monitor.crawl.limits import WithinLimits
from monitor.crawl.secrets import secret_request
from monitor.models import Cursor, Entry, Poll, PollOutcome, Refused, Source, Validators

PAGE = 100
"""The most that one answer holds."""
MAX_PAGES = 3
MAX_QUERIES = 3
BEHIND = timedelta(days=1)
"""How far back is asked again: posts may reach the index late."""


class BlueskyOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Options of one line of feeds.txt."""

    account: str = ""
    """Handle of the account that searches."""
    password: str = ""
    """Where its app password stands."""
    query: str = ""
    """What to search for, with semicolons between them; the home's search words when it is left out."""
    lang: str = ""
    """Only posts that say that they are in this language (sv)."""
    method: Literal["v1", "v2"] = "v1"
    """searchPosts, or searchPostsV2, which is to follow it."""
    known: str = ""
    """Words that surely have posts."""


class BlueskyCursor(msgspec.Struct, frozen=True):
    """What is remembered: when the newest post of each search was written."""

    since: dict[str, datetime] = msgspec.field(default_factory=dict)
    proven: str = ""


class BlueskySpider(SourceSpider):
    """Public posts; short and whole, so that no page is fetched."""

    name = kind = "bluesky"
    options_type = BlueskyOptions
    most_requests = 13
    seldom = timedelta(minutes=30)
    https_only = True

    async def poll(self, source: Source, validators: Validators, cursor: Cursor, fetch: Fetch) -> Polled:
        """Log in, and ask for what is new of each search."""
        options = msgspec.convert(dict(source.options), BlueskyOptions, strict=False)
        if not options.account or not options.password:
            reason = "only who is logged in may search Bluesky: write account=... password=file:secrets/bluesky"
            return Polled(poll=self.failed(source, PollOutcome.UNREADABLE, reason))
        password = self.secrets.read(options.password, "password")
        asking = _Asking(self, source, options, password, WithinLimits(fetch))
        if failed := await asking.log_in():
            return Polled(poll=failed)
        known = asking.search(quoted(options.known))
        if failed := await self.prove(
            source, cursor, asking.fetch, known=options.known, request=known, read=asking.read
        ):
            return Polled(poll=explain(failed, options))
        left = msgspec.convert(cursor, BlueskyCursor)
        asked = [part.strip() for part in options.query.split(";") if part.strip()] or [*map(quoted, self.words)]
        since = {query: await asking.follow(query, left.since.get(query)) for query in asked[:MAX_QUERIES]}
        failed = explain(asking.failed, options) if asking.failed else None
        reason = "; ".join(dict.fromkeys(asking.reasons))
        kept = {"since": {query: at.isoformat() for query, at in since.items() if at}, PROVEN: options.known}
        polled = self.gather(source, asking.entries, reason=reason, failed=failed, cursor=kept)
        if polled.poll.outcome is PollOutcome.EMPTY and left.since:
            return replace(polled, poll=replace(polled.poll, outcome=PollOutcome.NOT_MODIFIED))
        return polled


class _Asking:
    """What one poll asks, and what came of it. The session lives as long as the poll, in memory."""

    def __init__(
        self, kind: BlueskySpider, source: Source, options: BlueskyOptions, password: str, fetch: Fetch
    ) -> None:
        self.kind = kind
        self.source = source
        self.options = options
        self.password = password
        self.fetch = fetch
        self.token = ""
        self.renewed = False
        self.entries: list[Entry] = []
        self.reasons: list[str] = []
        self.failed: Poll | None = None

    async def log_in(self) -> Poll | None:
        """Get a session; return the failed poll when there is none to be had."""
        said = {"identifier": self.options.account, "password": self.password}
        request = secret_request(urljoin(self.source.url, "/xrpc/com.atproto.server.createSession"), said=said)
        session: Session | Poll = await self.kind.ask(self.source, request, self.fetch, self._read_session)
        if isinstance(session, Poll):
            if session.status in {400, 401}:
                reason = f"Bluesky does not accept account and password (HTTP {session.status}): make an app password"
                return replace(session, outcome=PollOutcome.BLOCKED, reason=reason)
            return session
        self.kind.secrets.hold(session.access)
        self.kind.secrets.hold(session.refresh)
        self.token = session.access
        return None

    async def follow(self, query: str, since: datetime | None) -> datetime | None:
        """Read what a search finds that is new; return when the newest was written, once all of it was read."""
        newest, cursor = since, ""
        for _ in range(MAX_PAGES if since else 1):
            page = await self._take(query, since, cursor)
            if page is None:
                return since
            written = [entry.published for entry in page.entries if entry.published]
            newest = max([*written, *([newest] if newest else [])], default=None)
            if not page.more:
                return newest
            cursor = page.next
        if since:
            self.reasons.append(f"there were more than {MAX_PAGES * PAGE} new posts: the oldest of them were not read")
        return newest

    async def _take(self, query: str, since: datetime | None, cursor: str) -> AnswerPage | None:
        """Ask for a page; a session that has run out meanwhile is renewed once."""
        page = await self._ask(query, since, cursor)
        if isinstance(page, Poll) and page.status in {400, 401} and not self.renewed:
            self.renewed = True
            page = await self.log_in() or await self._ask(query, since, cursor)
        if isinstance(page, Poll):
            self.failed = self.failed or page
            return None
        self.entries += page.entries
        self.reasons += [page.reason] if page.reason else []
        return page

    async def _ask(self, query: str, since: datetime | None, cursor: str) -> AnswerPage | Poll:
        return await self.kind.ask(self.source, self.search(query, since, cursor), self.fetch, self.read)

    def search(self, query: str, since: datetime | None = None, cursor: str = "") -> Request:
        """Return the request for the newest posts that a search finds."""
        v2 = self.options.method == "v2"
        asked: dict[str, str | int] = {
            "query" if v2 else "q": query,
            "sort": "recent" if v2 else "latest",
            "limit": PAGE,
        }
        if since:
            asked["since"] = f"{since - BEHIND:%Y-%m-%dT%H:%M:%SZ}"
        if self.options.lang:
            asked["languages" if v2 else "lang"] = self.options.lang
        if cursor:
            asked["cursor"] = cursor
        method = "app.bsky.feed.searchPostsV2" if v2 else "app.bsky.feed.searchPosts"
        url = f"{urljoin(self.source.url, f'/xrpc/{method}')}?{urlencode(asked)}"
        return secret_request(url, headers={"Authorization": f"Bearer {self.token}"})

    def read(self, response: Response) -> Awaitable[AnswerPage | Refused]:
        """Read one answer in a worker."""
        return self.kind.work(read_posts, response.body, self.kind.clock())

    def _read_session(self, response: Response) -> Awaitable[Session | Refused]:
        return self.kind.work(read_session, response.body)


def explain(failed: Poll, options: BlueskyOptions) -> Poll:
    """Say what a refusal means here."""
    other = "v1" if options.method == "v2" else "v2"
    if failed.status in {404, 501}:
        reason = f"Bluesky no longer knows this search (HTTP {failed.status}): write method={other}"
        return replace(failed, outcome=PollOutcome.UNREADABLE, reason=reason)
    if failed.status == 400:
        reason = f"Bluesky does not understand the search (HTTP 400): look at query=, or write method={other}"
        return replace(failed, outcome=PollOutcome.UNREADABLE, reason=reason)
    return failed


def quoted(words: str) -> str:
    """Return several words as a phrase."""
    return f'"{words}"' if " " in words and not words.startswith('"') else words
