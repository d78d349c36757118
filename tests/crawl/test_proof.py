"""The self-test of a crawl: it finds what was taken away from the guard, before anybody is asked."""

import asyncio
import subprocess
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC
from types import SimpleNamespace
from typing import Any

import pytest
from aiohttp import TCPConnector
from aiohttp.client_proto import ResponseHandler
from scrapy import Request
from scrapy.downloadermiddlewares.cookies import CookiesMiddleware
from scrapy.downloadermiddlewares.httpproxy import HttpProxyMiddleware
from scrapy.downloadermiddlewares.redirect import MetaRefreshMiddleware
from scrapy.extensions.telnet import TelnetConsole
from scrapy.http import Response
from scrapy.settings import Settings

from monitor.crawl import client, run
from monitor.crawl.bounds import Unpacking
from monitor.crawl.guard import AddressGuard, Guard, PlainRedirects
from monitor.crawl.proof import prove
from monitor.crawl.run import Manners, Plan, crawl_settings
from monitor.errors import CrawlError
from monitor.models import Source
from tests.crawl.ask import watched_connections
from tests.crawl.engine import engine_over
from tests.crawl.kinds import NOW, work
from tests.loopback import Web


async def nobody(request: Request) -> Response:
    raise AssertionError(f"{request} was asked for")


class Running:
    """A crawl as the self-test sees it: its settings, and what of Scrapy's parts is in it."""

    def __init__(self) -> None:
        manners = Manners(contact="", delay=2, timeout=30, allow_hosts=("127.0.0.1:8900",), zone=UTC)
        self.settings = Settings(crawl_settings(manners))
        self.engine = engine_over(nobody)
        self.spider = SimpleNamespace(guard=Guard(manners.allow_hosts))
        self.parts: list[Any] = [AddressGuard(["127.0.0.1:8900"]), PlainRedirects(), Unpacking(1)]

    def get_downloader_middleware(self, kind: type) -> Any:
        return next((part for part in self.parts if isinstance(part, kind)), None)

    get_extension = get_downloader_middleware

    def fault(self) -> str:
        """Return what the self-test says."""
        try:
            asyncio.run(prove(self))  # type: ignore[arg-type]  # as much of a crawler as is looked at
        except CrawlError as error:
            return str(error)
        return ""


@pytest.fixture
def dialled() -> Iterator[list[str]]:
    with watched_connections() as tried:
        yield tried


@pytest.fixture
def running(dialled: list[str]) -> Running:
    return Running()


def test_the_crawl_as_it_is_set_up_passes_and_dials_nobody(running: Running, dialled: list[str]) -> None:
    assert running.fault() == ""
    assert dialled == []


@pytest.mark.parametrize("place", range(3))
def test_a_part_that_is_missing_is_found(running: Running, place: int) -> None:
    name = type(running.parts.pop(place)).__name__
    said = running.fault()
    assert f"{name} is not in the crawl" in said
    assert "nobody was asked" in said
    assert "requirements.txt" in said


@pytest.mark.parametrize("kind", [CookiesMiddleware, HttpProxyMiddleware, MetaRefreshMiddleware, TelnetConsole])
def test_a_part_that_must_not_be_there_is_found(running: Running, kind: type) -> None:
    running.parts.append(object.__new__(kind))
    assert kind.__name__ in running.fault()


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("DOWNLOAD_HANDLERS", {"file": None, "ftp": None, "data": None, "s3": None}, "other download handlers"),
        ("DOWNLOAD_MAXSIZE", 0, "DOWNLOAD_MAXSIZE is 0"),
        ("REDIRECT_MAX_TIMES", 20, "REDIRECT_MAX_TIMES is 20"),
        ("DOWNLOAD_TIMEOUT", 0, "DOWNLOAD_TIMEOUT is 0"),
    ],
)
def test_a_setting_that_was_changed_is_found(running: Running, name: str, value: object, words: str) -> None:
    running.settings.set(name, value, priority="cmdline")
    assert words in running.fault()


def test_a_downloader_that_takes_no_requests_is_found(running: Running) -> None:
    del running.engine.downloader._enqueue_request
    assert "the downloader takes no requests" in running.fault()


def test_a_guard_that_lets_all_through_is_found(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(AddressGuard, "process_request", lambda _guard, _request: None)
    assert "the guard lets http://127.0.0.1:1/ through" in running.fault()


def test_a_guard_that_judges_no_address_is_found(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.crawl.guard.judge_address", lambda _address: None)
    assert "the guard hands on 127.0.0.1" in running.fault()
    monkeypatch.setattr(Guard, "judge", lambda _guard, _host, _port, _addresses: ([], ""))
    assert "the guard makes sockets for 127.0.0.1" in running.fault()


def test_a_client_that_does_not_ask_the_guard_is_found(
    running: Running, dialled: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def unguarded(**settings: Any) -> TCPConnector:
        del settings["socket_factory"]
        return TCPConnector(**settings)

    monkeypatch.setattr("aiohttp.TCPConnector", unguarded)
    assert "the client does not ask the guard" in running.fault()
    assert dialled == ["127.0.0.1 1"]


def test_a_lost_hook_on_the_head_of_an_answer_is_found(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "BoundedReader", ResponseHandler)
    assert "the head of an answer has no bound" in running.fault()


def crawl_without_guard(url: str) -> None:
    """Crawl with settings that lost the guard, in a process of its own: a reactor starts once."""
    run.crawl_settings = without_guard
    plan = Plan(sources=[Source(url=url)])
    manners = Manners(contact="", delay=0, timeout=5, allow_hosts=(url.split("/")[2],), zone=UTC)
    intake: Any = SimpleNamespace(polled=lambda _polled: [])
    try:
        run.run_crawl(plan, manners, intake, work, lambda: NOW)
    except CrawlError as error:
        print(error)  # noqa: T201 (read by the test)


def without_guard(manners: Manners, kinds: Iterable[str] = ()) -> dict[str, Any]:
    settings = crawl_settings(manners, kinds)
    del settings["DOWNLOADER_MIDDLEWARES"]["monitor.crawl.guard.AddressGuard"]
    return settings


def test_a_crawl_that_lost_its_guard_asks_nobody(web: Web) -> None:
    web.feed("/feed")
    code = f"from tests.crawl.test_proof import crawl_without_guard; crawl_without_guard({web.url + '/feed'!r})"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=100)
    assert ended.stdout.startswith(
        "the crawl's self-test failed, so nobody was asked: AddressGuard is not in the crawl"
    )
    assert web.paths == []
