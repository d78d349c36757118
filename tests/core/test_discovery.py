"""From a page to the feeds, lists and sitemaps it offers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.discovery import FEED_PATHS, MOST, common_feeds, is_comments, read_front, read_sitemap_lines
from monitor.core.pages.links import MAX_POSTS

PAGE = b"""<html><head><title>Byn &amp; sj\xc3\xb6n</title>
<link rel="stylesheet" href="/a.css"><link rel="alternate" hreflang="en" href="/en">
<link rel="alternate" type="application/rss+xml" title="Kommentarer" href="/comments/feed/">
<link rel="Alternate" type="application/rss+xml; charset=utf-8" href="/nyheter/rss">
<link rel="alternate" type="application/atom+xml" href="https://andra.se/atom">
<link rel="alternate" type="application/rss+xml" href="javascript:alert(1)">
<link rel="blogroll" type="text/xml" href="/rullen.opml">
</head><body><a href="/rss-floden">RSS</a><a href="/om">Om</a><a href="/nyheter/rss">Igen</a>
<main><a href="/2026/11/sjon/">Sj\xc3\xb6n</a> <a href="/2026/11/sjon/#c">1</a><a href="/category/bad/2026/">Bad</a>
<a href="https://granne.se/">Granne</a></main></body></html>"""


def urls(body: str, url: str, link: str = "") -> list[str]:
    return [offer.url for offer in read_front(body.encode(), url, "text/html; charset=utf-8", link).offers]


def test_what_a_page_names_comes_first_then_links_and_comments_last() -> None:
    front = read_front(PAGE, "https://bladet.se/nyheter/", "text/html; charset=utf-8")
    assert [(offer.url, offer.kind) for offer in front.offers] == [
        ("https://bladet.se/nyheter/rss", "feed"),
        ("https://andra.se/atom", "feed"),
        ("https://bladet.se/rullen.opml", "opml"),
        ("https://bladet.se/rss-floden", "feed"),
        ("https://bladet.se/comments/feed/", "feed"),
    ]
    assert front.title == "Byn & sjön"
    assert front.posts == ("https://bladet.se/2026/11/sjon/",)
    assert front.links == ("https://granne.se/",)


def test_a_link_header_names_a_feed_too() -> None:
    header = '</f?a=1,2>; rel="alternate"; type="application/atom+xml", </s.css>; rel=preload, <x>; rel=alternate'
    assert urls("<p>Hej</p>", "https://bladet.se/", header) == ["https://bladet.se/f?a=1,2"]
    assert [offer.url for offer in read_front(b"", "https://bladet.se/", "", header).offers] == [
        "https://bladet.se/f?a=1,2"
    ]


@pytest.mark.parametrize(
    ("head", "url", "found"),
    [
        ('<link rel="https://api.w.org/" href="https://a.se/blogg/wp-json/">', "https://a.se/blogg/x/", "https://a.se/blogg/feed/"),
        ('<link rel="https://api.w.org/" href="https://a.se/?rest_route=/">', "https://a.se/x/", "https://a.se/?feed=rss2"),
        ('<meta name="generator" content="WordPress 6.9">', "https://a.se/x/y", "https://a.se/feed/"),
        ('<meta name="generator" content="Blogger">', "https://a.se/2026/", "https://a.se/feeds/posts/default"),
        ("<p>", "https://byn.blogspot.com/", "https://byn.blogspot.com/feeds/posts/default"),
        ('<meta name="generator" content="Ghost 6.2">', "https://a.se/", "https://a.se/rss/"),
        ("<p>", "https://byn.substack.com/p/hej", "https://byn.substack.com/feed"),
        ("<p>", "https://medium.com/@byn/om-sjon", "https://medium.com/feed/@byn"),
    ],
)  # fmt: skip
def test_sites_of_a_known_make_keep_their_feed_in_a_known_place(head: str, url: str, found: str) -> None:
    assert found in urls(f"<html><head>{head}</head><body>Hej</body></html>", url)


@pytest.mark.parametrize(
    "page",
    [
        ('<link rel="canonical" href="https://www.youtube.com/channel/UC{}">', "https://www.youtube.com/@byn"),
        ('<meta itemprop="identifier" content="UC{}">', "https://m.youtube.com/@byn/videos"),
        ("<p>Hej</p>", "https://www.youtube.com/channel/UC{}/videos"),
    ],
)
def test_a_channel_leads_to_the_feed_of_its_videos(page: tuple[str, str]) -> None:
    head, url = (part.replace("{}", "a" * 22) for part in page)
    assert urls(head, url) == [f"https://www.youtube.com/feeds/videos.xml?channel_id=UC{'a' * 22}"]


def test_a_page_of_videos_without_a_channel_leads_nowhere() -> None:
    assert urls("<p>Hej</p>", "https://www.youtube.com/watch?v=1") == []


def test_the_usual_places_are_on_the_site_itself() -> None:
    assert [offer.url for offer in common_feeds("https://a.se/x/y")] == [f"https://a.se{path}" for path in FEED_PATHS]


def test_sitemaps_named_in_robots_come_first_and_those_of_news_before_others() -> None:
    robots = (
        b"User-agent: *\nDisallow:\nSitemap: /sitemap.xml\n sitemap : https://a.se/news/map.xml\nSitemap: ftp://a/\n"
    )
    found = [offer.url for offer in read_sitemap_lines(robots, "https://a.se/robots.txt")]
    assert found[:3] == ["https://a.se/news/map.xml", "https://a.se/sitemap.xml", "https://a.se/news-sitemap.xml"]
    assert len(found) == len(set(found)) == 4


def test_comment_feeds_are_told_by_address_or_title() -> None:
    assert is_comments("https://a.se/comments/feed/")
    assert is_comments("https://a.se/2026/x/feed/", "Kommentarer till: Sjön")
    assert not is_comments("https://a.se/feed/", "Byn")


def test_a_page_of_posts_gives_so_many_and_no_more() -> None:
    body = "".join(f'<a href="/2026/{number}/">x</a>' for number in range(MAX_POSTS + 5))
    assert len(read_front(body.encode(), "https://a.se/").posts) == MAX_POSTS


@given(st.binary(max_size=300), st.text(max_size=80))
def test_any_bytes_give_web_addresses_only_and_not_too_many(body: bytes, link: str) -> None:
    front = read_front(body, "https://bladet.se/", "", link)
    assert all(offer.url.startswith(("https://", "http://")) for offer in front.offers)
    assert len(front.offers) <= MOST
