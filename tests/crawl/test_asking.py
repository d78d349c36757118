"""What a request with a secret may do, judged before anything is sent."""

import asyncio
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from scrapy import Request
from scrapy.http import Response

from monitor.crawl.asking import Asking
from monitor.crawl.base import Fetch, SourceSpider
from monitor.crawl.failures import BudgetSpentError, RefusedAddressError
from monitor.crawl.limits import WithinLimits
from monitor.crawl.secrets import NoSecrets, carries_secret, secret_request
from monitor.errors import ConfigError
from monitor.models import Source
from tests.crawl.engine import engine_over
from tests.crawl.kinds import NOW, work

LINE = "https://tjanst.example/a"
MOVED = {LINE: "https://annan.example/a"}


class Service(SourceSpider):
    """A kind for the test."""

    name = kind = "service"
    secret_hosts = frozenset({"logga-in.tjanst.example"})


def ask(request: Request, line: str = LINE) -> str:
    """Ask on a network that answers everything; return the address that was asked."""
    sent: list[Request] = []

    async def download(request: Request) -> Response:
        sent.append(request)
        return Response(request.url, request=request)

    crawler: Any = SimpleNamespace(
        settings=SimpleNamespace(getlist=lambda _: ["127.0.0.1:80"]), engine=engine_over(download)
    )
    kind = Service(work=work, clock=lambda: NOW, zone=ZoneInfo("Europe/Stockholm"))
    asyncio.run(Asking(crawler, kind, Source(url=line), MOVED)(request))
    return sent[0].url


def test_a_secret_goes_to_the_host_of_the_line_and_to_a_second_one_that_the_kind_names() -> None:
    for url in ("https://tjanst.example/b", "https://logga-in.tjanst.example/c"):
        assert ask(secret_request(url)) == url
    assert ask(secret_request("http://127.0.0.1:80/"), "http://127.0.0.1:80/") == "http://127.0.0.1:80/"


@pytest.mark.parametrize(
    "url",
    ["https://annan.example/", "https://tjanst.example.annan.example/", "https://tjanst.example:8443/",
     "http://tjanst.example/", "https://sub.tjanst.example/"],
)  # fmt: skip
def test_a_secret_goes_nowhere_else(url: str) -> None:
    with pytest.raises(RefusedAddressError, match="to the host of the line or the service alone"):
        ask(secret_request(url))


def test_a_secret_does_not_follow_a_source_that_has_moved() -> None:
    assert ask(Request(LINE)) == MOVED[LINE]
    assert ask(secret_request(LINE)) == LINE


def test_a_secret_is_sent_in_a_header_or_in_json_and_follows_no_redirect() -> None:
    read = secret_request(LINE, headers={"Authorization": "Bearer x"})
    said = secret_request(LINE, said={"password": "å"})
    assert (read.method, read.body, read.headers["Authorization"]) == ("GET", b"", b"Bearer x")
    assert (said.method, said.body) == ("POST", b'{"password": "\\u00e5"}')
    assert said.headers["Content-Type"] == b"application/json"
    assert read.meta["dont_redirect"]
    assert said.meta["dont_redirect"]
    assert carries_secret(said)
    assert not carries_secret(Request(LINE))


def test_a_crawl_without_secrets_knows_none() -> None:
    secrets = NoSecrets()
    secrets.hold("x")
    assert secrets.hide("x") == "x"
    with pytest.raises(ConfigError, match="there are no secrets here"):
        secrets.read("env:MONITOR_X", "token")


# --- bounds on calls -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "headers", "again"),
    [
        (200, {}, True),
        (200, {"X-RateLimit-Remaining": "12"}, True),
        (200, {"X-RateLimit-Remaining": "0"}, False),
        (200, {"ratelimit-remaining": "0"}, False),
        (200, {"X-Rate-Limit-Remaining": "0.0"}, False),
        (429, {}, False),
    ],
)
def test_a_service_that_allows_no_more_calls_is_asked_no_more(
    status: int, headers: dict[str, str], again: bool
) -> None:
    async def fetch(request: Request) -> Response:
        return Response(request.url, status=status, headers=headers)

    async def twice(fetch: Fetch) -> None:
        await fetch(Request(LINE))
        await fetch(Request(LINE))

    if again:
        asyncio.run(twice(WithinLimits(fetch)))
    else:
        with pytest.raises(BudgetSpentError, match="allows no more calls just now"):
            asyncio.run(twice(WithinLimits(fetch)))
