"""Pages are fetched one at a time from a host, from many hosts at once, and no longer than they can be saved."""

import asyncio
from collections.abc import Callable, Sequence
from types import SimpleNamespace

import pytest
from scrapy import Request
from scrapy.http import HtmlResponse, Response

from monitor.crawl import visits as visits_module
from monitor.crawl.base import Polled
from monitor.crawl.failures import PostponedError
from monitor.crawl.visits import HOSTS_AT_ONCE, Visits
from monitor.errors import StoreError
from monitor.models import Page, Unavailable, Wanted
from tests.crawl.engine import engine_over
from tests.crawl.kinds import NOW

Answer = Callable[[str], int | Exception]


class Web:
    """Answers with a status after a moment; remembers who was asked when, and how many at once."""

    def __init__(self, answer: Answer = lambda _url: 200) -> None:
        self.answer = answer
        self.asked: list[str] = []
        self.now: list[str] = []
        self.most = 0

    async def answer_to(self, request: Request) -> Response:
        host = request.url.split("/")[2]
        assert host not in self.now, "a host is asked for one page at a time"
        self.asked.append(request.url)
        self.now.append(host)
        self.most = max(self.most, len(self.now))
        await asyncio.sleep(0.001)
        self.now.remove(host)
        answer = self.answer(request.url)
        if isinstance(answer, Exception):
            raise answer
        headers = {"Content-Type": "text/html"}
        return HtmlResponse(request.url, status=answer, headers=headers, body=b"<p>x", request=request)


class Desk:
    """Takes what is handed over; wants what it is told to want."""

    def __init__(self, more: dict[str, list[Wanted]] | None = None, fault: Exception | None = None) -> None:
        self.more = more or {}
        self.fault = fault
        self.pages: list[str] = []
        self.lost: dict[str, Unavailable] = {}

    def polled(self, polled: Polled) -> list[Wanted]:
        raise NotImplementedError

    def fetched(self, wanted: Wanted, page: Page) -> Sequence[Wanted]:
        if self.fault:
            raise self.fault
        self.pages.append(page.url)
        return self.more.pop(wanted.url, [])

    def unavailable(self, wanted: Wanted, outcome: Unavailable) -> Sequence[Wanted]:
        if self.fault:
            raise self.fault
        self.lost[wanted.url] = outcome
        return []


def wanted(*urls: str) -> list[Wanted]:
    return [Wanted(number, url, "https://kalla.example/feed") for number, url in enumerate(urls)]


def visit(web: Web, desk: Desk, *urls: str) -> list[BaseException]:
    faults: list[BaseException] = []

    async def crawl() -> None:
        crawler = SimpleNamespace(engine=engine_over(web.answer_to))
        visits = Visits(crawler, desk, lambda: NOW, faults)  # type: ignore[arg-type]  # all that is used of a crawler
        visits.want(wanted(*urls))
        await visits.end()

    asyncio.run(crawl())
    return faults


def test_a_host_gives_its_pages_one_by_one_in_the_order_wanted_and_hosts_do_not_wait_for_each_other() -> None:
    web, desk = Web(), Desk()
    urls = [f"http://{host}.example/{page}" for host in "abc" for page in range(4)]
    assert visit(web, desk, *urls) == []
    assert sorted(desk.pages) == sorted(urls)
    assert [url for url in web.asked if "//b." in url] == [url for url in urls if "//b." in url]
    assert web.most == 3


def test_no_more_hosts_are_asked_at_once_than_the_bound() -> None:
    web = Web()
    visit(web, Desk(), *(f"http://h{number}.example/" for number in range(HOSTS_AT_ONCE + 40)))
    assert web.most == HOSTS_AT_ONCE
    assert len(web.asked) == HOSTS_AT_ONCE + 40


def test_what_a_page_makes_wanted_is_fetched_too_before_the_end() -> None:
    more = {
        "http://a.example/1": wanted("http://a.example/2", "http://b.example/1"),
        "http://b.example/1": wanted("http://c.example/"),
    }
    desk = Desk(more)
    visit(Web(), desk, "http://a.example/1")
    assert set(desk.pages) == {"http://a.example/1", "http://a.example/2", "http://b.example/1", "http://c.example/"}


def test_a_page_that_fails_is_told_and_one_put_off_stays_wanted() -> None:
    answers: dict[str, int | Exception] = {
        "http://a.example/gone": 404,
        "http://a.example/torn": OSError("torn"),
        "http://a.example/later": PostponedError("the rest follows"),
    }
    desk = Desk()
    assert visit(Web(lambda url: answers.get(url, 200)), desk, *answers, "http://a.example/good") == []
    assert desk.pages == ["http://a.example/good"]
    assert {url: outcome.retry for url, outcome in desk.lost.items()} == {
        "http://a.example/gone": False,
        "http://a.example/torn": True,
    }


def test_an_address_that_is_none_is_told_and_harms_nothing() -> None:
    desk = Desk()
    assert visit(Web(), desk, "http://[", "no address", "http://a.example/") == []
    assert "http://a.example/" in desk.pages
    assert len(desk.pages) + len(desk.lost) == 3


def test_when_a_page_cannot_be_saved_no_more_are_fetched_and_its_fault_is_kept() -> None:
    for status in (200, 403):
        web = Web(lambda _url, status=status: status)  # type: ignore[misc]  # the default is the status
        faults = visit(web, Desk(fault=StoreError("the disk is full")), *(f"http://a.example/{n}" for n in range(5)))
        assert [str(fault) for fault in faults] == ["the disk is full"]
        assert web.asked == ["http://a.example/0"]


def test_a_fault_in_judging_a_page_is_kept_and_nothing_waits_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object) -> Page:
        raise ValueError("a fault of the program")

    monkeypatch.setattr(visits_module, "judge", fail)
    web = Web()
    faults = visit(web, Desk(), "http://a.example/1", "http://a.example/2")
    assert [str(fault) for fault in faults] == ["a fault of the program"]
    assert web.asked == ["http://a.example/1"]
