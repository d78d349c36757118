"""A municipality's notice board: `noticeboard https://kommunen.example.se/anslagstavla name="Anslagstavlan"`."""

from collections.abc import Awaitable
from functools import partial

from scrapy.http import Response

from monitor.core.notices import read_notices
from monitor.crawl.base import SourceSpider, header_of
from monitor.crawl.bounds import MAX_PAGE
from monitor.models import FeedReading, Refused, Source


class NoticeboardSpider(SourceSpider):
    """The municipality's own voice: a source of this kind has the class `own` unless its line says otherwise."""

    name = kind = "noticeboard"
    reads_pages = True
    most_bytes = MAX_PAGE

    def read(self, source: Source, response: Response) -> Awaitable[FeedReading | Refused]:
        """Read the notices that hang there now."""
        kind = header_of(response, "Content-Type")
        reader = partial(read_notices, zone=self.zone)
        return self.work(reader, response.body, response.url, kind, self.clock(), source.name)
