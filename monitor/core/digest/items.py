"""What the letter says of one story: in full, as one line, and as something to answer."""

import re
from collections.abc import Mapping, Sequence

from monitor.core.digest.excerpts import excerpt
from monitor.core.digest.news import News
from monitor.core.digest.values import (
    AlsoItem,
    AlsoReason,
    Citation,
    Folded,
    Followed,
    Limits,
    NeedItem,
    Needs,
    Relation,
    StoryItem,
    Unread,
)
from monitor.core.sites import site_of
from monitor.core.text import shorten
from monitor.core.urls import host_of
from monitor.models import Access, Article, Aside, Need, Outcome, PlaceKind, SourceClass, Story

Names = Mapping[str, tuple[str, SourceClass]]
"""Name and class of each source, by its address."""

_TITLE_LIMIT = 200
_OWN_SHOWN = 3

# The crawl's reasons are sentences for logs; this tells them apart into the few kinds that a reader can use.
_UNREAD_NOTES = (
    (Unread.RESERVED, re.compile("reserves its text|asks that nothing of its text|only link and headline")),
    (Unread.NOT_NAMED, re.compile("does not name")),
    (Unread.NO_ANSWER, re.compile("could not be had|not answer|not be reached|broke off|no usable address|HTTP 5")),
    (Unread.ROBOTS, re.compile("robots")),
    (Unread.LOCKED, re.compile("HTTP 402|paywall|locked")),
    (Unread.GONE, re.compile("HTTP 4(04|10)")),
    (Unread.REFUSED, re.compile("HTTP 4(01|03|29|51)|refused")),
)


def story_item(news: News, names: Names, limits: Limits, followed: Followed) -> StoryItem:
    """Return a story in full."""
    story = news.story
    others = news.articles[1:]
    listed = others if len(others) <= limits.others else others[: limits.others - 1]
    summary, quote = excerpt(news.lead)
    return StoryItem(
        id=story.id,
        lead=_citation(news, news.lead, names),
        tone=story.tone,
        summary=summary,
        quote=quote,
        articles=len(news.articles),
        sources=news.sources,
        independent=news.independent,
        others=tuple(
            Folded(citation=_citation(news, article, names), relation=_relation(article, story)) for article in listed
        ),
        hidden=len(others) - len(listed),
        earlier=news.earlier,
        own=tuple(_citation(news, article, names) for article in news.own[:_OWN_SHOWN]),
        topic=story.topic.name if story.topic else "",
        unit=story.topic.unit if story.topic else "",
        reach=story.reach,
        need=story.need,
        weight=story.weight,
        case=followed.cases.get(story.id),
        article=followed.rows.get(news.lead.url),
    )


def also_item(news: News, names: Names, followed: Followed) -> AlsoItem:
    """Return a story as one line."""
    return AlsoItem(
        id=news.story.id,
        lead=_citation(news, news.lead, names),
        reason=_also_reason(news),
        tone=news.story.tone,
        articles=len(news.articles),
        sources=news.sources,
        unit=news.story.topic.unit if news.story.topic else "",
        need=news.story.need,
        case=followed.cases.get(news.story.id),
    )


def needs_of(items: Sequence[StoryItem | AlsoItem], limits: Limits) -> Needs:
    """Return what of `items` needs an answer, in their order."""
    needs = [_need_item(item, item.need) for item in items if item.need]
    return Needs(items=tuple(needs[: limits.needs]), hidden=len(needs[limits.needs :]))


def _need_item(item: StoryItem | AlsoItem, need: Need) -> NeedItem:
    """Return the need with the article that asks, where the letter names it; else with the story's first."""
    named = [item.lead, *(other.citation for other in item.others)] if isinstance(item, StoryItem) else [item.lead]
    asks = next((citation for citation in named if citation.url == need.url), item.lead)
    return NeedItem(
        story=item.id, url=asks.url, title=asks.title, source=asks.source, unit=item.unit, need=need, case=item.case
    )


def as_line(item: StoryItem) -> AlsoItem:
    """Return a story in full as one line, for want of room."""
    return AlsoItem(
        id=item.id,
        lead=item.lead,
        reason=AlsoReason.ROOM,
        tone=item.tone,
        articles=item.articles,
        sources=item.sources,
        unit=item.unit,
        need=item.need,
        case=item.case,
    )


def _also_reason(news: News) -> AlsoReason:
    if news.in_full:
        return AlsoReason.ROOM
    if {article.place.kind for article in news.articles} == {PlaceKind.NAMED_AFTER}:
        return AlsoReason.NAMED_AFTER
    return AlsoReason((news.story.aside or Aside.PASSING).value)


def _citation(news: News, article: Article, names: Names) -> Citation:
    name, source_class = names.get(article.source, (host_of(article.source), SourceClass.OTHER))
    if article.url and not site_of(article.source):  # a mailbox or a folder: what it led to is somebody's else
        name = f"{site_of(article.url)} via {name}"
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
        release=article.url in news.story.releases,
    )


def _relation(article: Article, story: Story) -> Relation:
    if article.url in story.releases:
        return Relation.RELEASE
    if article.url in story.copies:
        return Relation.COPY
    return Relation.UNKNOWN if article.from_feed else Relation.OWN


def _unread(article: Article) -> Unread | None:
    if not article.from_feed:
        if _UNREAD_NOTES[0][1].search(article.note):
            return Unread.RESERVED
        return Unread.PARTIAL if article.outcome is Outcome.PARTIAL else None
    kinds = (kind for kind, words in _UNREAD_NOTES if words.search(article.note))
    return next(kinds, Unread.LOCKED if article.access is Access.LOCKED else Unread.OTHER)
