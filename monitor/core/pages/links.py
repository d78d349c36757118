"""The sites that a page links to: what leads from a page that names the town to others that may."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from monitor.core.sites import is_everywhere, site_of
from monitor.core.urls import is_forwarder, safe_url, unwrap_url

MAX_LINKS = 100
MAX_POSTS = 10
_POST = re.compile(
    r"/20\d\d/|/\d{4,}|[a-zåäö0-9%]+-[a-zåäö0-9%]+-[a-zåäö0-9%-]+|/(?:post|inlagg|artikel|nyhet)[^/]*/[^/]+",
    re.IGNORECASE,
)
_NO_POST = re.compile(
    r"/(?:tag|tagg|category|kategori|author|page|wp-content|om|kontakt|feed|rss)(?:/|\Z)|\.(?:jpe?g|png|gif|pdf|xml)\Z",
    re.IGNORECASE,
)
_MAX_ANCHORS = 5_000
_MENUS = ("nav", "footer", "form", "script", "style", "template")
# What surely leads to a host, as written, and what surely stays on the page's own. The rest is read as a browser would.
_HOST = re.compile(r"(?:https?:)?//([a-z0-9.-]+(?::[0-9]+)?)(?=[/?#]|\Z)", re.IGNORECASE)
_INNER = re.compile(r"(?:[/?#]?[\w.~%-][^:\\\t\r\n]*+)?+\Z")
# What its writer does not vouch for: comments, advertisements (https://www.w3.org/TR/html/, 4.6.7).
_DISOWNED = frozenset({"nofollow", "sponsored", "ugc"})


def links_out(tree: Any, url: str) -> tuple[str, ...]:
    """Return the first address that the page at `url` links to on each other site, at most 100, in the page's order.

    Side columns count, since that is where a blog names others; menus, footers, comments, advertisements and the hosts
    that are linked from everywhere do not.
    """
    own = site_of(url)
    found: dict[str, str] = {}
    hosts = _Hosts(url)
    for link, href in _anchors(tree):
        host = hosts.of(href)
        if host in hosts.done or not (address := _followed(link, href, url)):
            continue
        site = site_of(address)
        if site and site != own and not is_everywhere(address):
            found.setdefault(site, address)
            if len(found) == MAX_LINKS:
                break
        hosts.note(host, site)
    return tuple(found.values())


class _Hosts:
    """Which hosts, as links write them, need no second look: most of a page's links lead to a few of them."""

    def __init__(self, url: str) -> None:
        self.done: set[str] = set()
        self._own = self.of(url)
        self.note(self._own, site_of(url))

    def of(self, href: str) -> str:
        """Return the host that an address is written with, "" when that is not plain to see."""
        if named := _HOST.match(href):
            return named[1]
        return self._own if _INNER.match(href) else ""

    def note(self, host: str, site: str) -> None:
        """Take note of a host that has been judged, when all its addresses are of one site."""
        if host and site and "/" not in site and not is_forwarder(host):
            self.done.add(host)


def links_within(tree: Any, url: str) -> tuple[str, ...]:
    """Return what on the site of `url` looks like a single text by its path: a date, a number or a headline."""
    own = site_of(url)
    found: dict[str, None] = {}
    for address in _addresses(tree, url):
        plain = address.partition("#")[0]
        path = plain.partition("://")[2].partition("/")[2]
        if site_of(plain) == own and plain != url and _POST.search("/" + path) and not _NO_POST.search("/" + path):
            found.setdefault(plain)
            if len(found) == MAX_POSTS:
                break
    return tuple(found)


def _addresses(tree: Any, url: str) -> Iterator[str]:
    for link, href in _anchors(tree):
        if address := _followed(link, href, url):
            yield address


def _anchors(tree: Any) -> Iterator[tuple[Any, str]]:
    """Give the links of a page, each with its address as written."""
    links = ((link, href) for link in tree.iter("a") if (href := link.get("href")) is not None)
    return islice(links, _MAX_ANCHORS)


def _followed(link: Any, href: str, url: str) -> str:
    """Return the address that a link leads to, or "" when it stands in a menu or its writer does not vouch for it."""
    if _DISOWNED & set(str(link.get("rel") or "").lower().split()):
        return ""
    if next(link.iterancestors(*_MENUS), None) is not None:
        return ""
    return unwrap_url(safe_url(href, url))
