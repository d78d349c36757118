"""Hits of the archive as an Atom feed (RFC 4287)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import NAMESPACE_URL, uuid5
from xml.etree import ElementTree as ET

from starlette.responses import Response

_ATOM = "http://www.w3.org/2005/Atom"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEntry:
    """One entry. `url` is its identity and, when it is of the web, its link; all else is plain text."""

    url: str
    link: str
    title: str
    at: datetime
    summary: str
    source: str


def atom(title: str, address: str, organisation: str, entries: Iterable[FeedEntry], *, now: datetime) -> Response:
    """Return the feed found at `address`. Ids depend on addresses only: they are the same at every reading."""
    entries = list(entries)
    root = ET.Element("feed", {"xmlns": _ATOM, "xml:lang": "sv"})
    updated = max((entry.at for entry in entries), default=now)
    _fill(root, title, f"{organisation} {address}", updated)
    ET.SubElement(root, "link", {"rel": "self", "href": address})
    ET.SubElement(ET.SubElement(root, "author"), "name").text = _legal(organisation)
    for entry in entries:
        element = ET.SubElement(root, "entry")
        _fill(element, entry.title or entry.url, entry.url, entry.at)
        if entry.link:
            ET.SubElement(element, "link", {"rel": "alternate", "href": _legal(entry.link)})
        ET.SubElement(ET.SubElement(element, "author"), "name").text = _legal(entry.source) or "–"
        ET.SubElement(element, "summary").text = _legal(entry.summary)
    body = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return Response(body, media_type="application/atom+xml")


def _fill(element: ET.Element, title: str, identity: str, at: datetime) -> None:
    ET.SubElement(element, "id").text = uuid5(NAMESPACE_URL, identity).urn
    ET.SubElement(element, "title").text = _legal(title)
    ET.SubElement(element, "updated").text = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _legal(text: str) -> str:
    """Return text without the characters that XML 1.0 cannot hold."""
    return "".join(c for c in text if c in "\t\n" or " " <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c > "\uffff")
