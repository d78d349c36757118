"""Posts on Threads: `threads https://graph.threads.net/v1.0/keyword_search token=env:... review="..." known="..."`.

Before Meta's review has approved it, an app finds nothing but its own account's posts, which looks like no mentions. So
a line says `known=`: words that stand in posts of others.
"""

from collections.abc import Awaitable, Mapping
from datetime import datetime, timedelta
from typing import Annotated

import msgspec
from scrapy import Request
from scrapy.http import Response

from monitor.core.posts.meta import MOST, read_media
from monitor.core.services.answers import AnswerPage
from monitor.crawl.base import PROVEN, Fetch, Polled
from monitor.crawl.platforms import MetaSpider
from monitor.models import Allowance, Cursor, Entry, Poll, PollOutcome, Refused, Source, Validators

MAX_WORDS = 3
SEARCHES_A_DAY = 2_200


class ThreadsOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Options of one line of feeds.txt."""

    token: str = ""
    """Where the user's access token stands."""
    review: str = ""
    """When Meta's review approved `threads_keyword_search`."""
    known: str = ""
    """Words that surely stand in posts of others."""
    query: str = ""
    """What to search for; the home's search words when it is left out."""
    days: Annotated[int, msgspec.Meta(ge=1, le=30)] = 2
    """How many days back."""


class ThreadsSpider(MetaSpider):
    """One search a word, newest first."""

    name = kind = "threads"
    options_type = ThreadsOptions
    most_requests = MAX_WORDS + 1
    seldom = timedelta(hours=1)
    pause = 2
    api_hosts = frozenset({"graph.threads.net", "graph.threads.com"})

    async def poll(self, source: Source, validators: Validators, cursor: Cursor, fetch: Fetch) -> Polled:
        """Prove that others' posts are found, then search for each word."""
        options = msgspec.convert(dict(source.options), ThreadsOptions, strict=False)
        headers = self.headers_of(options.token, options.review)
        self.need(options.known, "known", "write known= with words that surely stand in posts of others on Threads")
        if cursor.get(PROVEN) != options.known:
            proof = self._request(source, headers, options.known)
            if self._book() is None:
                return Polled(poll=self._spent(source))
            if failed := await self.prove(source, cursor, fetch, known=options.known, request=proof, read=self._read):
                return Polled(poll=failed)
        since = self.clock() - timedelta(days=options.days)
        entries: list[Entry] = []
        lost: Poll | None = None
        full = False
        for word in [options.query] if options.query else self.words[:MAX_WORDS]:
            page = await self._search(source, self._request(source, headers, word, since), fetch)
            if isinstance(page, Poll):
                lost = page
                break
            entries += page.entries
            full = full or page.more or len(page.entries) >= MOST
        reason = f"Threads gives {MOST} posts a search: there may be more" if full else ""
        return self.gather(source, entries, reason=reason, failed=lost, cursor={PROVEN: options.known})

    async def _search(self, source: Source, request: Request, fetch: Fetch) -> AnswerPage | Poll:
        """Search once. A search that finds nothing does not count by Threads' rules."""
        if (booking := self._book()) is None:
            return self._spent(source)
        page: AnswerPage | Poll = await self.ask(source, request, fetch, self._read)
        if isinstance(page, AnswerPage) and not page.entries:
            self.ledger.settle(booking, 0)
        return page

    def _request(self, source: Source, headers: Mapping[str, str], word: str, since: datetime | None = None) -> Request:
        asked: dict[str, str | int] = {"q": word, "search_type": "RECENT", "search_mode": "KEYWORD", "limit": MOST}
        asked |= {"fields": "id,text,permalink,timestamp"} | ({"since": int(since.timestamp())} if since else {})
        return self.ask_with(source.url, asked, headers, once=True)

    def _book(self) -> int | None:
        now = self.clock()
        return self.ledger.book(Allowance(self.kind, SEARCHES_A_DAY, now - timedelta(days=1)), 1, now)

    def _spent(self, source: Source) -> Poll:
        reason = f"not asked: the {SEARCHES_A_DAY} searches are used that Threads allows in 24 hours"
        return self.failed(source, PollOutcome.TRANSIENT, reason)

    def _read(self, response: Response) -> Awaitable[AnswerPage | Refused]:
        return self.work(read_media, response.body, "Threads", self.clock())
