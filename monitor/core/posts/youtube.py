"""Films on YouTube: the feed of a channel, and lists of the Data API v3.

    search         {"nextPageToken", "items": [{"id": {"kind": "youtube#video", "videoId"}, "snippet": {...}}]}
    playlistItems  {"items": [{"id": "UEx...", "snippet": {..., "resourceId": {"videoId"}}}]}
    videos         {"items": [{"kind": "youtube#video", "id": "dQw4...", "snippet": {...}}]}
    snippet        {"publishedAt": "2026-11-23T14:10:00Z", "channelId", "title", "description", "channelTitle", ...}

A search cuts descriptions off and writes entities into titles; `videos` has the whole text. Channels and comments are
not read. A film has the same key as in the feed of its channel: yt:video:ID.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from typing import Any

from monitor.core.dates import read_time
from monitor.core.feeds import read_feed
from monitor.core.markup import plain_text
from monitor.core.posts.post import make_post
from monitor.core.posts.told import read_told
from monitor.core.services.answers import AnswerPage, field, objects, read_json, text_field
from monitor.core.text import MAX_SUMMARY
from monitor.models import Entry, FeedReading, Refused

MOST = 50
"""Films that one answer holds at most."""

_VIDEO = re.compile(r"[\w-]{6,20}", re.ASCII)
_KEY = "yt:video:"


def read_channel(
    body: bytes, url: str, content_type: str = "", now: datetime | None = None, *, zone: tzinfo = UTC
) -> FeedReading:
    """Read the feed of a channel. A film's description is all the text there is: its page is not fetched."""
    reading = read_feed(body, url, content_type, now, zone=zone)
    entries = tuple(replace(entry, content=entry.content or entry.summary, whole=True) for entry in reading.entries)
    return replace(reading, entries=entries)


def read_films(body: bytes, now: datetime) -> AnswerPage | Refused:
    """Read one list of the Data API."""
    said = read_json(body, "YouTube")
    if isinstance(said, Refused):
        return said
    if not isinstance(field(said, "items"), list):
        told = read_told(body).words
        return Refused(f"YouTube answered with JSON that is no list of films{f': {told}' if told else ''}")
    entries = tuple(_entries(objects(said, "items"), now))
    return AnswerPage(entries=entries, more=bool(text_field(said, "nextPageToken")))


def number_of(entry: Entry) -> str:
    """Return the id of a film."""
    return entry.key.removeprefix(_KEY)


def _entries(items: list[Mapping[str, Any]], now: datetime) -> Iterator[Entry]:
    for item in items[:MOST]:
        snippet = field(item, "snippet")
        places = (("snippet", "resourceId", "videoId"), ("id", "videoId"), ("id",))
        video = next(filter(None, (text_field(item, *place) for place in places)), "")
        raw = text_field(snippet, "publishedAt")
        if not _VIDEO.fullmatch(video):
            continue
        entry = make_post(
            f"{_KEY}{video}",
            f"https://www.youtube.com/watch?v={video}",
            plain_text(str(field(snippet, "description") or "")[:MAX_SUMMARY]),
            now,
            title=plain_text(text_field(snippet, "title")),
            published=read_time(raw),
            raw=raw,
        )
        if entry:
            yield entry
