"""GDELT's search of the world's news (https://api.gdeltproject.org/api/v2/doc/doc, mode=artlist, format=json).

    {"articles": [{"url", "title", "seendate": "20261121T101500Z", "domain", "language", "sourcecountry", ...}]}

No hit is `{}`. An error is a sentence with status 200. At most 250 hits and no further page.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime

from monitor.core.dates import plausible, read_time
from monitor.core.services.answers import AnswerPage, objects, read_json, text_field
from monitor.core.text import MAX_URL
from monitor.core.urls import canonical_url, safe_url
from monitor.models import Entry, Refused

MOST = 250
"""Hits that one answer holds at most."""

_LOOSE = re.compile(r" ([,.:;!?%)])|([(]) ")


def read_gdelt(body: bytes, now: datetime) -> AnswerPage | Refused:
    """Read the hits of one search."""
    said = read_json(body, "GDELT")
    if isinstance(said, Refused):
        return said
    if not isinstance(said, dict) or ("articles" not in said and said):
        return Refused("GDELT answered with JSON that is no list of articles")
    articles = objects(said, "articles")
    full = len(articles) >= MOST
    reason = f"GDELT gives {MOST} hits at most: there may be more" if full else ""
    return AnswerPage(entries=tuple(_entries(articles[:MOST], now)), reason=reason)


def _entries(articles: Iterable[object], now: datetime) -> Iterator[Entry]:
    for article in articles:
        url = safe_url(text_field(article, "url", limit=MAX_URL))
        raw = text_field(article, "seendate")
        if url:
            yield Entry(
                key=canonical_url(url),
                url=url,
                title=_LOOSE.sub(r"\1\2", text_field(article, "title")),
                published=plausible(read_time(raw), now),
                published_raw=raw,
            )
