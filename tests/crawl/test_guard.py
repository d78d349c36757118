"""The address guard, by its verdict and with a fake resolver: nothing is ever connected to."""

from typing import Any

import pytest
from scrapy import Request
from twisted.internet.defer import Deferred, succeed
from twisted.python.failure import Failure

from monitor.core.addresses import judge_address, judge_request
from monitor.crawl.failures import RefusedAddressError
from monitor.crawl.guard import AddressGuard, GuardedResolver

PRIVATE = [
    "127.0.0.1", "127.8.9.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255",
    "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12:3456::1", "ff02::1", "::ffff:127.0.0.1",
    "::ffff:10.0.0.1", "2002:7f00:1::", "2001:db8::1", "nonsense", "",
]  # fmt: skip
PUBLIC = ["8.8.8.8", "193.10.1.1", "2a00:1450:4001:81b::200e", "::ffff:8.8.8.8"]


@pytest.mark.parametrize("address", PRIVATE)
def test_a_private_address_is_refused_with_a_reason(address: str) -> None:
    refused = judge_address(address)
    assert refused is not None
    assert refused.reason


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_not_refused(address: str) -> None:
    assert judge_address(address) is None


def test_an_allowed_host_is_allowed_on_its_ports_only() -> None:
    allow = ["127.0.0.1:8900", "127.0.0.1:8901", "[::1]:8900", "intranet.kommun.example:443"]
    assert judge_request("127.0.0.1", 8900, allow) is None
    assert judge_request("127.0.0.1", 8901, allow) is None
    assert judge_request("127.0.0.1", 8902, allow) is not None
    assert judge_request("127.0.0.2", 8900, allow) is not None
    assert judge_request("::1", 8900, allow) is None
    assert judge_request("INTRANET.kommun.example", 443, allow) is None
    assert judge_request("intranet.kommun.example", 80, allow) is not None


def test_a_name_is_left_to_the_resolver() -> None:
    assert judge_request("localhost", 80, []) is None


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1/", "http://[::1]/", "http://user:pw@example.se/", "ftp://example.se/", "http://10.0.0.1:80/x"],
)
def test_the_middleware_refuses_before_anything_is_sent(url: str) -> None:
    with pytest.raises(RefusedAddressError):
        AddressGuard([]).process_request(Request(url))


def test_the_middleware_lets_a_public_name_pass() -> None:
    AddressGuard([]).process_request(Request("https://www.example.se/nyheter"))


def answer_of(deferred: "Deferred[str]") -> str:
    got: list[Any] = []
    deferred.addBoth(got.append)
    value = got[0]
    return str(type(value.value).__name__) if isinstance(value, Failure) else str(value)


def resolver(monkeypatch: pytest.MonkeyPatch, answers: list[str], *allowed: str) -> GuardedResolver:
    monkeypatch.setattr(
        "scrapy.resolver.CachingThreadedResolver.getHostByName",
        lambda _self, _name, _timeout=(): succeed(answers.pop(0)),
    )
    guarded = GuardedResolver(object(), 0, 1.0)
    guarded.allowed = frozenset(allowed)
    return guarded


def test_a_name_that_resolves_to_a_private_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    guarded = resolver(monkeypatch, ["127.0.0.1"])
    assert answer_of(guarded.getHostByName("innocent.example")) == "DNSLookupError"


def test_a_name_that_changes_its_answer_is_checked_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    guarded = resolver(monkeypatch, ["8.8.8.8", "169.254.169.254"])
    assert answer_of(guarded.getHostByName("rebinding.example")) == "8.8.8.8"
    assert answer_of(guarded.getHostByName("rebinding.example")) == "DNSLookupError"


def test_an_allowed_host_may_resolve_to_a_private_address(monkeypatch: pytest.MonkeyPatch) -> None:
    guarded = resolver(monkeypatch, ["10.0.0.5"], "intranet.kommun.example")
    assert answer_of(guarded.getHostByName("Intranet.kommun.example")) == "10.0.0.5"
