"""Posts on X: `x https://api.x.com/2/tweets/search/recent token=env:MONITOR_X_TOKEN cap=200 decision="KS 2026/123"`.

X is paid for by the post. What an answer can cost at most is booked before it is asked for, and the bookings of a month
never pass the cap (decision 0021).
"""

from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Annotated, cast
from zoneinfo import ZoneInfo

import msgspec
from scrapy.http import Response

from monitor.core.periods import month_of
from monitor.core.posts.x import FEWEST, MILLIONTHS, XPage, affordable, cap_of, moment_of, price_of, read_posts
from monitor.crawl.base import Fetch, Polled
from monitor.crawl.platforms import PlatformSpider
from monitor.models import Allowance, Cursor, Entry, Poll, PollOutcome, Refused, Source, Validators

STOCKHOLM = ZoneInfo("Europe/Stockholm")
OVERLAP = timedelta(hours=1)
"""What was booked in the last hour of a month counts in the next one too: the request may leave only then."""
SEARCHED = timedelta(days=7) - timedelta(minutes=5)
"""How far back X searches, with room for its clock and ours."""
REFUSALS = frozenset({400, 401, 402, 403, 404, 429})
"""Answers that surely hold no post. Of any other, nobody knows what X has counted."""
LONGEST_QUERY = 512
MAX_PAGES = 5
MAX_WORDS = 5


class XOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Options of one line of feeds.txt."""

    token: str = ""
    """Where the app's bearer token stands."""
    decision: str = ""
    """The number of the municipality's decision to read X."""
    cap: Annotated[float, msgspec.Meta(ge=0, le=1_000_000)] = 0
    """Kronor that all lines of the home together may cost in a month."""
    price: Annotated[float, msgspec.Meta(ge=0.02, le=1_000)] = 0.055
    """Kronor for one post: 0.005 dollars (docs.x.com, August 2026) at 11 kronor. Below 0.02 it is one in dollars."""
    query: str = ""
    """What to search for, in X's own language; the home's search words in Swedish posts when it is left out."""
    days: Annotated[int, msgspec.Meta(ge=1, le=7)] = 1
    """How many days back the first poll asks."""


class XCursor(msgspec.Struct, frozen=True):
    """What is remembered: up to which post all is read, and the stretch after it that a poll left open."""

    since: str = ""
    """The newest post up to which everything was read."""
    start: datetime | None = None
    """From when on, where no such post is known."""
    newest: str = ""
    """While a stretch is open: its newest post."""
    until: str = ""
    """While a stretch is open: the oldest of its posts that was read."""

    def after(self, page: XPage) -> "XCursor":
        """Return what is known after one more page of the stretch."""
        newest, until = self.newest or page.newest, page.oldest or self.until
        return msgspec.structs.replace(self, newest=newest, until=until)

    def closed(self) -> "XCursor":
        """Return what is known when the stretch is read to its end."""
        return XCursor(since=self.newest or self.since, start=self.start)


