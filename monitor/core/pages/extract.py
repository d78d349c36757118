"""A page's bytes into what it says: the one function that runs in a killable worker.

trafilatura reads the article, in its fast mode: on the article extraction benchmark that is as good as its comparison
of three readers and takes two thirds of the time. Its own rescue is off: on a page with little text it takes the whole
page, menus and all. What it cannot read, or must not be given, the second reader reads.
"""

import logging
import re
from collections.abc import Iterable, Iterator, Sequence
from copy import deepcopy
from datetime import datetime
from itertools import islice
from typing import Any

import trafilatura
from lxml import etree
from trafilatura.settings import DEFAULT_CONFIG

from monitor.core.bounds import clamp_spans, first_tags, tame_markup, too_much_for_tree, too_much_html
from monitor.core.pages.decoding import decode_page
from monitor.core.pages.layout import unwrap_layout
from monitor.core.pages.links import links_out
from monitor.core.pages.menus import drop_menus
from monitor.core.pages.metadata import (
    Head,
    find_access,
    find_address,
    find_author_role,
    find_description,
    find_language,
    find_title,
    read_head,
)
from monitor.core.pages.published import find_published
from monitor.core.pages.refusals import not_a_page, not_markup, only_a_wall
from monitor.core.pages.second_reader import read_stream
from monitor.core.text import MAX_SUMMARY, MAX_TEXT, clean_line, shorten
from monitor.core.trees import parse_html
from monitor.core.urls import canonical_url
from monitor.models import Access, Outcome, PageReading

# Without any handler Python would print trafilatura's warnings about hostile pages to the terminal.
logging.getLogger("trafilatura").addHandler(logging.NullHandler())

_CONFIG = deepcopy(DEFAULT_CONFIG)
_CONFIG["DEFAULT"]["MIN_EXTRACTED_SIZE"] = "1"  # characters below which it takes what it can get

MAX_BYTES = 8 * 1024 * 1024
MAX_HEARD = 200_000
"""Tags of a page that the second reader hears at most: twice as many take it seconds."""
_CELLS = re.compile(r"\s*\|\s*")
_LEAD_CLASS = re.compile(
    r"preamble|ingress|standfirst|\blead\b|-lead\b|\blede\b|\bintro\b|article-intro|entry-summary", re.IGNORECASE
)
_LEAD_WORDS = ("preamble", "ingress", "standfirst", "lead", "lede", "intro", "summary")
_LEAD_TAGS = ("p", "div", "h2", "span")
_LEAD_LENGTH = range(10, 1_200)
_TEASER_WORDS = 120
_FEW_WORDS, _MANY_WORDS = 25, 125
"""When the main reader finds few words where the second finds many, it lost the text: it says so by nothing else."""
_HEADING_LINES = 3  # a kicker and a date may stand before the heading
_SENTENCE = 7  # words
_DATELINE = 150  # characters of date and byline that may stand between the heading and its lead
_ROOM_FOR_MORE = 100
_WORD = re.compile(r"\w{4,}")


def extract(body: bytes, url: str, content_type: str = "", now: datetime | None = None) -> PageReading:
    """Read a page. `now` bounds the time of publication; what could not be read, or not all, is said in `reason`."""
    refusal = not_a_page(body, content_type)
    if not refusal and len(body) > MAX_BYTES:
        refusal = f"the page is larger than {MAX_BYTES // 1024**2} MB"
    text = "" if refusal else decode_page(body, content_type)
    if refusal := refusal or not_markup(text):
        return _refused(refusal, canonical_url(url))
    markup, loss = tame_markup(text)
    excess, end = too_much_html(markup)
    tree = parse_html(markup[:end])
    if tree is None:
        return _read_without_tree(markup, canonical_url(url))
    return _read_tree(tree, markup, url, now, excess=excess or too_much_for_tree(tree), loss=loss)


def _refused(reason: str, url: str) -> PageReading:
    return PageReading(outcome=Outcome.REFUSED, reason=reason, url=url)


def _read_without_tree(markup: bytes, url: str) -> PageReading:
    found, paragraphs, cut = _hear(markup)
    title = clean_line(found)
    blocks, _ = _blocks(paragraphs, title)
    if refusal := only_a_wall(title, blocks) or ("" if title or blocks else "no text was found on the page"):
        return _refused(refusal, url)
    reason = "; ".join(filter(None, ("its markup cannot be parsed", cut, "read by text density")))
    return PageReading(outcome=Outcome.PARTIAL, reason=reason, url=url, title=title, lead=_first(blocks), blocks=blocks)


def _hear(markup: bytes) -> tuple[str, tuple[str, ...], str]:
    """Return the title and the paragraphs that the second reader hears, and a sentence when it did not hear all."""
    beginning = first_tags(markup, MAX_HEARD)
    cut = f"only its first {MAX_HEARD} tags were read" if len(beginning) < len(markup) else ""
    return *read_stream(beginning), cut


