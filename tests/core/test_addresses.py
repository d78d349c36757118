"""The verdicts on network addresses that crawl and webhooks share; the crawl's guard has its own tests."""

import pytest

from monitor.core.addresses import is_allowed, judge_address, judge_request
from monitor.models import Refused


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "169.254.1.1", "100.64.0.1", "224.0.0.1", "::1", "fe80::1%eth0", "::ffff:10.0.0.1",
     "2002:a00:1::", "240.0.0.1", "0.0.0.0", "no address"],
)  # fmt: skip
def test_what_is_not_a_public_address_is_refused(address: str) -> None:
    assert isinstance(judge_address(address), Refused)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "64:ff9b::5db8:d822"])
def test_a_public_address_is_let_through(address: str) -> None:
    assert judge_address(address) is None


def test_an_allowed_host_is_allowed_on_its_port_only() -> None:
    allow = ("127.0.0.1:8900", "intranet.kommun.example:443")
    assert is_allowed("127.0.0.1", 8900, allow)
    assert is_allowed("INTRANET.kommun.example", 443, allow)
    assert not is_allowed("127.0.0.1", 443, allow)
    assert not is_allowed("192.0.2.1", 8900, allow)
    assert judge_request("127.0.0.1", 8900, allow) is None
    assert judge_request("127.0.0.1", 8901, allow) is not None
    assert judge_request("www.example.se", 443, allow) is None
    assert judge_request("[::1]", 443, allow) is not None


@pytest.mark.parametrize("host", ["127.1", "0x7f000001", "2130706433", "0177.0.0.1", "１２７.0.0.1", "127。0。0。1"])
def test_a_number_in_any_spelling_is_the_address_that_it_means(host: str) -> None:
    refused = judge_request(host, 80, ())
    assert refused is not None
    assert "127.0.0.1 is not a public address (this machine)" in refused.reason


@pytest.mark.parametrize("host", ["a@b", "a/b", "a:b?c", "1.2.3.4.5", "a b", "", "a\\b", "x" * 300])
def test_what_is_no_host_is_refused(host: str) -> None:
    assert judge_request(host, 80, ()) is not None
