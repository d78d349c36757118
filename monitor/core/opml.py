"""Lists of sources in OPML (https://opml.org/spec2.opml): read from any version, written as 2.0.

Hostile XML is refused: a list of feeds has no use for entities or document types.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from urllib.parse import parse_qsl, urlsplit

from lxml import etree

from monitor.core.charsets import decode
from monitor.core.sites import front_of
from monitor.core.text import clean_line
from monitor.core.trees import grow_xml
from monitor.core.urls import safe_url
from monitor.models import Refused, Source

MAX_BODY = 5_000_000
MAX_OUTLINES = 5_000
_SECRET = re.compile(r"(?i)\A(?:.*(?:token|secret|passw|api_?key|auth|sig(?:nature)?)|key|k|code)\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """One feed of a list, and the headings it stands under ("Media / Local")."""

    url: str
    title: str = ""
    group: str = ""


def read_opml(body: bytes, url: str = "") -> tuple[Outline, ...] | Refused:
    """Return the feeds of a list in its order, each address once; relative ones are resolved against `url`."""
    if len(body) > MAX_BODY:
        return Refused(f"the list is larger than {MAX_BODY // 1_000_000} MB")
    text = decode(body)
    if re.search(r"<!\s*(?:DOCTYPE|ENTITY)", text, re.IGNORECASE):
        return Refused("the list declares a document type or entities, which no list of feeds needs")
    grown = grow_xml(text)
    if isinstance(grown, Refused):
        return Refused(f"this is no OPML that can be read: {grown.reason}")
    if str(grown.root.tag).lower() != "opml":
        return Refused("this is no OPML: a list of feeds begins with <opml>")
    if grown.loss:
        return Refused(f"the list cannot be read whole: {grown.loss}")
    found: dict[str, Outline] = {}
    for outline in _outlines(grown.root, url):
        found.setdefault(outline.url, outline)
        if len(found) == MAX_OUTLINES:
            break
    return tuple(found.values()) or Refused("the list names no feed")


def _outlines(root: etree._Element, url: str) -> Iterator[Outline]:
    waiting: list[tuple[etree._Element, str]] = [(body, "") for body in reversed(root.findall("body"))]
    while waiting:
        node, group = waiting.pop()
        said = {name.lower(): value for name, value in node.attrib.items()}
        title = clean_line(said.get("title") or said.get("text") or "", 80)
        inside = group
        if address := safe_url(said.get("xmlurl", ""), url):
            yield Outline(url=address, title=title, group=group or clean_line(said.get("category", ""), 80).strip("/"))
        elif node.tag == "outline" and title:
            inside = f"{group} / {title}" if group else title
        waiting += [(child, inside) for child in reversed(node.findall("outline"))]


def write_opml(sources: Sequence[Source], title: str, now: datetime) -> bytes:
    """Return the sources as OPML 2.0 under their groups: addresses and names, never options or secrets.

    A feed is `type="rss"`; what has no feed is a link, so that other readers do not take it for one.
    """
    root = etree.Element("opml", version="2.0")
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = title
    etree.SubElement(head, "dateCreated").text = format_datetime(now, usegmt=True)
    body = etree.SubElement(root, "body")
    groups: dict[str, etree._Element] = {"": body}
    for source in sources:
        if carries_secret(source.url) or not safe_url(source.url):  # a folder or mailbox is nobody else's
            continue
        if source.group not in groups:
            groups[source.group] = etree.SubElement(body, "outline", text=source.group, title=source.group)
        name = source.name or source.url
        if source.kind == "feed":
            said = {"type": "rss", "xmlUrl": source.url, "htmlUrl": front_of(source.url)}
        else:
            said = {"type": "link", "url": source.url}
        etree.SubElement(groups[source.group], "outline", text=name, title=name, **said)
    return bytes(etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True))


def carries_secret(url: str) -> bool:
    """Whether a parameter of an address looks like a key that only its owner should know."""
    return any(_SECRET.match(name) for name, _ in parse_qsl(urlsplit(url).query))
