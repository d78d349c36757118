"""robots.txt by RFC 9309."""

from datetime import UTC, datetime

import pytest
from protego import Protego

from monitor.crawl.politeness import read_robots
from monitor.models import SiteFile

NOW = datetime(2026, 11, 24, 5, 30, tzinfo=UTC)


def answer(status: int | None, body: bytes = b"User-agent: *\nDisallow: /hemligt\n") -> Protego | str:
    kept = body if status == 200 else b""
    return read_robots(SiteFile(url="http://a.se/robots.txt", asked=NOW, status=status, reason="no answer", body=kept))


def may(rules: Protego | str, path: str, agent: str = "town-monitor") -> bool:
    assert isinstance(rules, Protego)
    return bool(rules.can_fetch(f"http://a.se{path}", agent))


def test_rules_are_obeyed() -> None:
    rules = answer(200)
    assert not may(rules, "/hemligt/a")
    assert may(rules, "/nyheter")


def test_a_rule_for_our_own_name_counts_for_us() -> None:
    rules = answer(200, b"User-agent: town-monitor\nDisallow: /\n\nUser-agent: *\nAllow: /\n")
    assert not may(rules, "/nyheter")


@pytest.mark.parametrize("status", [404, 403, 401, 410])
def test_what_is_not_there_allows(status: int) -> None:
    assert may(answer(status), "/hemligt/a")


@pytest.mark.parametrize("status", [500, 503, 429])
def test_an_error_forbids_with_a_reason(status: int) -> None:
    rules = answer(status)
    assert isinstance(rules, str)
    assert str(status) in rules


def test_silence_forbids_with_its_reason() -> None:
    assert answer(None) == "no answer (asked for robots.txt)"


def test_bytes_that_are_no_text_break_nothing() -> None:
    assert may(answer(200, bytes(range(256))), "/nyheter")
