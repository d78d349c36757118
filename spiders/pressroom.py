"""Press rooms at Mynewsdesk and Cision: `pressroom https://www.mynewsdesk.com/se/rss/source/... class=own`."""

from collections.abc import Awaitable
from functools import partial

from scrapy.http import Response

from monitor.core.pressrooms import read_pressroom
from monitor.crawl.base import SourceSpider, header_of
from monitor.models import FeedReading, Refused, Source


class PressroomSpider(SourceSpider):
    """A feed whose entries name who issued them; `class=own` for the municipality's own room."""

    name = kind = "pressroom"

    def read(self, source: Source, response: Response) -> Awaitable[FeedReading | Refused]:
        """Read the releases."""
        reader = partial(read_pressroom, zone=self.zone)
        return self.work(reader, response.body, response.url, header_of(response, "Content-Type"), self.clock())
