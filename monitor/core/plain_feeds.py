"""Feeds that keep to what RSS 2.0 and Atom 1.0 say, read from libxml2's tree in a tenth of the time.

Nine feeds of ten are such. What is read is what feedparser would have read, by the same names; a feed with anything in
it that is not named here (another dialect or module, markup in place of text, something twice) is left to feedparser,
whose reading of odd feeds was learnt from thousands of them. The tests read all kinds of feeds both ways and compare.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from feedparser.mixin import _FeedParserMixin

from monitor.core.trees import parse_xml_as_written

Item = dict[str, object]
_XML_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_ATOM: Final = "http://www.w3.org/2005/Atom"
_PREFIXES: Final[Mapping[str, str]] = {
    _ATOM: "",
    "http://purl.org/rss/1.0/modules/content/": "content_",
    "http://purl.org/dc/elements/1.1/": "dc_",
    "http://purl.org/rss/1.0/modules/slash/": "slash_",
    "http://purl.org/rss/1.0/modules/syndication/": "sy_",
    "http://purl.org/syndication/thread/1.0": "thr_",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner_",
    "http://search.yahoo.com/mrss/": "media_",
    "http://wellformedweb.org/CommentAPI/": "wfw_",
}
_OF_FEED: Final = frozenset({"language", "ttl", "sy_updatePeriod", "sy_updateFrequency"})
_BESIDE_ITEMS: Final = frozenset(
    {"author", "category", "copyright", "description", "docs", "generator", "icon", "id", "lastBuildDate", "link"}
    | {"logo", "managingEditor", "pubDate", "rights", "subtitle", "updated", "webMaster"}
)
_BESIDE_TEXT: Final = frozenset(
    {"author", "category", "comments", "contributor", "dc_creator", "dc_publisher", "dc_rights", "dc_subject"}
    | {"enclosure", "media_content", "media_credit", "media_thumbnail", "rights", "slash_comments", "thr_total"}
    | {"wfw_comment", "wfw_commentRss"}
)
_IN_PERSON: Final = frozenset({"name", "uri", "email"})
_IN_IMAGE: Final = frozenset({"url", "title", "link", "width", "height", "description"})
_MANY: Final = frozenset({"category", "link", "author", "contributor"} | _BESIDE_TEXT)
_TYPES: Final[Mapping[str, str]] = {
    "text": "text/plain", "text/plain": "text/plain", "html": "text/html", "text/html": "text/html",
}  # fmt: skip
_OF_LINK: Final = frozenset({"href", "rel", "type", "title", "hreflang", "length", _XML_LANG})
_FORBIDDEN: Final = (b"<!doctype", b"<!entity", b":///")
_BASE: Final = re.compile(rb"\bbase\s*=")
_WINDOWS: Final = re.compile("[\x80-\x9f]")
_REFERENCE: Final = re.compile(r"&([A-Za-z0-9_]+);")


class _UnusualError(Exception):
    """The feed is not as plain as that."""


@dataclass(slots=True)
class PlainFeed:
    """What a feed says, by the names of feedparser."""

    feed: Item = field(default_factory=dict)
    entries: list[Item] = field(default_factory=list)
    bozo: bool = False


def read_plainly(markup: bytes) -> PlainFeed | None:
    """Return what a plain feed says (its bytes are UTF-8, tamed by `core.bounds`), or None for any other."""
    if _holds_forbidden(markup.lower()):
        return None
    root = parse_xml_as_written(markup)
    # Namespaces that are declared further in count as attributes there.
    if root is None or markup.count(b"xmlns") != len(root.nsmap) or not set(root.attrib) <= {"version", _XML_LANG}:
        return None
    try:
        return _read(root)
    except _UnusualError:
        return None


def _holds_forbidden(lower: bytes) -> bool:
    # Not one pattern: `re` tries each of its beginnings at every byte, for a seventh of all that a feed costs.
    return any(word in lower for word in _FORBIDDEN) or (b"base" in lower and _BASE.search(lower) is not None)


def _read(root: Any) -> PlainFeed:
    read = PlainFeed()
    if language := root.get(_XML_LANG):
        read.feed["language"] = language.replace("_", "-")
    if root.tag == "rss":
        channels = list(root)
        if len(channels) != 1 or channels[0].tag != "channel" or channels[0].attrib:
            raise _UnusualError
        _read_children(channels[0], read, "item", _RSS)
    elif root.tag == f"{{{_ATOM}}}feed":
        _read_children(root, read, "entry", _ATOM_ENTRY)
    else:
        raise _UnusualError
    return read


def _read_children(parent: Any, read: PlainFeed, entry: str, readers: Mapping[str, "_Reader"]) -> None:
    # Nearly every RSS feed has two links: its page's, and its own.
    for name, element in _once(parent, {entry, "image"} | _BESIDE_ITEMS):
        if name == entry:
            read.entries.append(_read_entry(element, readers))
        elif name in _OF_FEED:
            _allow(element, ())
            read.feed[name.lower()] = _text(element)
        elif name == "title":
            read.feed["title"] = _typed(element)[0]
        elif name == "image":
            if element.attrib or any(_name(part) not in _IN_IMAGE or len(part) or part.attrib for part in element):
                raise _UnusualError
        elif name in _BESIDE_ITEMS:
            _pass_over(name, element)
        else:
            raise _UnusualError


def _read_entry(entry: Any, readers: Mapping[str, "_Reader"]) -> Item:
    if set(entry.attrib) - {_XML_LANG}:
        raise _UnusualError
    item: Item = {}
    for name, element in _once(entry, _MANY):
        if reader := readers.get(name):
            if len(element):
                raise _UnusualError
            reader(element, item)
        elif name in _BESIDE_TEXT:
            _pass_over(name, element)
        else:
            raise _UnusualError
    return item


def _once(parent: Any, many: frozenset[str] | set[str]) -> Iterator[tuple[str, Any]]:
    """Give the children with their names; one that is there twice and should not be is unusual."""
    seen: set[str] = set()
    for element in parent:
        name = _name(element)
        if name in seen and name not in many:
            raise _UnusualError
        seen.add(name)
        yield name, element


def _name(element: Any) -> str:
    namespace, _, name = element.tag.rpartition("}")
    if not namespace:
        return str(name)
    prefix = _PREFIXES.get(namespace[1:])
    if prefix is None:
        raise _UnusualError
    return f"{prefix}{name}"


def _pass_over(name: str, element: Any) -> None:
    """Make sure that an element leaves the rest as it is."""
    parts = _IN_PERSON if name in {"author", "contributor"} else frozenset()
    if any(_name(part) not in parts or len(part) or part.attrib for part in element):
        raise _UnusualError


def _allow(element: Any, names: tuple[str, ...]) -> None:
    if len(element) or set(element.attrib) - {*names, _XML_LANG}:
        raise _UnusualError


def _text(element: Any) -> str:
    text: str = (element.text or "").strip()
    if text.isascii():
        return text
    if _WINDOWS.search(text):
        raise _UnusualError
    try:
        return text.encode("iso-8859-1").decode("utf-8")  # UTF-8 that was taken for Latin-1 and encoded again
    except UnicodeError:
        return text


# --- what is read of an entry --------------------------------------------------------------------------

_Reader = Callable[[Any, Item], None]


def _kept_as(name: str) -> _Reader:
    def keep(element: Any, item: Item) -> None:
        _allow(element, ())
        item[name] = _text(element)

    return keep


def _rss_title(element: Any, item: Item) -> None:
    _allow(element, ())
    text = _text(element)
    html = bool(text) and _FeedParserMixin.looks_like_html(text)
    item["title"], item["title_detail"] = text, {"type": "text/html" if html else "text/plain"}


def _rss_description(element: Any, item: Item) -> None:
    _allow(element, ())
    item["summary"], item["summary_detail"] = _text(element), {"type": "text/html"}


def _rss_content(element: Any, item: Item) -> None:
    _allow(element, ())
    text = _text(element)
    item["content"] = [{"type": "text/html", "value": text}]
    item.setdefault("summary", text)


def _rss_guid(element: Any, item: Item) -> None:
    _allow(element, ("isPermaLink",))
    item["id"] = _text(element)
    if element.get("isPermaLink", "true") == "true":
        item.setdefault("link", item["id"])


def _link(element: Any, item: Item) -> None:
    if set(element.attrib) - _OF_LINK:
        raise _UnusualError
    links = item.setdefault("links", [])
    assert isinstance(links, list)  # noqa: S101 (nobody else sets it)
    address = element.get("href")
    relation = element.get("rel", "alternate")
    if address is None:
        _allow(element, ())
        address = _REFERENCE.sub(r"&\1", _text(element).replace("&amp;", "&"))
        item["link"] = address
    elif not address:
        raise _UnusualError
    elif relation == "alternate" and _is_page(element.get("type", "text/html").lower()):
        item["link"] = address
    links.append({"rel": relation} | ({"href": address} if address else {}))


def _is_page(content_type: str) -> bool:
    return content_type in {"text/html", "html", "xhtml", "application/xhtml+xml"}


def _atom_id(element: Any, item: Item) -> None:
    _allow(element, ())
    item["id"] = _text(element)
    item.setdefault("link", item["id"])


def _typed(element: Any) -> tuple[str, dict[str, str]]:
    _allow(element, ("type",))
    kind = _TYPES.get(element.get("type", "text"))
    if kind is None:
        raise _UnusualError
    return _text(element), {"type": kind}


def _atom_text(name: str) -> _Reader:
    def read(element: Any, item: Item) -> None:
        item[name], item[f"{name}_detail"] = _typed(element)

    return read


def _atom_content(element: Any, item: Item) -> None:
    text, detail = _typed(element)
    item["content"] = [detail | {"value": text}]
    item.setdefault("summary", text)


_RSS: Final[Mapping[str, _Reader]] = {
    "title": _rss_title,
    "link": _link,
    "guid": _rss_guid,
    "pubDate": _kept_as("published"),
    "description": _rss_description,
    "content_encoded": _rss_content,
    "feedburner_origLink": _kept_as("feedburner_origlink"),
}
_ATOM_ENTRY: Final[Mapping[str, _Reader]] = {
    "title": _atom_text("title"),
    "link": _link,
    "id": _atom_id,
    "published": _kept_as("published"),
    "updated": _kept_as("updated"),
    "summary": _atom_text("summary"),
    "content": _atom_content,
    "feedburner_origLink": _kept_as("feedburner_origlink"),
}
