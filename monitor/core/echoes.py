"""When a search service and a paper's own feed speak of one text, though their addresses differ."""

import hashlib
import re
from datetime import timedelta

from monitor.core.sites import site_of
from monitor.models import Entry

_LETTERS = re.compile(r"[^\W_]+")
_SHORTEST = 9
"""Letters of the shortest headline that tells a text apart."""


def echoes_of(entry: Entry) -> tuple[str, ...]:
    """Return marks of what entries for one text have in common: publisher, headline and day; () when unknown.

    The first is the entry's own; the others are those of the days around, for a text of midnight or one that the
    service found a day later. Headlines are compared without case, spaces and signs.
    """
    words = "".join(_LETTERS.findall(entry.title.casefold()))
    site = site_of(entry.publisher or entry.url)
    if not site or len(words) < _SHORTEST or entry.published is None:
        return ()
    days = (entry.published + timedelta(days=shift) for shift in (0, -1, 1))
    return tuple(hashlib.sha256(f"{day.date()} {site} {words}".encode()).hexdigest()[:16] for day in days)
