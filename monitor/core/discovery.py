"""From a page to the feeds it offers: what it names itself, then where sites of its make keep theirs."""

import re
from collections.abc import Iterator

from lxml import etree, html

from monitor.core.charsets import decode
from monitor.core.urls import safe_url

FEED_TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json"})
COMMON_PATHS = ("/feed/", "/rss", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml", "/feeds/posts/default")
MOST = 12
_LOOKS_LIKE_FEED = re.compile(r"(?i)(?:/|\b)(?:rss|feed|atom)(?:[/.?=]|\b)")


def find_feeds(body: bytes, url: str, content_type: str = "") -> tuple[str, ...]:
    """Return addresses that may be feeds, the likeliest first: autodiscovery (RSS Advisory Board), links, paths."""
    found = dict.fromkeys(address for address in _offered(body, url, content_type) if address and address != url)
    return tuple(found)[:MOST]


def _offered(body: bytes, url: str, content_type: str) -> Iterator[str]:
    text = decode(body, content_type)
    tree = None
    if text:
        parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
        tree = etree.fromstring(text.encode(), parser)
    if tree is not None:
        for link in tree.iterfind(".//link[@href]"):
            kind = str(link.get("type") or "").partition(";")[0].strip().lower()
            if "alternate" in str(link.get("rel") or "").lower().split() and kind in FEED_TYPES:
                yield safe_url(link.get("href"), url)
        for link in tree.iterfind(".//a[@href]"):
            if _LOOKS_LIKE_FEED.search(link.get("href")):
                yield safe_url(link.get("href"), url)
    for path in COMMON_PATHS:
        yield safe_url(path, url)
