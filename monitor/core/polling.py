"""What an answer means for a source or a page, and when to ask again. Pure: statuses and times in, verdicts out."""

import hashlib
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from monitor.models import Entry, PollOutcome, Unavailable

INTERVAL = timedelta(minutes=15)
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


def judge_poll(status: int) -> tuple[PollOutcome, str] | None:
    """Say what an HTTP status means for a source; None when the body is to be read."""
    if status == 304:
        return PollOutcome.NOT_MODIFIED, ""
    if 200 <= status < 300:
        return None
    if status in _BLOCKED:
        return PollOutcome.BLOCKED, f"the site {_BLOCKED[status]} (HTTP {status})"
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


def next_due(now: datetime, outcome: PollOutcome, failures: int, retry_after: datetime | None = None) -> datetime:
    """Return when a source is to be asked again.

    A source that answers is asked every quarter of an hour; one that fails, twice as seldom for each failure in a row,
    at most once a day. Retry-After (RFC 9110, 10.2.3) is obeyed up to a day.
    """
    if outcome.healthy:
        wait = INTERVAL
    elif outcome is PollOutcome.GONE:
        wait = LONGEST
    else:
        wait = min(INTERVAL * 2 ** min(failures, 10), LONGEST)
    due = now + wait
    if retry_after is not None:
        due = max(due, min(retry_after, now + LONGEST))
    return due


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


def page_retry(now: datetime, attempts: int) -> datetime | None:
    """Return when a page that failed for a passing reason may be tried again; None after the third attempt."""
    return now + timedelta(hours=1) * 2**attempts if attempts < 3 else None


def fingerprint(entry: Entry) -> str:
    """Return what changes when a source changes an entry: headline, summary or its own time of update."""
    said = "\x1f".join((entry.title, entry.summary, entry.updated.isoformat() if entry.updated else ""))
    return hashlib.sha256(said.encode()).hexdigest()[:16]
