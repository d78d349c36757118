"""The address guard, by its verdict, over a fake resolver and a loop that dials nobody."""

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import aiohttp
import pytest
from aiohttp.abc import ResolveResult
from scrapy import Request
from scrapy.http import Response
from yarl import URL

from monitor.core.addresses import judge_address, judge_request
from monitor.crawl.client import open_session
from monitor.crawl.failures import RefusedAddressError
from monitor.crawl.guard import AddressGuard, Guard, PlainRedirects, look_up_name
from tests.crawl.ask import FakeNames, watched_connections
from tests.crawl.forms import CHANGING, IPV6, NAMES, PUBLIC, RANGES, SCOPED, forms

Names = Mapping[str, Sequence[Sequence[str]]]


class Client:
    """The client of a crawl with the guard before a resolver of names; nothing that it dials is connected to."""

    def __init__(self, names: Names, *allowed: str, look_up: Callable[[str], Sequence[str]] | None = None) -> None:
        self.look_up = look_up or FakeNames(names)
        self.allowed = allowed
        self.refused: dict[tuple[str, int], str] = {}

    def connect(self, *hosts: str, port: int = 80) -> list[str]:
        """Ask each host for a page, one after the other; return the addresses that were dialled for it."""
        with watched_connections() as tried:
            asyncio.run(self._ask(hosts, port))
        return [address.split(" ")[0] for address in tried]

    async def _ask(self, hosts: Sequence[str], port: int) -> None:
        guard = Guard(self.allowed, look_up=self.look_up, patience=0.2)
        async with open_session(guard, secure=False) as session:
            for host in hosts:
                name = host if host.isascii() else host.encode("idna").decode()
                bracketed = f"[{name}]" if ":" in name and not name.startswith("[") else name
                with contextlib.suppress(aiohttp.ClientError, ValueError):
                    await session.get(URL(f"http://{bracketed}:{port}/", encoded=True))
        self.refused = guard.refused


def refused_by_guard(url: str, *allowed: str) -> str:
    """Return why the middleware refuses an address; what Scrapy itself cannot make a request of is refused too."""
    try:
        AddressGuard(allowed).process_request(Request(url))
    except (RefusedAddressError, ValueError) as error:
        return str(error)
    return ""


@pytest.mark.parametrize("address", [*RANGES, *(address for address in IPV6), "fe80::1%eth0", "8.8.8.8%1", "x", ""])
def test_an_address_that_is_not_public_is_refused_with_a_reason(address: str) -> None:
    refused = judge_address(address)
    assert refused is not None
    assert refused.reason


@pytest.mark.parametrize("address", ["8.8.8.8", "193.10.1.1", "2a00:1450:4001:81b::200e", "64:ff9b::8.8.8.8"])
def test_a_public_address_is_not_refused(address: str) -> None:
    assert judge_address(address) is None


def test_no_form_of_an_address_is_connected_to() -> None:
    client = Client(NAMES)
    passed = [
        Request(address).url.split("/")[2]
        for addresses in forms().values()
        for address in addresses
        if not refused_by_guard(address)
    ]
    assert client.connect(*passed) == []
    assert len(passed) >= len(NAMES)
    assert sum(map(len, forms().values())) >= 200


def test_the_client_alone_connects_to_no_form_that_is_a_host() -> None:
    client = Client(NAMES)
    hosts = [*RANGES, *IPV6, *SCOPED, *NAMES, "127.1", "0x7f000001", "2130706433", "0177.0.0.1", "127.0.0.1."]
    assert client.connect(*hosts) == []
    assert client.refused["localhost", 80].startswith("127.0.0.1 is not a public address")


def test_a_public_address_is_connected_to() -> None:
    assert Client({"a.example": [[PUBLIC]]}).connect("a.example", PUBLIC) == [PUBLIC, PUBLIC]


def test_a_name_whose_answers_change_or_mix_reaches_its_public_address_only() -> None:
    dialled = Client(CHANGING).connect(*(name for name in CHANGING for _ in range(3)))
    assert set(dialled) == {PUBLIC}
    assert len(dialled) == 3 * len(CHANGING)


def test_what_was_allowed_on_one_port_is_judged_anew_on_another() -> None:
    client = Client({"intranet.example": [["10.0.0.5", "fd00::5"]]}, "intranet.example:443")
    assert set(client.connect("Intranet.example", port=443)) == {"10.0.0.5", "fd00::5"}
    assert client.connect("intranet.example", port=80) == []
    assert "10.0.0.5 is not a public address" in client.refused["intranet.example", 80]


