"""Recent search of X (https://api.x.com/2/tweets/search/recent).

    {"data": [{"id": "1989...", "text": "...", "created_at": "2026-11-23T14:10:00.000Z",
               "entities": {"urls": [{"expanded_url": "https://..."}]}}],
     "meta": {"newest_id": "1989...", "oldest_id": "1988...", "result_count": 2, "next_token": "b26v..."}}

`data` is absent without a hit. Each post that an answer holds is paid for. The address of a post is written without the
account: https://x.com/i/web/status/ID leads to it all the same.
"""

import html
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil, floor

from monitor.core.dates import read_time
from monitor.core.posts.post import make_post
from monitor.core.posts.told import read_told
from monitor.core.services.answers import AnswerPage, field, number_field, objects, read_json, text_field
from monitor.core.text import MAX_SUMMARY
from monitor.models import Entry, Refused

MOST = 100
"""Posts that one answer holds at most."""
FEWEST = 10
"""The fewest that X lets one ask for."""
MILLIONTHS = 1_000_000
"""Money is counted in millionths of a krona, whole ones, so that nothing is lost by rounding."""

_EPOCH = datetime(2010, 11, 4, 1, 42, 54, 657_000, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class XPage(AnswerPage):
    """One page of posts. `next` is its next_token."""

    newest: str = ""
    oldest: str = ""
    charged: int = 0
    """How many posts are paid for."""


def read_posts(body: bytes, now: datetime) -> XPage | Refused:
    """Read one page of posts."""
    said = read_json(body, "X")
    if isinstance(said, Refused):
        return said
    if not isinstance(field(said, "meta"), dict) or not isinstance(field(said, "data") or [], list):
        told = read_told(body).words
        return Refused(f"X answered with JSON that is no list of posts{f': {told}' if told else ''}")
    posts = objects(said, "data")
    numbers = [int(identity) for post in posts if _is_id(identity := text_field(post, "id"))]
    missing = read_told(body).words if objects(said, "errors") else ""
    return XPage(
        entries=tuple(_entries(posts, now)),
        next=text_field(said, "meta", "next_token"),
        newest=str(max(numbers)) if numbers else "",
        oldest=str(min(numbers)) if numbers else "",
        charged=max(len(field(said, "data") or []), number_field(said, "meta", "result_count")),
        reason=f"X left something out: {missing}" if missing else "",
    )


def moment_of(identity: str) -> datetime | None:
    """Return when a post was made, which its number tells (milliseconds above 22 bits); None for what is no number."""
    return _EPOCH + timedelta(milliseconds=int(identity) >> 22) if _is_id(identity) else None


def price_of(posts: int, price: float) -> int:
    """Return what posts cost at `price` kronor each, in millionths of a krona, rounded up."""
    return posts * ceil(price * MILLIONTHS)


def affordable(left: int, price: float) -> int:
    """Return how many posts may be asked for with `left` millionths of a krona: 10 to 100, or 0 when too few."""
    posts = min(MOST, left // price_of(1, price))
    return posts if posts >= FEWEST else 0


def cap_of(kronor: float) -> int:
    """Return a cap in millionths of a krona, rounded down."""
    return floor(kronor * MILLIONTHS)


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 20


def _entries(posts: Iterable[object], now: datetime) -> Iterator[Entry]:
    for post in posts:
        identity = text_field(post, "id")
        raw = text_field(post, "created_at")
        links = (text_field(link, "expanded_url") for link in objects(post, "entities", "urls"))
        entry = make_post(
            identity if _is_id(identity) else "",
            f"https://x.com/i/web/status/{identity}",
            html.unescape(str(field(post, "text") or "")[: 8 * MAX_SUMMARY]),
            now,
            published=read_time(raw),
            raw=raw,
            links=links,
        )
        if entry:
            yield entry