class XSpider(PlatformSpider):
    """A search of the last seven days, from where the last one ended."""

    name = kind = "x"
    options_type = XOptions
    most_requests = MAX_PAGES
    """X allows sixty calls in a quarter of an hour (docs.x.com)."""
    seldom = timedelta(hours=1)
    api_hosts = frozenset({"api.x.com"})

    async def poll(self, source: Source, validators: Validators, cursor: Cursor, fetch: Fetch) -> Polled:
        """Read what a poll left open, then what is new, as far as the cap reaches."""
        options = self._options(source)
        headers = {"Authorization": f"Bearer {self.secrets.read(options.token, 'token')}"}
        state, lost = self._state(cursor, options)
        entries: list[Entry] = []
        reasons = [lost]
        failed: Poll | None = None
        until, token = state.until, ""
        for _ in range(MAX_PAGES):
            asked = self._bounds(state, until) | ({"next_token": token} if token else {})
            page = await self._buy(source, options, asked, headers, fetch)
            if isinstance(page, Poll):
                failed = page
                break
            entries += page.entries
            reasons.append(page.reason)
            state, token = state.after(page), page.next
            if not token:
                state = state.closed()
                if not until:
                    break
                until = ""
        else:
            reasons.append("there is more: the next poll goes on with it")
        reason = "; ".join(dict.fromkeys(filter(None, reasons)))
        left = cast("Cursor", msgspec.to_builtins(state))
        polled = self.gather(source, entries, reason=reason, failed=failed, cursor=left)
        if polled.poll.outcome is PollOutcome.EMPTY and state.since:  # nothing since the last time
            return replace(polled, poll=replace(polled.poll, outcome=PollOutcome.NOT_MODIFIED))
        return polled

    def _options(self, source: Source) -> XOptions:
        """Return the options of a line that may be used. Raises ConfigError."""
        options = msgspec.convert(dict(source.options), XOptions, strict=False)
        self.need(
            options.decision,
            "decision",
            'X is off until the municipality has decided to read it: write decision="..." with the decision\'s number',
        )
        self.need("cap" if options.cap else "", "cap", "X is paid for by the post: write cap= with kronor a month")
        query = options.query or f"({' OR '.join(_terms(self.words))}) -is:retweet lang:sv"
        self.need(query if len(query) <= LONGEST_QUERY else "", "query", "X takes no query of more than 512 characters")
        return msgspec.structs.replace(options, query=query)

    def _state(self, cursor: Cursor, options: XOptions) -> tuple[XCursor, str]:
        """Return what is remembered, without an open stretch that X no longer searches."""
        state = msgspec.convert(cursor, XCursor)
        state = msgspec.structs.replace(state, start=state.start or self.clock() - timedelta(days=options.days))
        opened = moment_of(state.until)
        if opened and opened < self.clock() - SEARCHED:
            return state.closed(), "posts of more than seven days ago were left open and can be read no more"
        return state, ""

    def _bounds(self, state: XCursor, until: str) -> dict[str, str]:
        """Return from where to where a page is asked for. A post that X no longer searches is told as a time."""
        earliest = self.clock() - SEARCHED
        newest = moment_of(state.since)
        if newest and newest > earliest:
            bounds = {"since_id": state.since}
        else:
            start = max(newest or state.start or earliest, earliest)
            bounds = {"start_time": f"{start.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"}
        return bounds | ({"until_id": until} if until else {})

    async def _buy(
        self, source: Source, options: XOptions, asked: Mapping[str, str], headers: Mapping[str, str], fetch: Fetch
    ) -> XPage | Poll:
        """Ask for one page. Booked is what it can cost at most; what it did cost is only known with a good answer."""
        now = self.clock()
        month = month_of(now, STOCKHOLM)
        allowance = Allowance(self.kind, cap_of(options.cap), month.start - OVERLAP)
        spent = self.ledger.used(allowance)
        posts = affordable(allowance.most - spent, options.price)
        booking = self.ledger.book(allowance, price_of(posts, options.price), now) if posts else None
        if booking is None:
            reason = (
                f"not asked: X may cost {options.cap:g} kronor a month, {spent / MILLIONTHS:.2f} are spent,"
                f" and an answer can cost {price_of(FEWEST, options.price) / MILLIONTHS:.2f}"
            )
            return replace(self.failed(source, PollOutcome.TRANSIENT, reason), retry_after=month.end)
        fields = {"sort_order": "recency", "tweet.fields": "created_at,entities"}
        request = self.ask_with(
            source.url, {"query": options.query, "max_results": posts, **fields, **asked}, headers, once=True
        )
        page: XPage | Poll = await self.ask(source, request, fetch, self._read)
        if isinstance(page, XPage):
            self.ledger.settle(booking, price_of(page.charged, options.price))
        elif page.status in REFUSALS:
            self.ledger.settle(booking, 0)
        return page

    def _read(self, response: Response) -> Awaitable[XPage | Refused]:
        return self.work(read_posts, response.body, self.clock())


def _terms(words: Sequence[str]) -> list[str]:
    """Return each word as a phrase and, where it is one word, as a hashtag."""
    tags = [f"#{word}" for word in words[:MAX_WORDS] if word.isalnum()]
    return [f'"{word}"' for word in words[:MAX_WORDS]] + tags
