"""A page without a feed: `listing https://... item=".nyhet" title="h2" date="time"`, or without options, by itself."""

from functools import partial

import msgspec
from scrapy.http import Response

from monitor.core.listings import Selectors, read_listing
from monitor.crawl.base import SourceSpider, header_of
from monitor.crawl.bounds import MAX_PAGE
from monitor.models import FeedReading, Refused, Source


class ListingOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Options of one line of feeds.txt: CSS selectors, all of them inside an item except `item` itself."""

    item: str = ""
    """What holds one piece of news; without it the list is looked for."""
    title: str = ""
    date: str = ""
    link: str = ""
    match: str = ""
    """Only addresses that contain this."""

    def __post_init__(self) -> None:
        """Refuse what would be without effect."""
        if not self.item and (self.title or self.date or self.link):
            raise ValueError("title=, date= and link= are looked for inside item=, which is missing")


class ListingSpider(SourceSpider):
    """What a page lists is read again and again; its pages are fetched as those of a feed are."""

    name = kind = "listing"
    options_type = ListingOptions
    reads_pages = True
    most_bytes = MAX_PAGE

    async def read(self, source: Source, response: Response) -> FeedReading | Refused:
        """Read what the page lists."""
        options = msgspec.convert(dict(source.options), ListingOptions, strict=False)
        chosen = Selectors(item=options.item, title=options.title, date=options.date, link=options.link)
        reader = partial(read_listing, match=options.match, zone=self.zone)
        kind = header_of(response, "Content-Type")
        selectors = chosen if options.item else None
        return await self.work(reader, response.body, response.url, kind, self.clock(), selectors)