def test_an_address_that_an_allowed_name_leads_to_is_open_on_its_port_alone() -> None:
    guard = Guard(["intranet.example:443"], look_up=lambda _name: ["10.0.0.5"])

    async def ask() -> None:
        await guard.resolve("intranet.example", 443)
        await guard.close()

    asyncio.run(ask())
    wire = guard.make_socket((socket.AF_INET, socket.SOCK_STREAM, 0, "", ("10.0.0.5", 443)))
    wire.close()
    for address in ("10.0.0.5", 444), ("10.0.0.6", 443):
        with pytest.raises(PermissionError, match="not a public address"):
            guard.make_socket((socket.AF_INET, socket.SOCK_STREAM, 0, "", address))


def test_a_name_server_that_is_silent_is_not_waited_for_long() -> None:
    answered = threading.Event()
    client = Client({}, look_up=lambda _name: [PUBLIC] if answered.wait(20) else [])
    began = time.monotonic()
    with ThreadPoolExecutor(1) as thread:
        dialled = thread.submit(client.connect, "silent.example")
        assert dialled.result(10) == []
        assert time.monotonic() - began < 10
        answered.set()
    assert client.refused["silent.example", 80] == ""


def test_one_who_gives_up_on_a_look_up_does_not_end_it_for_the_others() -> None:
    answered = threading.Event()
    asked: list[str] = []

    def look_up(name: str) -> list[str]:
        asked.append(name)
        return [PUBLIC] if answered.wait(20) else []

    async def two() -> list[ResolveResult]:
        guard = Guard([], look_up=look_up)
        first, second = (asyncio.ensure_future(guard.resolve("slow.example", 80)) for _ in range(2))
        await asyncio.sleep(0.05)
        first.cancel()
        answered.set()
        found = await second
        await guard.close()
        return found

    assert [result["host"] for result in asyncio.run(two())] == [PUBLIC]
    assert asked == ["slow.example"]


def test_a_name_that_is_not_there_now_may_be_there_later() -> None:
    client = Client({"late.example": [[], [PUBLIC]]})
    assert client.connect("late.example", "late.example") == [PUBLIC]


def test_more_names_than_are_remembered_are_looked_up_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.crawl.guard._MOST_NAMES", 1)
    names = FakeNames({"a.example": [[PUBLIC]], "b.example": [[PUBLIC]]})
    assert Client({}, look_up=names).connect("a.example", "b.example", "b.example") == [PUBLIC] * 3
    assert names.asked == {"a.example": 1, "b.example": 2}


def test_a_name_that_the_machine_does_not_know_has_no_address(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_asked: object, **_how: object) -> list[object]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    assert look_up_name("nowhere.example") == []


def test_a_literal_address_is_looked_up_as_itself() -> None:
    assert look_up_name("127.0.0.1") == ["127.0.0.1"]


def test_an_allowed_host_is_allowed_on_its_ports_only() -> None:
    allow = ["127.0.0.1:8900", "127.0.0.1:8901", "[::1]:8900", "intranet.kommun.example:443"]
    assert judge_request("127.0.0.1", 8900, allow) is None
    assert judge_request("127.0.0.1", 8901, allow) is None
    assert judge_request("127.0.0.1", 8902, allow) is not None
    assert judge_request("127.0.0.2", 8900, allow) is not None
    assert judge_request("::1", 8900, allow) is None
    assert judge_request("INTRANET.kommun.example", 443, allow) is None
    assert judge_request("intranet.kommun.example", 80, allow) is not None


@pytest.mark.parametrize(
    "url", ["https://www.example.se/nyheter", "http://kommun-å.example/", "http://a_b.example.:80/"]
)
def test_the_middleware_lets_a_public_name_pass(url: str) -> None:
    assert refused_by_guard(url) == ""


def test_a_proxy_is_refused() -> None:
    request = Request("https://www.example.se/", meta={"proxy": "http://127.0.0.1:3128"})
    with pytest.raises(RefusedAddressError, match="proxy"):
        AddressGuard([]).process_request(request)


def redirect(location: bytes, status: int = 302) -> str | None:
    request = Request("https://www.example.se/a/b")
    answer = PlainRedirects().process_response(
        request, Response(request.url, status=status, headers={"Location": location})
    )
    said = answer.headers.get("Location")
    return said.decode() if said else None


def test_a_redirect_is_followed_to_where_a_browser_would_go() -> None:
    assert redirect(b"../c?d") == "https://www.example.se/c?d"
    assert redirect(b"//10.0.0.1\\x") == "https://10.0.0.1/x"
    assert redirect("http://exempel-å.example/ö".encode()) == "http://xn--exempel--h0a.example/%C3%B6"
    assert redirect(b"http://user:secret@2130706433/") == "http://127.0.0.1/"
    assert redirect(b"file:///etc/passwd", 200) == "file:///etc/passwd"


@pytest.mark.parametrize(
    "location", [b"file:///etc/passwd", b"javascript:alert(1)", b"http://[::1", b"http://a:999999/"]
)
def test_a_redirect_to_what_is_no_http_address_is_refused(location: bytes) -> None:
    with pytest.raises(RefusedAddressError, match="redirect"):
        redirect(location)
