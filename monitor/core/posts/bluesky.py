"""Posts of Bluesky (app.bsky.feed.searchPosts and searchPostsV2, which answer alike), and the session to ask for them.

    {"cursor": "100", "posts": [{"uri": "at://did:plc:x/app.bsky.feed.post/3k", "cid", "indexedAt", "labels": [{"val"}],
      "author": {"did", "handle", "displayName", "labels": [{"val": "!no-unauthenticated"}], ...},
      "record": {"text", "createdAt", "langs": ["sv"], "labels": {"values": [{"val"}]},
                 "facets": [{"index": {"byteStart", "byteEnd"}, "features": [{"$type": "...#link", "uri"}]}],
                 "embed": {"$type": "app.bsky.embed.external", "external": {"uri", "title"}}}}]}

An error is {"error": "InvalidRequest", "message": "..."}. Facets count bytes of the text in UTF-8, not letters.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from monitor.core.dates import read_time
from monitor.core.posts.entries import headline, join_parts, tell_left_out
from monitor.core.posts.post import make_post
from monitor.core.services.answers import AnswerPage, field, objects, read_json, text_field
from monitor.core.text import MAX_SUMMARY, MAX_URL, clean_text
from monitor.models import Entry, Refused

MAX_POSTS = 200
SERVICE = "Bluesky"

_POST = re.compile(r"at://(did:[a-z]+:[A-Za-z0-9._:%-]+)/app\.bsky\.feed\.post/([A-Za-z0-9._~:-]+)")
_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]{1,8192}")
_HIDDEN = frozenset({"!hide", "!takedown"})
_MEMBERS_ONLY = "!no-unauthenticated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What a log-in gives: the token to ask with, and the one to renew it, which is only kept from being shown."""

    access: str
    refresh: str = ""


def read_session(body: bytes) -> Session | Refused:
    """Read the answer to a log-in (com.atproto.server.createSession)."""
    said = read_json(body, SERVICE)
    if isinstance(said, Refused):
        return said
    if field(said, "active") is False:
        return Refused(f"the account at {SERVICE} is not active: {text_field(said, 'status', limit=60) or 'no reason'}")
    access, refresh = (text_field(said, name, limit=8192) for name in ("accessJwt", "refreshJwt"))
    if not _TOKEN.fullmatch(access):
        return Refused(f"{SERVICE} answered the log-in without a session")
    return Session(access=access, refresh=refresh)


def read_posts(body: bytes, now: datetime) -> AnswerPage | Refused:
    """Read one page of a search; `next` is its cursor.

    Left out: posts of people who show them only to who is logged in, and what moderation has hidden.
    """
    said = read_json(body, SERVICE)
    if isinstance(said, Refused):
        return said
    if not isinstance(field(said, "posts"), list):
        told = text_field(said, "message", limit=200) or text_field(said, "error") or "no list of posts"
        return Refused(f"{SERVICE} answered with: {told}")
    entries: list[Entry] = []
    left_out: Counter[str] = Counter()
    for post in objects(said, "posts")[:MAX_POSTS]:
        reason = _unwanted(post)
        entry = None if reason else _entry(post, now)
        if entry:
            entries.append(entry)
        else:
            left_out[reason or "with nothing to read"] += 1
    cursor = text_field(said, "cursor")
    return AnswerPage(
        entries=tuple(entries),
        more=bool(cursor and (entries or left_out)),
        next=cursor,
        left_out=left_out.total(),
        reason=tell_left_out(left_out),
    )


def _unwanted(post: Mapping[str, Any]) -> str:
    """Return why a post is not for us, in words; "" when it is."""
    labels = {*_labels(post, "labels"), *_labels(post, "author", "labels")}
    if _MEMBERS_ONLY in labels:
        return "by people who show them only to who is logged in"
    return "hidden by moderation" if labels & _HIDDEN else ""


def _labels(value: object, *path: str) -> Iterator[str]:
    """Yield the labels at `path` that have not been taken back."""
    for label in objects(value, *path):
        if (text := text_field(label, "val", limit=60)) and label.get("neg") is not True:
            yield text


def _entry(post: Mapping[str, Any], now: datetime) -> Entry | None:
    """Return a post as an entry, or None when it has no address or no words."""
    uri = text_field(post, "uri", limit=MAX_URL)
    place = _POST.fullmatch(uri)
    if not place:
        return None
    record = post.get("record")
    words = field(record, "text")
    words = words if isinstance(words, str) else ""
    cards = [card for embed in _embeds(record) for card in objects(embed, "external")]
    pictures = [picture for embed in _embeds(record) for picture in (*objects(embed, "images"), embed)]
    told = [text_field(picture, "alt") for picture in pictures] + [text_field(card, "title") for card in cards]
    text = join_parts([clean_text(words, MAX_SUMMARY), *told])
    warnings = sorted({*_labels(post, "labels"), *_labels(record, "labels", "values")} - {_MEMBERS_ONLY})
    raw = text_field(record, "createdAt")
    # An author's program may write any time: no post is younger than the moment it came in.
    moments = [read_time(raw), read_time(text_field(post, "indexedAt"))]
    return make_post(
        uri,
        f"https://bsky.app/profile/{place[1]}/post/{place[2]}",
        text,
        now,
        title=" ".join([*(f"[{warning}]" for warning in warnings), headline(text)]),
        published=min(filter(None, moments), default=None),
        raw=raw,
        links=[*_links(words, record), *(text_field(card, "uri", limit=MAX_URL) for card in cards)],
    )


def _embeds(record: object) -> list[Mapping[str, Any]]:
    """Return what a post shows below its text; of a quotation only what stands beside it."""
    return [*objects(record, "embed"), *objects(record, "embed", "media")]


def _links(words: str, record: object) -> Iterator[str]:
    """Yield the addresses that parts of the text link to; a part outside the text is not shown to anybody."""
    size = len(words.encode("utf-8", "surrogatepass"))
    for facet in objects(record, "facets"):
        start, end = field(facet, "index", "byteStart"), field(facet, "index", "byteEnd")
        if isinstance(start, int) and isinstance(end, int) and 0 <= start < end <= size:
            for feature in objects(facet, "features"):
                yield text_field(feature, "uri", limit=MAX_URL)
