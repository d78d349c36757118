"""The key figures and the chart of the last two weeks."""

from collections.abc import Sequence

from monitor.core.digest.usual import Days, Usual, compare
from monitor.core.digest.values import Bar, Chart, DayCount, Figure, FigureKey, Health
from monitor.models import Article, Mention, PlaceKind

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
    articles: Sequence[Article], stories: int, usual: Usual, health: Health, *, incomplete: bool
) -> tuple[Figure, ...]:
    """Return the key figures, in the order in which they stand."""
    counted = (
        (FigureKey.ARTICLES, len(articles), usual.articles),
        (FigureKey.STORIES, stories, usual.stories),
        (FigureKey.PROMINENT, sum(map(is_prominent, articles)), usual.prominent),
    )
    compared = (
        Figure(
            key=key,
            number=number,
            at_least=incomplete,
            comparison=compare(number, normal, incomplete=incomplete),
            usual=normal,
        )
        for key, number, normal in counted
    )
    return (*compared, Figure(key=FigureKey.SOURCES, number=health.fetched, total=health.total))


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
        usual_articles=usual.articles,
        usual_prominent=usual.prominent,
    )
