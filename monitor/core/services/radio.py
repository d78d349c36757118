"""Search in the episodes of Sveriges Radio (https://api.sr.se/api/v2/episodes/search/, format=json).

    {"pagination": {"page": 1, "size": 50, "totalhits": 3, "totalpages": 1},
     "episodes": [{"id", "title", "url", "program": {"id", "name"}, "publishdateutc": "/Date(1571227200000)/", ...}]}

The radio's terms allow to link, and forbid to store: title, address and time are read, nothing else.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from monitor.core.dates import plausible
from monitor.core.services.answers import AnswerPage, field, number_field, objects, read_json, text_field
from monitor.core.urls import safe_url
from monitor.models import Entry, Refused

_DATE = re.compile(r"/Date\((-?\d{1,15})(?:[+-]\d{4})?\)/")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def read_episodes(body: bytes, now: datetime, newest: timedelta) -> AnswerPage | Refused:
    """Read the episodes of one page that were published within `newest` before `now`."""
    said = read_json(body, "Sveriges Radio")
    if isinstance(said, Refused):
        return said
    if not isinstance(field(said, "episodes"), list):
        return Refused("Sveriges Radio answered with JSON that is no list of episodes")
    page, pages = number_field(said, "pagination", "page"), number_field(said, "pagination", "totalpages")
    return AnswerPage(entries=tuple(_entries(said, now, newest)), more=page < pages)


def read_milliseconds(text: str) -> datetime | None:
    """Return the moment in "/Date(1571227200000)/", milliseconds since 1970 in UTC, or None."""
    found = _DATE.fullmatch(text)
    try:
        return _EPOCH + timedelta(milliseconds=int(found[1])) if found else None
    except OverflowError:
        return None


def _entries(said: object, now: datetime, newest: timedelta) -> Iterator[Entry]:
    for episode in objects(said, "episodes"):
        identity, url = text_field(episode, "id"), safe_url(text_field(episode, "url"))
        raw = text_field(episode, "publishdateutc")
        published = plausible(read_milliseconds(raw), now)
        if identity and url and published and published >= now - newest:
            title = text_field(episode, "title")
            yield Entry(
                key=identity, id=identity, url=url, title=title, published=published, published_raw=raw, whole=True
            )
