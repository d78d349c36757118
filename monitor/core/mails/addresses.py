"""Where a link in a mail leads, found in the link itself. Nothing is asked: a click tells the sender who reads."""

import re
from urllib.parse import unquote, urlsplit

from monitor.core.sites import is_everywhere
from monitor.core.urls import safe_url, unwrap_url

# Encoded, it ends where the encoding does.
_CARRIED = re.compile(r"[=/](https?(?::|%3A)%2F%2F[^/?&#]+|https?://[^&#]+)", re.IGNORECASE)
_PERSON = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}\.\w")
# Services that send newsletters for others: their links say nothing of where they lead.
_TRACKERS = re.compile(
    r"(?:\A|\.)(?:list-manage\.com|mandrillapp\.com|sendgrid\.net|awstrack\.me|hubspotlinks\.com|mlsend\.com|exct\.net"
    r"|cmail\d+\.com|createsend\d*\.com|rs6\.net|sparkpostmail\d*\.com|anpdm\.com|gansub\.com|mjt\.lu)\Z"
)
_COUNTS_CLICKS = re.compile(r"\A(?:click|clicks|clk|e?mail|link|links|lnk|tr|trk|track|tracking|url\d*|ablink)\d*\.")
_OPAQUE = re.compile(r"/redirect/\d|[A-Za-z0-9_=]{24}")


def find_target(link: str) -> str | None:
    """Return the address that a link leads to, "" when it leads by way of a service that hides it, None for no text.

    No text are front pages, networks, and what carries a mail address: that is the reader's own (to unsubscribe).
    """
    given = safe_url(link)
    address = unwrap_url(given)
    if not address or (address == given and is_everywhere(address)):
        return None
    address = _carried(address)
    parts = urlsplit(address)
    if _PERSON.search(unquote(address)) or not (parts.path.strip("/") or parts.query):
        return None
    return "" if _hides(parts.hostname or "", parts.path + "?" + parts.query) else address


def find_site(link: str) -> str:
    """Return an address that a mail links to as far as it tells of a site, or ""."""
    address = _carried(unwrap_url(safe_url(link)))
    parts = urlsplit(address)
    hidden = _hides(parts.hostname or "", parts.path + "?" + parts.query)
    return "" if hidden or is_everywhere(address) or _PERSON.search(unquote(address)) else address


def _carried(address: str) -> str:
    """Return the whole address that another one carries in its path or query, as gateways and counters write it."""
    found = _CARRIED.search(address, len("https://"))
    return (unwrap_url(safe_url(unquote(found[1]))) if found else "") or address


def _hides(host: str, rest: str) -> bool:
    return bool(
        _TRACKERS.search(host) or ((_COUNTS_CLICKS.match(host) or "/redirect/" in rest) and _OPAQUE.search(rest))
    )
