"""Polisen's events in the municipality: `polisen https://polisen.se/api/events location="Katrineholm;Flen"`.

By Polisen's rules for open data: https, an honest User-Agent, ten seconds between two calls, at most sixty an hour, and
a 404 is for good.
"""

from collections.abc import Awaitable
from datetime import datetime, timedelta
from functools import partial
from typing import cast
from urllib.parse import urlencode

import msgspec
from scrapy import Request
from scrapy.http import Response

from monitor.core.polling import Missing
from monitor.core.services.police import read_events
from monitor.crawl.base import Fetch, Polled, SourceSpider
from monitor.models import Allowance, Cursor, FeedReading, Poll, PollOutcome, Refused, Source, Validators

BETWEEN = timedelta(seconds=10)
MOST_AN_HOUR = 60


class PolisenOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Options of one line of feeds.txt."""

    location: str = ""
    """Municipalities or counties, with semicolons between them; the home's municipality when it is left out."""
    type: str = ""
    """Types of events, with semicolons between them; all when it is left out."""


class PolisenCursor(msgspec.Struct, frozen=True):
    """What is remembered: the call that was answered with 404."""

    gone: str = ""


class PolisenSpider(SourceSpider):
    """Event notices: short and whole, so that no page is fetched."""

    name = kind = "polisen"
    options_type = PolisenOptions
    missing = Missing.FINAL
    most_requests = 2
    pause = 10
    seldom = timedelta(minutes=15)
    https_only = True
    obeys_robots = False
    """A documented open interface with rules of its own: polisen.se, "Regler för öppna data"."""
    _called = False
    """Whether this run has made a call."""

    async def poll(self, source: Source, validators: Validators, cursor: Cursor, fetch: Fetch) -> Polled:
        """Ask once, unless the rules forbid it just now."""
        known = msgspec.convert(cursor, PolisenCursor)
        now = self.clock()
        request = self.poll_request(source, Validators())
        if known.gone == request.url:
            reason = "Polisen answered HTTP 404, for good by its rules: it is asked again when the line changes"
            return Polled(poll=self.failed(source, PollOutcome.GONE, reason))
        if not self._may_call(now):
            reason = "not asked: Polisen allows a call each ten seconds, and sixty an hour"
            return Polled(poll=self.failed(source, PollOutcome.TRANSIENT, reason))
        reading: FeedReading | Poll = await self.ask(source, request, fetch, partial(self.read, source))
        failed = reading if isinstance(reading, Poll) else None
        gone = request.url if failed and failed.status == 404 else ""
        left = cast("Cursor", msgspec.to_builtins(PolisenCursor(gone)))
        if isinstance(reading, Poll):
            return Polled(poll=reading, cursor=left)
        return self.gather(source, reading.entries, reason=reading.reason, cursor=left)

    def _may_call(self, now: datetime) -> bool:
        """Book a call. All lines of the home count together; within one run, `pause` keeps them apart."""
        just_now = self.ledger.used(Allowance(self.kind, 1, now - BETWEEN))
        if just_now and not self._called:
            return False
        self._called = (
            self.ledger.book(Allowance(self.kind, MOST_AN_HOUR, now - timedelta(hours=1)), 1, now) is not None
        )
        return self._called

    def poll_request(self, source: Source, validators: Validators) -> Request:
        """Ask for the events at the places of the line."""
        options = self._options(source)
        asked = {"locationname": ";".join(self._places(source))} | ({"type": options.type} if options.type else {})
        return Request(f"{source.url.partition('?')[0]}?{urlencode(asked, safe=';')}")

    def read(self, source: Source, response: Response) -> Awaitable[FeedReading | Refused]:
        """Read the events."""
        return self.work(read_events, response.body, self._places(source), self.clock(), self.zone)

    def _options(self, source: Source) -> PolisenOptions:
        return msgspec.convert(dict(source.options), PolisenOptions, strict=False)

    def _places(self, source: Source) -> list[str]:
        named = [place.strip() for place in self._options(source).location.split(";")]
        return [place for place in named if place] or list(self.words[:1])
