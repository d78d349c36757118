"""Documents of the Riksdag that name the town: `riksdagen https://data.riksdagen.se/dokumentlista/ days=14`."""

from collections.abc import Awaitable
from datetime import timedelta
from functools import partial
from urllib.parse import urlencode

import msgspec
from scrapy import Request
from scrapy.http import Response

from monitor.core.services.answers import AnswerPage
from monitor.core.services.riksdag import read_documents
from monitor.crawl.base import Fetch, Polled, SourceSpider
from monitor.models import Cursor, Refused, Source, Validators

PAGE = 100
MAX_PAGES = 3
MAX_WORDS = 3


class RiksdagenOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Options of one line of feeds.txt."""

    query: str = ""
    """What to search for; the home's search words when it is left out."""
    types: str = "mot,fr,ip,prop,bet"
    """Types of documents: motions, questions, interpellations, bills, committee reports."""
    days: int = 14
    """How many days back."""


class RiksdagenSpider(SourceSpider):
    """One search a word, newest first."""

    name = kind = "riksdagen"
    options_type = RiksdagenOptions
    seldom = timedelta(hours=1)
    obeys_robots = False
    """A documented open interface without a key, offered for re-use: data.riksdagen.se."""

    async def poll(self, source: Source, validators: Validators, cursor: Cursor, fetch: Fetch) -> Polled:
        """Ask for the pages of each search."""
        options = msgspec.convert(dict(source.options), RiksdagenOptions, strict=False)
        queries = [options.query] if options.query else self.words[:MAX_WORDS]
        request = partial(self._request, source, options)
        return await self.search(source, queries, fetch, request, self._read, pages=MAX_PAGES)

    def _request(self, source: Source, options: RiksdagenOptions, word: str, page: int) -> Request:
        asked = {
            "sok": word,
            "doktyp": options.types,
            "from": (self.clock() - timedelta(days=options.days)).date().isoformat(),
            "sort": "datum",
            "sortorder": "desc",
            "utformat": "json",
            "sz": PAGE,
            "p": page,
        }
        return Request(f"{source.url.partition('?')[0]}?{urlencode(asked)}")

    def _read(self, response: Response) -> Awaitable[AnswerPage | Refused]:
        return self.work(partial(read_documents, zone=self.zone), response.body, self.clock())
