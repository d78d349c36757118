"""What a mail lists: each link that is a headline, with the words that stand by it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from monitor.core.listings import HEADINGS, boxes_around, words_of
from monitor.core.mails.addresses import find_target
from monitor.core.text import clean_line, clean_text
from monitor.core.trees import grow_html
from monitor.models import Refused

MAX_ITEMS = 100
_MAX_LINKS = 2_000
_MAX_MARKUP = 2_000_000
_MAX_WORDS = 1_500
_BLOCKS = frozenset({"td", "div", "p", "li", "article", "section"})
_DROPPED = "//script | //style | //template | //noscript | //head"
# What leads on, away or out: never a headline.
_SERVICE = re.compile(
    r"(?i)(?:läs (?:mer|hela|vidare|artikeln)|till artikeln?|read (?:more|on)|continue reading|visa (?:alla|fler|i|som)"
    r"|se (?:alla|fler)|see (?:all|more)|view (?:in|this|all)|avregistrera|avsluta|avprenumerera|unsubscribe"
    r"|prenumerera|subscribe|ändra|hantera|manage|redigera|edit this|kontakta oss|contact us|om oss|vår integritet\w*"
    r"|integritetspolicy|personuppgift\w*|privacy|dela på|share on|flagga|flag as|tipsa en"
    r"|vidarebefordra|forward|skapa en|create an|ladda ner|följ oss|follow us|problem att läsa|klicka här|click here)\b"
)
_ADDRESS = re.compile(r"<?\b(https?://[^\s<>\"']{4,2000})>?")
_BLANK = re.compile(r"\n\s*\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing that a mail tells of. `url` is "" when its link hides where it leads."""

    url: str
    title: str
    text: str
    forwarded: bool = False
    """Its link goes through Google, as those of Google Alerts do."""


def items_of_page(markup: str) -> list[Item]:
    """Return the items of a mail in HTML, each address once, in their order; none when not all of it can be read."""
    if len(markup) > _MAX_MARKUP or not markup.strip():
        return []
    grown = grow_html(markup)
    if isinstance(grown, Refused) or grown.loss:
        return []
    tree = grown.root
    for element in tree.xpath(_DROPPED):
        element.drop_tree()
    links = list(_headlines(tree))
    headlines: dict[str, Any] = {}
    for link, address in links:
        if address not in headlines or len(words_of(link)) > len(words_of(headlines[address])):
            headlines[address] = link
    items: dict[str, Item] = {}
    for box, address in boxes_around(links, _MAX_WORDS):
        link = headlines[address]
        if len(items) == MAX_ITEMS:
            break
        if address not in items:
            items[address] = _item(link, box if len(headlines) > 1 else _block_of(link), address)
    return list(items.values())


def items_of_text(text: str) -> list[Item]:
    """Return the items of a mail in plain text: a paragraph with one address in it, or with one in the next."""
    items: dict[str, Item] = {}
    before = ""
    for block in _BLANK.split(text):
        links = {found[1].rstrip(".,;)"): None for found in _ADDRESS.finditer(block)}
        words = [line for line in (_ADDRESS.sub("", line).strip() for line in block.split("\n")) if line]
        said = words or [line for line in before.split("\n") if line.strip()]
        before = "\n".join(words)
        target = find_target(next(iter(links))) if len(links) == 1 else None
        if target is None or not said or _SERVICE.match(said[0]) or not _is_long(said[0]):
            continue
        link = next(iter(links))
        item = Item(
            url=target,
            title=clean_line(said[0]),
            text=clean_text("\n".join(said[1:]), _MAX_WORDS),
            forwarded=_is_googles(link),
        )
        items.setdefault(target or link, item)
    return list(items.values())[:MAX_ITEMS]


def _headlines(tree: Any) -> Iterator[tuple[Any, str]]:
    """Give each link that is a headline, with its address; links that are none lose their words."""
    for link in list(tree.iterfind(".//a[@href]"))[:_MAX_LINKS]:
        href = str(link.get("href"))
        target, words = find_target(href), words_of(link)
        if target is None or _SERVICE.match(words):
            link.drop_tree()
        elif words and (_is_long(words) or _is_googles(href) or _in_heading(link)):
            yield link, target or href


def _is_long(words: str) -> bool:
    return len(words.split()) >= 3


def _in_heading(link: Any) -> bool:
    above = [ancestor.tag for _, ancestor in zip(range(4), link.iterancestors(), strict=False)]
    return bool(HEADINGS & set(above)) or next(link.iter(*HEADINGS), None) is not None


def _is_googles(href: str) -> bool:
    return bool(re.match(r"https?://(?:www\.)?google\.[a-z.]{2,6}/url\?", href))


def _item(link: Any, box: Any, address: str) -> Item:
    href = str(link.get("href"))
    title = words_of(link)
    marked = (above for above in link.iterancestors() if "Article" in str(above.get("itemtype") or ""))
    said = words_of(next(marked, box), 3 * _MAX_WORDS)
    return Item(
        url=address if find_target(href) else "",
        title=clean_line(title),
        text=clean_text(said.replace(title, " ", 1), _MAX_WORDS),
        forwarded=_is_googles(href),
    )


def _block_of(link: Any) -> Any:
    """Return what a link stands in, when nothing else in the mail tells where its words end."""
    return next((above for above in link.iterancestors() if above.tag in _BLOCKS), link)
