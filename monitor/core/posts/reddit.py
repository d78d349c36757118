"""Search of Reddit (https://oauth.reddit.com/r/{subreddits}/search), and the token that it is asked with.

    {"kind": "Listing", "data": {"after": "t3_1abc", "children": [{"kind": "t3", "data": {"name": "t3_1abc", "title",
     "selftext", "permalink": "/r/sweden/comments/1abc/...", "url", "is_self", "created_utc": 1795500000.0,
     "removed_by_category": null, ...}}]}}

    {"access_token": "...", "token_type": "bearer", "expires_in": 86400, "scope": "*"}

The names of authors are not read. What a moderator or its author has removed is left out.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from monitor.core.posts.entries import tell_left_out
from monitor.core.posts.post import make_post
from monitor.core.posts.told import read_told
from monitor.core.services.answers import AnswerPage, field, objects, read_json, text_field
from monitor.core.text import MAX_SUMMARY
from monitor.core.urls import safe_url
from monitor.models import Entry, Refused

MOST = 100
"""Posts that one answer holds at most."""
SITE = "https://www.reddit.com/"

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = 10**11
_REMOVED = {"[removed]", "[deleted]"}


def read_token(body: bytes) -> str | Refused:
    """Return the token that Reddit hands out for a day."""
    said = read_json(body, "Reddit")
    if isinstance(said, Refused):
        return said
    token = text_field(said, "access_token")
    return token or Refused(f"Reddit handed out no token: {read_told(body).words or 'it does not say why'}")


def read_posts(body: bytes, now: datetime) -> AnswerPage | Refused:
    """Read one page of posts, newest first."""
    said = read_json(body, "Reddit")
    if isinstance(said, Refused):
        return said
    if not isinstance(field(said, "data", "children"), list):
        told = read_told(body).words
        return Refused(f"Reddit answered with JSON that is no list of posts{f': {told}' if told else ''}")
    posts = [field(child, "data") for child in objects(said, "data", "children") if child.get("kind") == "t3"][:MOST]
    there = [post for post in posts if not _is_removed(post)]
    after = text_field(said, "data", "after")
    left_out = len(posts) - len(there)
    return AnswerPage(
        entries=tuple(_entries(there, now)),
        next=after,
        more=bool(after),
        left_out=left_out,
        reason=tell_left_out({"removed": left_out}),
    )


def _is_removed(post: Any) -> bool:
    return bool(field(post, "removed_by_category")) or text_field(post, "selftext") in _REMOVED


def _entries(posts: list[Mapping[str, Any]], now: datetime) -> Iterator[Entry]:
    for post in posts:
        permalink = text_field(post, "permalink")
        created = field(post, "created_utc")
        title = text_field(post, "title")
        entry = make_post(
            text_field(post, "name"),
            safe_url(permalink, SITE) if permalink else "",
            str(field(post, "selftext") or "")[: 8 * MAX_SUMMARY],
            now,
            title=title,
            published=_moment(created),
            raw=text_field(post, "created_utc"),
            links=() if field(post, "is_self") else (text_field(post, "url"),),
        )
        if entry:
            yield entry


def _moment(seconds: Any) -> datetime | None:
    whole = isinstance(seconds, int | float) and not isinstance(seconds, bool) and 0 <= seconds < _LATEST
    return _EPOCH + timedelta(seconds=int(seconds)) if whole else None
