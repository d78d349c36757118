"""Articles for the tests of stories and triage."""

import zlib
from datetime import UTC, datetime, timedelta
from typing import Any

from monitor.models import Article, FoundPlace, Mention, PlaceKind

START = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
"""A Monday morning, eight o'clock in Katrineholm."""


def make_place(*mentions: Mention, **changes: Any) -> FoundPlace:
    values: dict[str, Any] = {
        "code": "0483",
        "name": "Katrineholm",
        "kind": PlaceKind.MUNICIPALITY,
        "about": True,
        "score": 1.0,
        "reason": "named",
        "mentions": mentions,
    }
    return FoundPlace(**(values | changes))


def make_article(
    title: str = "Brand i Katrineholm", text: str = "", *, paper: str = "blad", hours: float = 0, **changes: Any
) -> Article:
    """An article that names Katrineholm wherever the word stands in its title or text."""
    at = START + timedelta(hours=hours)
    found = [
        Mention(start=start, end=start + 11, text="Katrineholm", rule="name", where=where)
        for where, words in (("title", title), ("text", text))
        for start in range(len(words))
        if words.startswith("Katrineholm", start)
    ]
    values: dict[str, Any] = {
        "url": f"https://{paper}.example/{zlib.crc32(f'{title}{text}{hours}'.encode())}",
        "source": f"https://{paper}.example/feed",
        "title": title,
        "text": text,
        "published": at,
        "seen_at": at,
        "place": make_place(*found),
    }
    return Article(**(values | changes))
