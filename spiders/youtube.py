"""Films on YouTube: a channel by its feed or by the Data API, and the Data API's search.

youtube https://www.youtube.com/feeds/videos.xml?channel_id=UC...
youtube https://www.googleapis.com/youtube/v3/playlistItems?playlistId=UU... key=env:MONITOR_YOUTUBE_KEY
youtube https://www.googleapis.com/youtube/v3/search key=env:MONITOR_YOUTUBE_KEY
"""

from collections.abc import Awaitable, Mapping
from dataclasses import replace
from datetime import UTC, timedelta
from functools import partial
from typing import Annotated
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import msgspec
from scrapy.http import Response

from monitor.core.periods import day_of
from monitor.core.polling import Missing
from monitor.core.posts.told import Told
from monitor.core.posts.youtube import MOST, number_of, read_channel, read_films
from monitor.core.services.answers import AnswerPage
from monitor.crawl.base import Fetch, Polled, header_of
from monitor.crawl.failures import RobotsForbidError, explain_failure
from monitor.crawl.platforms import PlatformSpider
from monitor.models import Allowance, Cursor, Entry, FeedReading, Poll, PollOutcome, Refused, Source, Validators

PACIFIC = ZoneInfo("America/Los_Angeles")
SEARCHES_A_DAY = 100
MAX_WORDS = 5
WAYS = "it is none of .../feeds/videos.xml?channel_id=, .../v3/search and .../v3/playlistItems?playlistId="


class YouTubeOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Options of one line of feeds.txt."""

    key: str = ""
    """Where the key to the Data API stands; a feed needs none."""
    query: str = ""
    """What to search for ("|" is or); the home's search words when it is left out."""
    days: Annotated[int, msgspec.Meta(ge=1, le=30)] = 7
    """How many days back a search looks."""


class YouTubeSpider(PlatformSpider):
    """Title and description of films; neither comments nor who made them."""

    name = kind = "youtube"
    options_type = YouTubeOptions
    missing = Missing.PASSING
    most_requests = 3
    seldom = timedelta(hours=1)
    api_hosts = frozenset({"www.googleapis.com"})

    async def poll(self, source: Source, validators: Validators, cursor: Cursor, fetch: Fetch) -> Polled:
        """Ask for the feed, or by the Data API, as the address says."""
        options = msgspec.convert(dict(source.options), YouTubeOptions, strict=False)
        path = urlsplit(source.url).path
        if path.endswith("/feeds/videos.xml"):
            return await self._feed(source, validators, cursor, fetch)
        known = path.endswith(("/playlistItems", "/search"))
        self.need(path if known else "", "address", f"{WAYS}; `monitor add` finds the feed of a channel's page")
        headers = {"X-Goog-Api-Key": self.secrets.read(options.key, "key")}
        if path.endswith("/playlistItems"):
            return await self._uploads(source, headers, fetch)
        return await self._search(source, options, headers, fetch)

    def read(self, source: Source, response: Response) -> Awaitable[FeedReading | Refused]:
        """Read the feed of a channel."""
        reader = partial(read_channel, zone=self.zone)
        return self.work(reader, response.body, response.url, header_of(response, "Content-Type"), self.clock())

    def explain(self, failed: Poll, told: Told) -> Poll:
        """A quota that is used up comes back with the Pacific day."""
        failed = super().explain(failed, told)
        if told.code in {"quotaExceeded", "dailyLimitExceeded"}:
            return replace(failed, retry_after=day_of(self.clock(), PACIFIC).end)
        return failed

    async def _feed(self, source: Source, validators: Validators, cursor: Cursor, fetch: Fetch) -> Polled:
        try:
            polled = await super().poll(source, validators, cursor, fetch)
            if polled.poll.status == 404 and "playlist_id=UULF" in source.url:
                # The list without shorts comes and goes; the one with them is there more often.
                whole = replace(source, url=source.url.replace("playlist_id=UULF", "playlist_id=UU"))
                polled = await super().poll(whole, Validators(), cursor, fetch)
                polled = replace(polled, poll=replace(polled.poll, source=source.url))
        except RobotsForbidError as error:
            outcome, reason = explain_failure(error)
            way = "with a key, https://www.googleapis.com/youtube/v3/playlistItems?playlistId=UU... reads the channel"
            return Polled(poll=self.failed(source, outcome, f"{reason}: {way}"))
        return polled

    async def _uploads(self, source: Source, headers: Mapping[str, str], fetch: Fetch) -> Polled:
        """Ask for the newest films of a channel: its list of uploads is its id with UU for UC."""
        listed = parse_qs(urlsplit(source.url).query).get("playlistId", [""])[0]
        self.need(listed, "playlistId", "write ...playlistItems?playlistId=UU... with the id of the channel's uploads")
        asked: dict[str, str | int] = {"part": "snippet", "playlistId": listed, "maxResults": MOST}
        page = await self.ask(source, self.ask_with(source.url, asked, headers), fetch, self._films)
        if isinstance(page, Poll):
            return Polled(poll=page)
        return self.gather(source, page.entries)

    async def _search(
        self, source: Source, options: YouTubeOptions, headers: Mapping[str, str], fetch: Fetch
    ) -> Polled:
        """Search once for all words, and ask for the whole descriptions of what was found."""
        now = self.clock()
        day = day_of(now, PACIFIC)
        if self.ledger.book(Allowance(self.kind, SEARCHES_A_DAY, day.start), 1, now) is None:
            reason = f"not asked: the {SEARCHES_A_DAY} searches are used that YouTube allows in a day (Pacific time)"
            spent = self.failed(source, PollOutcome.TRANSIENT, reason)
            return Polled(poll=replace(spent, retry_after=day.end))
        asked: dict[str, str | int] = {
            "part": "snippet",
            "type": "video",
            "q": options.query or "|".join(f'"{word}"' for word in self.words[:MAX_WORDS]),
            "order": "date",
            "publishedAfter": f"{(now - timedelta(days=options.days)).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
            "regionCode": "SE",
            "relevanceLanguage": "sv",
            "maxResults": MOST,
        }
        request = self.ask_with(source.url, asked, headers, once=True)
        page = await self.ask(source, request, fetch, self._films)
        if isinstance(page, Poll):
            return Polled(poll=page)
        entries, lost = await self._whole(source, page.entries, headers, fetch)
        more = f"YouTube gives {MOST} hits a search: there may be more" if page.more else ""
        return self.gather(source, entries, reason="; ".join(filter(None, (more, lost))))

    async def _whole(
        self, source: Source, found: tuple[Entry, ...], headers: Mapping[str, str], fetch: Fetch
    ) -> tuple[list[Entry], str]:
        """Return what was found with its whole description, and what is missing of it."""
        if not found:
            return [], ""
        url = source.url.partition("?")[0].removesuffix("search") + "videos"
        asked = {"part": "snippet", "id": ",".join(map(number_of, found))}
        page = await self.ask(source, self.ask_with(url, asked, headers), fetch, self._films)
        if isinstance(page, Poll):
            return list(found), f"descriptions are cut off: {page.reason}"
        whole = {entry.key: entry for entry in page.entries}
        return [whole.get(entry.key, entry) for entry in found], ""

    def _films(self, response: Response) -> Awaitable[AnswerPage | Refused]:
        return self.work(read_films, response.body, self.clock())
