"""Which of the sites that others lead to are worth a person's look. Pure: what a trial found in, a verdict out.

A site is proposed when several of its texts are about the town, lately, in words of its own. What can be counted
decides, and every part of the score is told in words.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.core.matching import Matcher
from monitor.core.places import municipalities
from monitor.models import Candidate, FoundPlace, PlaceKind, Trial

MAX_HOPS = 2
PROPOSED_FROM = 4.5
_LANGUAGES = ("", "sv", "nb", "nn", "no", "da", "fi", "en")
_RECENT, _OLD = timedelta(days=60), timedelta(days=365)
_BARE = frozenset({"name", "locality", "subplace"})  # rules of core.matching for a name that stands alone
_LOCAL_SHARE = 1 / 3
_MOST_TOWNS = 60
_MOST_LINKS = 100
_WORDS = re.compile(r"[^\W\d_]{3,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One text of a site: an entry of its feed or a page."""

    title: str
    text: str
    published: datetime | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """How much speaks for a site, 0 to 10, whether a person is asked, and why, in words."""

    points: float
    proposed: bool
    words: str


def weigh_items(items: Sequence[Item], matcher: Matcher) -> tuple[int, int, datetime | None]:
    """Return how many items name the town, how many are about it, and when the latest of those appeared."""
    found = [(item, _named(matcher.find(item.title, item.text))) for item in items]
    matching = [(item, place) for item, place in found if place]
    about = sum(place.about and _is_located(place) for _, place in matching)
    return len(matching), about, max((item.published for item, _ in matching if item.published), default=None)


def _is_located(place: FoundPlace) -> bool:
    """Whether a naming stands where a place does ("i X", "X kommun"). A bare name on an unknown site may be any X."""
    return any(mention.rule not in _BARE for mention in place.mentions)


def _named(places: Iterable[FoundPlace]) -> FoundPlace | None:
    """A club or a firm that is called after the town is not the town."""
    return next((place for place in places if place.kind is not PlaceKind.NAMED_AFTER), None)


def find_oddity(items: Sequence[Item], text: str, links: int) -> str:
    """Say what makes a site look like no honest one: copies of one text, a list of towns, a mass of links; else ""."""
    named = {word for word in re.findall(r"[A-ZÅÄÖ][a-zåäö]+", text) if word in _towns()}
    if len(named) >= _MOST_TOWNS:
        return f"it lists {len(named)} towns"
    if links >= _MOST_LINKS:
        return f"its front page links to {links} other sites"
    openings = Counter(filter(None, map(_skeleton, items)))
    if len(items) >= 4 and max(openings.values(), default=0) > len(items) / 2:
        return "it has the same text again and again"
    return ""


def _towns() -> frozenset[str]:
    return frozenset(municipality.name for municipality in municipalities().values())


def _skeleton(item: Item) -> tuple[str, ...]:
    """Return the words of an item's text without names, which are what a generated text fills in; () for a headline."""
    words = tuple(word for word in _WORDS.findall(item.text[:600]) if word.islower())[:25]
    return words if len(words) > 2 else ()


def score(trial: Trial, candidate: Candidate, now: datetime) -> Score:
    """Weigh what a trial found: how often, how locally, how lately the town is named, and what else speaks for it."""
    if barrier := _barrier(trial):
        return Score(0.0, False, barrier)
    share = trial.matching / max(trial.items, 1)
    points = 3 * min(1.0, (trial.about + 0.25 * (trial.matching - trial.about)) / 4)  # how locally
    points += 2 * min(1.0, share / 0.3)  # how often
    points += _recency(trial.newest, now)
    points += min(1.5, 0.5 * len(candidate.referrers)) + 0.5 * candidate.named
    points += 1.0 * (trial.kind == "feed")
    points -= 2.0 * (trial.language[:2] not in _LANGUAGES)
    points = round(max(0.0, min(points, 10.0)), 1)
    enough = trial.about >= 2 or (trial.about == 1 and (trial.matching >= 2 or candidate.named))
    # Where most namings are in passing, the name is often something else's: a street's, a team's, a shop's.
    enough = enough and _LOCAL_SHARE * trial.matching <= trial.about
    return Score(points, enough and points >= PROPOSED_FROM, _tell(trial, candidate, now))


def _barrier(trial: Trial) -> str:
    if trial.reason:
        return trial.reason
    if trial.odd:
        return f"left out: {trial.odd}"
    return "" if trial.matching else f"none of {trial.items} items names the town"


def _recency(newest: datetime | None, now: datetime) -> float:
    if newest is None:
        return 0.5
    age = now - newest
    return 2.0 if age <= _RECENT else 1.0 if age <= _OLD else 0.0


def _tell(trial: Trial, candidate: Candidate, now: datetime) -> str:
    """Return the score in words."""
    said = [f"{trial.matching} of {trial.items} items name the town, {trial.about} are about it"]
    if trial.newest:
        said.append(f"the latest {max(0, (now - trial.newest).days)} days ago")
    if candidate.referrers:
        said.append(f"{len(candidate.referrers)} sites lead to it")
    said.append({"feed": "has a feed", "listing": "has no feed: its front page is read"}.get(trial.kind, "has no feed"))
    if trial.language:
        said.append(f"language {trial.language}")
    return "; ".join(said)


def next_trial(now: datetime, trial: Trial, weeks: int) -> datetime:
    """Return when a site is tried again: after `weeks`; after one when it was only down; later when it is closed."""
    return now + timedelta(weeks=1 if trial.passing else 2 * weeks if trial.closed else weeks)


def hops_beyond(candidate: Candidate, trial: Trial) -> int:
    """Return the steps to what a tried site links to; 0 when its links are not followed.

    A site that names the town is as good a start as a listed one. One that does not passes its links on, not far.
    """
    if trial.odd or trial.reason:
        return 0
    if trial.about:
        return 1
    return candidate.hops + 1 if candidate.hops < MAX_HOPS else 0
