"""Posts of Threads and Instagram by the interfaces of Meta, and what their refusals mean.

    Threads     {"data": [{"id", "text", "permalink", "timestamp": "2026-11-23T05:42:03+0000"}]}
    Instagram   {"data": [{"id", "caption", "permalink", "timestamp"}], "paging": {"cursors": {"after"}, "next"}}
    a hashtag   {"data": [{"id": "17843857450040591"}]}

`username` is not asked for. The address of a post on Threads has the account in it; there is no other. `next` holds the
token and is never followed or kept: pages are asked for by `after`.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from monitor.core.dates import read_time
from monitor.core.posts.post import make_post
from monitor.core.posts.told import read_told
from monitor.core.services.answers import AnswerPage, field, objects, read_json, text_field
from monitor.core.text import MAX_SUMMARY
from monitor.models import Entry, PollOutcome, Refused

MOST = 100

_NUMBER = re.compile(r"\d{1,30}", re.ASCII)
_TOKEN = {"102", "190"}
_OFTEN = {"4", "17", "32", "341", "613"}
_PERMISSION = re.compile(r"3|10|2\d\d", re.ASCII)


def read_media(body: bytes, service: str, now: datetime) -> AnswerPage | Refused:
    """Read one page of posts."""
    said = read_json(body, service)
    if isinstance(said, Refused):
        return said
    if not isinstance(field(said, "data"), list):
        return _no_list(body, service, "posts")
    after = text_field(said, "paging", "cursors", "after") if field(said, "paging", "next") else ""
    posts = objects(said, "data")[:MOST]
    return AnswerPage(entries=tuple(_entries(posts, now)), next=after, more=bool(after))


def read_hashtag(body: bytes) -> str | Refused:
    """Return the number under which Instagram knows a hashtag."""
    said = read_json(body, "Instagram")
    if isinstance(said, Refused):
        return said
    numbers = (text_field(part, "id") for part in objects(said, "data"))
    found = next(filter(_NUMBER.fullmatch, numbers), "")
    return found or _no_list(body, "Instagram", "hashtags")


def judge_code(code: str) -> tuple[PollOutcome, str] | None:
    """Say what the code of a refusal means, whatever its HTTP status; None when it is none that we know."""
    if code in _TOKEN:
        return PollOutcome.BLOCKED, "the token does not hold any more: ask for a new one"
    if code in _OFTEN:
        return PollOutcome.BLOCKED, "the service says we ask too often"
    if _PERMISSION.fullmatch(code):
        return PollOutcome.BLOCKED, "the app has not the permission: has the review approved it?"
    return None


def _no_list(body: bytes, service: str, what: str) -> Refused:
    told = read_told(body).words
    return Refused(f"{service} answered with JSON that is no list of {what}{f': {told}' if told else ''}")


def _entries(posts: list[Mapping[str, Any]], now: datetime) -> Iterator[Entry]:
    for post in posts:
        raw = text_field(post, "timestamp")
        entry = make_post(
            text_field(post, "id"),
            text_field(post, "permalink"),
            str(field(post, "text") or field(post, "caption") or "")[: 8 * MAX_SUMMARY],
            now,
            published=read_time(raw),
            raw=raw,
        )
        if entry:
            yield entry
