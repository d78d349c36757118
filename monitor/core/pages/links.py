"""The sites that a page links to: what leads from a page that names the town to others that may."""

import re
from collections.abc import Iterator
from typing import Any

from monitor.core.sites import is_everywhere, site_of
from monitor.core.urls import safe_url, unwrap_url

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
_MENUS = frozenset({"nav", "footer", "form", "script", "style", "template"})
# What its writer does not vouch for: comments, advertisements (https://www.w3.org/TR/html/, 4.6.7).
_DISOWNED = frozenset({"nofollow", "sponsored", "ugc"})


def links_out(tree: Any, url: str) -> tuple[str, ...]:
    """Return the first address that the page at `url` links to on each other site, at most 100, in the page's order.

    Side columns count, since that is where a blog names others; menus, footers, comments, advertisements and the hosts
    that are linked from everywhere do not.
    """
    own = site_of(url)
    found: dict[str, str] = {}
    for address in _addresses(tree, url):
        site = site_of(address)
        if site and site != own and not is_everywhere(address):
            found.setdefault(site, address)
            if len(found) == MAX_LINKS:
                break
    return tuple(found.values())


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
    for number, link in enumerate(tree.iterfind(".//a[@href]")):
        if number == _MAX_ANCHORS:
            return
        if _DISOWNED & set(str(link.get("rel") or "").lower().split()):
            continue
        address = unwrap_url(safe_url(str(link.get("href")), url))
        if address and not any(above.tag in _MENUS for above in link.iterancestors()):
            yield address
