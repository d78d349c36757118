"""From a page to the feeds it offers."""

from hypothesis import given
from hypothesis import strategies as st

from monitor.core.discovery import COMMON_PATHS, MOST, find_feeds

PAGE = b"""<html><head>
<link rel="stylesheet" href="/a.css"><link rel="alternate" hreflang="en" href="/en">
<link rel="Alternate" type="application/rss+xml; charset=utf-8" href="/nyheter/rss">
<link rel="alternate" type="application/atom+xml" href="https://andra.se/atom">
<link rel="alternate" type="application/rss+xml" href="javascript:alert(1)">
</head><body><a href="/rss-floden">RSS</a><a href="/om">Om</a><a href="/nyheter/rss">Igen</a></body></html>"""


def test_what_a_page_names_itself_comes_first_then_links_then_common_paths() -> None:
    found = find_feeds(PAGE, "https://bladet.se/nyheter/")
    assert found[:3] == ("https://bladet.se/nyheter/rss", "https://andra.se/atom", "https://bladet.se/rss-floden")
    assert found[3] == f"https://bladet.se{COMMON_PATHS[0]}"
    assert len(found) == len(set(found)) <= MOST


def test_a_page_without_anything_leaves_the_common_paths() -> None:
    assert len(find_feeds(b"", "https://bladet.se/")) == len(COMMON_PATHS)
    assert len(find_feeds(b"<!-- -->", "https://bladet.se/")) == len(COMMON_PATHS)


@given(st.binary(max_size=300))
def test_any_bytes_give_web_addresses_only(body: bytes) -> None:
    assert all(url.startswith("https://") for url in find_feeds(body, "https://bladet.se/"))
