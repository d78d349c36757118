"""Mails that are built to keep their reader busy."""

import time
from datetime import UTC, datetime

import pytest

from monitor.core.mails import read_mail
from monitor.models import Outcome

NOW = datetime(2026, 11, 24, 5, 30, tzinfo=UTC)
HTML = b"Subject: Nytt\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
LINK = b'<div><a href="https://a.example/nyheter/skola-byggs">En ny skola byggs</a>'


@pytest.mark.parametrize("body", [b"a" * 5_000_001, HTML + b"\n" * 200_001])
def test_a_mail_that_is_too_large_is_refused_with_a_reason(body: bytes) -> None:
    reading = read_mail(body, NOW)
    assert reading.outcome is Outcome.REFUSED
    assert "larger than 5 MB or 200,000 lines" in reading.reason


def test_a_long_header_is_cut_and_the_mail_is_read() -> None:
    head = b"Subject: " + b"=?utf-8?q?ord?= " * 20_000 + b"\r\nDate: Mon, 23 Nov 2026 14:10:00 +0000\r\n\r\n"
    began = time.process_time()
    entry = read_mail(head + b"En text.", NOW).entries[0]
    assert entry.title.startswith("ord")
    assert entry.content == "En text."
    assert time.process_time() - began < 3


@pytest.mark.parametrize("body", [HTML + LINK * 8_000, HTML + (LINK + b"<p>" + b"ord " * 2_000) * 100])
def test_many_links_that_nest_are_read_in_time(body: bytes) -> None:
    began = time.process_time()
    assert read_mail(body, NOW).entries
    assert time.process_time() - began < 3
