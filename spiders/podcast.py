"""Podcasts: `podcast https://... transcripts=14` in feeds.txt: show notes, and transcripts where they are offered."""

from collections.abc import Awaitable, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial

import msgspec
from scrapy import Request
from scrapy.http import Response

from monitor.core.podcasts import Offered, read_offers, read_podcast, read_transcript
from monitor.core.text import MAX_TEXT, clean_text
from monitor.crawl.base import Fetch, Polled, SourceSpider, header_of
from monitor.models import Cursor, Entry, FeedReading, Poll, PollOutcome, Refused, Source, Validators

REMEMBERED = 100


class PodcastOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Options of one line of feeds.txt."""

    transcripts: int = 14
    """Of episodes how many days old the transcript is read; 0 for none."""


class PodcastCursor(msgspec.Struct, frozen=True):
    """What is remembered: the episodes whose transcript is settled, read or not to be had."""

    settled: list[str] = msgspec.field(default_factory=list)


class PodcastSpider(SourceSpider):
    """A feed of episodes."""

    name = kind = "podcast"
    options_type = PodcastOptions

    async def poll(self, source: Source, validators: Validators, cursor: Cursor, fetch: Fetch) -> Polled:
        """Read the feed, then the transcripts of new episodes; what one poll cannot ask for waits for the next."""
        response = await fetch(self.poll_request(source, validators))
        polled = await self.judge(source, response, validators)
        if not polled.entries:
            return polled
        offers: tuple[Offered, ...] | Refused = await self.work(read_offers, response.body, response.url)
        settled = msgspec.convert(cursor, PodcastCursor).settled
        # An episode whose transcript was read stays as it is: told again without it, it would lose its words.
        entries = {entry.key: entry for entry in polled.entries if entry.key not in settled}
        poll = polled.poll
        waiting = self._wanted(source, list(entries.values()), () if isinstance(offers, Refused) else offers)
        for place, (entry, offer) in enumerate(waiting):
            if place + 2 > self.most_requests:
                break
            words = await self.ask(source, Request(offer.transcript), fetch, partial(self._words, offer))
            if isinstance(words, Poll):
                poll = replace(poll, reason=f"a transcript could not be read: {words.reason}")
                settled = settled if words.outcome is PollOutcome.TRANSIENT else [*settled, entry.key]
            else:
                content = clean_text(f"{entry.content}\n{words}", MAX_TEXT)
                entries[entry.key] = replace(entry, content=content, whole=True)
                settled = [*settled, entry.key]
        if any(entry.key not in settled for entry, _ in waiting):
            poll = replace(poll, etag="", last_modified="", body_hash="")  # the feed is to be answered whole again
        return Polled(poll=poll, entries=tuple(entries.values()), cursor={"settled": settled[-REMEMBERED:]})

    def read(self, source: Source, response: Response) -> Awaitable[FeedReading | Refused]:
        """Read the episodes."""
        reader = partial(read_podcast, zone=self.zone)
        return self.work(reader, response.body, response.url, header_of(response, "Content-Type"), self.clock())

    def _wanted(
        self, source: Source, entries: Sequence[Entry], offers: Sequence[Offered]
    ) -> list[tuple[Entry, Offered]]:
        """Return the new episodes that offer a transcript, newest first."""
        days = msgspec.convert(dict(source.options), PodcastOptions, strict=False).transcripts
        since = self.clock() - timedelta(days=days)
        offered = {offer.key: offer for offer in offers if offer.transcript}
        found = [(entry, offered.get(entry.id) or offered.get(entry.title)) for entry in entries]
        fresh = [(e, offer) for e, offer in found if offer and e.published and e.published > since]
        return sorted(fresh, key=lambda pair: pair[0].published or since, reverse=True)

    def _words(self, offer: Offered, response: Response) -> Awaitable[str | Refused]:
        kind = offer.transcript_type or header_of(response, "Content-Type")
        return self.work(read_transcript, response.body, kind)
