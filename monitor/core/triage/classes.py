"""How far a kind of source reaches, and which kinds speak before others."""

from collections.abc import Mapping

from monitor.models import Article, Source, SourceClass

REACH = {
    SourceClass.NATIONAL: 3,
    SourceClass.LOCAL_PAPER: 2,
    SourceClass.RADIO: 2,
    SourceClass.TRADE: 1,
    SourceClass.AUTHORITY: 1,
    SourceClass.LOCAL_WEB: 1,
    SourceClass.BLOG: 1,
    SourceClass.FORUM: 1,
    SourceClass.SOCIAL: 1,
    SourceClass.OWN: 1,
    SourceClass.OTHER: 1,
}
"""1 small, 2 medium, 3 large. feeds.txt may say otherwise of one source."""

LEVELS = {
    SourceClass.NATIONAL: 4,
    SourceClass.LOCAL_PAPER: 3,
    SourceClass.RADIO: 3,
    SourceClass.AUTHORITY: 2,
    SourceClass.LOCAL_WEB: 2,
    SourceClass.TRADE: 2,
    SourceClass.OTHER: 2,
    SourceClass.BLOG: 1,
    SourceClass.FORUM: 1,
    SourceClass.SOCIAL: 1,
    SourceClass.OWN: 0,
}
"""The higher, the sooner an article of it speaks for its story; from one to a higher one, a story moves up."""

Sources = Mapping[str, Source]
"""The sources of feeds.txt by URL."""


def class_of(article: Article, sources: Sources) -> SourceClass:
    """Return the class of an article's source; OTHER when feeds.txt no longer names it."""
    source = sources.get(article.source)
    return source.source_class if source else SourceClass.OTHER


def level_of(article: Article, sources: Sources) -> int:
    """Return the level of an article's source."""
    return LEVELS[class_of(article, sources)]


def reach_of(article: Article, sources: Sources) -> int:
    """Return how far an article's source reaches, 1 to 3."""
    source = sources.get(article.source)
    return (source.reach if source else 0) or REACH[class_of(article, sources)]
