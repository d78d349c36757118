"""Podcast feeds: episodes with their show notes, and the transcripts that some offer.

RSS 2.0 with iTunes's tags, and `podcast:transcript url= type=` of the podcast namespace (podcastindex.org). Sound is
never fetched.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from itertools import groupby

from lxml import etree

from monitor.core.charsets import decode
from monitor.core.feeds import read_feed
from monitor.core.markup import plain_text
from monitor.core.services.answers import objects, text_field
from monitor.core.text import MAX_SUMMARY, MAX_TEXT, MAX_URL, clean_line, clean_text
from monitor.core.trees import grow_xml
from monitor.core.urls import safe_url
from monitor.models import FeedReading, Outcome, Refused

MAX_TRANSCRIPT = 3_000_000

_LIKED = (
    "text/vtt",
    "application/x-subrip",
    "application/srt",
    "text/srt",
    "application/json",
    "text/plain",
    "text/html",
)
_TIMING = re.compile(r"(?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3}\s*-->")
_TAG = re.compile(r"<[^<>]{0,200}>")


@dataclass(frozen=True, slots=True)
class Offered:
    """What an item of a feed offers besides its text. `key` is its guid, else its title."""

    key: str
    enclosure: str = ""
    notes: str = ""
    transcript: str = ""
    transcript_type: str = ""


def read_podcast(
    body: bytes, url: str, content_type: str = "", now: datetime | None = None, *, zone: tzinfo = UTC
) -> FeedReading:
    """Read the episodes of a feed. One without a page has the address of its sound; its notes are all there is."""
    reading = read_feed(body, url, content_type, now, zone=zone)
    if reading.outcome is Outcome.REFUSED:
        return reading
    offered = {item.key: item for item in read_offers(body, url)}
    entries = []
    for entry in reading.entries:
        item = offered.get(entry.id) or offered.get(entry.title) or Offered("")
        content = entry.content or entry.summary or item.notes
        summary = entry.summary or clean_text(content, MAX_SUMMARY)
        bare = not entry.url or entry.url == item.enclosure
        address = item.enclosure if bare else entry.url
        entries.append(replace(entry, url=address, summary=summary, content=content, whole=bare))
    return replace(reading, entries=tuple(entries))


def read_offers(body: bytes, url: str) -> tuple[Offered, ...]:
    """Return what the items of a podcast feed offer besides their text. Never raises."""
    grown = grow_xml(decode(body))
    return () if isinstance(grown, Refused) else tuple(_offers(grown.root, url))


def read_transcript(body: bytes, content_type: str) -> str | Refused:
    """Return the words of a transcript in WebVTT, SubRip, JSON (podcast namespace), HTML or plain text.

    Times and the names of speakers are left out.
    """
    if len(body) > MAX_TRANSCRIPT:
        return Refused(f"the transcript is larger than {MAX_TRANSCRIPT // 1_000_000} MB")
    text = decode(body, content_type).strip("\ufeff \r\n\t")
    if text.startswith("{"):
        words = _from_json(text)
    elif _TIMING.search(text):
        words = _from_cues(text)
    else:
        words = plain_text(text, markup="html" in content_type)
    words = clean_text(words, MAX_TEXT)
    return words or Refused("the transcript holds no words")


def _offers(root: etree._Element, url: str) -> Iterator[Offered]:
    for item in root.iterfind(".//item"):
        enclosure = item.find("enclosure")
        chosen = min(
            ((_rank(found.get("type", "")), found.get("url", ""), found.get("type", ""))
             for found in item.iterfind("{*}transcript")),
            default=(0, "", ""),
        )  # fmt: skip
        notes = str(item.findtext("{*}summary") or item.findtext("{*}subtitle") or "")
        yield Offered(
            key=clean_line(item.findtext("guid") or "", MAX_URL) or clean_line(item.findtext("title") or ""),
            enclosure=safe_url(enclosure.get("url", ""), url) if enclosure is not None else "",
            notes=clean_text(plain_text(notes), MAX_SUMMARY),
            transcript=safe_url(chosen[1], url) if chosen[1] else "",
            transcript_type=clean_line(chosen[2], 100),
        )


def _rank(kind: str) -> int:
    kind = kind.partition(";")[0].strip().lower()
    return _LIKED.index(kind) if kind in _LIKED else len(_LIKED)


def _from_json(text: str) -> str:
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return ""
    segments = (text_field(part, "body", limit=5_000) for part in objects(said, "segments"))
    return _flow(segments)


def _from_cues(text: str) -> str:
    """Read blocks between empty lines; a cue is what follows its line of times."""
    cues = []
    for empty, block in groupby(text.splitlines(), key=lambda line: not line.strip()):
        lines = list(block)
        timing = next((place for place, line in enumerate(lines) if _TIMING.match(line.strip())), None)
        if not empty and timing is not None:
            cues.append(" ".join(_TAG.sub("", line).strip() for line in lines[timing + 1 :]))
    return _flow(iter(cues))


def _flow(pieces: Iterator[str]) -> str:
    """Join cues to running text, with a line for each that ends a sentence."""
    return "".join(piece + ("\n" if piece.rstrip().endswith((".", "!", "?")) else " ") for piece in pieces)
