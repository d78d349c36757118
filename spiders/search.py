"""Searches of others: a WordPress site's own, Google News, Bing News, GDELT.

    search https://bloggen.example.se/
    search https://news.google.com/rss/search days=2
    search https://www.bing.com/news/search
    search https://api.gdeltproject.org/api/v2/doc/doc

An address that carries its own query is asked as it stands; else the home's search words are asked for.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import Literal
from urllib.parse import urlencode, urlsplit

import msgspec
from scrapy import Request
from scrapy.http import Response

from monitor.core.feeds import read_feed
from monitor.core.services.answers import AnswerPage
from monitor.core.services.gdelt import MOST, read_gdelt
from monitor.core.services.google_news import read_google_news
from monitor.crawl.base import Fetch, Polled, SourceSpider, header_of
from monitor.models import Cursor, FeedReading, Outcome, Refused, Source, Validators

Engine = Literal["wordpress", "google", "bing", "gdelt"]
MAX_WORDS = 5
_HOSTS: dict[str, Engine] = {
    "news.google.com": "google",
    "www.bing.com": "bing",
    "api.gdeltproject.org": "gdelt",
}
_QUERY = ("q=", "s=", "query=")


class SearchOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Options of one line of feeds.txt."""

    engine: Engine | None = None
    """What answers; known by its host when it is left out, else WordPress."""
    query: str = ""
    """What to search for, in the engine's own language; the home's search words when it is left out."""
    days: int = 2
    """How many days back, where the engine can be asked so."""


class SearchSpider(SourceSpider):
    """What others' indexes know. A page instead of data is a block and never "no hits"."""

    name = kind = "search"
    options_type = SearchOptions
    pause = 5
    """GDELT allows a request each five seconds; the others are no worse for it."""
    seldom = timedelta(minutes=30)

    async def poll(self, source: Source, validators: Validators, cursor: Cursor, fetch: Fetch) -> Polled:
        """Ask once with all words, or once a word where the engine knows no OR."""
        options = msgspec.convert(dict(source.options), SearchOptions, strict=False)
        engine = options.engine or _HOSTS.get(urlsplit(source.url).hostname or "", "wordpress")
        queries = [options.query] if options.query else list(self.words[:MAX_WORDS])
        if carries_query(source.url):
            queries = [""]
        elif not options.query and engine != "wordpress":
            queries = [any_of(queries)]
        request = partial(self._request, source, engine, options)
        return await self.search(source, queries, fetch, request, self._reader(engine))

    def _request(self, source: Source, engine: Engine, options: SearchOptions, query: str, _page: int) -> Request:
        if not query:
            return Request(source.url)
        asked: dict[str, str | int] = {}
        if engine == "google":
            asked = {"q": f"{query} when:{options.days}d", "hl": "sv", "gl": "SE", "ceid": "SE:sv"}
        elif engine == "bing":
            asked = {"q": query, "format": "rss", "setlang": "sv", "cc": "SE", "qft": 'sortbydate="1"'}
        elif engine == "gdelt":
            asked = {"query": f"{query} sourcecountry:SW", "mode": "artlist", "format": "json", "maxrecords": MOST}
            asked |= {"timespan": f"{options.days}d", "sort": "datedesc"}
        else:
            asked = {"s": query, "feed": "rss2"}
        return Request(f"{source.url.partition('?')[0]}?{urlencode(asked)}")

    def _reader(self, engine: Engine) -> Callable[[Response], Awaitable[AnswerPage | Refused]]:
        if engine == "google":
            return lambda answer: self.work(read_google_news, answer.body, answer.url, self.clock(), self.zone)
        if engine == "gdelt":
            return lambda answer: self.work(read_gdelt, answer.body, self.clock())
        return self._read_feed

    async def _read_feed(self, response: Response) -> AnswerPage | Refused:
        """Read RSS; Bing's links carry the address in them, which is taken out without following it."""
        reader = partial(read_feed, zone=self.zone)
        kind = header_of(response, "Content-Type")
        reading: FeedReading | Refused = await self.work(reader, response.body, response.url, kind, self.clock())
        if isinstance(reading, Refused) or reading.outcome is Outcome.REFUSED:
            return Refused(reading.reason)
        return AnswerPage(entries=reading.entries, reason=reading.reason)


def carries_query(url: str) -> bool:
    """Whether an address says itself what is searched for."""
    return any(part.startswith(_QUERY) for part in urlsplit(url).query.split("&"))


def any_of(words: Sequence[str]) -> str:
    """Return the query for any of the words, each as it is written."""
    quoted = [f'"{word}"' for word in words]
    return quoted[0] if len(quoted) == 1 else f"({' OR '.join(quoted)})"
