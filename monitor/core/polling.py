"""What an answer means for a source or a page, and when to ask again. Pure: statuses and times in, verdicts out."""

import hashlib
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from urllib.parse import urlsplit

from monitor.core.dates import read_time
from monitor.models import Entry, PollOutcome, SiteFile, Unavailable

INTERVAL = timedelta(minutes=15)
"""The first pause after a failure, before it is doubled."""
SHORTEST = timedelta(minutes=5)
LONGEST = timedelta(hours=24)

_BLOCKED = {
    401: "asks for a login",
    402: "asks for payment",
    403: "refuses us",
    406: "refuses us",
    429: "says we ask too often",
    451: "is withheld for legal reasons",
}
_TRANSIENT_CLIENT = {408, 425}
_GONE = {404: "is not there", 410: "is gone for good"}

# How much one failure weighs. The pause doubles with each unit: a time-out is forgiven soon, a 410 at once means a day.
_WEIGHTS = {
    PollOutcome.TRANSIENT: 1,
    PollOutcome.UNREADABLE: 1,
    PollOutcome.BLOCKED: 2,
    PollOutcome.ROBOTS: 3,
    PollOutcome.GONE: 3,
}
_FINAL = 7

_MOVES = 3
_MOVED_FOR = timedelta(days=1)


class Missing(StrEnum):
    """What a 404 means at a kind of source."""

    PASSING = "passing"
    """The site answers so now and then for addresses that exist (YouTube's feeds)."""
    LIKELY = "likely"
    """The address is probably gone; a mistake of the site is possible."""
    FINAL = "final"
    """The address is gone for good, as with a 410 (Polisen's terms)."""


def judge_poll(status: int, missing: Missing = Missing.LIKELY) -> tuple[PollOutcome, str] | None:
    """Say what an HTTP status means for a source; None when the body is to be read."""
    if status == 304:
        return PollOutcome.NOT_MODIFIED, ""
    if 200 <= status < 300:
        return None
    if status in _BLOCKED:
        return PollOutcome.BLOCKED, f"the site {_BLOCKED[status]} (HTTP {status})"
    if 300 <= status < 400:
        return PollOutcome.UNREADABLE, f"the address leads elsewhere and was not followed (HTTP {status})"
    if status == 404 and missing is Missing.PASSING:
        return PollOutcome.TRANSIENT, "the address is not there just now, which happens at this site (HTTP 404)"
    if status in _GONE:
        return PollOutcome.GONE, f"the address {_GONE[status]} (HTTP {status})"
    return PollOutcome.TRANSIENT, f"the site answered with an error (HTTP {status})"


def judge_page(status: int, content_type: str) -> Unavailable | None:
    """Say why a page with this status and Content-Type cannot be read; None when its body is to be read."""
    if status in _BLOCKED:
        return Unavailable(reason=f"the site {_BLOCKED[status]} (HTTP {status})", retry=status == 429)
    if status in _GONE:
        return Unavailable(reason=f"the page {_GONE[status]} (HTTP {status})")
    if not 200 <= status < 300:
        transient = status >= 500 or status in _TRANSIENT_CLIENT
        return Unavailable(reason=f"the site answered with an error (HTTP {status})", retry=transient)
    kind = content_type.partition(";")[0].strip().lower()
    if kind and kind not in {"text/html", "application/xhtml+xml", "text/plain", "application/xml", "text/xml"}:
        return Unavailable(reason=f"the address holds {kind}, not a web page")
    return None


def weigh(outcome: PollOutcome, status: int | None = None, missing: Missing = Missing.LIKELY) -> int:
    """Return how much a failure weighs; 0 for a good answer."""
    if status == 410 or (status == 404 and missing is Missing.FINAL):
        return _FINAL
    return _WEIGHTS.get(outcome, 0)


