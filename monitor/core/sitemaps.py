"""The bytes of a sitemap into entries (sitemaps.org 0.9, Google's news extension). Newest first, bounded.

A sitemap index names other sitemaps: it is read into the addresses that are likely to hold news.

Hostile bytes can be slow: call this in a worker that can be stopped.
"""

import gzip
import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from lxml import etree

from monitor.core.charsets import decode
from monitor.core.dates import MAX_RAW, plausible, read_time
from monitor.core.text import clean_line
from monitor.core.trees import Grown, grow_xml
from monitor.core.urls import canonical_url, safe_url
from monitor.models import Entry, FeedReading, Outcome, Refused

MAX_BODY = 20_000_000
MAX_ENTRIES = 1_000
MAX_ELEMENTS = 400_000
"""50,000 addresses, as many as a sitemap may hold, with what is said of each."""
MAX_NAMED = 8
"""How many sitemaps of an index are worth asking for."""

_NEWS = re.compile(r"news|nyhet|artik|article|post|aktuell", re.IGNORECASE)
_NO_NEWS = re.compile(r"image|bild|video|categor|kategori|tag|author|forfattare|page-sitemap", re.IGNORECASE)
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class SitemapIndex:
    """The sitemaps that an index names, the likeliest to hold news first, at most MAX_NAMED."""

    addresses: tuple[str, ...]


def names_sitemaps(body: bytes) -> bool:
    """Whether an answer is an index of sitemaps, by its first bytes: cheap, and safe outside a worker."""
    try:
        head = zlib.decompressobj(31).decompress(body, 4_000) if body[:2] == b"\x1f\x8b" else body[:4_000]
    except zlib.error:
        return False
    return re.search(rb"<(?:[\w-]+:)?sitemapindex\b", head) is not None


def read_index(
    body: bytes, url: str, now: datetime, max_age: timedelta = _WEEK, *, zone: tzinfo = UTC
) -> SitemapIndex | Refused:
    """Read a sitemap index: what changed within `max_age`, or says not when it changed. Never raises."""
    grown = _parse(body)
    if isinstance(grown, Refused):
        return grown
    root = grown.root
    found: dict[str, tuple[bool, bool, datetime, int]] = {}
    for place, item in enumerate(root.iterchildren("{*}sitemap")):
        address = safe_url(_text(item, "loc"), url)
        changed = plausible(read_time(_text(item, "lastmod"), zone), now)
        if address and (changed is None or changed >= now - max_age):
            # The undated follow the dated, the last named first: sites append.
            said = changed or now - max_age
            found[address] = (bool(_NEWS.search(address)), not _NO_NEWS.search(address), said, place)
    return SitemapIndex(tuple(sorted(found, key=lambda address: found[address], reverse=True)[:MAX_NAMED]))


def read_sitemap(
    body: bytes, url: str, now: datetime, max_age: timedelta = _WEEK, *, zone: tzinfo = UTC, match: str = ""
) -> FeedReading:
    """Read a sitemap: the addresses that changed or were published within `max_age` before `now`, newest first.

    An address without a date is left out: a sitemap lists the whole site, and only its dates tell what is news.
    With `match`, only addresses that contain it. A sitemap index is refused with the addresses it names.
    """
    grown = _parse(body)
    if isinstance(grown, Refused):
        return _refuse(grown.reason)
    root = grown.root
    kind = str(root.tag).rpartition("}")[2]
    if kind == "sitemapindex":
        named = [safe_url(address, url) for address in _texts(root, "sitemap", "loc")]
        return _refuse(f"this is an index of sitemaps; write one of these instead: {' '.join(named[:5])}")
    if kind != "urlset":
        return _refuse("the source answered with something that is no sitemap")
    named_so = (entry for entry in _entries(root, url, now, zone) if match in entry.url.partition("://")[2])
    entries = sorted(named_so, key=lambda entry: entry.published or now, reverse=True)
    recent = [entry for entry in entries if entry.published and entry.published >= now - max_age]
    cut = len(recent) > MAX_ENTRIES
    missing = [grown.loss, f"only the newest {MAX_ENTRIES} of {len(recent)} addresses were taken" if cut else ""]
    reason = "; ".join(filter(None, missing))
    return FeedReading(
        outcome=Outcome.PARTIAL if reason else Outcome.OK,
        reason=reason,
        entries=tuple(recent[:MAX_ENTRIES]),
    )


def _refuse(reason: str) -> FeedReading:
    return FeedReading(outcome=Outcome.REFUSED, reason=reason)


def _parse(body: bytes) -> Grown | Refused:
    """Return the tree, or why there is none."""
    plain = _unpack(body)
    if plain is None:
        return Refused(f"the sitemap is larger than {MAX_BODY // 1_000_000} MB, or its compression is broken")
    return grow_xml(decode(plain), MAX_ELEMENTS)


def _unpack(body: bytes) -> bytes | None:
    """Return the bytes of a sitemap that may be a .gz file, at most MAX_BODY of them, or None."""
    if body[:2] == b"\x1f\x8b":
        try:
            with gzip.GzipFile(fileobj=io.BytesIO(body)) as file:
                body = file.read(MAX_BODY + 1)
        except (OSError, EOFError, zlib.error):
            return None
    return body if len(body) <= MAX_BODY else None


def _entries(root: etree._Element, base: str, now: datetime, zone: tzinfo) -> Iterator[Entry]:
    for item in root.iterchildren("{*}url"):
        url = safe_url(_text(item, "loc"), base)
        raw = _text(item, "publication_date") or _text(item, "lastmod")
        published = plausible(read_time(raw, zone), now)
        if url and published:
            title, written = clean_line(_text(item, "title")), clean_line(raw, MAX_RAW)
            yield Entry(key=canonical_url(url), url=url, title=title, published=published, published_raw=written)


def _text(item: etree._Element, name: str) -> str:
    """Return the text of the first descendant with this local name: news namespaces are written in many ways."""
    return next(iter(_texts(item, name)), "")


def _texts(item: etree._Element, *path: str) -> list[str]:
    steps = "".join(f"//*[local-name()='{name}']" for name in path)
    return [str(found.text or "").strip() for found in item.xpath(f".{steps}")]
