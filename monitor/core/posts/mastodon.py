"""Posts of Mastodon, and of whatever else speaks its interface (docs.joinmastodon.org/entities/Status).

    [{"id": "1154", "uri": "https://a.se/users/x/statuses/1", "url": "https://a.se/@x/1", "created_at", "edited_at",
      "visibility": "public", "spoiler_text", "content": "<p>...</p>", "reblog": null, "account": {"bot", "noindex"},
      "media_attachments": [{"description"}], "card": {"url", "title"}, ...}]

A search answers with such a list in {"statuses": [...]}. `id` is the instance's own; `uri` is the same on all of them.
A hashtag that an instance has never seen is a 404 with {"error": "Record not found"}.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from monitor.core.dates import plausible, read_time
from monitor.core.posts.entries import headline, join_parts, tell_left_out
from monitor.core.posts.markup import read_markup
from monitor.core.posts.post import make_post
from monitor.core.services.answers import AnswerPage, field, objects, read_json, text_field
from monitor.core.text import MAX_SUMMARY, MAX_URL, clean_text
from monitor.core.urls import host_of, safe_url
from monitor.models import Entry, Refused

MAX_STATUSES = 200
NOT_FOUND = "Record not found"

_MARKUP = 8 * MAX_SUMMARY
_NEXT = re.compile(r'<([^>]{1,2048})>\s*;[^<]*?\brel="?next\b')
_USERS_STATUS = re.compile(r"\A(https?://[^/]+)/users/([^/]+)/statuses/(\d+)\Z")
_DAY = 86_400_000 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusPage(AnswerPage):
    """One page of posts, newest first. `next` is the id before which older ones stand."""

    newest: str = ""
    """The highest id on it."""
    oldest: str = ""


def order(id_: str) -> tuple[int, str]:
    """Return what ids are sorted by: they are numbers, or texts of one length."""
    return len(id_), id_


def day_before(id_: str) -> str:
    """Return an id that lies a day before another: ids of Mastodon are milliseconds since 1970 times 2 to the 16th.

    A post from another server has the id of the moment it was written, not of its arrival: it may come in behind.
    """
    return str(int(id_) - _DAY) if id_.isascii() and id_.isdecimal() and 16 < len(id_) < 20 else id_


def read_statuses(body: bytes, link: str, now: datetime, *, bots: bool = False) -> StatusPage | Refused:
    """Read one page; `link` is its Link header.

    Boosts are not posts. Left out: what is not public, bots' posts (unless `bots`), and posts of people who ask not to
    be indexed.
    """
    said = read_json(body, "the instance")
    if isinstance(said, Refused):
        return said
    if text_field(said, "error") == NOT_FOUND:
        return StatusPage(entries=())
    statuses = said if isinstance(said, list) else field(said, "statuses")
    if not isinstance(statuses, list):
        told = text_field(said, "error", limit=200) or "no list of posts"
        return Refused(f"the instance answered with: {told}")
    found = objects(statuses)[:MAX_STATUSES]
    posts = [status for status in found if not status.get("reblog")]
    reasons = [_unwanted(status, bots=bots) for status in posts]
    entries = [None if reason else _entry(status, now) for status, reason in zip(posts, reasons, strict=True)]
    left_out = Counter(
        reason or "with nothing to read" for entry, reason in zip(entries, reasons, strict=True) if entry is None
    )
    ids = sorted(filter(None, (text_field(status, "id", limit=100) for status in found)), key=order)
    older = _older_than(link)
    return StatusPage(
        entries=tuple(entry for entry in entries if entry),
        more=bool(found) and (bool(older) or not isinstance(said, list)),
        next=older,
        newest=ids[-1] if ids else "",
        oldest=ids[0] if ids else "",
        left_out=left_out.total(),
        reason=tell_left_out(left_out),
    )


def _older_than(link: str) -> str:
    """Return the id that the address of the next page names; the address itself is not followed."""
    found = _NEXT.search(link)
    try:
        return parse_qs(urlsplit(found[1]).query).get("max_id", [""])[0][:100] if found else ""
    except ValueError:
        return ""


def _unwanted(status: Mapping[str, Any], *, bots: bool) -> str:
    """Return why a post is not for us, in words; "" when it is."""
    if status.get("visibility") != "public":
        return "that are not public"
    if field(status, "account", "bot") is True and not bots:
        return "by bots"
    if field(status, "account", "noindex") is True:
        return "by people who ask not to be indexed"
    return ""


def _entry(status: Mapping[str, Any], now: datetime) -> Entry | None:
    """Return a post as an entry, or None when it has no address or no words."""
    uri = text_field(status, "uri", limit=MAX_URL)
    markup = status.get("content")
    words, links = read_markup(markup[:_MARKUP]) if isinstance(markup, str) else ("", ())
    warning = text_field(status, "spoiler_text")
    pictures = [text_field(media, "description") for media in objects(status, "media_attachments")]
    text = join_parts([warning, clean_text(words, MAX_SUMMARY), *pictures, text_field(status, "card", "title")])
    raw = text_field(status, "created_at")
    post = make_post(
        uri,
        _address(uri, text_field(status, "url", limit=MAX_URL)),
        text,
        now,
        title=headline(text, warning),
        published=read_time(raw),
        raw=raw,
        links=[*links, text_field(status, "card", "url", limit=MAX_URL)],
    )
    return replace(post, updated=plausible(read_time(text_field(status, "edited_at")), now)) if post else None


def _address(uri: str, url: str) -> str:
    """Return where people read a post: one and the same from every instance.

    `url` is the home server's own page of it. An instance that does not know it gives none, and one that names
    another site must not put its words on that site's text.
    """
    page = _USERS_STATUS.sub(r"\1/@\2/\3", uri)
    same = safe_url(url) and (not safe_url(uri) or host_of(url) == host_of(uri))
    return safe_url(url) if same else safe_url(page)
