"""A page that lists news, without a feed, into entries: by selectors that a person gave, or found by what repeats.

Found by itself, a piece of news is the largest box that holds one headline link; boxes of one make that stand at least
three times are a list. It is one of news when most boxes have a date, or when their addresses and headlines look like
those of texts. Menus, footers and lists of short links without dates are none.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import islice, takewhile
from typing import Any

from cssselect import SelectorError
from lxml import etree
from lxml.cssselect import CSSSelector

from monitor.core.charsets import decode
from monitor.core.dates import plausible, read_time
from monitor.core.sites import site_of
from monitor.core.text import MAX_SUMMARY, clean_line, clean_text
from monitor.core.trees import Grown, grow_html
from monitor.core.urls import canonical_url, safe_url, unwrap_url
from monitor.models import Entry, FeedReading, Outcome, Refused

MAX_BODY = 5_000_000
MAX_ENTRIES = 200
FEWEST = 3
"""Boxes of one make that are a list."""

_MAX_LINKS = 3_000
_MAX_DEPTH = 40
_ASIDE = re.compile(
    r"menu|meny|footer|sidfot|breadcrumb|brodsmul|cookie|paging|pagination"
    r"|(?:^|[\s_-])(?:nav|navigation|navbar|share|dela|login|social)(?:$|[\s_-])"
)
_NO_TEXT = re.compile(
    r"\.(?:jpe?g|png|gif|svg|webp|zip|docx?|xlsx?|mp3|mp4)$|/(?:tag|tagg|category|kategori)/", re.IGNORECASE
)
_TEXT_ADDRESS = re.compile(r"/20\d\d|\d{4,}|[^/-]+-[^/-]+-[^/-]+", re.IGNORECASE)
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_WHOLE = frozenset({"body", "html", "main"})
_DROPPED = "//script | //style | //template | //noscript | //form | //nav | //footer[not(ancestor::article)]"

_MONTH = "jan|feb|mar|apr|maj|may|jun|jul|aug|sep|okt|oct|nov|dec"
_CLOCK = r"(?:,? *(?:kl\.? ?)?(\d\d?[:.]\d\d))?"
_DATE = re.compile(
    rf"(?<!\d)(?:\d{{4}}-\d\d-\d\d|\d\d?\.? (?:{_MONTH})[a-zåäö]*\.?,? \d{{4}}){_CLOCK}(?!\d)", re.IGNORECASE
)
_DAY = re.compile(rf"(?<![\d-])(\d\d?)\.? ((?:{_MONTH})[a-zåäö]*)\.?{_CLOCK}(?! ?\d)", re.IGNORECASE)
_RELATIVE = re.compile(rf"\b(i ?dag|i ?går)\b{_CLOCK}", re.IGNORECASE)
_IN_ADDRESS = re.compile(r"/(20\d\d)[/-](\d\d)[/-](\d\d)(?=[/-]|$)")
_MARKED = re.compile(r"date|datum|publ|time|tid", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Selectors:
    """CSS selectors by which a person describes a list; title, date and link are looked for inside an item."""

    item: str
    title: str = ""
    date: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Moments:
    """What dates in a page are read against."""

    now: datetime
    zone: tzinfo = UTC


def read_listing(
    body: bytes,
    url: str,
    content_type: str,
    now: datetime,
    selectors: Selectors | None = None,
    *,
    match: str = "",
    zone: tzinfo = UTC,
) -> FeedReading:
    """Read the news that a page lists, in its order; with `match`, only addresses that contain it. Never raises."""
    grown = parse_page(body, content_type)
    if isinstance(grown, Refused):
        return _refuse(grown.reason)
    tree = grown.root
    moments = Moments(now, zone)
    try:
        found = _selected(tree, url, selectors, moments) if selectors else _detected(tree, url, moments)
        entries = [entry for entry in found if match in entry.url.partition("://")[2]]
    except (SelectorError, etree.XPathError) as error:
        return _refuse(f"a selector cannot be understood: {error}")
    unique: dict[str, Entry] = {}
    for entry in entries:
        unique.setdefault(entry.key, entry)
    if not unique:
        how = "the selectors find nothing" if selectors else "no list of news was found; describe it with item="
        return _refuse(f"{how} in this page")
    cut = f"only the first {MAX_ENTRIES} of {len(unique)} were taken" if len(unique) > MAX_ENTRIES else ""
    reason = "; ".join(filter(None, (grown.loss, cut)))
    outcome = Outcome.PARTIAL if reason else Outcome.OK
    return FeedReading(outcome=outcome, reason=reason, entries=tuple(unique.values())[:MAX_ENTRIES])


def parse_page(body: bytes, content_type: str) -> Grown | Refused:
    """Return the tree of a page, or why there is none."""
    text = decode(body, content_type) if len(body) <= MAX_BODY else ""
    return grow_html(text) if text.strip() else Refused("the page is empty or too large to be read")


def words_of(element: Any, most: int = MAX_SUMMARY) -> str:
    """Return the text of an element as one line of at most `most` characters; what lies far behind is not read."""
    pieces, room = [], 8 * most
    for piece in element.itertext():
        pieces.append(piece[:room])
        room -= len(piece) + 1
        if room <= 0:
            break
    return clean_line(" ".join(pieces), most)


def _refuse(reason: str) -> FeedReading:
    return FeedReading(outcome=Outcome.REFUSED, reason=reason)


# --- described by a person -----------------------------------------------------------------------------


def _selected(tree: Any, url: str, selectors: Selectors, moments: Moments) -> Iterator[Entry]:
    def first(item: Any, selector: str) -> Any:
        return next(iter(CSSSelector(selector)(item)), None) if selector else None

    for item in CSSSelector(selectors.item)(tree)[:_MAX_LINKS]:
        link = first(item, selectors.link or "a[href]")
        link = item if link is None and item.get("href") else link
        address = _address(link, url) if link is not None else ""
        titled = first(item, selectors.title)
        title = words_of(titled) if titled is not None else headline_of(item)
        dated = first(item, selectors.date)
        published, raw = find_date(item if dated is None else dated, address, moments)
        if entry := _entry(item, address, title, published, raw):
            yield entry


# --- found by what repeats -----------------------------------------------------------------------------


def _detected(tree: Any, url: str, moments: Moments) -> Iterator[Entry]:
    for element in tree.xpath(_DROPPED):
        element.drop_tree()
    groups: dict[str, list[tuple[Any, str]]] = defaultdict(list)
    for box, address in _boxes(tree, url):
        groups[_make(box)].append((box, address))
    for boxes in groups.values():
        news = [entry for box, address in boxes if (entry := _read_box(box, address, moments))]
        if len({entry.key for entry in news}) >= FEWEST and _is_news(news):
            yield from news


def _read_box(box: Any, address: str, moments: Moments) -> Entry | None:
    published, raw = find_date(box, address, moments)
    return _entry(box, address, headline_of(box), published, raw)


def _is_news(entries: Sequence[Entry]) -> bool:
    """Whether a list is one of news: by its dates, else by addresses and headlines together."""
    dated = sum(entry.published is not None for entry in entries)
    if dated * 2 >= len(entries):
        return True
    letters = sum(len(entry.title) for entry in entries) / len(entries)
    like_texts = sum(bool(_TEXT_ADDRESS.search(entry.url.partition("://")[2])) for entry in entries)
    return letters >= 28 and like_texts >= 0.7 * len(entries)


def _boxes(tree: Any, url: str) -> Iterator[tuple[Any, str]]:
    links = ((link, _address(link, url)) for link in tree.iterfind(".//a[@href]"))
    headlines = (given for given in links if given[1] and _is_headline(*given, url))
    yield from boxes_around(list(islice(headlines, _MAX_LINKS)))


def boxes_around(links: Sequence[tuple[Any, str]], most: int | None = None) -> Iterator[tuple[Any, str]]:
    """Give, for each link, the largest element with no address but its own, of at most `most` characters; each once."""
    below: dict[Any, set[str]] = defaultdict(set)
    for link, address in links:
        for above in _above(link):
            below[above].add(address)

    def belongs(above: Any) -> bool:
        alone = len(below[above]) == 1 and above.tag not in _WHOLE
        return alone and (most is None or _holds_at_most(above, most))

    seen: set[Any] = set()
    for link, address in links:
        box = [link, *takewhile(belongs, _above(link))][-1]
        if box not in seen:
            seen.add(box)
            yield box, address


def _holds_at_most(element: Any, most: int) -> bool:
    """Whether the text of an element has at most `most` characters; of a longer one only the beginning is read."""
    read = 0
    for piece in element.itertext():
        read += len(" ".join(piece[: 4 * most].split()))
        if read > most:
            return False
    return len(words_of(element)) <= most


def _above(link: Any) -> Iterator[Any]:
    for depth, above in enumerate(link.iterancestors()):
        if depth > _MAX_DEPTH:
            return
        yield above


def _is_headline(link: Any, address: str, url: str) -> bool:
    if site_of(address) != site_of(url) or canonical_url(address) == canonical_url(url) or _NO_TEXT.search(address):
        return False
    if any(_ASIDE.search(f"{above.get('class', '')} {above.get('id', '')} {above.get('role', '')}".lower())
           for above in (link, *_above(link)) if above.tag not in {"body", "html"}):  # fmt: skip
        return False
    words = len(words_of(link).split())
    in_heading = any(above.tag in HEADINGS for above in _above(link)) or next(link.iter(*HEADINGS), None) is not None
    return words >= 3 or (in_heading and words >= 1)


def _make(box: Any) -> str:
    """Return what boxes of one make have in common: tags and classes of it and of the two around it."""
    steps = [box, *list(_above(box))[:2]]
    return " < ".join(f"{step.tag}.{' '.join(sorted(_plain_classes(step.attrib)))}" for step in steps)


def _plain_classes(attributes: Mapping[str, str]) -> list[str]:
    names = str(attributes.get("class", "")).split()
    return [name for name in names if not re.search(r"\d|first|last|odd|even|active", name)]


# --- one item ------------------------------------------------------------------------------------------


def _address(link: Any, url: str) -> str:
    return unwrap_url(safe_url(str(link.get("href") or ""), url)).partition("#")[0]


def headline_of(item: Any) -> str:
    """Return the headline of an item: its heading, else its longest link, else its own words."""
    heading = next((words_of(found) for found in item.iter(*HEADINGS) if words_of(found)), "")
    links = max((words_of(link) for link in item.iter("a")), key=len, default="")
    return _DATE.sub("", heading or links or words_of(item)).strip(" ,:–-|")


def _entry(item: Any, address: str, title: str, published: datetime | None, raw: str) -> Entry | None:
    title = clean_line(title)
    if not address or not title:
        return None
    lead = words_of(item).replace(title, " ", 1)
    return Entry(
        key=canonical_url(address),
        url=address,
        title=title,
        summary=clean_text(lead.replace(raw, " ", 1) if raw else lead, 1_000),
        published=published,
        published_raw=raw,
    )


def find_date(item: Any, address: str, moments: Moments) -> tuple[datetime | None, str]:
    """Return when an item was published and how that is written: for machines first, then for people, then its address.

    A date without a year is the last such day.
    """
    for element in item.iter("time"):
        for raw in (str(element.get("datetime") or ""), words_of(element)):
            if moment := _moment(raw, moments):
                return moment, clean_line(raw, 100)
    marked = (el for el in item.iter() if isinstance(el.tag, str) and _MARKED.search(el.get("class", "")))
    for text in (*(words_of(element) for element in marked), words_of(item)):
        for pattern in (_DATE, _RELATIVE, _DAY):
            if (found := pattern.search(text)) and (moment := _moment(found[0], moments)):
                return moment, found[0]
    if found := _IN_ADDRESS.search(address):
        return _moment("-".join(found.groups()), moments), ""
    return None, ""


def find_day(text: str, zone: tzinfo) -> datetime | None:
    """Return the first whole date in a text, past or to come, or None."""
    found = _DATE.search(text)
    return plausible(read_time(_plain_clock(found[0]), zone)) if found else None


def _plain_clock(raw: str) -> str:
    return raw.replace("kl.", "").replace("kl ", "")


def _moment(raw: str, moments: Moments) -> datetime | None:
    today = moments.now.astimezone(moments.zone).date()
    if found := _RELATIVE.fullmatch(raw):
        day = today - timedelta(days="g" in found[1].lower() and "å" in found[1].lower())
        raw = f"{day.isoformat()} {found[2] or ''}".strip()
    elif found := _DAY.fullmatch(raw):
        years = (f"{found[1]} {found[2]} {year} {found[3] or ''}".strip() for year in (today.year, today.year - 1))
        return next(filter(None, (plausible(read_time(text, moments.zone), moments.now) for text in years)), None)
    return plausible(read_time(_plain_clock(raw), moments.zone), moments.now)
