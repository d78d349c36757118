"""What is wrong with a page, by a parser that is no browser's: for the quick tests. The browser is asked elsewhere."""

import re
from collections.abc import Iterator
from pathlib import Path

import lxml.etree
import lxml.html

_REPORTS = Path(__file__).parents[2] / "reports"
_ADDRESSES = {
    "href",
    "src",
    "action",
    "formaction",
    "data",
    "poster",
    "background",
    "cite",
    "ping",
    "srcset",
    "xlink:href",
}


def _own_tags() -> frozenset[str]:
    text = "".join(path.read_text(encoding="utf-8") for path in sorted(_REPORTS.rglob("*.j2")))
    return frozenset(re.findall(r"<([a-z][a-z0-9]*)", text)) | {"html", "head", "body", "tbody"}


OWN_TAGS = _own_tags()
"""The elements that our templates write. None of them runs, loads or embeds anything but our own files."""


def faults_of(page: str) -> list[str]:
    """Return what a page holds that it should not: foreign elements, handlers, addresses of another scheme."""
    return list(_faults(lxml.html.document_fromstring(page.encode(), parser=lxml.html.HTMLParser(encoding="utf-8"))))


def _faults(root: lxml.html.HtmlElement) -> Iterator[str]:
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        if element.tag not in OWN_TAGS:
            yield f"element <{element.tag}>"
        if element.tag == "script" and (element.text or not str(element.get("src")).startswith("/fil/")):
            yield f"script {element.get('src')} {element.text}"
        for name, value in element.attrib.items():
            if name.startswith("on") or (name in {"srcdoc", "style"} and "__xss" in value):
                yield f"attribute {name}={value[:60]}"
            if name in _ADDRESSES and not re.match(r"https?://[^/]|mailto:|/(?![/\\])|#|\?|[\w-]+\.html$|$", value):
                yield f"address {name}={value[:80]}"


def faults_of_xml(feed: bytes) -> list[str]:
    """Return what an Atom feed holds that it should not; a feed that is no XML raises."""
    parser = lxml.etree.XMLParser(resolve_entities=False, no_network=True)
    faults = []
    for element in lxml.etree.fromstring(feed, parser).iter():
        if not str(element.tag).startswith("{http://www.w3.org/2005/Atom}"):
            faults.append(f"element {element.tag}")
        href = element.get("href")
        if href is not None and not re.match(r"https?://", href):
            faults.append(f"link {href}")
    return faults
