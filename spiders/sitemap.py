"""News sitemaps and sitemaps with dates: `sitemap https://... days=7` in feeds.txt."""

from collections.abc import Awaitable
from datetime import timedelta
from functools import partial

import msgspec
from scrapy.http import Response

from monitor.core.sitemaps import read_sitemap
from monitor.crawl.base import SourceSpider
from monitor.models import FeedReading, Refused, Source


class SitemapOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Options of one line of feeds.txt."""

    days: float = 7
    """How many days back an address counts as news."""


class SitemapSpider(SourceSpider):
    """A site that has no feed often has a sitemap for search engines, with dates."""

    name = kind = "sitemap"
    options_type = SitemapOptions

    def read(self, source: Source, response: Response) -> Awaitable[FeedReading | Refused]:
        """Read what the sitemap says is new."""
        options = msgspec.convert(dict(source.options), SitemapOptions, strict=False)
        age = timedelta(days=options.days)
        reader = partial(read_sitemap, zone=self.zone)
        return self.work(reader, response.body, response.url, self.clock(), age)
