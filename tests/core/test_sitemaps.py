"""Sitemaps: what is news on a site that has no feed."""

import gzip
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.sitemaps import (
    MAX_BODY,
    MAX_ENTRIES,
    MAX_NAMED,
    SitemapIndex,
    names_sitemaps,
    read_index,
    read_sitemap,
)
from monitor.models import Outcome, Refused

NOW = datetime(2026, 11, 24, 5, 30, tzinfo=UTC)
URL = "https://bladet.se/sitemap.xml"
HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
    'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">'
)


def sitemap(*items: str) -> bytes:
    return (HEAD + "".join(f"<url>{item}</url>" for item in items) + "</urlset>").encode()


NEWS = (
    "<loc>https://bladet.se/a</loc><news:news><news:publication><news:name>Bladet</news:name></news:publication>"
    "<news:publication_date>2026-11-23T14:10:00+01:00</news:publication_date>"
    "<news:title>Ny skola &amp; ny väg</news:title></news:news>"
)


@pytest.mark.parametrize(
    "broken",
    ['<urlset xmlns="http&#xd800;://a.example/"/>', '<urlset xmlns="http&#55296;://a.example/"/>', "<news:title/>"],
)
def test_a_root_whose_name_is_none_breaks_nothing(broken: str) -> None:
    assert read_sitemap(broken.encode(), "https://a.example/", NOW).entries == ()


def test_a_news_sitemap_gives_title_and_time() -> None:
    reading = read_sitemap(sitemap(NEWS), URL, NOW)
    assert reading.outcome is Outcome.OK
    (entry,) = reading.entries
    assert (entry.url, entry.title) == ("https://bladet.se/a", "Ny skola & ny väg")
    assert entry.published == datetime(2026, 11, 23, 13, 10, tzinfo=UTC)


def test_a_plain_sitemap_gives_what_changed_lately_newest_first() -> None:
    body = sitemap(
        "<loc>/old</loc><lastmod>2020-01-01</lastmod>",
        "<loc>/b</loc><lastmod>2026-11-22</lastmod>",
        "<loc>/a</loc><lastmod>2026-11-23</lastmod>",
        "<loc>/undated</loc>",
        "<loc>javascript:alert(1)</loc><lastmod>2026-11-23</lastmod>",
    )
    reading = read_sitemap(body, URL, NOW)
    assert [entry.url for entry in reading.entries] == ["https://bladet.se/a", "https://bladet.se/b"]
    longer = read_sitemap(body, URL, NOW, timedelta(days=9999))
    assert longer.entries[-1].url == "https://bladet.se/old"


def test_a_compressed_sitemap_is_read_and_a_bomb_is_not() -> None:
    assert read_sitemap(gzip.compress(sitemap(NEWS)), URL, NOW).entries
    assert read_sitemap(gzip.compress(b" " * (MAX_BODY + 1)), URL, NOW).outcome is Outcome.REFUSED
    assert read_sitemap(gzip.compress(sitemap(NEWS))[:-20], URL, NOW).outcome is Outcome.REFUSED


def test_an_index_names_the_sitemaps_to_write_instead() -> None:
    body = (
        b'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        b"<sitemap><loc>https://bladet.se/news.xml</loc></sitemap></sitemapindex>"
    )
    reading = read_sitemap(body, URL, NOW)
    assert reading.outcome is Outcome.REFUSED
    assert "https://bladet.se/news.xml" in reading.reason


@pytest.mark.parametrize("body", [b"", b"<html><body>Hej</body></html>", b"not xml at all", b"\x00\xff"])
def test_what_is_no_sitemap_is_refused_in_words(body: bytes) -> None:
    reading = read_sitemap(body, URL, NOW)
    assert reading.outcome is Outcome.REFUSED
    assert reading.reason


def test_a_huge_sitemap_is_cut_and_says_so() -> None:
    items = [f"<loc>/{n}</loc><lastmod>2026-11-23</lastmod>" for n in range(MAX_ENTRIES + 5)]
    reading = read_sitemap(sitemap(*items), URL, NOW)
    assert reading.outcome is Outcome.PARTIAL
    assert len(reading.entries) == MAX_ENTRIES


def test_a_sitemap_that_ends_in_the_middle_says_so() -> None:
    reading = read_sitemap(sitemap(NEWS, NEWS)[:-40], URL, NOW)
    assert (reading.outcome, reading.reason) == (Outcome.PARTIAL, "it ends in the middle")
    assert reading.entries


def test_no_file_is_read_through_an_entity() -> None:
    body = (
        b'<!DOCTYPE urlset [<!ENTITY x SYSTEM "file:///etc/passwd">]><urlset><url><loc>https://bladet.se/a</loc>'
        b"<lastmod>2026-11-23</lastmod><title>&x;</title></url></urlset>"
    )
    assert [entry.title for entry in read_sitemap(body, URL, NOW).entries] == [""]


def index(*items: str) -> bytes:
    body = "".join(f"<sitemap>{item}</sitemap>" for item in items)
    return f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{body}</sitemapindex>'.encode()


def addresses_in(body: bytes) -> tuple[str, ...]:
    named = read_index(body, URL, NOW)
    assert isinstance(named, SitemapIndex)
    return named.addresses


def test_of_an_index_the_newest_and_those_of_news_come_first_and_the_old_not_at_all() -> None:
    body = index(
        "<loc>/page-sitemap.xml</loc><lastmod>2026-11-23</lastmod>",
        "<loc>/post-sitemap.xml</loc><lastmod>2024-01-01</lastmod>",
        "<loc>/post-sitemap2.xml</loc><lastmod>2026-11-22</lastmod>",
        "<loc>/a.xml</loc>",
        "<loc>/b.xml</loc>",
        "<loc>javascript:alert(1)</loc>",
        "<loc>/news.xml</loc><lastmod>2026-11-23T10:00:00+01:00</lastmod>",
    )
    named = [address.rpartition("/")[2] for address in addresses_in(body)]
    assert named == ["news.xml", "post-sitemap2.xml", "b.xml", "a.xml", "page-sitemap.xml"]
    many = addresses_in(index(*(f"<loc>/{number}.xml</loc>" for number in range(50))))
    assert len(many) == MAX_NAMED


def test_an_index_is_known_by_its_first_bytes_packed_or_not() -> None:
    assert names_sitemaps(index())
    assert names_sitemaps(gzip.compress(b'<?xml version="1.0"?><!-- x --><sm:sitemapindex xmlns:sm="y"/>'))
    assert not names_sitemaps(sitemap(NEWS))
    assert not names_sitemaps(b"\x1f\x8bbroken")
    assert isinstance(read_index(b"", URL, NOW), Refused)


def test_only_addresses_with_the_wanted_part_are_taken() -> None:
    body = sitemap(
        "<loc>/nyheter/a</loc><lastmod>2026-11-23</lastmod>", "<loc>/jobb/b</loc><lastmod>2026-11-23</lastmod>"
    )
    assert [entry.url[-1] for entry in read_sitemap(body, URL, NOW, match="/nyheter/").entries] == ["a"]


@given(st.binary(max_size=300) | st.binary(max_size=60).map(lambda noise: index(NEWS).replace(b"<loc>", noise)))
def test_no_bytes_make_a_reader_of_sitemaps_raise(body: bytes) -> None:
    read_index(body, URL, NOW)
    read_sitemap(body, URL, NOW)
    names_sitemaps(body)
    names_sitemaps(b"\x1f\x8b" + body)
