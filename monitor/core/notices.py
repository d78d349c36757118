"""A municipality's notice board (anslagstavla) on the web into entries.

Since 2018 the board is on the web (8 kap. 9-10 §§ kommunallagen): each notice says when it was put up and when it is
taken down, under words that differ from site to site. Boxes and table rows with such a date are notices.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from monitor.core.listings import Moments, find_day, headline_of, parse_page, words_of
from monitor.core.services.answers import refuse
from monitor.core.text import clean_line, clean_text
from monitor.core.urls import canonical_url, safe_url
from monitor.models import Entry, FeedReading, Outcome, Refused

MAX_NOTICES = 500

_UP = r"(?:(?<!av)publicera|anslagen|anslagsdatum|anslås|uppsatt|sätts upp|anslaget sattes|startdatum|gäller från)"
_DOWN = r"(?:tas ned|tas ner|tas bort|nedtag|avpublicera|slutdatum|gäller till|sista anslagsdag|ned:)"
_POSTED = re.compile(rf"{_UP}[^\d]{{0,40}}", re.IGNORECASE)
_REMOVED = re.compile(rf"{_DOWN}[^\d]{{0,40}}", re.IGNORECASE)
_TYPE = re.compile(
    r"\b(protokoll|kungörelse|tillkännagivande|kallelse|underrättelse|samråd|granskning|delgivning|bygglov|detaljplan"
    r"|sammanträde|valärende|beslut)",
    re.IGNORECASE,
)
_BOARD = re.compile(r"anslag", re.IGNORECASE)
_LARGEST = 2_000
"""Characters of a box that can still be one notice, not the page around it."""
_BOXES = ("tr", "li", "article", "div", "section", "dl", "p")


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One notice: when it was put up and is taken down, and what kind it is of."""

    title: str
    url: str
    kind: str
    posted: datetime
    removed: datetime | None
    text: str


def read_notices(
    body: bytes, url: str, content_type: str, now: datetime, board: str, *, zone: tzinfo = UTC
) -> FeedReading:
    """Read the notices that hang on a board at `now`; `board` is its name, which is put in front. Never raises."""
    grown = parse_page(body, content_type)
    if isinstance(grown, Refused):
        return refuse(grown.reason)
    tree = grown.root
    moments = Moments(now, zone)
    notices = list(_in_tables(tree, url, moments)) or list(_in_boxes(tree, url, moments))
    hanging = [notice for notice in notices if not notice.removed or notice.removed + timedelta(days=1) > now]
    if not notices and not _BOARD.search(words_of(tree)):
        return refuse("the page holds no notices with a date, and does not look like a notice board")
    entries = {entry.key: entry for entry in (_entry(notice, board, zone) for notice in hanging[:MAX_NOTICES])}
    cut = f"only {MAX_NOTICES} of {len(hanging)} notices were taken" if len(hanging) > MAX_NOTICES else ""
    reason = "; ".join(filter(None, (grown.loss, cut)))
    outcome = Outcome.PARTIAL if reason else Outcome.OK
    return FeedReading(outcome=outcome, reason=reason, entries=tuple(entries.values()))


def _entry(notice: Notice, board: str, zone: tzinfo) -> Entry:
    dates = f"Anslagen {notice.posted.astimezone(zone):%Y-%m-%d}"
    if notice.removed:
        dates += f", tas ned {notice.removed.astimezone(zone):%Y-%m-%d}"
    told = ". ".join(filter(None, (board, notice.kind, dates)))
    day = f"{notice.posted:%Y-%m-%d}"
    return Entry(
        key=canonical_url(notice.url) or f"{notice.title} {day}",
        url=notice.url,
        title=notice.title,
        summary=clean_text(f"{told}.\n{notice.text}", 2_000),
        published=notice.posted,
        published_raw=day,
    )


def _notice(element: Any, url: str, posted: datetime, removed: datetime | None) -> Notice | None:
    text = words_of(element)
    title = clean_line(_cut(headline_of(element)))
    link = next((found for found in element.iter("a") if found.get("href")), None)
    kind = _TYPE.search(text)
    if not title:
        return None
    address = safe_url(str(link.get("href")), url) if link is not None else ""
    named = kind[1].capitalize() if kind else ""
    return Notice(title=title, url=address, kind=named, posted=posted, removed=removed, text=text)


def _cut(headline: str) -> str:
    """Return a headline without the labels of dates that follow it in a box without a heading."""
    return _POSTED.split(_REMOVED.split(headline)[0])[0]


# --- boxes with labels ---------------------------------------------------------------------------------


def _in_boxes(tree: Any, url: str, moments: Moments) -> Iterator[Notice]:
    """Read the largest boxes in which exactly one notice was put up."""
    ups = {element: _count(element) for element in tree.iter(*_BOXES)}
    for element, count in ups.items():
        around = next(element.iterancestors(*_BOXES), None)
        if count != 1 or (around is not None and ups[around] == 1):
            continue
        text = words_of(element)
        posted = _after(_POSTED, text, moments)
        notice = _notice(element, url, posted, _after(_REMOVED, text, moments)) if posted else None
        if notice:
            yield notice


def _count(element: Any) -> int:
    """Return how many notices a box holds, by their labels; one that is too large for a notice holds several."""
    text = " ".join(element.itertext())
    return len(_POSTED.findall(text)) if len(text) <= _LARGEST else 2


def _after(label: re.Pattern[str], text: str, moments: Moments) -> datetime | None:
    """Return the date that stands after a label. A day of removal lies ahead, so it need not be plausible as news."""
    found = label.search(text)
    return find_day(text[found.end() : found.end() + 40], moments.zone) if found else None


# --- tables --------------------------------------------------------------------------------------------


def _in_tables(tree: Any, url: str, moments: Moments) -> Iterator[Notice]:
    """Read tables whose head names a column for the day of putting up."""
    for table in tree.iter("table"):
        rows = list(table.iter("tr"))
        heads = _cells(rows[0]) if rows else []
        up, down = _column(heads, _UP), _column(heads, _DOWN)
        for row in rows[1:] if up is not None else ():
            cells = [*_cells(row), *[""] * len(heads)]
            posted = find_day(cells[up or 0], moments.zone)
            removed = find_day(cells[down], moments.zone) if down is not None else None
            notice = _notice(row, url, posted, removed) if posted else None
            if notice:
                yield notice


def _cells(row: Any) -> list[str]:
    return [words_of(cell) for cell in row.iterchildren("td", "th")]


def _column(heads: list[str], label: str) -> int | None:
    return next((place for place, head in enumerate(heads) if re.search(label, head, re.IGNORECASE)), None)
