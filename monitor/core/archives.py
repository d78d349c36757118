"""A capture out of a web archive: may it be read, and does it name the municipality? The same tests as in a run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monitor.core.articles import Arrival, judge
from monitor.core.matching import Matcher
from monitor.core.pages import NameBytes, may_mention
from monitor.core.reservations import judge_reservation
from monitor.models import Outcome, PageReading, Refused, StorePolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """One answer that a crawler has kept."""

    url: str
    fetched_at: datetime
    """When that crawler fetched it."""
    status: int
    headers: Mapping[str, Sequence[str]]
    """By lower-case name, each with all its values."""
    body: bytes

    @property
    def content_type(self) -> str:
        """The Content-Type header as sent."""
        return next(iter(self.headers.get("content-type", ())), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Find:
    """A capture that names the municipality, with what may be kept of it."""

    url: str
    fetched_at: datetime
    store: StorePolicy
    store_reason: str
    reading: PageReading


class Passed(StrEnum):
    """Why a capture is no find."""

    NO_PAGE = "no answer with a page"
    NO_MENTION = "no spelling of the names"
    RESERVED = "reserved by their sites"
    UNREAD = "could not be read"
    ELSEWHERE = "do not name the municipality"


def glance(status: int, content_type: str, body: bytes, names: NameBytes) -> Passed | None:
    """Return why an answer is no find; None when it may be one. Asked before all else is read of it."""
    if status != 200 or not body:
        return Passed.NO_PAGE
    return None if may_mention(body, names, content_type) else Passed.NO_MENTION


def sift(capture: Capture) -> Find | Passed:
    """Return a capture that was glanced at, still unread, when its site lets it be read."""
    # The site's own tdmrep.json is in no archive; the home adds what it knows of it.
    allowed = judge_reservation(capture.url, capture.headers, (), capture.body)
    if allowed.reserved:
        return Passed.RESERVED
    unread = PageReading(outcome=Outcome.REFUSED, url=capture.url)
    return Find(
        url=capture.url, fetched_at=capture.fetched_at, store=allowed.store, store_reason=allowed.reason, reading=unread
    )


def weigh(find: Find, reading: PageReading | Refused, matcher: Matcher, area: str) -> PageReading | Passed:
    """Return what was read when it names the municipality. `area`: the municipality that its source is about."""
    if isinstance(reading, Refused) or reading.outcome is Outcome.REFUSED:
        return Passed.UNREAD
    arrival = arrival_of(find, reading, source="", area=area)
    return Passed.ELSEWHERE if isinstance(judge(arrival, matcher), Refused) else reading


def arrival_of(find: Find, reading: PageReading, *, source: str, area: str) -> Arrival:
    """Return a find as it is judged: old news, seen when the archive's crawler saw it."""
    return Arrival(
        url=find.url, source=source, seen_at=find.fetched_at, baseline=True, area=area, entries=(), reading=reading
    )
