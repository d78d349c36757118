"""Sites: what has one voice on the web. Usually a host; on platforms where each writer has a path, host and path."""

import re
from functools import cache
from importlib.resources import files
from urllib.parse import urlsplit

from monitor.core.urls import netloc_of, safe_url

# Platforms that give each site a path instead of a host, with how many segments name the site.
_PATH_SITES = {"medium.com": 1, "sites.google.com": 2, "write.as": 1, "telegra.ph": 1}
_ALIASES = re.compile(r"\A(?:www|m|mobil|mobile|amp)\.(?=[^.:]+\.)")


def site_of(url: str) -> str:
    """Return the name of the site that an address belongs to ("example.se", "medium.com/@x"), or ""."""
    host = _ALIASES.sub("", netloc_of(url))
    if host not in _PATH_SITES:
        return host
    segments = [segment for segment in urlsplit(safe_url(url)).path.split("/") if segment]
    return "/".join([host, *segments[: _PATH_SITES[host]]])


def is_of_site(source: str, url: str) -> bool:
    """Whether a source is on the site that a text stands on. An alert, a mailbox or another server only led to it."""
    return bool(site_of(url)) and site_of(source) == site_of(url)


def front_of(url: str) -> str:
    """Return the address of the front page of the site that `url` belongs to, or ""."""
    parts = urlsplit(safe_url(url))
    path = site_of(url).partition("/")[2]
    return f"{parts.scheme}://{parts.netloc}/{path}" if parts.netloc else ""


def is_everywhere(url: str) -> bool:
    """Whether links lead to this host from nearly every page: networks, shops, advertising. It tells of no source."""
    host = _ALIASES.sub("", urlsplit(safe_url(url)).hostname or "")
    labels = host.split(".")
    return f"={host}" in _everywhere() or any(".".join(labels[start:]) in _everywhere() for start in range(len(labels)))


@cache
def _everywhere() -> frozenset[str]:
    """Return the hosts of data/link_hosts.txt."""
    text = files("monitor.core").joinpath("data/link_hosts.txt").read_text(encoding="utf-8")
    return frozenset(line for line in text.splitlines() if line and not line.startswith("#"))
