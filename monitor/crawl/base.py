"""What a source kind is: a spider class with a `kind`, its options, the request that polls, and how to read the answer.

A kind yields values and knows no database. The crawl takes care of robots, delays, pages and failures.
"""

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import Any, ClassVar, Protocol, TypeVar

import msgspec
from scrapy import Request, Spider
from scrapy.http import Response

from monitor.core.challenges import find_challenge, looks_like_html
from monitor.core.polling import Missing, judge_poll, read_retry_after, weigh
from monitor.models import (
    Clock,
    Entry,
    FeedReading,
    Outcome,
    Page,
    Poll,
    PollOutcome,
    Refused,
    Source,
    Unavailable,
    Validators,
    Wanted,
)

T = TypeVar("T")


class Work(Protocol):
    """Runs a pure function on hostile bytes in a killable worker process; Refused when it had to be killed."""

    def __call__(self, function: Callable[..., T], *args: object) -> Awaitable[T | Refused]: ...


class NoOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A kind without options of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """A poll and the entries that it brought."""

    poll: Poll
    entries: tuple[Entry, ...] = ()


class Intake(Protocol):
    """Where the crawl hands over what it found; answers which pages are wanted next."""

    def polled(self, polled: Polled) -> list[Wanted]:
        """Save a poll; return the pages of its source that are to be fetched, newest first."""

    def fetched(self, wanted: Wanted, page: Page) -> Sequence[Wanted]:
        """Take a page that answered; return what is wanted because of it."""

    def unavailable(self, wanted: Wanted, outcome: Unavailable) -> Sequence[Wanted]:
        """Take note of a page that could not be had; return what is wanted instead."""


class SourceSpider(Spider):
    """A source kind. Subclass it in `spiders/`, one module per kind, named like the kind.

    A Spider only so that Scrapy's SpiderLoader finds it by name; requests and callbacks are driven by the crawl.
    """

    kind: ClassVar[str] = ""
    options_type: ClassVar[type[msgspec.Struct]] = NoOptions
    missing: ClassVar[Missing] = Missing.LIKELY
    """What a 404 means at this kind."""

    def __init__(self, *, work: Work, clock: Clock, zone: tzinfo, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.work = work
        self.clock = clock
        self.zone = zone
        """What a time without a zone means: the home's own."""

    def poll_request(self, source: Source, validators: Validators) -> Request:
        """Return the request that polls `source`, conditional when validators of the last answer are known."""
        headers: dict[str, str] = {}
        if validators.etag:
            headers["If-None-Match"] = validators.etag
        if validators.last_modified:
            headers["If-Modified-Since"] = validators.last_modified
        return Request(source.url, headers={key: value.encode("latin-1") for key, value in headers.items()})

    def read(self, source: Source, response: Response) -> Awaitable[FeedReading | Refused]:
        """Read the body of a good answer to `poll_request`, in a worker: `return self.work(function, ...)`."""
        raise NotImplementedError

    async def judge(self, source: Source, response: Response, validators: Validators) -> Polled:
        """Judge an answer: its status, then whether its body is the known one, then what stands in it."""
        verdict = judge_poll(response.status, self.missing)
        if challenge := find_challenge(response.status, plain_headers(response), response.body):
            verdict = PollOutcome.BLOCKED, challenge
        if verdict is None:
            return await self._judge_body(source, response, validators)
        outcome, reason = verdict
        now = self.clock()
        retry_after = read_retry_after(header_of(response, "Retry-After"), now)
        poll = Poll(
            source=source.url,
            at=now,
            outcome=outcome,
            reason=reason,
            status=response.status,
            retry_after=retry_after,
            strain=weigh(outcome, response.status, self.missing),
        )
        return Polled(poll=poll)

    async def _judge_body(self, source: Source, response: Response, validators: Validators) -> Polled:
        body_hash = hashlib.sha256(response.body).hexdigest()
        if body_hash == validators.body_hash:
            return Polled(poll=self._answered(source, response, PollOutcome.NOT_MODIFIED))
        reading = await self.read(source, response)
        if isinstance(reading, Refused) or reading.outcome is Outcome.REFUSED:
            # A web page where data was due: a wall, or the feed has gone. Either way no word on mentions.
            outcome = PollOutcome.BLOCKED if looks_like_html(response.body) else PollOutcome.UNREADABLE
            return Polled(poll=self._answered(source, response, outcome, reason=reading.reason))
        outcome = PollOutcome.OK if reading.entries else PollOutcome.EMPTY
        poll = self._answered(source, response, outcome, reason=reading.reason, body_hash=body_hash)
        poll = replace(poll, pause=reading.pause)
        return Polled(poll=poll, entries=reading.entries)

    def _answered(
        self, source: Source, response: Response, outcome: PollOutcome, *, reason: str = "", body_hash: str = ""
    ) -> Poll:
        """Return a poll of `source` with the validators of `response`, kept byte for byte."""
        return Poll(
            source=source.url,
            at=self.clock(),
            outcome=outcome,
            reason=reason,
            status=response.status,
            etag=header_of(response, "ETag"),
            last_modified=header_of(response, "Last-Modified"),
            body_hash=body_hash,
        )


def plain_headers(response: Response) -> dict[str, str]:
    """Return the headers by lower-case name, each with its last value."""
    return {
        name.decode("latin-1").lower(): values[-1].decode("latin-1")
        for name, values in response.headers.items()
        if values
    }


def header_of(response: Response, name: str) -> str:
    """Return a header as sent (its bytes as Latin-1), or ""."""
    value = response.headers.get(name)
    return value.decode("latin-1") if value else ""
