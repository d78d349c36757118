"""The key figures and the chart of the last two weeks."""

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from monitor.core.digest.usual import Days, Usual, compare
from monitor.core.digest.values import AlsoItem, Bar, Chart, DayCount, Figure, FigureKey, Health, StoryItem
from monitor.core.times import local_day
from monitor.models import Article, Mention, PlaceKind, Tone

_CHART_DAYS = 14
_SHORTEST_HISTORY = 3


def is_prominent(article: Article) -> bool:
    """Whether the article names the municipality in its headline or lead, and not a namesake only."""
    place = article.place
    if place.kind is PlaceKind.NAMED_AFTER:
        return False
    first_paragraph = article.text.find("\n") if "\n" in article.text else len(article.text)

    def stands_high(mention: Mention) -> bool:
        if mention.where == "title":
            return True
        return mention.text in article.lead if article.lead else mention.start < first_paragraph

    return any(stands_high(mention) for mention in place.mentions)


def figures_of(
    articles: Sequence[Article], items: Sequence[StoryItem | AlsoItem], usual: Usual, *, incomplete: bool
) -> tuple[Figure, Figure, Figure]:
    """Return how many articles and stories there are, and how many articles stand out: by tone, where one is set."""

    def counted(key: FigureKey, number: int, normal: float | None) -> Figure:
        comparison = compare(number, normal, incomplete=incomplete)
        return Figure(key=key, number=number, at_least=incomplete, comparison=comparison, usual=normal)

    if any(item.tone is not Tone.NOT_ASSESSED for item in items):
        critical = sum(item.articles for item in items if item.tone is Tone.CRITICAL)
        high = Figure(key=FigureKey.CRITICAL, number=critical, at_least=incomplete)
    else:
        high = counted(FigureKey.PROMINENT, sum(map(is_prominent, articles)), usual.prominent)
    return (
        counted(FigureKey.ARTICLES, len(articles), usual.articles),
        counted(FigureKey.STORIES, len(items), usual.stories),
        high,
    )


def needs_figure(items: Sequence[StoryItem | AlsoItem], day: date, zone: ZoneInfo, *, incomplete: bool) -> Figure:
    """Return how many stories need an answer, and how many of them before `day` ends."""
    needs = [item.need for item in items if item.need]
    today = sum(local_day(need.due, zone) <= day for need in needs)
    return Figure(key=FigureKey.NEEDS, number=len(needs), today=today, at_least=incomplete)


def sources_figure(health: Health) -> Figure:
    """Return how many of the sources were fetched."""
    return Figure(key=FigureKey.SOURCES, number=health.fetched, total=health.total)


def chart_of(
    articles: Sequence[Article], counts: Sequence[DayCount], days: Days, usual: Usual, *, complete: bool
) -> Chart:
    """Return the last fourteen days. The covered ones are counted here, so that bars and figures add up."""
    known = {count.day: count for count in counts}
    watched = [known.get(day.date) for day in days.before]
    bars = [
        Bar(day=day.date, articles=count.articles, prominent=count.prominent, complete=count.complete)
        if count
        else Bar(day=day.date, articles=None)
        for day, count in zip(days.before, watched, strict=True)
    ]
    begin = days.covered[0].period.start
    for number, day in enumerate(days.covered):
        found = [a for a in articles if day.period.holds(a.at) or (number == 0 and a.at < begin)]
        prominent = sum(map(is_prominent, found))
        bars.append(Bar(day=day.date, articles=len(found), prominent=prominent, complete=complete, covered=True))
    history = sum(count is not None for count in watched)
    return Chart(
        bars=tuple(bars[-_CHART_DAYS:]) if history >= _SHORTEST_HISTORY else (),
        days=tuple(day.date for day in days.covered),
        prominent=sum(bar.prominent for bar in bars if bar.covered),
        usual_articles=usual.articles,
        usual_prominent=usual.prominent,
    )
