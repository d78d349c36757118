"""When a search service and a paper's own feed speak of one text, though their addresses differ."""

import hashlib
import re
from datetime import timedelta

from monitor.core.sites import site_of
from monitor.models import Entry

_LETTERS = re.compile(r"[^\W_]+")
_SHORTEST = 9
"""Letters of the shortest headline that tells a text apart."""


def echo_of(entry: Entry, shift: int = 0) -> str:
    """Return the mark of what entries for one text have in common: publisher, headline and day; "" when unknown.

    Headlines are compared without case, spaces and signs. With `shift`, the mark of so many days later.
    """
    words = "".join(_LETTERS.findall(entry.title.casefold()))
    site = site_of(entry.publisher or entry.url)
    if not site or len(words) < _SHORTEST or entry.published is None:
        return ""
    day = (entry.published + timedelta(days=shift)).date()
    return hashlib.sha256(f"{day} {site} {words}".encode()).hexdigest()[:16]


def echoes_of(entry: Entry) -> tuple[str, ...]:
    """Return an entry's own mark and those of the days around; () when unknown.

    For a text of midnight, or one that the service found a day later.
    """
    marks = tuple(echo_of(entry, shift) for shift in (0, -1, 1))
    return marks if all(marks) else ()
