"""Compose a digest: which stories, in which order, with which figures. No words, no layout."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.core.digest.excerpts import excerpt
from monitor.core.digest.figures import chart_of, figures_of
from monitor.core.digest.health import gaps_of, health_of, source_name
from monitor.core.digest.usual import days_of, usual_of
from monitor.core.digest.values import (
    AlsoItem,
    AlsoReason,
    Citation,
    DayCount,
    Digest,
    Folded,
    Limits,
    Relation,
    StoryItem,
    Top,
    Unread,
)
from monitor.core.text import shorten
from monitor.core.times import local_day
from monitor.core.urls import host_of
from monitor.models import Access, Article, Outcome, Period, PlaceKind, SourceClass, SourceState, Story

LATE = timedelta(days=2)
"""How long before the period an article may have been published that was not found until the period."""

_TITLE_LIMIT = 200
_TOP_TITLE_LIMIT = 110
_DOMINATING_ARTICLES = 3

# The crawl's reasons are sentences for logs; this tells them apart into the few kinds that a reader can use.
_UNREAD_NOTES = (
    (Unread.NOT_NAMED, re.compile("does not name")),
    (Unread.NO_ANSWER, re.compile("could not be had|not answer|not be reached|broke off|no usable address|HTTP 5")),
    (Unread.ROBOTS, re.compile("robots")),
    (Unread.LOCKED, re.compile("HTTP 402|paywall|locked")),
    (Unread.GONE, re.compile("HTTP 4(04|10)")),
    (Unread.REFUSED, re.compile("HTTP 4(01|03|29|51)|refused")),
)


@dataclass(frozen=True, slots=True)
class _News:
    """What is new of a story: its articles of the period, the one that speaks for it first."""

    story: Story
    articles: tuple[Article, ...]
    earlier: int

    @property
    def lead(self) -> Article:
        return self.articles[0]

    @property
    def independent(self) -> int:
        return max(1, sum(article.url not in self.story.copies for article in self.articles))

    @property
    def about(self) -> bool:
        return any(article.place.about and article.place.kind is not PlaceKind.NAMED_AFTER for article in self.articles)

    @property
    def sources(self) -> int:
        return len({article.source for article in self.articles})

    @property
    def rank(self) -> tuple[bool, int, bool, float, int]:
        """Sort key: about the municipality, articles of their own, name in headline, newest, id."""
        newest = max(article.at for article in self.articles)
        headline = any(mention.where == "title" for mention in self.lead.place.mentions)
        return (not self.about, -self.independent, not headline, -newest.timestamp(), self.story.id)


def compose(
    *,
    organisation: str,
    period: Period,
    made_at: datetime,
    stories: Sequence[Story],
    day_counts: Sequence[DayCount],
    sources: Sequence[SourceState],
    time_zone: ZoneInfo,
    shown: Collection[str] = (),
    holidays: Collection[date] = (),
    limits: Limits | None = None,
    contact: str = "",
    example: bool = False,
) -> Digest:
    """Return the letter of `period`.

    `stories` may hold articles from before the period: these are told as earlier, not counted. `shown` are the URLs
    that an earlier letter has shown, `day_counts` the days that `days_of` names, `holidays` days that are no measure
    of what is usual. `example` says at the top that all is invented.
    """
    limits = limits or Limits()
    news = sorted(_news_of(stories, period, shown), key=lambda item: item.rank)
    articles = [article for item in news for article in item.articles]
    gaps = gaps_of(sources, period, len(articles))
    health = health_of(sources, limits.faults)
    days = days_of(period, time_zone)
    usual = usual_of(days, day_counts, holidays)
    names = {state.source.url: (source_name(state), state.source.source_class) for state in sources}
    full = min(limits.stories, sum(item.about for item in news))
    return Digest(
        organisation=organisation,
        day=local_day(period.end, time_zone),
        period=period,
        made_at=made_at,
        time_zone=str(time_zone),
        contact=contact,
        example=example,
        gaps=gaps,
        top=_top(news, len(articles)),
        figures=figures_of(articles, len(news), usual, health, incomplete=bool(gaps)),
        stories=tuple(_story_item(item, names, limits) for item in news[:full]),
        also=tuple(_also_item(item, names) for item in news[full:]),
        chart=chart_of(articles, day_counts, days, usual, complete=not gaps),
        health=health,
        limits=limits,
    )


def demote_last(digest: Digest) -> Digest:
    """Return the digest with its lowest story as the first line under "also mentioned". Figures stay."""
    *kept, last = digest.stories
    line = AlsoItem(id=last.id, lead=last.lead, reason=AlsoReason.ROOM, articles=last.articles, sources=last.sources)
    return replace(digest, stories=tuple(kept), also=(line, *digest.also))


def belongs(article: Article, period: Period, shown: Collection[str] = ()) -> bool:
    """Whether `article` is news of `period`: published in it, or shortly before it and found only in it.

    Without the second kind, what is published in the minutes before a letter and fetched after it stands in none.
    """
    if period.holds(article.at):
        return True
    late = period.start - LATE <= article.at < period.start and period.holds(article.seen_at)
    return late and not article.baseline and article.url not in shown


# --- parts ---------------------------------------------------------------------------------------------


def _news_of(stories: Sequence[Story], period: Period, shown: Collection[str]) -> list[_News]:
    news = []
    for story in stories:
        articles = [article for article in story.articles if belongs(article, period, shown)]
        # The story's lead may be old news: then its first new article with a text of its own speaks for it.
        articles.sort(key=lambda article: (article is not story.lead, article.url in story.copies))
        if articles:
            head, *others = articles
            others.sort(key=lambda article: (article.at, article.url))
            old = sum(article.at < period.start for article in story.articles)
            late = sum(article.at < period.start for article in articles)
            news.append(_News(story, (head, *others), earlier=old - late))
    return news


def _top(news: Sequence[_News], articles: int) -> Top | None:
    """Return what the top line is about. To dominate takes three articles, a fifth of all, more than any other."""
    if not news:
        return None
    most, *others = sorted(news, key=lambda item: -len(item.articles))
    enough = len(most.articles) >= max(_DOMINATING_ARTICLES, articles / 5)
    dominates = most.about and enough and all(len(item.articles) < len(most.articles) for item in others)
    item = most if dominates else news[0]
    title = shorten(item.lead.title, _TOP_TITLE_LIMIT)
    return Top(title=title, articles=len(item.articles), sources=item.sources, dominates=dominates)


_Names = Mapping[str, tuple[str, SourceClass]]


def _story_item(news: _News, names: _Names, limits: Limits) -> StoryItem:
    story = news.story
    others = news.articles[1:]
    listed = others if len(others) <= limits.others else others[: limits.others - 1]
    summary, quote = excerpt(news.lead)
    return StoryItem(
        id=story.id,
        lead=_citation(news.lead, names),
        summary=summary,
        quote=quote,
        articles=len(news.articles),
        sources=news.sources,
        independent=news.independent,
        others=tuple(
            Folded(citation=_citation(article, names), relation=_relation(article, story)) for article in listed
        ),
        hidden=len(others) - len(listed),
        earlier=news.earlier,
    )


def _also_item(news: _News, names: _Names) -> AlsoItem:
    kinds = {article.place.kind for article in news.articles}
    reason = AlsoReason.NAMED_AFTER if kinds == {PlaceKind.NAMED_AFTER} else AlsoReason.PASSING
    return AlsoItem(
        id=news.story.id,
        lead=_citation(news.lead, names),
        reason=AlsoReason.ROOM if news.about else reason,
        articles=len(news.articles),
        sources=news.sources,
    )


def _citation(article: Article, names: _Names) -> Citation:
    name, source_class = names.get(article.source, (host_of(article.source), SourceClass.OTHER))
    return Citation(
        url=article.url,
        title=shorten(article.title, _TITLE_LIMIT),
        source=name,
        source_class=source_class,
        at=article.at,
        dated=article.at == article.published,
        locked=article.access is Access.LOCKED,
        revised_at=article.revised_at,
        unread=_unread(article),
        place=article.place.name,
        reason=article.place.reason,
    )


def _relation(article: Article, story: Story) -> Relation:
    if article.url in story.copies:
        return Relation.COPY
    return Relation.UNKNOWN if article.from_feed else Relation.OWN


def _unread(article: Article) -> Unread | None:
    if not article.from_feed:
        return Unread.PARTIAL if article.outcome is Outcome.PARTIAL else None
    kinds = (kind for kind, words in _UNREAD_NOTES if words.search(article.note))
    return next(kinds, Unread.LOCKED if article.access is Access.LOCKED else Unread.OTHER)
