"""Which article speaks for a story."""

from collections.abc import Collection, Sequence
from datetime import timedelta

from monitor.core.triage.classes import Sources, level_of
from monitor.models import Access, Article

UNLOCKED_WITHIN = timedelta(hours=2)


def choose_lead(
    articles: Sequence[Article], copies: Collection[str], own: Collection[str], sources: Sources
) -> Article:
    """Return the earliest original of the highest class; within two hours of it, one that is not locked comes first.

    The municipality's own words and copies of another text speak only where nothing else is.
    """
    outside = [article for article in articles if article.url not in own] or list(articles)
    originals = [article for article in outside if article.url not in copies] or outside
    highest = max(level_of(article, sources) for article in originals)
    best = sorted(
        (a for a in originals if level_of(a, sources) == highest), key=lambda article: (article.at, article.url)
    )
    first = best[0]
    soon = (a for a in best if a.at - first.at <= UNLOCKED_WITHIN and a.access is not Access.LOCKED)
    return next(soon, first)
