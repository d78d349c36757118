"""From articles that are together to a story that can be placed: who speaks, what it weighs, what it asks."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from monitor.core.triage.answers import find_need
from monitor.core.triage.classes import Sources, reach_of
from monitor.core.triage.lead import choose_lead
from monitor.core.triage.own_voice import own_voice, reprints
from monitor.core.triage.topics import Topics, default_topics
from monitor.core.triage.weighing import Weights, weigh
from monitor.models import Article, Aside, Need, Period, PlaceKind, Story, Tone, Topic


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What a story is judged by."""

    period: Period
    made_at: datetime
    """When the letter is made: answers are due from then on."""
    zone: ZoneInfo
    sources: Sources
    own_hosts: frozenset[str] = frozenset()
    weights: Weights = field(default_factory=Weights)
    topics: Topics = field(default_factory=default_topics)
    mute: frozenset[str] = frozenset()
    """Keys of topics that are left out."""
    answer_days: int = 5
    tones: Mapping[int, Tone] = field(default_factory=dict)
    """What people have said of a story's tone, by its number."""
    marks: Mapping[int, Need] = field(default_factory=dict)
    """Stories that people have marked as in need of an answer."""


def find_topic(story: Story, desk: Desk) -> tuple[Article, Topic | None]:
    """Return the article that speaks for the story, and what it is about."""
    own = own_voice(story.articles, desk.sources, desk.own_hosts)
    lead = choose_lead(story.articles, story.copies, own, desk.sources)
    return lead, desk.topics.find(lead)


def judge_story(story: Story, desk: Desk) -> Story:
    """Return the story with all that can be said of it, the article that speaks for it first.

    What the municipality says itself has no part in weight, reach or the need for an answer.
    """
    own = own_voice(story.articles, desk.sources, desk.own_hosts)
    lead, topic = find_topic(story, desk)
    articles = (lead, *(article for article in story.articles if article.url != lead.url))
    outside = tuple(article for article in articles if article.url not in own)
    releases = reprints(articles, own)
    tone = desk.tones.get(story.id, Tone.NOT_ASSESSED)
    if topic and topic.key in desk.mute:
        topic = replace(topic, muted=True)
    weight = weigh(
        outside, story.copies | releases, tone=tone, period=desk.period, sources=desk.sources, weights=desk.weights
    )
    judged = replace(
        story,
        articles=articles,
        own=own,
        releases=releases,
        topic=topic,
        tone=tone,
        reach=max((reach_of(article, desk.sources) for article in outside), default=1),
        weight=weight,
        need=desk.marks.get(story.id) or _need(outside, story, releases, desk),
    )
    return replace(judged, aside=_aside(judged, outside, desk))


def _need(outside: Sequence[Article], story: Story, releases: frozenset[str], desk: Desk) -> Need | None:
    asking = [
        article
        for article in outside
        if desk.period.holds(article.at)
        and article.place.about
        and article.url not in releases
        and article.url not in story.copies
    ]
    return find_need(asking, made_at=desk.made_at, zone=desk.zone, answer_days=desk.answer_days)


def _aside(story: Story, outside: Sequence[Article], desk: Desk) -> Aside | None:
    """Return why the story is one line only; a need for an answer lifts every story."""
    if story.need:
        return None
    articles = outside or story.articles
    if not any(article.place.about and article.place.kind is not PlaceKind.NAMED_AFTER for article in articles):
        return Aside.PASSING
    if all(is_listed(article) for article in articles):
        return Aside.LISTED
    if story.topic and story.topic.aside:
        return Aside.ROUTINE
    return Aside.LIGHT if story.total_weight < desk.weights.floor else None


_LIST_SIGN = re.compile(
    r"^(?:[-•*·–]\s|\d{1,2}[.:/]\d{2}\b|\d{1,2}/\d{1,2}\b|(?:mån|tis|ons|tors|fre|lör|sön)\w* \d)", re.IGNORECASE
)
_SHORT_LINE = 60
_MANY_ITEMS = 6


def is_listed(article: Article) -> bool:
    """Whether the municipality is named only where a list, a table or a calendar stands, never in a sentence."""
    mentions = article.place.mentions
    if not mentions or any(mention.where == "title" for mention in mentions):
        return False
    lines = (_line_around(article.text, mention.start) for mention in mentions)
    return all(map(_is_list_line, lines)) and not any(mention.text in article.lead for mention in mentions)


def _line_around(text: str, at: int) -> str:
    start, end = text.rfind("\n", 0, at) + 1, text.find("\n", at)
    return text[start : end if end >= 0 else len(text)].strip()


def _is_list_line(line: str) -> bool:
    if _LIST_SIGN.match(line):
        return True
    items = [item.strip() for item in re.split(r"[,;|\t]", line)]
    if (
        len(items) >= _MANY_ITEMS
        and sum(item[:1].isupper() or item[:1].isdigit() for item in items) >= len(items) * 0.8
    ):
        return True
    return len(line) < _SHORT_LINE and not line.endswith((".", "!", "?", "”", '"', ":"))
