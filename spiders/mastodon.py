"""Hashtags, and with a token full-text search, at one instance of the fediverse:

    mastodon https://mastodon.social/ tags="katrineholm; djulö" known=sverige
    mastodon https://social.example.se/ query="Katrineholms kommun" token=env:MONITOR_MASTODON

Each instance sees its own part of the network, so that a home has a line for each of several. What two of them see is
one text.
"""

import re
import unicodedata
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Literal
from urllib.parse import quote, urlencode, urljoin

import msgspec
from scrapy import Request
from scrapy.http import Response

from monitor.core.posts.mastodon import NOT_FOUND, StatusPage, day_before, order, read_statuses
from monitor.crawl.base import PROVEN, Fetch, Polled, SourceSpider, header_of
from monitor.crawl.limits import WithinLimits
from monitor.crawl.secrets import secret_request
from monitor.models import Cursor, Entry, Poll, PollOutcome, Refused, Source, Validators

PAGE = 40
"""The most that an instance gives at once."""
MAX_PAGES = 3
MAX_WORDS = 3
MAX_TAGS = 8
MAX_QUERIES = 3


class MastodonOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Options of one line of feeds.txt."""

    tags: str = ""
    """Hashtags, with semicolons between them; the home's search words when it is left out."""
    query: str = ""
    """What to search for in full text, with semicolons between; needs a token with the permission read:search."""
    token: str = ""
    """Where the access token of an account at this instance stands."""
    bots: Literal["yes", "no"] = "no"
    """Whether posts of accounts that call themselves bots are read."""
    known: str = ""
    """A hashtag, or with `query` words, that surely has posts."""


class MastodonCursor(msgspec.Struct, frozen=True):
    """What is remembered: of each hashtag and search the newest id that was seen."""

    since: dict[str, str] = msgspec.field(default_factory=dict)
    proven: str = ""


class MastodonSpider(SourceSpider):
    """Public posts; short and whole, so that no page is fetched."""

    name = kind = "mastodon"
    options_type = MastodonOptions
    most_requests = 33
    seldom = timedelta(minutes=30)
    https_only = True

    async def poll(self, source: Source, validators: Validators, cursor: Cursor, fetch: Fetch) -> Polled:
        """Ask for what is new of each hashtag and of each search."""
        options = msgspec.convert(dict(source.options), MastodonOptions, strict=False)
        token = self.secrets.read(options.token, "token") if options.token else ""
        if options.query and not token:
            reason = "only who is logged in may search in full text: write token=env:MONITOR_NAME (docs/sources.md)"
            return Polled(poll=self.failed(source, PollOutcome.UNREADABLE, reason))
        asking = _Asking(self, source, token, WithinLimits(fetch), bots=options.bots == "yes")
        known = asking.search(options.known) if options.query else asking.timeline(hashtag(options.known))
        prove = partial(self.prove, source, cursor, asking.fetch, known=options.known)
        if failed := await prove(request=known, read=asking.read):
            return Polled(poll=explain(failed, token))
        left = msgspec.convert(cursor, MastodonCursor)
        since: dict[str, str] = {}
        for tag in hashtags(_split(options.tags) or self.words[:MAX_WORDS]):
            since[f"#{tag}"] = await asking.follow(left.since.get(f"#{tag}", ""), partial(asking.timeline, tag))
        for query in _split(options.query)[:MAX_QUERIES]:
            since[f"?{query}"] = await asking.follow(left.since.get(f"?{query}", ""), partial(asking.search, query))
        failed = explain(asking.failed, token) if asking.failed else None
        reason = "; ".join(dict.fromkeys(asking.reasons))
        kept = {"since": {key: id_ for key, id_ in since.items() if id_}, PROVEN: options.known}
        polled = self.gather(source, asking.entries, reason=reason, failed=failed, cursor=kept)
        if polled.poll.outcome is PollOutcome.EMPTY and left.since:
            return replace(polled, poll=replace(polled.poll, outcome=PollOutcome.NOT_MODIFIED))
        return polled

    def judge_status(self, source: Source, response: Response) -> Poll | None:
        """A hashtag that the instance has never seen is a 404 that says so, and no address that is gone."""
        if response.status == 404 and NOT_FOUND.encode() in response.body[:200]:
            return None
        return super().judge_status(source, response)


