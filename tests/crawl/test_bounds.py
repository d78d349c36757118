"""What one answer may cost, and that an answer which broke off is never taken for a whole one."""

import asyncio
import gzip
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from scrapy import Request
from scrapy.http import Response

from monitor.crawl.bounds import Unpacking
from monitor.crawl.failures import BrokenAnswerError, OversizedAnswerError
from tests.crawl.misbehaving import GOOD, Street, behaviours, free_port

TRIED = (
    "endless body", "endless chunks of a byte", "a feed of 6 MB", "less than announced", "closed within a chunk",
    "torn within a body without length", "closed within a body without length", "gzip: a gigabyte in members",
    "gzip that breaks off", "brotli that nobody asked for", "300,000 headers", "provisional answers for ever",
    "tears at once", "a loop", "to this machine, in one number", "to file:", "a meta refresh", "robots.txt of 6 MB",
    "robots.txt: to this machine", "a header without colon",
)  # fmt: skip


@pytest.fixture
def told() -> Iterator[dict[str, Any]]:
    """What one crawl of a few servers that misbehave was told, for each of them."""
    street = Street(4, free_port())
    tried = [behaviour for behaviour in behaviours() if behaviour.name in TRIED]
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    asyncio.run_coroutine_threadsafe(street.open(tried, {}), loop).result(30)
    hosts = [street.host(number) for number in range(len(tried))]
    plan = {"sources": [f"http://{host}/" for host in hosts], "allow": hosts, "timeout": 30}
    ended = subprocess.run(
        [sys.executable, "-m", "tests.crawl.ask"],
        input=json.dumps(plan),
        capture_output=True,
        text=True,
        check=True,
        timeout=100,
    )
    polls = json.loads(ended.stdout)["polls"]
    yield {behaviour.name: (behaviour, polls[f"http://{host}/"]) for behaviour, host in zip(tried, hosts, strict=True)}
    loop.call_soon_threadsafe(street.close)
    asyncio.run_coroutine_threadsafe(asyncio.sleep(0), loop).result(5)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def test_each_server_that_misbehaves_is_told_in_a_sentence(told: dict[str, Any]) -> None:
    assert len(told) == len(TRIED)
    for name, (behaviour, poll) in told.items():
        assert (name, poll["outcome"]) == (name, behaviour.outcome)
        assert behaviour.words in poll["reason"]
        assert poll["reason"] or poll["outcome"] == "ok"


def unpacked(body: bytes, coding: str, **meta: object) -> Response:
    request = Request("https://www.example.se/feed", meta=meta)
    headers = {"Content-Encoding": coding, "Content-Type": "application/xml"}
    return Unpacking(1_000_000).process_response(request, Response(request.url, headers=headers, body=body))


def test_an_answer_is_asked_for_packed_and_handed_on_unpacked() -> None:
    request = Request("https://www.example.se/")
    Unpacking(1_000_000).process_request(request)
    assert request.headers["Accept-Encoding"] == b"gzip, deflate"
    answer = unpacked(gzip.compress(GOOD), "gzip")
    assert (answer.body, "Content-Encoding" in answer.headers) == (GOOD, False)
    assert unpacked(GOOD, "identity").body == GOOD


def test_the_bound_of_the_request_holds_for_what_it_unpacks_to() -> None:
    with pytest.raises(OversizedAnswerError):
        unpacked(gzip.compress(bytes(1001)), "gzip", download_maxsize=1000)
    with pytest.raises(BrokenAnswerError):
        unpacked(gzip.compress(GOOD)[:-1], "gzip")
