"""From a page to what may be read instead of it: the feeds it names, those of its make, its sitemaps, its own links."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from monitor.core.charsets import decode
from monitor.core.pages.links import links_out, links_within
from monitor.core.sites import front_of
from monitor.core.text import clean_line
from monitor.core.trees import grow_html
from monitor.core.urls import safe_url
from monitor.models import Refused

FEED_TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json"})
OPML_TYPES = frozenset({"text/x-opml", "application/xml+opml", "text/opml"})
FEED_PATHS = ("/feed/", "/rss", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml", "/feed.json")
SITEMAP_PATHS = ("/news-sitemap.xml", "/sitemap-news.xml", "/sitemap.xml")
MOST = 12
_LOOKS_LIKE_FEED = re.compile(r"(?i)(?:/|\b)(?:rss|feed|atom)(?:[/.?=]|\b)")
_COMMENTS = re.compile(r"(?i)/comments/feed|/feed/comments|[?&]feed=comments|/comments/default|comments?\.(?:xml|rss)")
_COMMENT_TITLE = re.compile(
    r"(?i)\b(?:comments (?:on|for)|kommentarer (?:till|för|på)|kommentarsflöde|comments feed)\b"
)
_LINK = re.compile(r'<([^<>]{1,2048})>((?:\s*;\s*[\w*-]+(?:\s*=\s*(?:"[^"]*"|[^\s";,]+))?)*)')
_CHANNEL = re.compile(r"UC[\w-]{22}")
_SITEMAP_LINE = re.compile(r"(?im)^[ \t]*sitemap[ \t]*:[ \t]*(\S+)")
_NEWS_MAP = re.compile(r"(?i)news|nyhet")


@dataclass(frozen=True, slots=True)
class Offer:
    """An address that may be a source: of which kind, and how it was come by."""

    url: str
    kind: str
    """"feed", "opml" or "sitemap"."""
    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontPage:
    """What a page says of the site it belongs to."""

    offers: tuple[Offer, ...] = ()
    """Feeds and lists of feeds, the likeliest first, at most a dozen."""
    posts: tuple[str, ...] = ()
    """Addresses on the same site that look like single texts, in the page's order."""
    links: tuple[str, ...] = ()
    """One address on each other site that it links to."""
    title: str = ""
    reason: str = ""
    """Why not all that stands in the page could be read, as a sentence; "" when it could."""


def read_front(body: bytes, url: str, content_type: str = "", link: str = "") -> FrontPage:
    """Read a page for what it offers. `link` are its Link headers (RFC 8288). Never raises; run it in a worker."""
    grown = grow_html(decode(body, content_type))
    if isinstance(grown, Refused):
        return FrontPage(offers=_likeliest(_in_headers(link, url), url), reason=grown.reason)
    tree = grown.root
    return FrontPage(
        offers=_likeliest([*_in_headers(link, url), *_in_page(tree, url)], url),
        posts=links_within(tree, url),
        links=links_out(tree, url),
        title=clean_line(" ".join(tree.xpath("string(.//title)").split()), 200),
        reason=grown.loss,
    )


def _likeliest(offers: Iterable[Offer], url: str) -> tuple[Offer, ...]:
    unique: dict[str, Offer] = {}
    for offer in offers:
        if offer.url and offer.url != url:
            unique.setdefault(offer.url, offer)
    return tuple(sorted(unique.values(), key=lambda offer: is_comments(offer.url))[:MOST])


def common_feeds(url: str) -> tuple[Offer, ...]:
    """Return where sites keep a feed that they do not name."""
    return tuple(Offer(safe_url(path, url), "feed", "a common address of feeds") for path in FEED_PATHS)


def read_sitemap_lines(body: bytes, url: str) -> tuple[Offer, ...]:
    """Return the sitemaps that a robots.txt names, those of news first, then where sites keep one."""
    text = body[:500_000].decode("utf-8", "replace")
    named = [safe_url(found, url) for found in _SITEMAP_LINE.findall(text)[:50]]
    ordered = sorted(dict.fromkeys(filter(None, named)), key=lambda address: not _NEWS_MAP.search(address))
    offers = {address: Offer(address, "sitemap", "named in robots.txt") for address in ordered[:4]}
    for path in SITEMAP_PATHS:
        address = safe_url(path, url)
        offers.setdefault(address, Offer(address, "sitemap", "a common address of sitemaps"))
    return tuple(offers.values())