def _read_tree(tree: Any, markup: bytes, url: str, now: datetime | None, *, excess: str, loss: str) -> PageReading:
    head = read_head(tree)
    title, address, access = find_title(head), find_address(head, url), find_access(head)
    dated = find_published(tree, head.meta, head.described.published, url, now)
    marked, links = _marked_leads(tree), links_out(tree, url)
    clamp_spans(tree)
    drop_menus(tree)
    unwrap_layout(tree)
    blocks, cut = _blocks(() if excess else _main_text(tree), title)
    why = [excess, loss, "its text was cut at its bound" if cut else ""]
    if _words(blocks) < _FEW_WORDS:
        _, paragraphs, unheard = _hear(markup)
        more, _ = _blocks(paragraphs, title)
        why.append(unheard)
        if not blocks or _words(more) > _MANY_WORDS:
            blocks = more
            why.append("read by text density" if blocks else "only a title could be read")
    wall = only_a_wall(title, blocks)
    if wall and head.tells_of_article:
        blocks = ()
    elif wall or not (title or blocks):
        return _refused(wall or "no text was found on the page", address)
    elif access is Access.LOCKED and _words(blocks) < _TEASER_WORDS:
        why.append("the page is behind a paywall: only its beginning could be read")
    reason = "; ".join(sentence for sentence in (*why, wall) if sentence)
    return PageReading(
        outcome=Outcome.PARTIAL if reason else Outcome.OK,
        reason=reason,
        url=address,
        title=title,
        lead=_lead(head, marked, title, blocks),
        blocks=blocks,
        published=dated.moment,
        published_from=dated.where,
        published_raw=dated.raw,
        language=find_language(head),
        access=access,
        author_role=find_author_role(tree, head, blocks),
        links=links,
    )


def _main_text(tree: Any) -> Iterator[str]:
    try:
        text = trafilatura.extract(tree, fast=True, include_comments=False, with_metadata=False, config=_CONFIG)
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError, etree.LxmlError):
        return
    for line in (text or "").split("\n"):
        yield _CELLS.sub(" ", line) if line.startswith("|") else line


def _blocks(paragraphs: Iterable[str], title: str) -> tuple[tuple[str, ...], bool]:
    """Return the paragraphs through the text gate, without the title that heads them, and whether there were more."""
    blocks: list[str] = []
    room = MAX_TEXT
    for paragraph in paragraphs:
        block = clean_line(paragraph, MAX_TEXT)
        if not block or (len(blocks) < _HEADING_LINES and block.casefold() == title.casefold()):
            continue
        blocks.append(shorten(block, room))
        room -= len(block) + 1
        if room < _ROOM_FOR_MORE:
            return tuple(blocks), True
    return tuple(blocks), False


def _marked_leads(tree: Any) -> list[tuple[str, bool]]:
    """Give the texts that a class name calls the lead, each with whether it stands right under the heading."""
    named = (found for found in tree.iter(*_LEAD_TAGS) if _names_lead(found.get("class")))
    outside = (found for found in named if next(found.iterancestors("nav", "aside"), None) is None)
    elements = [found for found in islice(outside, 50) if _LEAD_CLASS.search(found.get("class"))][:5]
    lines = (clean_line("".join(element.itertext())[: _LEAD_LENGTH.stop], MAX_SUMMARY) for element in elements)
    return [
        (line, _is_under_heading(element))
        for line, element in zip(lines, elements, strict=True)
        if len(line) in _LEAD_LENGTH
    ]


def _names_lead(class_name: str | None) -> bool:
    return class_name is not None and any(word in class_name for word in _LEAD_WORDS)


def _is_under_heading(element: Any) -> bool:
    headings = element.xpath("preceding::h1")
    if not headings:
        return False
    between = _length_before(element) - _length_before(headings[-1]) - len("".join(headings[-1].itertext()))
    return between < _DATELINE


def _length_before(element: Any) -> int:
    return sum(len(text.strip()) for text in element.xpath("preceding::text()"))


def _lead(head: Head, marked: Sequence[tuple[str, bool]], title: str, blocks: Sequence[str]) -> str:
    """Return the lead: what the page marks as such or tells others, if it speaks of this text, else its beginning."""
    description = find_description(head)
    if not blocks:
        return description if head.tells_of_article else ""
    words = set(_WORD.findall(" ".join((title, *blocks)).casefold()))
    for candidate, certain in (*marked, (description, False)):
        known = _WORD.findall(candidate.casefold())
        # A slogan of the site, "Nyheter från ...", is no lead: it would name the town on every page.
        if certain or (len(candidate) in _LEAD_LENGTH and 2 * sum(word in words for word in known) > len(known)):
            return candidate
    return _first(blocks)


def _words(blocks: Iterable[str]) -> int:
    return sum(len(block.split()) for block in blocks)


def _first(blocks: Sequence[str]) -> str:
    """Return the first paragraph: what stands before it in a few words is a kicker, a date or who wrote."""
    opening = blocks[: _HEADING_LINES + 1]
    paragraph = next((block for block in opening if len(block.split()) >= _SENTENCE), "".join(opening[:1]))
    return shorten(paragraph, _LEAD_LENGTH.stop)
