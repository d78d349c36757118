"""A check for robots is told apart from an answer and from an outage."""

import time

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


MARKS = ["<TITLE>\n Access Denied", "ID='challenge-form'", "PX-CAPTCHA", "/_incapsula_resource?a"]


@pytest.mark.parametrize("mark", MARKS)
def test_a_mark_is_seen_in_any_case_and_far_down_the_page(mark: str) -> None:
    page = b"<html>" + b"<p>En helt vanlig rad.</p>" * 3_000 + mark.encode()
    assert find_challenge(200, {}, page)
    assert not find_challenge(200, {}, page[: -len(mark)])


def test_looking_for_marks_costs_next_to_nothing() -> None:
    """A pattern of many branches took 7 ms a page: more than fetching it."""
    page = b"<html>" + b"<a href='/en/vanlig/rad'>En helt vanlig rad.</a>" * 2_000
    find_challenge(200, {}, page)
    began = time.process_time()
    for _ in range(100):
        find_challenge(200, {}, page)
    assert time.process_time() - began < 0.1
