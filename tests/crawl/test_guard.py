"""The address guard, by its verdict and over a fake resolver and a reactor of memory: nothing is ever connected to."""

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy import Request
from scrapy.http import Response
from twisted.internet.endpoints import HostnameEndpoint
from twisted.internet.interfaces import IReactorPluggableNameResolver
from twisted.internet.protocol import Factory
from twisted.internet.testing import MemoryReactorClock
from zope.interface import implementer

from monitor.core.addresses import judge_address, judge_request
from monitor.crawl.failures import RefusedAddressError
from monitor.crawl.guard import AddressGuard, GuardedResolver, PlainRedirects
from tests.crawl.ask import FakeNames
from tests.crawl.forms import CHANGING, IPV6, NAMES, PUBLIC, RANGES, SCOPED, forms

Names = Mapping[str, Sequence[Sequence[str]]]


@implementer(IReactorPluggableNameResolver)
class Reactor(MemoryReactorClock):
    """A reactor that remembers what would have been connected to, with the guard before a resolver of names."""

    def __init__(self, names: Names, *allowed: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.nameResolver: Any = FakeNames(names)
        self.guard = GuardedResolver(self, allowed, patience=5)
        self.guard.install_on_reactor()

    def installNameResolver(self, resolver: Any) -> Any:  # noqa: N802 (Twisted's name)
        self.nameResolver = resolver
        return resolver

    def connect(self, host: str, port: int = 80) -> list[str]:
        """Connect as Twisted's client does; return the addresses that were dialled for it."""
        before = len(self.tcpClients)
        endpoint: Any = HostnameEndpoint(self, host.encode("idna") if not host.isascii() else host.encode(), port)
        endpoint.connect(Factory()).addErrback(lambda _failure: None)
        self.advance(3)
        return [client[0] for client in self.tcpClients[before:]]


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
    reactor = Reactor(NAMES)
    reached = []
    for kind, addresses in forms().items():
        for address in addresses:
            if not refused_by_guard(address):
                reached += [(kind, address, host) for host in reactor.connect(Request(address).url.split("/")[2])]
    assert reached == []
    assert sum(map(len, forms().values())) >= 200


def test_the_resolver_alone_lets_no_form_through_that_is_a_host() -> None:
    reactor = Reactor(NAMES)
    hosts = [*RANGES, *IPV6, *SCOPED, *NAMES, "127.1", "0x7f000001", "2130706433", "0177.0.0.1", "127.0.0.1."]
    assert [host for host in hosts if reactor.connect(host)] == []
    assert reactor.guard.refused["localhost", 80].startswith("127.0.0.1 is not a public address")


def test_a_name_whose_answers_change_or_mix_reaches_its_public_address_only() -> None:
    reactor = Reactor(CHANGING)
    dialled = [host for name in CHANGING for _ in range(3) for host in reactor.connect(name)]
    assert set(dialled) == {PUBLIC}
    assert len(dialled) == 3 * len(CHANGING)


def test_what_was_allowed_on_one_port_is_judged_anew_on_another() -> None:
    reactor = Reactor({"intranet.example": [["10.0.0.5", "fd00::5"]]}, "intranet.example:443")
    assert reactor.connect("Intranet.example", 443) == ["10.0.0.5", "fd00::5"]
    assert reactor.connect("intranet.example", 80) == []
    assert "10.0.0.5 is not a public address" in reactor.guard.refused["intranet.example", 80]


def test_a_name_server_that_is_silent_is_not_waited_for_long() -> None:
    reactor = Reactor({})
    late: list[Any] = []
    reactor.guard._unguarded.resolveHostName = lambda receiver, *_more: late.append(receiver)
    assert reactor.connect("silent.example") == []
    reactor.advance(3)
    late[0].resolutionComplete()  # too late: nothing happens any more
    late[0].cancel()
    assert reactor.guard.refused["silent.example", 80] == ""


def test_a_look_up_that_is_called_off_hands_on_nothing() -> None:
    reactor = Reactor({})
    reactor.guard._unguarded.resolveHostName = lambda *_more: None
    ended: list[str] = []

    receiver = SimpleNamespace(
        resolutionBegan=lambda _lookup: ended.append("began"), resolutionComplete=lambda: ended.append("ended")
    )
    reactor.guard.resolveHostName(receiver, "slow.example", 80).cancel()
    assert ended == ["began", "ended"]


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
