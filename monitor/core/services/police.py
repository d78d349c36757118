"""Polisen's list of events (https://polisen.se/api/events).

    [{"id": 105469, "datetime": "2018-12-28 14:32:20 +01:00", "name": "28 december 14.32, Fylleri/LOB, Östersund",
      "summary": "...", "url": "/aktuellt/...", "type": "Fylleri/LOB", "location": {"name": "Östersund", "gps": "..."}}]

The place is a municipality or a county. Its position is the middle of that, not of the event, and is not kept.
"""

import re
from collections.abc import Collection, Iterator
from datetime import UTC, datetime, tzinfo

from monitor.core.dates import plausible, read_time
from monitor.core.services.answers import objects, read_json, refuse, text_field
from monitor.core.text import MAX_SUMMARY, clean_text
from monitor.core.urls import safe_url
from monitor.models import Entry, FeedReading, Outcome, Refused

MAX_EVENTS = 1_000
SITE = "https://polisen.se/"

_WHEN_IN_NAME = re.compile(r"^\d{1,2} [^\W\d_]+ \d{1,2}[.:]\d{2}, ")


def read_events(body: bytes, places: Collection[str], now: datetime, zone: tzinfo = UTC) -> FeedReading:
    """Read the events at `places`, by name; the service may answer with more than it was asked for."""
    said = read_json(body, "Polisen")
    if isinstance(said, Refused):
        return refuse(said.reason)
    if not isinstance(said, list):
        return refuse("Polisen answered with JSON that is no list of events")
    wanted = {place.casefold() for place in places}
    events = objects(said)[:MAX_EVENTS]
    entries = tuple(_entries(events, wanted, now, zone))
    lost = len(said) - len(events)
    return FeedReading(
        outcome=Outcome.PARTIAL if lost else Outcome.OK,
        reason=f"events that cannot be read: {lost} of {len(said)}" if lost else "",
        entries=entries,
    )


def _entries(events: Collection[object], wanted: Collection[str], now: datetime, zone: tzinfo) -> Iterator[Entry]:
    for event in events:
        place = text_field(event, "location", "name")
        identity = text_field(event, "id")
        if place.casefold() not in wanted or not identity:
            continue
        raw = text_field(event, "datetime")
        kind = text_field(event, "type")
        name = _WHEN_IN_NAME.sub("", text_field(event, "name"))
        summary = clean_text(str(event.get("summary") or "") if isinstance(event, dict) else "", MAX_SUMMARY)
        title = name or kind
        if place.casefold() not in title.casefold():
            title = ", ".join(filter(None, (title, place)))
        yield Entry(
            key=identity,
            id=identity,
            url=safe_url(text_field(event, "url"), SITE),
            title=title,
            summary=summary,
            content=summary,
            published=plausible(read_time(raw, zone), now),
            published_raw=raw,
            whole=True,
        )
