"""Who gets which letter today, and a digest made smaller for those who want a part of it."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from monitor.core.digest.figures import needs_figure
from monitor.core.digest.items import needs_of
from monitor.core.digest.values import (
    AlsoItem,
    Chart,
    Citation,
    Comparison,
    Digest,
    Figure,
    FigureKey,
    LeftOut,
    StoryItem,
    Top,
)
from monitor.core.text import shorten
from monitor.models.common import Part

_SATURDAY = 5
_TOP_TITLE_LIMIT = 110
_ABOUT_TONE = {FigureKey.PROMINENT, FigureKey.CRITICAL}

EVERY_DAY = frozenset(range(7))


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """That a person has looked at the letter before it went."""

    role: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """How a letter differs from the day's whole letter. The plain value is the whole letter."""

    short: bool = False
    """Only the parts down to what needs an answer."""
    about: str = ""
    """The unit or topic whose stories alone it holds, as readers call it."""
    words: tuple[str, ...] = ()
    """What `about` means: beginnings of words; with "*" in front also inside a word."""
    topics: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    """Topics and responsible units whose stories belong to it as well, by their names in the letter."""
    review: Review | None = None
    """Who has reviewed the letter; without it the letter says that nobody has."""

    @property
    def name(self) -> str:
        """What tells editions apart: "whole", "short", "about Skola", "short about Skola"."""
        parts = ["short"] * self.short + ([f"about {self.about}"] if self.about else [])
        return " ".join(parts) or "whole"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Somebody who gets a letter: a mail address or a webhook's name."""

    address: str
    name: str = ""
    channel: str = "mail"
    edition: Edition = Edition()
    weekdays: frozenset[int] = EVERY_DAY
    """Days on which a letter is wanted, Monday 0."""
    when_empty: bool = True
    """Whether a letter about a unit or topic goes also on days without stories about it."""


class Why(StrEnum):
    """Why somebody gets no letter today."""

    WEEKDAY = "not on this weekday"
    WEEKEND = "weekend, and nothing needs an answer: Monday's letter covers it"
    NOTHING = "no story about it today"
    ENDED = "has ended the mailing"


@dataclass(frozen=True, slots=True)
class Due:
    """Somebody who is to get this digest today."""

    recipient: Recipient
    digest: Digest


@dataclass(frozen=True, slots=True)
class Spared:
    """Somebody who gets no letter today, and why."""

    recipient: Recipient
    why: Why


def share_out(
    digest: Digest,
    recipients: Sequence[Recipient],
    *,
    answers: int = 0,
    weekends: bool = False,
    ended: Collection[str] = (),
) -> tuple[tuple[Due, ...], tuple[Spared, ...]]:
    """Return who gets which digest, and who none.

    `answers` is how many stories need an answer: without one, and without `weekends`, Saturdays and Sundays have no
    letter. `ended` are the addresses, in small letters, that
    have ended the mailing.
    """
    due, spared = [], []
    for recipient in recipients:
        edition = recipient.edition
        part = select(digest, edition) if edition.about else digest
        weekday = digest.day.weekday()
        if recipient.address.lower() in ended:
            spared.append(Spared(recipient, Why.ENDED))
        elif weekday not in recipient.weekdays:
            spared.append(Spared(recipient, Why.WEEKDAY))
        elif weekday >= _SATURDAY and not weekends and not answers:
            spared.append(Spared(recipient, Why.WEEKEND))
        elif edition.about and not part.articles and not recipient.when_empty:
            spared.append(Spared(recipient, Why.NOTHING))
        else:
            due.append(Due(recipient, part))
    return tuple(due), tuple(spared)


def days_covered(day: date, *, weekends: bool) -> int:
    """Return how many days the letter of `day` covers: without letters on `weekends`, Monday's covers three."""
    return 3 if day.weekday() == 0 and not weekends else 1


class Gate(StrEnum):
    """Whether a letter may go in the reviewed mode."""

    OPEN = "open"
    WAIT = "wait"


def gate(*, now: datetime, until: datetime | None, review: Review | None) -> Gate:
    """Say whether the letter goes: with a review, after `until`, or when no review is asked for (None)."""
    return Gate.WAIT if until is not None and review is None and now < until else Gate.OPEN


# --- a smaller digest ------------------------------------------------------------------------------------


def select(digest: Digest, edition: Edition) -> Digest:
    """Return the digest with the stories that `edition` is about and figures that count these alone.

    Looked at are headlines, summary, quote, place, topic and unit of a story: what the letter shows of it.
    There is no comparison, since the usual number of such stories is not known, and no chart. Gaps and sources stay:
    they concern every part.
    """
    wanted = _pattern(edition.words)
    names = {name.casefold() for name in (*edition.topics, *edition.units) if name}
    stories = tuple(
        item
        for item in digest.stories
        if names & {item.topic.casefold(), item.unit.casefold()} or wanted.search(_words_of_story(item))
    )
    also = tuple(item for item in digest.also if wanted.search(_words_of(item.lead)))
    articles = sum(item.articles for item in stories) + sum(item.articles for item in also)
    items: list[StoryItem | AlsoItem] = [*stories, *also]
    numbers = {FigureKey.ARTICLES: articles, FigureKey.STORIES: len(items)}
    kept = (figure for figure in digest.figures if figure.key not in _ABOUT_TONE)
    return replace(
        digest,
        top=_top(items),
        figures=tuple(
            needs_figure(items, digest.day, ZoneInfo(digest.time_zone), incomplete=digest.incomplete)
            if figure.key is FigureKey.NEEDS
            else _counted(figure, numbers, incomplete=digest.incomplete)
            for figure in kept
        ),
        stories=stories,
        also=also,
        chart=Chart(bars=(), days=digest.chart.days, usual_articles=None, usual_prominent=None),
        needs=needs_of(items, digest.limits) if digest.needs else None,
        late=tuple(case for case in digest.late if case.owner.casefold() in names),
        watched=(),
        left_out=LeftOut(),
    )


def _pattern(words: Sequence[str]) -> re.Pattern[str]:
    """Return what finds one of `words` at the beginning of a word, or, with "*" in front, anywhere in one."""
    beginnings = [r"\b" + re.escape(word) for word in words if not word.startswith("*")]
    inside = [re.escape(word.lstrip("*")) for word in words if word.startswith("*")]
    return re.compile("|".join(beginnings + inside) or r"(?!)", re.IGNORECASE)


def _words_of(citation: Citation) -> str:
    return f"{citation.title}\n{citation.place}"


def _words_of_story(item: StoryItem) -> str:
    others = (_words_of(other.citation) for other in item.others)
    return "\n".join((_words_of(item.lead), item.topic, item.unit, *others, _joined(item.summary), _joined(item.quote)))


def _joined(parts: Sequence[Part]) -> str:
    return "".join(part.text for part in parts)


def _counted(figure: Figure, numbers: dict[FigureKey, int], *, incomplete: bool) -> Figure:
    if figure.key not in numbers:
        return figure
    comparison = Comparison.SOURCES_MISSING if incomplete else Comparison.NONE_YET
    return replace(figure, number=numbers[figure.key], comparison=comparison, usual=None)


def _top(items: Sequence[StoryItem | AlsoItem]) -> Top | None:
    """Return the first story as what the top line is about: a part is too small for one to dominate."""
    if not items:
        return None
    title = shorten(items[0].lead.title, _TOP_TITLE_LIMIT)
    return Top(title=title, articles=items[0].articles, sources=items[0].sources, dominates=False)
