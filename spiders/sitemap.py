"""Sitemaps, their indexes and news sitemaps: `sitemap https://... days=7 match=/nyheter/` in feeds.txt."""

from collections import deque
from collections.abc import Iterable
from datetime import timedelta
from functools import partial
from urllib.parse import urlsplit

import msgspec
from scrapy import Request
from scrapy.http import Response

from monitor.core.discovery import Offer, read_sitemap_lines
from monitor.core.sitemaps import SitemapIndex, names_sitemaps, read_index, read_sitemap
from monitor.crawl.base import Fetch, Polled, SourceSpider
from monitor.crawl.bounds import MAX_PAGE
from monitor.models import Cursor, Entry, FeedReading, Poll, PollOutcome, Refused, Source, Validators


class SitemapOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Options of one line of feeds.txt."""

    days: float = 7
    """How many days back an address counts as news."""
    match: str = ""
    """Only addresses that contain this."""


class SitemapSpider(SourceSpider):
    """A site that has no feed often has a sitemap for search engines, with dates.

    An address without a path is a site: its robots.txt names the sitemaps, else the usual places are tried.
    """

    name = kind = "sitemap"
    options_type = SitemapOptions
    most_bytes = MAX_PAGE

    async def poll(self, source: Source, validators: Validators, cursor: Cursor, fetch: Fetch) -> Polled:
        """Read a sitemap; of an index or a site, the sitemaps that are likely to hold news."""
        if urlsplit(source.url).path in {"", "/"}:
            return await self._poll_site(source, fetch)
        response = await fetch(self.poll_request(source, validators))
        if not names_sitemaps(response.body) or self.judge_status(source, response):
            return await self.judge(source, response, validators)
        index = await self._read_any(source, response)
        if isinstance(index, SitemapIndex):
            return await self._walk(source, index.addresses, fetch)
        return await self.judge(source, response, validators)

    async def read(self, source: Source, response: Response) -> FeedReading | Refused:
        """Read what a plain sitemap says is new."""
        options = msgspec.convert(dict(source.options), SitemapOptions, strict=False)
        reader = partial(read_sitemap, zone=self.zone, match=options.match)
        return await self.work(reader, response.body, response.url, self.clock(), timedelta(days=options.days))

    async def _read_any(self, source: Source, response: Response) -> FeedReading | SitemapIndex | Refused:
        if not names_sitemaps(response.body):
            return await self.read(source, response)
        options = msgspec.convert(dict(source.options), SitemapOptions, strict=False)
        reader = partial(read_index, zone=self.zone)
        return await self.work(reader, response.body, response.url, self.clock(), timedelta(days=options.days))

    async def _poll_site(self, source: Source, fetch: Fetch) -> Polled:
        robots = await fetch(Request(f"{source.url.rstrip('/')}/robots.txt"))
        said = robots.body if robots.status == 200 else b""
        offers: tuple[Offer, ...] | Refused = await self.work(read_sitemap_lines, said, source.url)
        if isinstance(offers, Refused):
            return Polled(poll=self.failed(source, PollOutcome.UNREADABLE, offers.reason))
        if named := [offer.url for offer in offers if "robots.txt" in offer.how]:
            return await self._walk(source, named, fetch)
        for offer in offers:
            polled = await self._walk(source, [offer.url], fetch)
            if polled.poll.outcome.healthy:
                return polled
        return polled

    async def _walk(self, source: Source, addresses: Iterable[str], fetch: Fetch) -> Polled:
        """Ask these sitemaps and, of those that are indexes, the ones they name; one that fails stops no other."""
        waiting = deque(addresses)
        known = set(waiting)
        entries: list[Entry] = []
        failed: Poll | None = None
        reason = ""
        while waiting:
            request = Request(waiting.popleft())
            read = partial(self._read_any, source)
            reading: FeedReading | SitemapIndex | Poll = await self.ask(source, request, fetch, read)
            if isinstance(reading, Poll):
                failed = failed or reading
            elif isinstance(reading, SitemapIndex):
                new = [address for address in reading.addresses if address not in known]
                known.update(new)
                waiting.extendleft(reversed(new))
            else:
                entries += reading.entries
                reason = reason or reading.reason
        return self.gather(source, entries, reason=reason, failed=failed)
