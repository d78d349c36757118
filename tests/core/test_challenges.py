"""A check for robots is told apart from an answer and from an outage."""

import pytest

from monitor.core.challenges import find_challenge, looks_like_html

WAIT = b"<!DOCTYPE html><html><head><title>Just a moment...</title></head><body></body></html>"
FEED = b"<?xml version='1.0'?><rss><channel><title>Just a moment...</title></channel></rss>"
PAGE = (
    b"<!doctype html><html><head><title>Just a moment of fame</title></head><body><p>captcha</p>"
    b"<script src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'></script></body></html>"
)


@pytest.mark.parametrize(
    ("status", "headers", "body"),
    [
        (503, {}, WAIT),
        (200, {}, WAIT),
        (403, {"cf-mitigated": "challenge"}, b""),
        (202, {"x-amzn-waf-action": "challenge"}, b""),
        (200, {}, b"\n<html><body><script>window._cf_chl_opt={}</script>"),
        (200, {}, b"<html><head></head><body><iframe src='//geo.captcha-delivery.com/x'></iframe>"),
    ],
)
def test_a_check_is_known_by_its_marks_whatever_its_status(status: int, headers: dict[str, str], body: bytes) -> None:
    assert str(status) in find_challenge(status, headers, body)


@pytest.mark.parametrize(
    ("status", "headers", "body"),
    [
        (503, {"server": "cloudflare"}, b"<html><head><title>503 Service Unavailable</title></head></html>"),
        (200, {"server": "cloudflare", "cf-mitigated": "none"}, FEED),
        (200, {}, PAGE.replace(b"Just a moment of fame", b"En stund av ljus")),
        (200, {}, b'{"title": "captcha-delivery.com"}'),
    ],
)
def test_an_outage_a_feed_and_a_page_of_a_guarded_site_are_no_check(
    status: int, headers: dict[str, str], body: bytes
) -> None:
    assert find_challenge(status, headers, body) == ""


def test_a_web_page_is_known_by_its_beginning() -> None:
    assert looks_like_html(b"\xef\xbb\xbf <HTML lang=sv>")
    assert not looks_like_html(FEED)
