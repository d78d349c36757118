"""What stands on many pages of a host is not article text: notices, sign-ups, boxes about the author."""

import re
from collections.abc import Mapping
from dataclasses import replace
from hashlib import blake2b
from math import ceil, sqrt

from monitor.models import Outcome, PageReading

_FEWEST = 4
"""An article in three editions, or a quote in two follow-ups, is still text."""
_SENTENCE = 12
_SHORT_SHARE = 0.3

_MONTHS = "jan feb mar apr maj may jun jul aug sep okt oct nov dec"
_VARYING = re.compile(
    rf"[0-9]+|\b(?:{_MONTHS.replace(' ', '|')})[a-zåäö]*\b\.?|\b(?:mån|tis|ons|tors|fre|lör|sön)(?:dag)?\b|[^\w\s]+"
)


def block_key(block: str) -> str:
    """Return a short key that blocks share which differ only in case, punctuation, digits and names of days."""
    folded = " ".join(_VARYING.sub(" ", block.casefold()).split())
    return blake2b(folded.encode("utf-8", "replace"), digest_size=8).hexdigest()


def drop_repeated(reading: PageReading, seen: Mapping[str, int], pages: int) -> PageReading:
    """Return `reading` without the blocks that stand on many pages of its host; title and lead stay.

    `seen` counts on how many of the `pages` read from that host a block stood, by `block_key`. The more pages are
    known, the smaller the share that is enough: three of four, half of twelve, one in ten of three hundred
    (count² >= 3 x pages). A short block, such as "No one was hurt.", may well be written again and again: it needs
    three in ten always.
    """
    kept = tuple(block for block in reading.blocks if not _is_fixture(block, seen.get(block_key(block), 0), pages))
    if len(kept) == len(reading.blocks):
        return reading
    if kept:
        return replace(reading, blocks=kept)
    reason = "all its text stands on many pages of the site"
    return replace(reading, blocks=(), outcome=Outcome.PARTIAL, reason=reason)


def _is_fixture(block: str, count: int, pages: int) -> bool:
    if count < max(_FEWEST, ceil(sqrt(3 * pages))):
        return False
    return len(block.split()) >= _SENTENCE or count >= _SHORT_SHARE * pages
