"""The sites that a page links to: what leads from a page that names the town to others that may."""

from collections.abc import Iterator
from typing import Any

from monitor.core.sites import is_everywhere, site_of
from monitor.core.urls import safe_url, unwrap_url

MAX_LINKS = 60
_MAX_ANCHORS = 5_000
_MENUS = frozenset({"nav", "footer", "form", "script", "style", "template"})
# What its writer does not vouch for: comments, advertisements (https://www.w3.org/TR/html/, 4.6.7).
_DISOWNED = frozenset({"nofollow", "sponsored", "ugc"})


def links_out(tree: Any, url: str) -> tuple[str, ...]:
    """Return the first address that the page at `url` links to on each other site, at most 60, in the page's order.

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


def _addresses(tree: Any, url: str) -> Iterator[str]:
    for number, link in enumerate(tree.iterfind(".//a[@href]")):
        if number == _MAX_ANCHORS:
            return
        if _DISOWNED & set(str(link.get("rel") or "").lower().split()):
            continue
        address = unwrap_url(safe_url(str(link.get("href")), url))
        if address and not any(above.tag in _MENUS for above in link.iterancestors()):
            yield address
