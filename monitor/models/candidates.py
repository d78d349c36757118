"""Sites that nobody has listed and that may write about the town. A site, never its author."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class CandidateState(StrEnum):
    """How far a site has come. A person's yes and no are for good."""

    NEW = "new"
    """Linked to; not tried yet."""
    TRIED = "tried"
    """Tried; not enough to ask a person. Tried again after some weeks."""
    PROPOSED = "proposed"
    """Waits for a person's yes or no."""
    ADDED = "added"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What was found when a site was tried."""

    reason: str = ""
    """Why it could not be tried as a whole; a sentence."""
    passing: bool = False
    """Whether that reason may be gone soon."""
    closed: bool = False
    """robots.txt forbids it, or it reserves its text."""
    title: str = ""
    kind: str = ""
    """The kind of source that would read it ("feed", "listing"), or ""."""
    feed: str = ""
    """The address that would stand in feeds.txt."""
    language: str = ""
    items: int = 0
    """Items that were looked at."""
    matching: int = 0
    """How many of them name the town itself (not what is merely called after it)."""
    about: int = 0
    """How many of those are about it."""
    newest: datetime | None = None
    """When the latest of those was published."""
    odd: str = ""
    """What makes it look like no honest site ("the same text again and again"), or ""."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A site that others led to. Identity: `site` ("example.se", "medium.com/@x")."""

    site: str
    url: str
    """Its front page."""
    state: CandidateState = CandidateState.NEW
    hops: int = 1
    """Steps from a page that names the town: 1 when such a page links to it."""
    referrers: tuple[str, ...] = ()
    """The sites that link to it, or the sources that found it."""
    named: bool = False
    """A page of its own that names the town has been read already: a search or a link found it."""
    first_seen: datetime
    last_seen: datetime
    tried: datetime | None = None
    trial: Trial | None = None
    score: float = 0.0
    """0 to 10."""
    words: str = ""
    """The score in words, English."""