def is_comments(url: str, title: str = "") -> bool:
    """Whether a feed carries what readers comment, not what the site says."""
    return bool(_COMMENTS.search(url) or _COMMENT_TITLE.search(title))


# --- what a page offers --------------------------------------------------------------------------------


def _links(tree: Any) -> Iterator[Any]:
    return tree.iterfind(".//link[@href]")  # type: ignore[no-any-return]  # lxml ships no types


def _rel(node: Any) -> list[str]:
    return str(node.get("rel") or "").lower().split()


def _in_headers(link: str, url: str) -> Iterator[Offer]:
    for address, parameters in _LINK.findall(link[:20_000]):
        said = {
            name.lower(): value.strip('"').lower()
            for name, value in re.findall(r'([\w*-]+)\s*=\s*("[^"]*"|[^\s";,]+)', parameters)
        }
        if "alternate" in said.get("rel", "").split() and said.get("type", "").partition(";")[0] in FEED_TYPES:
            yield Offer(safe_url(address, url), "feed", "named in the page's Link header")


def _in_page(tree: Any, url: str) -> Iterator[Offer]:
    for node in _links(tree):
        kind = str(node.get("type") or "").partition(";")[0].strip().lower()
        address = safe_url(str(node.get("href")), url)
        if "alternate" in _rel(node) and kind in FEED_TYPES:
            yield Offer(address, "feed", "named by the page")
        elif kind in OPML_TYPES or {"blogroll", "outline"} & set(_rel(node)):
            yield Offer(address, "opml", "a list of feeds that the page names")
    yield from _of_its_make(tree, url)
    for node in tree.iterfind(".//a[@href]"):
        if _LOOKS_LIKE_FEED.search(str(node.get("href"))):
            yield Offer(safe_url(str(node.get("href")), url), "feed", "linked from the page")


def _of_its_make(tree: Any, url: str) -> Iterator[Offer]:
    """Give the feeds that sites of this make have, whether they name them or not."""
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    made_by = " ".join(str(node.get("content")) for node in tree.xpath(".//meta[@name='generator'][@content]")).lower()
    rest = next((str(node.get("href")) for node in _links(tree) if "https://api.w.org/" in _rel(node)), "")
    if rest or "wordpress" in made_by:
        home = safe_url(rest, url).partition("/wp-json")[0] + "/" if "/wp-json" in rest else front_of(url)
        yield Offer(safe_url("feed/", home), "feed", "WordPress keeps its feed there")
        yield Offer(safe_url("?feed=rss2", home), "feed", "WordPress keeps its feed there")
    if "blogger" in made_by or host.endswith(".blogspot.com"):
        yield Offer(safe_url("/feeds/posts/default", url), "feed", "Blogger keeps its feed there")
    if "ghost" in made_by:
        yield Offer(safe_url("/rss/", url), "feed", "Ghost keeps its feed there")
    if host.endswith(".substack.com"):
        yield Offer(safe_url("/feed", url), "feed", "Substack keeps its feed there")
    if host == "medium.com" and parts.path.strip("/"):
        yield Offer(
            safe_url(f"/feed/{parts.path.strip('/').split('/')[0]}", url), "feed", "Medium keeps its feed there"
        )
    if host in {"youtube.com", "m.youtube.com"} and (channel := _channel(tree, parts.path)):
        address = f"https://www.youtube.com/feeds/videos.xml?channel_id={channel}"
        yield Offer(address, "feed", "the feed of the channel")


def _channel(tree: Any, path: str) -> str:
    """Return the id of the channel that a page of YouTube is about, or ""."""
    said = [path, *(str(node.get("href")) for node in _links(tree) if "canonical" in _rel(node))]
    said += [
        str(node.get("content")) for node in tree.xpath(".//meta[@itemprop='channelId' or @itemprop='identifier']")
    ]
    found = (_CHANNEL.search(text) for text in said)
    return next((match[0] for match in found if match), "")
