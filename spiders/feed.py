"""RSS 0.9x to 2.0, RDF, Atom and JSON Feed, polled with conditional GET."""

from collections.abc import Awaitable
from functools import partial

from scrapy.http import Response

from monitor.core.feeds import read_feed
from monitor.crawl.base import SourceSpider, header_of
from monitor.models import FeedReading, Refused, Source


class FeedSpider(SourceSpider):
    """`https://...` in feeds.txt: the kind that needs no word in front."""

    name = kind = "feed"

    def read(self, source: Source, response: Response) -> Awaitable[FeedReading | Refused]:
        """Read a feed of any of the formats."""
        reader = partial(read_feed, zone=self.zone)
        return self.work(reader, response.body, response.url, header_of(response, "Content-Type"), self.clock())