class _Asking:
    """What one poll asks one instance, and what came of it."""

    def __init__(self, kind: MastodonSpider, source: Source, token: str, fetch: Fetch, *, bots: bool) -> None:
        self.kind = kind
        self.source = source
        self.token = token
        self.fetch = fetch
        self.bots = bots
        self.entries: list[Entry] = []
        self.reasons: list[str] = []
        self.failed: Poll | None = None

    async def follow(self, since: str, request: Callable[[str, str, int], Request]) -> str:
        """Read what is newer than an id, newest first; return the newest id once all of it was read.

        A day before it is read again, for posts that came in behind. `request` takes the id after which to read, what
        the page before called this one, and how many posts stand before it.
        """
        page = StatusPage(entries=())
        newest = since
        for number in range(MAX_PAGES if since else 1):
            taken = await self._take(request(day_before(since), page.next, number * PAGE))
            if taken is None:
                return since
            page = taken
            newest = max(newest, page.newest, key=order)
            if not page.more:
                return newest
        if since and order(page.oldest) > order(since):
            self.reasons.append(f"there were more than {MAX_PAGES * PAGE} new posts: the oldest of them were not read")
        return newest

    async def _take(self, request: Request) -> StatusPage | None:
        page: StatusPage | Poll = await self.kind.ask(self.source, request, self.fetch, self.read)
        if isinstance(page, Poll):
            self.failed = self.failed or page
            return None
        self.entries += page.entries
        self.reasons += [page.reason] if page.reason else []
        return page

    def timeline(self, tag: str, since: str = "", before: str = "", _offset: int = 0) -> Request:
        """Return the request for the newest posts with a hashtag, between two ids."""
        asked: dict[str, str | int] = {"limit": PAGE}
        asked |= {"since_id": since} if since else {}
        return self._request(
            f"/api/v1/timelines/tag/{quote(tag, safe='')}", asked | ({"max_id": before} if before else {})
        )

    def search(self, query: str, since: str = "", _before: str = "", offset: int = 0) -> Request:
        """Return the request for the newest posts that a search finds, after an id and without the first `offset`."""
        asked: dict[str, str | int] = {"q": query, "type": "statuses", "limit": PAGE}
        asked |= {"min_id": since} if since else {}
        return self._request("/api/v2/search", asked | ({"offset": offset} if offset else {}))

    def _request(self, path: str, asked: dict[str, str | int]) -> Request:
        url = f"{urljoin(self.source.url, path)}?{urlencode(asked)}"
        return secret_request(url, headers={"Authorization": f"Bearer {self.token}"}) if self.token else Request(url)

    def read(self, response: Response) -> Awaitable[StatusPage | Refused]:
        """Read one answer in a worker."""
        reader = partial(read_statuses, bots=self.bots)
        return self.kind.work(reader, response.body, header_of(response, "Link"), self.kind.clock())


def explain(failed: Poll, token: str) -> Poll:
    """Say what a refusal means here."""
    if failed.status == 401 and token:
        return replace(failed, reason="the instance does not accept the token (HTTP 401): make a new one")
    if failed.status == 401:
        return replace(failed, reason="the instance answers only who is logged in (HTTP 401): token=env:MONITOR_NAME")
    if failed.status == 403 and token:
        return replace(failed, reason="the token lacks a permission (HTTP 403): read:statuses, read:search for query=")
    return failed


def hashtag(text: str) -> str:
    """Return words as a hashtag: "Katrineholms kommun" is katrineholmskommun."""
    return re.sub(r"\W+", "", unicodedata.normalize("NFC", text)).casefold()


def hashtags(words: Sequence[str]) -> list[str]:
    """Return the hashtags for words, also as they are written without dots and rings: not every server folds them."""
    tags: dict[str, None] = {}
    for word in words:
        plain = unicodedata.normalize("NFD", hashtag(word)).encode("ascii", "ignore").decode()
        tags |= dict.fromkeys(tag for tag in (hashtag(word), plain) if tag and not tag.isdecimal())
    return list(tags)[:MAX_TAGS]


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]
