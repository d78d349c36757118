"""What a source kind is: a spider class with a `kind`, its options, how to ask, and how to read the answer.

A kind yields values and knows no database. The crawl takes care of robots, delays, pages and failures.
"""

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta, tzinfo
from pathlib import Path
from typing import Any, ClassVar, Protocol, TypeVar

import msgspec
from scrapy import Request, Spider
from scrapy.http import Response

from monitor.core.challenges import find_challenge, looks_like_html
from monitor.core.polling import Missing, judge_poll, read_reset, read_retry_after, weigh
from monitor.core.services.answers import AnswerPage
from monitor.crawl.bounds import MAX_FEED
from monitor.crawl.failures import explain_failure
from monitor.crawl.ledger import Ledger, RunLedger
from monitor.crawl.secrets import NoSecrets, Secrets
from monitor.models import (
    Clock,
    Cursor,
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

PROVEN = "proven"
"""Where a kind leaves in its cursor what `prove` has found."""
_RESETS = ("X-RateLimit-Reset", "X-Rate-Limit-Reset", "RateLimit-Reset")


class Work(Protocol):
    """Runs a pure function on hostile bytes in a killable worker process; Refused when it had to be killed."""

    def __call__(self, function: Callable[..., T], *args: object) -> Awaitable[T | Refused]: ...


class Fetch(Protocol):
    """Asks the web once, through the same guard, robots.txt, pauses and size limits as everything else.

    Raises what the network raised, and BudgetSpentError beyond the requests that one poll of the kind may make.
    """

    def __call__(self, request: Request, /) -> Awaitable[Response]: ...


class NoOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A kind without options of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """A poll and what it brought; all of it is saved in one transaction."""

    poll: Poll
    entries: tuple[Entry, ...] = ()
    cursor: Cursor | None = None
    """What the kind wants to be told at the next poll; None leaves what it was told this time."""
    saved: Callable[[], None] | None = None
    """Called once all of it is saved: to put a file away or mark a mail as read. A failure of it is told, not fatal."""


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
    most_requests: ClassVar[int] = 10
    """How many requests one poll may make. Redirects and second tries count; robots.txt does not."""
    most_bytes: ClassVar[int] = MAX_FEED
    """How large an answer may be, packed or unpacked."""
    pause: ClassVar[float] = 0
    """Seconds between two requests to the service, when its terms ask for more than the home's own delay."""
    seldom: ClassVar[timedelta | None] = None
    """The least time between two polls of a source that answers."""
    reads_pages: ClassVar[bool] = False
    """Whether a web page is what is due: at other kinds one instead of data is a block."""
    https_only: ClassVar[bool] = False
    """Whether the service's terms ask for https; hosts in allow_hosts are tests and need not."""
    secret_hosts: ClassVar[frozenset[str]] = frozenset()
    """Hosts that may be told a secret besides the line's own: where the service itself lives in two places."""
    api_hosts: ClassVar[frozenset[str]] = frozenset()
    """Hosts of the service's own interface: a secret goes to them alone, and there its terms stand for robots.txt."""
    obeys_robots: ClassVar[bool] = True
    """False only for a documented open interface, whose terms govern how it is read instead (decision 0019)."""

    def __init__(
        self,
        *,
        work: Work,
        clock: Clock,
        zone: tzinfo,
        words: Sequence[str] = (),
        home: Path = Path(),
        secrets: Secrets = NoSecrets(),  # noqa: B008 (holds nothing)
        ledger: Ledger | None = None,
        allow_hosts: Sequence[str] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.work = work
        self.clock = clock
        self.zone = zone
        """What a time without a zone means: the home's own."""
        self.words = tuple(words)
        """What the home searches for, the municipality's name first: for a source whose line names no query."""
        self.home = home
        """The home's folder: what a path in feeds.txt is relative to."""
        self.secrets = secrets
        """Where a token or a password is read, at the moment that it is needed."""
        self.ledger = ledger or RunLedger()
        """What was used of a service that allows only so much, by all lines together."""
        self.allow_hosts = tuple(allow_hosts)
        """`host:port` of private addresses that may be reached, for a kind that connects by itself."""

    def read_options(self, source: Source) -> msgspec.Struct:
        """Return the options of a line as `options_type`. Raises msgspec.ValidationError with what is wrong."""
        return msgspec.convert(dict(source.options), self.options_type, strict=False)

    async def poll(
        self,
        source: Source,
        validators: Validators,
        cursor: Cursor,  # noqa: ARG002 (for the kinds that override this)
        fetch: Fetch,
    ) -> Polled:
        """Read a source once; `cursor` is what the last poll left. What it raises becomes the poll's outcome.

        A kind that asks more than once overrides this, with `ask` and `gather`. One that reads no web does its
        blocking part in `asyncio.to_thread`, and what must wait for the store in `Polled.saved`.
        """
        response = await fetch(self.poll_request(source, validators))
        return await self.judge(source, response, validators)

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

    async def ask(
        self, source: Source, request: Request, fetch: Fetch, read: Callable[[Response], Awaitable[T | Refused]]
    ) -> T | Poll:
        """Ask once and return what `read` made of a good answer, or the failed poll that tells why there is none."""
        try:
            response = await fetch(request)
        except Exception as error:  # noqa: BLE001 (whatever the network raises is an outcome)
            outcome, reason = explain_failure(error)
            return self.failed(source, outcome, reason)
        if failed := self.judge_status(source, response):
            return failed
        reading = await read(response)
        if isinstance(reading, Refused) or (isinstance(reading, FeedReading) and reading.outcome is Outcome.REFUSED):
            return self._unreadable(source, response, reading.reason)
        return reading

    async def prove(
        self,
        source: Source,
        cursor: Cursor,
        fetch: Fetch,
        *,
        known: str,
        request: Request,
        read: Callable[[Response], Awaitable[AnswerPage | Refused]],
    ) -> Poll | None:
        """Ask once for what a line calls `known`: to many services a missing permission is an empty list.

        None when it was found, now or before: the kind then leaves `{PROVEN: known}` in its cursor.
        """
        if not known or cursor.get(PROVEN) == known:
            return None
        answer: AnswerPage | Poll = await self.ask(source, request, fetch, read)
        if isinstance(answer, Poll):
            return answer
        if answer.entries or answer.left_out:
            return None
        reason = f'the known hit "{known}" was not found: we have perhaps no permission to search, or it is gone'
        return self.failed(source, PollOutcome.BLOCKED, reason)

    async def search(
        self,
        source: Source,
        queries: Sequence[str],
        fetch: Fetch,
        request: Callable[[str, int], Request],
        read: Callable[[Response], Awaitable[AnswerPage | Refused]],
        *,
        pages: int = 1,
        cursor: Cursor | None = None,
    ) -> Polled:
        """Ask for the pages of each query, from 1; one that fails loses only its own rest."""
        entries: list[Entry] = []
        failed: Poll | None = None
        reasons: list[str] = []
        for query in queries:
            for page in range(1, pages + 1):
                answer: AnswerPage | Poll = await self.ask(source, request(query, page), fetch, read)
                if isinstance(answer, Poll):
                    failed = failed or answer
                    break
                entries += answer.entries
                reasons += [answer.reason] if answer.reason else []
                if not answer.more:
                    break
        return self.gather(source, entries, reason="; ".join(dict.fromkeys(reasons)), failed=failed, cursor=cursor)

    def gather(
        self,
        source: Source,
        entries: Sequence[Entry],
        *,
        reason: str = "",
        failed: Poll | None = None,
        cursor: Cursor | None = None,
    ) -> Polled:
        """Return the poll of several answers. With nothing to show for it, a failure is the outcome.

        With entries, what failed is told in the reason. The cursor is the kind's: it must not pass what was lost.
        """
        if failed and not entries:
            return Polled(poll=failed, cursor=cursor)
        lost = f"not all of it could be read: {failed.reason}" if failed else ""
        outcome = PollOutcome.OK if entries else PollOutcome.EMPTY
        unique: dict[str, Entry] = {}
        for entry in entries:
            unique.setdefault(entry.key, entry)
        poll = Poll(
            source=source.url,
            at=self.clock(),
            outcome=outcome,
            reason="; ".join(filter(None, (reason, lost))),
            retry_after=failed.retry_after if failed else None,
            pause=self.seldom,
        )
        return Polled(poll=poll, entries=tuple(unique.values()), cursor=cursor)

    def failed(self, source: Source, outcome: PollOutcome, reason: str) -> Poll:
        """Return a poll that brought nothing."""
        return Poll(source=source.url, at=self.clock(), outcome=outcome, reason=reason)

    async def judge(self, source: Source, response: Response, validators: Validators) -> Polled:
        """Judge an answer: its status, then whether its body is the known one, then what stands in it."""
        if failed := self.judge_status(source, response):
            return Polled(poll=failed)
        return await self._judge_body(source, response, validators)

    def judge_status(self, source: Source, response: Response) -> Poll | None:
        """Return the poll that an answer's status or a check for robots makes; None when its body is to be read."""
        verdict = judge_poll(response.status, self.missing)
        if challenge := find_challenge(response.status, plain_headers(response), response.body):
            verdict = PollOutcome.BLOCKED, challenge
        if verdict is None:
            return None
        outcome, reason = verdict
        now = self.clock()
        retry_after = read_retry_after(header_of(response, "Retry-After"), now)
        if retry_after is None and response.status == 429:
            retry_after = next(filter(None, (read_reset(header_of(response, name), now) for name in _RESETS)), None)
        return Poll(
            source=source.url,
            at=now,
            outcome=outcome,
            reason=reason,
            status=response.status,
            retry_after=retry_after,
            strain=weigh(outcome, response.status, self.missing),
        )

    async def _judge_body(self, source: Source, response: Response, validators: Validators) -> Polled:
        body_hash = hashlib.sha256(response.body).hexdigest()
        if body_hash == validators.body_hash:
            return Polled(poll=self._answered(source, response, PollOutcome.NOT_MODIFIED))
        reading = await self.read(source, response)
        if isinstance(reading, Refused) or reading.outcome is Outcome.REFUSED:
            return Polled(poll=self._unreadable(source, response, reading.reason))
        outcome = PollOutcome.OK if reading.entries else PollOutcome.EMPTY
        poll = self._answered(source, response, outcome, reason=reading.reason, body_hash=body_hash)
        if reading.outcome is Outcome.PARTIAL and "partial" in response.flags:  # broke off where no length told so
            poll = replace(poll, etag="", last_modified="", body_hash="")  # the next poll asks for the whole of it
        pauses = [pause for pause in (reading.pause, self.seldom) if pause]
        return Polled(poll=replace(poll, pause=max(pauses, default=None)), entries=reading.entries)

    def _unreadable(self, source: Source, response: Response, reason: str) -> Poll:
        # A web page where data was due: a wall, or the feed has gone. Either way no word on mentions.
        wall = looks_like_html(response.body) and not self.reads_pages
        outcome = PollOutcome.BLOCKED if wall else PollOutcome.UNREADABLE
        return self._answered(source, response, outcome, reason=reason)

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
