"""The one place where libxml2 is called: with bounds before it, no entity resolved, nothing fetched.

A lint in the tests sees to it that no other module makes a parser. Call what is here in a worker that can be stopped.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from lxml import etree, html

from monitor.core.bounds import MAX_ELEMENTS, tame_markup, tame_xml, too_much_html, too_much_xml
from monitor.models import Refused

T_co = TypeVar("T_co", covariant=True)
T = TypeVar("T")

_ONE_CLASS = etree.ElementDefaultClassLookup(element=html.HtmlElement, comment=html.HtmlComment)
"""All elements are of one class: `lxml.html` asks Python for the class at each touch, for the sake of forms alone."""


@dataclass(frozen=True, slots=True)
class Grown:
    """The root of a tree, and what of the document is not in it (a sentence, or "")."""

    root: Any
    loss: str = ""


class Listener(Protocol[T_co]):
    """What hears the tags and the text of a page one by one."""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Hear the start of an element."""

    def end(self, tag: str) -> None:
        """Hear its end."""

    def data(self, data: str) -> None:
        """Hear some text."""

    def close(self) -> T_co:
        """Hear that it is over; return what came of it."""


# References to halves of characters: libxml2 takes them in, and lxml cannot hand them out.
_SURROGATE = re.compile(
    r"&#(?:x0*+d[89a-f][0-9a-f]{2}|0*+5(?:529[6-9]|5[3-9]\d\d|6\d{3}|7[0-2]\d\d|73[0-3]\d|734[0-3])(?!\d));?",
    re.IGNORECASE,
)


def grow_html(text: str) -> Grown | Refused:
    """Return the tree of a page as far as it is within the bounds, or why there is none."""
    markup, loss = tame_markup(text)
    excess, end = too_much_html(markup)
    root = parse_html(markup[:end])
    if root is None:
        return Refused("the page holds no markup that can be read")
    beginning = f"only its beginning was read: {excess}" if excess else ""
    return Grown(root, "; ".join(filter(None, (loss, beginning))))


def parse_html(tamed: bytes) -> Any:
    """Return the tree of markup that `core.bounds` has tamed and measured, or None."""
    parser = etree.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False, no_network=True, huge_tree=False
    )
    parser.set_element_class_lookup(_ONE_CLASS)
    try:
        return etree.fromstring(tamed, parser)
    except etree.LxmlError:
        return None


def hear_html(text: str, listener: Listener[T]) -> T:
    """Let `listener` hear a page or a part of one. No tree is made: neither depth nor size is more than time."""
    return hear_tamed(tame_markup(text)[0], listener)


def hear_tamed(tamed: bytes, listener: Listener[T]) -> T:
    """Let `listener` hear markup that `core.bounds` has tamed."""
    parser = etree.HTMLParser(
        target=listener, encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True, huge_tree=False
    )
    parser.feed(tamed)
    heard: T = parser.close()
    return heard


def grow_xml(text: str, most: int = MAX_ELEMENTS) -> Grown | Refused:
    """Return the tree of an XML document of at most `most` elements, or why there is none.

    What is not well formed is read as far as it goes; when it ends in the middle, the loss says so.
    """
    markup, loss = tame_xml(_SURROGATE.sub("", text.lstrip("\ufeff \t\r\n")))
    if excess := too_much_xml(markup, most):
        return Refused(f"the XML cannot be read: {excess}")
    parser = etree.XMLParser(
        encoding="utf-8", recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(markup, parser)
    except (etree.LxmlError, ValueError):
        root = None
    if root is None:
        return Refused("it is no XML that can be read")
    whole = re.search(rb"</[^<>]{0,200}>\s*\Z|/>\s*\Z", markup[-1_000:])
    return Grown(root, "; ".join(filter(None, (loss, "" if whole else "it ends in the middle"))))


def parse_xml_as_written(tamed: bytes) -> Any:
    """Return the tree of XML that `core.bounds` has tamed and measured; None when it breaks the rules anywhere."""
    parser = etree.XMLParser(
        encoding="utf-8", recover=False, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        return etree.fromstring(tamed, parser)
    except (etree.LxmlError, ValueError):
        return None
