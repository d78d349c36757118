"""Google News as RSS (https://news.google.com/rss/search).

    <item><title>Headline - Publisher</title><link>https://news.google.com/rss/articles/CBMi...</link>
          <guid isPermaLink="false">CBMi...</guid><pubDate>...</pubDate><source url="https://publisher">Publisher</source>

The link is opaque on purpose. It is shown to people as it is and not followed by us: decoding it would be going round
what Google wants. The publisher's address and the headline tell which text it is (core.echoes).
"""

from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo

from lxml import etree

from monitor.core.charsets import decode
from monitor.core.dates import plausible, read_time
from monitor.core.services.answers import AnswerPage
from monitor.core.text import MAX_URL, clean_line
from monitor.core.trees import grow_xml
from monitor.core.urls import safe_url
from monitor.models import Entry, Refused

MAX_BODY = 5_000_000
MAX_ITEMS = 200


def read_google_news(body: bytes, url: str, now: datetime, zone: tzinfo = UTC) -> AnswerPage | Refused:
    """Read the hits of one search."""
    if len(body) > MAX_BODY:
        return Refused(f"the answer of Google News is larger than {MAX_BODY // 1_000_000} MB")
    grown = grow_xml(decode(body))
    if isinstance(grown, Refused) or grown.root.tag != "rss":
        why = f": {grown.reason}" if isinstance(grown, Refused) else ""
        return Refused(f"Google News answered with something that is no RSS{why}")
    return AnswerPage(entries=tuple(_entries(grown.root, url, now, zone)), reason=grown.loss)


def _entries(root: etree._Element, base: str, now: datetime, zone: tzinfo) -> Iterator[Entry]:
    for item in root.findall("./channel/item")[:MAX_ITEMS]:
        link = safe_url(_text(item, "link"), base)
        identity = clean_line(_text(item, "guid"), MAX_URL) or link
        source = item.find("source")
        publisher = clean_line(_text(item, "source"), 100)
        site = safe_url(source.get("url", "")) if source is not None else ""
        title = clean_line(_text(item, "title")).removesuffix(f" - {publisher}")
        raw = clean_line(_text(item, "pubDate"), 100)
        if link and title:
            yield Entry(
                key=identity,
                id=identity,
                url=link,
                title=title,
                summary=publisher,
                published=plausible(read_time(raw, zone), now),
                published_raw=raw,
                publisher=site or link,
                links=(site,) if site else (),
            )


def _text(item: etree._Element, name: str) -> str:
    return str(item.findtext(name) or "").strip()
