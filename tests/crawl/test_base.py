"""What every kind may lean on, with a fake of the web: whatever is answered becomes an outcome with a sentence."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from scrapy import Request
from scrapy.exceptions import DownloadTimeoutError
from scrapy.http import Response

from monitor.core.services.answers import AnswerPage
from monitor.crawl.base import PROVEN, Polled, SourceSpider
from monitor.crawl.failures import BudgetSpentError
from monitor.models import Cursor, Entry, FeedReading, Outcome, Poll, PollOutcome, Refused, Source, Validators

NOW = datetime(2026, 11, 24, 5, 30, tzinfo=UTC)
SOURCE = Source(url="https://tjanst.se/sok")


async def work(function: Callable[..., Any], *args: object) -> Any:
    return function(*args)


class Service(SourceSpider):
    """A kind for the test."""

    name = kind = "service"
    seldom = timedelta(minutes=30)


def service() -> Service:
    return Service(work=work, clock=lambda: NOW, zone=UTC, words=("Katrineholm",))


def ask(answer: Response | Exception, reading: FeedReading | Refused | str = "read") -> object:
    async def fetch(_request: Request) -> Response:
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def read(_response: Response) -> FeedReading | Refused | str:
        return reading

    asked: Awaitable[object] = service().ask(SOURCE, Request(SOURCE.url), fetch, read)
    return asyncio.run(asked)  # type: ignore[arg-type]  # a coroutine, seen as the Awaitable it is


def answer(status: int = 200, body: bytes = b"{}", **headers: str) -> Response:
    said = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(SOURCE.url, status=status, body=body, headers=said)


def test_a_good_answer_is_what_was_read() -> None:
    assert ask(answer()) == "read"


@pytest.mark.parametrize(
    ("given", "reading", "outcome", "said"),
    [
        (DownloadTimeoutError(), "", PollOutcome.TRANSIENT, "did not answer in time"),
        (BudgetSpentError("one poll makes at most 10 requests"), "", PollOutcome.TRANSIENT, "at most 10 requests"),
        (KeyError("x"), "", PollOutcome.TRANSIENT, "KeyError"),
        (answer(429, Retry_After="60"), "", PollOutcome.BLOCKED, "too often"),
        (answer(404), "", PollOutcome.GONE, "not there"),
        (answer(), Refused("it broke"), PollOutcome.UNREADABLE, "it broke"),
        (answer(), FeedReading(outcome=Outcome.REFUSED, reason="no feed"), PollOutcome.UNREADABLE, "no feed"),
        (answer(body=b"<!doctype html><html>"), Refused("no JSON"), PollOutcome.BLOCKED, "no JSON"),
    ],
)
def test_what_is_no_good_answer_is_a_poll_that_says_why(
    given: Response | Exception, reading: FeedReading | Refused | str, outcome: PollOutcome, said: str
) -> None:
    poll = ask(given, reading)
    assert isinstance(poll, Poll)
    assert poll.outcome is outcome
    assert said in poll.reason


def test_a_time_to_wait_is_kept_also_when_a_part_was_read() -> None:
    failed = ask(answer(429, Retry_After="60"))
    assert isinstance(failed, Poll)
    polled = service().gather(SOURCE, [Entry(key="a")], failed=failed, cursor={"since": 1})
    assert polled.poll.outcome is PollOutcome.OK
    assert polled.poll.reason.startswith("not all of it could be read: the site says we ask too often")
    assert polled.poll.retry_after == NOW + timedelta(seconds=60)
    assert polled.cursor == {"since": 1}
    assert service().gather(SOURCE, [], failed=failed) == Polled(poll=failed)


def test_what_several_answers_tell_twice_is_taken_once_as_first_told() -> None:
    entries = [Entry(key="a", title="ett"), Entry(key="b"), Entry(key="a", title="två")]
    polled = service().gather(SOURCE, entries, reason="a word")
    assert [(entry.key, entry.title) for entry in polled.entries] == [("a", "ett"), ("b", "")]
    assert (polled.poll.reason, polled.poll.pause) == ("a word", timedelta(minutes=30))
    assert service().gather(SOURCE, []).poll.outcome is PollOutcome.EMPTY


# --- a hit that is known to be there -------------------------------------------------------------------


def prove(page: AnswerPage | Refused, cursor: Cursor, known: str = "kommun") -> tuple[Poll | None, int]:
    """Return what the proof made of an answer, and how often the service was asked."""
    asked: list[Request] = []

    async def fetch(request: Request) -> Response:
        asked.append(request)
        return answer()

    async def read(_response: Response) -> AnswerPage | Refused:
        return page

    failed = service().prove(SOURCE, cursor, fetch, known=known, request=Request(SOURCE.url), read=read)
    return asyncio.run(failed), len(asked)


def test_a_known_hit_is_asked_for_until_it_was_found() -> None:
    found = AnswerPage(entries=(Entry(key="a"),))
    assert prove(found, {}) == (None, 1)
    assert prove(AnswerPage(entries=(), left_out=1), {}) == (None, 1)
    assert prove(found, {PROVEN: "kommun"}) == (None, 0)
    assert prove(found, {PROVEN: "another"}) == (None, 1)
    assert prove(found, {}, known="") == (None, 0)


def test_a_known_hit_that_is_not_found_is_a_block_and_no_empty_list() -> None:
    missing, _ = prove(AnswerPage(entries=()), {})
    assert missing is not None
    assert missing.outcome is PollOutcome.BLOCKED
    assert missing.reason.startswith('the known hit "kommun" was not found: we have perhaps no permission to search')
    broken, _ = prove(Refused("no JSON"), {})
    assert broken is not None
    assert broken.outcome is PollOutcome.UNREADABLE


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"X-RateLimit-Reset": "2026-11-24T05:35:00.01Z"}, 300),
        ({"X-Rate-Limit-Reset": "1795498800"}, 600),
        ({"X-RateLimit-Reset": "60"}, 60),
        ({"Retry-After": "7", "X-RateLimit-Reset": "60"}, 7),
        ({"X-RateLimit-Reset": "soon"}, None),
        ({}, None),
    ],
)
def test_a_bound_on_calls_says_in_several_ways_when_it_is_lifted(headers: dict[str, str], seconds: int | None) -> None:
    poll = ask(Response(SOURCE.url, status=429, headers=headers))
    assert isinstance(poll, Poll)
    assert poll.retry_after == (NOW + timedelta(seconds=seconds) if seconds else None)


class Broken(Service):
    """A kind whose source ends in the middle."""

    async def read(self, *_answer: object) -> FeedReading | Refused:
        return FeedReading(outcome=Outcome.PARTIAL, reason="it ends in the middle", entries=(Entry(key="a"),))


@pytest.mark.parametrize(("flags", "etag"), [(["partial"], ""), ([], '"v1"')])
def test_an_answer_that_broke_off_is_asked_for_in_whole_the_next_time(flags: list[str], etag: str) -> None:
    kind = Broken(work=work, clock=lambda: NOW, zone=UTC)
    given = Response(SOURCE.url, headers={"ETag": '"v1"'}, body=b"<rss>", flags=flags)
    poll = asyncio.run(kind.judge(SOURCE, given, Validators())).poll
    assert (poll.outcome, poll.etag, bool(poll.body_hash)) == (PollOutcome.OK, etag, bool(etag))
