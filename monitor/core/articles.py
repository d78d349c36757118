"""From what was read to what is kept: does this page, or what a source said of it, name the municipality?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.core.matching import Matcher
from monitor.core.text import shorten
from monitor.core.urls import canonical_url
from monitor.models import Article, Entry, FoundPlace, Outcome, PageReading, Refused

MAX_LEAD = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """What is known of one page before it is judged."""

    url: str
    """The address that the entry gave."""
    source: str
    seen_at: datetime
    baseline: bool
    area: str = ""
    """Code of the municipality that the source is about."""
    entries: Sequence[Entry]
    """What the sources said of the page, first seen first."""
    reading: PageReading | Refused
    """What was read out of the page, or why it could not be had or read."""


def judge(arrival: Arrival, matcher: Matcher) -> Article | Refused:
    """Return the article when the page names the municipality, else why not.

    The page's own words count first. When it could not be had, or its text does not name the place, what the source
    itself said (title, summary, text in the feed) is judged, and the article says so; unless that is the whole text.
    """
    reading = arrival.reading
    if isinstance(reading, PageReading) and reading.outcome is not Outcome.REFUSED:
        text = _with_lead(reading)
        title = reading.title or _said_title(arrival.entries)
        if place := best(matcher.find(title, text, source_area=arrival.area)):
            return _from_page(arrival, reading, title, text, place)
        missing = "the text of the page does not name the municipality"
    else:
        missing = reading.reason
    return _from_feed(arrival, missing, matcher)


def best(found: Sequence[FoundPlace]) -> FoundPlace | None:
    """Return the place that counts most: one that the text is about before one in passing, then the highest score."""
    return max(found, key=lambda place: (place.about, place.score, place.code), default=None)


def _from_page(arrival: Arrival, reading: PageReading, title: str, text: str, place: FoundPlace) -> Article:
    published, published_from, published_raw = _published(arrival, reading)
    return Article(
        url=reading.url or canonical_url(arrival.url),
        source=arrival.source,
        title=title,
        lead=shorten(reading.lead, MAX_LEAD),
        text=text,
        published=published,
        published_from=published_from,
        published_raw=published_raw,
        seen_at=arrival.seen_at,
        baseline=arrival.baseline,
        language=reading.language,
        access=reading.access,
        author_role=reading.author_role,
        outcome=reading.outcome,
        note=reading.reason,
        place=place,
    )


def _from_feed(arrival: Arrival, missing: str, matcher: Matcher) -> Article | Refused:
    for entry in arrival.entries:
        text = entry.content or entry.summary
        if place := best(matcher.find(entry.title, text, source_area=arrival.area)):
            return Article(
                url=canonical_url(arrival.url),
                source=arrival.source,
                title=entry.title,
                lead=shorten(entry.summary, MAX_LEAD),
                text=text,
                published=entry.published,
                published_from="feed" if entry.published else "",
                published_raw=entry.published_raw,
                seen_at=arrival.seen_at,
                baseline=arrival.baseline,
                outcome=Outcome.OK if entry.whole else Outcome.PARTIAL,
                note="" if entry.whole else missing,
                from_feed=not entry.whole,
                place=place,
            )
    if any(entry.whole for entry in arrival.entries):
        return Refused("the text does not name the municipality")
    return Refused(f"{missing}, nor do the source's own title and summary" if _was_read(arrival) else missing)


def _was_read(arrival: Arrival) -> bool:
    return isinstance(arrival.reading, PageReading) and arrival.reading.outcome is not Outcome.REFUSED


def _with_lead(reading: PageReading) -> str:
    """Return the text with its lead in front, unless the text holds it already."""
    if not reading.lead or reading.lead in reading.text:
        return reading.text
    return f"{reading.lead}\n{reading.text}".strip()


def _said_title(entries: Sequence[Entry]) -> str:
    return next((entry.title for entry in entries if entry.title), "")


def _published(arrival: Arrival, reading: PageReading) -> tuple[datetime | None, str, str]:
    """Choose between the page's own date and the feed's.

    A machine-readable date in the page wins, since feeds are re-issued; but a page that gives only a day lends the
    clock time from the feed when both mean the same day, and a guess out of the page's text never beats the feed.
    """
    said, raw = next(
        ((entry.published, entry.published_raw) for entry in arrival.entries if entry.published), (None, "")
    )
    own = reading.published, reading.published_from, reading.published_raw
    if reading.published is None and said is None:
        unbelieved = (entry.published_raw for entry in arrival.entries if entry.published_raw)
        return None, "", reading.published_raw or next(unbelieved, "")
    if reading.published is None:
        return said, "feed", raw
    if said is None:
        return own
    guessed = not reading.published_from.startswith(("json-ld", "meta", "microdata", "time"))
    day_only = "date only" in reading.published_from and abs(said - reading.published) < timedelta(hours=36)
    return (said, "feed", raw) if guessed or day_only else own
