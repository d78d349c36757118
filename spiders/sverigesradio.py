"""Episodes of Sveriges Radio: `sverigesradio https://api.sr.se/api/v2/episodes/search/ days=7`.

The radio's terms allow links only, so `store` is `link` unless the line says otherwise.
"""

from collections.abc import Awaitable
from datetime import timedelta
from urllib.parse import urlencode

import msgspec
from scrapy import Request
from scrapy.http import Response

from monitor.core.services.answers import AnswerPage
from monitor.core.services.radio import read_episodes
from monitor.crawl.base import Fetch, Polled, SourceSpider
from monitor.models import Cursor, Refused, Source, Validators

MAX_PAGES = 2
MAX_WORDS = 3


class SverigesRadioOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Options of one line of feeds.txt."""

    query: str = ""
    """What to search for; the home's search words when it is left out."""
    days: float = 7
    """How many days back."""


class SverigesRadioSpider(SourceSpider):
    """One search a word."""

    name = kind = "sverigesradio"
    options_type = SverigesRadioOptions
    seldom = timedelta(minutes=30)
    obeys_robots = False
    """A documented open interface with terms of its own: Sveriges Radio's open API."""

    async def poll(self, source: Source, validators: Validators, cursor: Cursor, fetch: Fetch) -> Polled:
        """Ask for the first pages of each search."""
        options = msgspec.convert(dict(source.options), SverigesRadioOptions, strict=False)

        def request(query: str, page: int) -> Request:
            asked = urlencode({"query": query, "format": "json", "size": 50, "page": page})
            return Request(f"{source.url.partition('?')[0]}?{asked}")

        def read(response: Response) -> Awaitable[AnswerPage | Refused]:
            return self.work(read_episodes, response.body, self.clock(), timedelta(days=options.days))

        queries = [options.query] if options.query else self.words[:MAX_WORDS]
        return await self.search(source, queries, fetch, request, read, pages=MAX_PAGES)
