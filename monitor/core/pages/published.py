"""When a page was published, and where that was found. What is written for machines goes before what is written for
people; a guess from the running text is not made: a wrong day in the letter is worse than the day it was first seen.
"""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from monitor.core.dates import MAX_RAW, plausible, read_time
from monitor.core.text import clean_line

_META = (
    "article:published_time",
    "article:published",
    "og:published_time",
    "og:article:published_time",
    "datepublished",
    "parsely-pub-date",
    "sailthru.date",
    "cxenseparse:recs:publishtime",
    "publishdate",
    "pubdate",
    "publish-date",
    "publish_date",
    "published-date",
    "published",
    "dc.date.issued",
    "dcterms.issued",
    "dc.issued",
    "dc:date.created",
    "dc.date.created",
    "dcterms.created",
    "dcterms.date",
    "dc.date",
    "creation-date",
    "date",
)
_CLOCK = re.compile(r"\d\d?[:.]\d\d|t\d{4}", re.IGNORECASE)
_MONTHS = "januari februari mars april maj juni juli augusti september oktober november december"
_IN_URL = re.compile(
    rf"/(?P<year>(?:19|20)\d\d)(?P<cut>[/-])(?P<month>\d\d?|{_MONTHS.replace(' ', '|')})(?P=cut)(?P<day>\d\d?)"
    r"(?=[/_.-]|$)"
    r"|/(?P<solid>(?:19|20)\d\d[01]\d[0-3]\d)(?=[/_.-]|$)"
)
_IN_TEXT = re.compile(
    r"\d{4}-\d\d-\d\d(?:[ T,]*(?:kl\.? ?)?\d\d[:.]\d\d)?"
    r"|\d\d? (?:jan|feb|mar|apr|maj|may|jun|jul|aug|sep|okt|oct|nov|dec)[a-z]*\.? \d{4}"
    r"(?:,? *(?:kl\.? ?)?\d\d[:.]\d\d)?",
    re.IGNORECASE,
)
_PUBLISHED = re.compile(
    "publi[cs]|posted|skriv|pubdate|entry-date|post-date|byline|dateline|artikeldatum", re.IGNORECASE
)
_SAME_DAY = timedelta(hours=36)
"""How far a clock found later may lie from the start of a day found before, to be believed: zones differ."""
_STOCKHOLM = ZoneInfo("Europe/Stockholm")


class Dated(NamedTuple):
    """When a page was published, if that is believed, where it says so, and how it is written there."""

    moment: datetime | None = None
    where: str = ""
    raw: str = ""


def find_published(tree: Any, meta: dict[str, str], described: str, url: str, now: datetime | None) -> Dated:
    """Return the time and where it was found; a date without a clock is midnight in Sweden and says "(date only)".

    When none can be believed, the first that is a date at all is told as it is written.
    """
    day, unbelieved = Dated(), Dated()
    for where, written in _candidates(tree, meta, described, url):
        said = read_time(written, _STOCKHOLM)
        moment, raw = plausible(said, now), clean_line(written, MAX_RAW)
        if moment is None:
            unbelieved = Dated(raw=raw) if said and not unbelieved.raw else unbelieved
        elif not _CLOCK.search(written):
            day = day if day.moment else Dated(moment, f"{where} (date only)", raw)
        elif day.moment is None or abs(moment - day.moment) < _SAME_DAY:
            return Dated(moment, where, raw)
    return day if day.moment else unbelieved


def _candidates(tree: Any, meta: dict[str, str], described: str, url: str) -> Iterator[tuple[str, str]]:
    yield "json-ld", described
    for name in _META:
        if name in meta:
            yield "meta", meta[name]
    for element in tree.xpath("//*[@itemprop='datePublished']")[:3]:
        yield "microdata", element.get("content") or element.get("datetime") or _short_text(element)
    for element in _time_elements(tree):
        yield "time element", element.get("datetime") or _short_text(element)
    if found := _IN_URL.search(url):
        yield "url", found["solid"] or f"{found['day']} {_month(found['month'])} {found['year']}"
    # Only where an element says by its class that it holds the date of publication.
    for element in tree.xpath("//*[self::p or self::div or self::span or self::li][@class]")[:2000]:
        if _PUBLISHED.search(element.get("class")) and (written := _IN_TEXT.search(_short_text(element))):
            yield "text", written[0]


def _time_elements(tree: Any) -> Iterator[Any]:
    """Give `<time>` elements, the likely one first: marked as the publication, else the first after the heading."""
    marked = tree.xpath("//time[@pubdate or contains(@class, 'publ')]")
    after_heading = tree.xpath("(//h1)[1]/following::time[@datetime]")
    yield from marked[:2]
    yield from after_heading[:1]
    every = tree.xpath("//time[@datetime]")
    if len(every) == 1 or (every and not after_heading):
        yield every[0]


def _month(written: str) -> str:
    names = [name[:3] for name in _MONTHS.split()]
    return names[int(written) - 1] if written.isdecimal() and 1 <= int(written) <= len(names) else written


def _short_text(element: Any) -> str:
    """Return the beginning of an element's text; a date is no longer."""
    return " ".join(" ".join(element.xpath(".//text()[normalize-space()]")[:8]).split())[:200]
