"""Compose a digest: which stories, in which order, with which figures. No words, no layout."""

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from monitor.core.digest.figures import chart_of, figures_of, needs_figure, sources_figure
from monitor.core.digest.health import gaps_of, health_of, source_name
from monitor.core.digest.items import also_item, as_line, needs_of, story_item
from monitor.core.digest.news import News, left_out, news_of
from monitor.core.digest.usual import days_of, usual_of
from monitor.core.digest.values import (
    AlsoItem,
    DayCount,
    Digest,
    Followed,
    Limits,
    StoryItem,
    Top,
    Watched,
)
from monitor.core.text import shorten
from monitor.core.times import local_day
from monitor.models import Article, Period, Source, SourceState, Story

_TOP_TITLE_LIMIT = 110
_DOMINATING_ARTICLES = 3


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
    watched: Collection[str] = (),
    judged: bool = False,
    followed: Followed | None = None,
    limits: Limits | None = None,
    candidates: int = 0,
    unread: Sequence[Source] = (),
    contact: str = "",
    web: str = "",
    colour: str = "",
    example: bool = False,
) -> Digest:
    """Return the letter of `period`.

    `stories` may hold articles from before the period: these are told as earlier, not counted. `shown` are the URLs
    that an earlier letter has shown, `day_counts` the days that `days_of` names, `holidays` days that are no measure
    of what is usual. `watched` are beginnings of words; `judged` says whether somebody has looked for stories that
    need an answer. `followed` is what the follow-up knows, `candidates` how many new sources are proposed. `unread` are
    sources that nobody polls: persons bring what is in them. `example` says at the top that all is invented.
    """
    limits = limits or Limits()
    news = sorted(news_of(stories, period, shown), key=lambda item: item.rank)
    articles = [article for item in news for article in item.articles]
    gaps = gaps_of(sources, period, len(articles))
    health = health_of(sources, limits.faults)
    days = days_of(period, time_zone)
    usual = usual_of(days, day_counts, holidays)
    names = {source.url: (source.name, source.source_class) for source in unread}
    names |= {state.source.url: (source_name(state), state.source.source_class) for state in sources}
    full = min(limits.stories, sum(item.in_full for item in news))
    followed = followed or Followed()
    told = tuple(story_item(item, names, limits, followed) for item in news[:full])
    also = tuple(also_item(item, names, followed) for item in news[full:])
    items: list[StoryItem | AlsoItem] = [*told, *also]
    day = local_day(period.end, time_zone)
    return Digest(
        organisation=organisation,
        day=day,
        period=period,
        made_at=made_at,
        time_zone=str(time_zone),
        contact=contact,
        example=example,
        gaps=gaps,
        top=_top(news, len(articles)),
        figures=(
            *figures_of(articles, items, usual, incomplete=bool(gaps)),
            needs_figure(items, day, time_zone, incomplete=bool(gaps)) if judged else sources_figure(health),
        ),
        stories=told,
        also=also,
        chart=chart_of(articles, day_counts, days, usual, complete=not gaps),
        health=health,
        limits=limits,
        needs=needs_of(items, limits) if judged else None,
        late=followed.late,
        watched=_watched(watched, articles),
        left_out=left_out(stories, period, shown),
        candidates=candidates,
        web=web.rstrip("/"),
        colour=colour,
    )


def demote_last(digest: Digest) -> Digest:
    """Return the digest with its lowest story as the first line under "also mentioned". Figures stay."""
    *kept, last = digest.stories
    return replace(digest, stories=tuple(kept), also=(as_line(last), *digest.also))


# --- parts ---------------------------------------------------------------------------------------------


def _watched(names: Collection[str], articles: Sequence[Article]) -> tuple[Watched, ...]:
    """Return how many of `articles` have a word that begins with each of `names`."""
    texts = [f"{article.title}\n{article.lead}\n{article.text}".lower() for article in articles] if names else []
    return tuple(Watched(name=name, articles=_count_beginnings(name.lower(), texts)) for name in names)


def _count_beginnings(word: str, texts: Sequence[str]) -> int:
    # To look for the plain word first is ten times as fast as the pattern.
    pattern = re.compile(rf"\b{re.escape(word)}")
    return sum(word in text and bool(pattern.search(text)) for text in texts)


def _top(news: Sequence[News], articles: int) -> Top | None:
    """Return what the top line is about. To dominate takes three articles, a fifth of all, more than any other."""
    if not news:
        return None
    most, *others = sorted(news, key=lambda item: -len(item.articles))
    enough = len(most.articles) >= max(_DOMINATING_ARTICLES, articles / 5)
    dominates = most.in_full and enough and all(len(item.articles) < len(most.articles) for item in others)
    item = most if dominates else news[0]
    title = shorten(item.lead.title, _TOP_TITLE_LIMIT)
    return Top(title=title, articles=len(item.articles), sources=item.sources, dominates=dominates)
