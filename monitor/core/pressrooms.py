"""Press rooms: Mynewsdesk's and Cision's RSS, and Cision's JSON feed. Each release names who issued it.

{"Releases": [{"EncryptedId", "Title", "Intro", "Body", "PublishDate", "CisionWireUrl", "SourceName", ...}]}
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, tzinfo

from monitor.core.dates import plausible, read_time
from monitor.core.feeds import read_feed
from monitor.core.markup import plain_text
from monitor.core.services.answers import objects, read_json, refuse, text_field
from monitor.core.text import MAX_SUMMARY, MAX_TEXT, MAX_URL, clean_line, clean_text
from monitor.core.urls import canonical_url, safe_url
from monitor.models import Entry, FeedReading, Outcome, Refused

MAX_RELEASES = 500

_BEFORE = re.compile(
    r"^(?:senaste |alla |latest )?(?:pressmeddelanden?|nyheter|press ?releases?|news)(?: och nyheter)? (?:från|from) ",
    re.IGNORECASE,
)
_AFTER = re.compile(r"\s+[-–|:]\s+(?:mynewsdesk|cision|pressmedd|pressrum|press|news|nyheter).*$", re.IGNORECASE)


def read_pressroom(
    body: bytes, url: str, content_type: str = "", now: datetime | None = None, *, zone: tzinfo = UTC
) -> FeedReading:
    """Read the releases of a room. Never raises."""
    if body.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{"):
        return _read_cision(body, now, zone)
    reading = read_feed(body, url, content_type, now, zone=zone)
    issuer = issuer_of(reading.title)
    return replace(reading, entries=tuple(_issued(entry, issuer) for entry in reading.entries))


def issuer_of(title: str) -> str:
    """Return who issues the releases, by the title of the feed: "Pressmeddelanden från X - Mynewsdesk" is X."""
    return _AFTER.sub("", _BEFORE.sub("", title)).strip()


def _issued(entry: Entry, issuer: str) -> Entry:
    if not issuer:
        return entry
    lead = f"Pressmeddelande från {issuer}."
    content = f"{lead}\n{entry.content}" if entry.content else ""
    return replace(entry, summary=clean_text(f"{lead}\n{entry.summary}", MAX_SUMMARY), content=content)


def _read_cision(body: bytes, now: datetime | None, zone: tzinfo) -> FeedReading:
    said = read_json(body, "Cision")
    if isinstance(said, Refused):
        return refuse(said.reason)
    if not isinstance(said.get("Releases"), list):
        return refuse("Cision answered with JSON that is no list of releases")
    return FeedReading(outcome=Outcome.OK, entries=tuple(_releases(said, now, zone)))


def _releases(said: object, now: datetime | None, zone: tzinfo) -> Iterator[Entry]:
    for release in objects(said, "Releases")[:MAX_RELEASES]:
        addresses = (text_field(release, name, limit=MAX_URL) for name in ("CanonicalUrl", "CisionWireUrl"))
        url = next(filter(None, map(safe_url, addresses)), "")
        identity = text_field(release, "EncryptedId") or text_field(release, "Id")
        title = clean_line(plain_text(text_field(release, "Title")))
        if not (title and (identity or url)):
            continue
        raw = text_field(release, "PublishDate")
        content = str(release.get("Body") or release.get("HtmlBody") or "")
        entry = Entry(
            key=identity or canonical_url(url),
            id=identity,
            url=url,
            title=title,
            summary=clean_text(plain_text(text_field(release, "Intro", limit=MAX_SUMMARY)), MAX_SUMMARY),
            content=clean_text(plain_text(content[: 2 * MAX_TEXT]), MAX_TEXT),
            published=plausible(read_time(raw, zone), now),
            published_raw=raw,
        )
        yield _issued(entry, text_field(release, "SourceName"))