def next_due(
    now: datetime, strain: int, every: timedelta, retry_after: datetime | None = None, *, key: str = ""
) -> datetime:
    """Return when a source is to be asked again: never sooner than five minutes, never later than a day.

    A source that answers is asked after `every`, its own interval; one that fails, later and later with its `strain`,
    the weights of its failures in a row. Retry-After (RFC 9110, 10.2.3) is obeyed up to a day. `key` spreads sources
    that were asked at the same moment, by up to a seventh of the pause and always in the same way, so that they do
    not come due together for ever after.
    """
    wait = INTERVAL * 2 ** min(strain, 10) if strain else every
    wait = min(max(wait * _spread(key), SHORTEST), LONGEST)
    due = now + wait
    if retry_after is not None:
        due = max(due, min(retry_after, now + LONGEST))
    return due


def is_due(due: datetime | None, now: datetime) -> bool:
    """Whether what was to be asked again at `due` is to be asked now.

    A moment that is further off than any pause was written while the clock ran ahead.
    """
    return due is None or due <= now or due > now + LONGEST


def _spread(key: str) -> float:
    """Return a factor from 6/7 to 8/7 that is always the same for a key; 1 without one."""
    if not key:
        return 1.0
    return 6 / 7 + int.from_bytes(hashlib.sha256(key.encode()).digest()[:4]) / 2**32 * 2 / 7


def read_max_age(value: str) -> timedelta | None:
    """Read how long an answer stays fresh out of a Cache-Control header (RFC 9111, 5.2.2.1); None when it is unsaid."""
    found = re.search(r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,9})", value, re.IGNORECASE)
    return timedelta(seconds=int(found[1])) if found else None


def permanent_move(asked: str, answered: str, statuses: Sequence[int]) -> str:
    """Return where a chain of redirects has moved a source for good; "" when it has not.

    Only permanent redirects count (RFC 9110, 15.4.2 and 15.4.9), and never the front page of another host: a site that
    closes often sends every address there.
    """
    if not statuses or any(status not in {301, 308} for status in statuses) or answered == asked:
        return ""
    to = urlsplit(answered)
    other_host = to.hostname != urlsplit(asked).hostname
    return "" if other_host and to.path in {"", "/"} and not to.query else answered


def is_settled(times: int, since: datetime, now: datetime) -> bool:
    """Whether a move that was answered `times` times since then, always the same, is to be followed."""
    return times >= _MOVES and now - since >= _MOVED_FOR


def read_retry_after(value: str, now: datetime) -> datetime | None:
    """Read a Retry-After header: seconds or an HTTP date; None when it is neither."""
    value = value.strip()
    if value.isascii() and value.isdigit():
        return now + timedelta(seconds=min(int(value[:9]), 7 * 86_400))
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def read_reset(value: str, now: datetime) -> datetime | None:
    """Read when a bound on calls is lifted: a time (Mastodon), seconds since 1970 (Bluesky, X) or from now (Reddit)."""
    value = value.strip()
    if found := re.fullmatch(r"(\d{1,12})(?:\.\d+)?", value, re.ASCII):
        seconds = int(found[1])
        # The year 2001 was a thousand million seconds in; no service asks to wait for half a lifetime.
        return now + timedelta(seconds=min(seconds - now.timestamp() if seconds >= 10**9 else seconds, 7 * 86_400))
    return read_time(value)


def is_fresh(file: SiteFile, now: datetime) -> bool:
    """Whether what a site said to programs still holds: a day at most (RFC 9309, 2.4), an error for an hour."""
    failed = file.status is None or file.status >= 500 or file.status == 429
    return timedelta(0) <= now - file.asked < (timedelta(hours=1) if failed else timedelta(days=1))


def page_retry(now: datetime, attempts: int) -> datetime | None:
    """Return when a page that failed for a passing reason may be tried again; None after the third attempt."""
    return now + timedelta(hours=1) * 2**attempts if attempts < 3 else None


def fingerprint(entry: Entry) -> str:
    """Return what changes when a source changes an entry: headline, summary, its own time of update, a whole text."""
    said = "\x1f".join((entry.title, entry.summary, entry.updated.isoformat() if entry.updated else ""))
    if entry.whole:
        said += "\x1f" + entry.content
    return hashlib.sha256(said.encode()).hexdigest()[:16]
