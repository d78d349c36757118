"""What the municipality says itself, and who prints it as it stands."""

import re
from collections.abc import Collection, Sequence

from monitor.core.stories import COPY, Rarity, Sketch, Vector, sketch
from monitor.core.stories.likeness import copied_share
from monitor.core.triage.classes import Sources, class_of
from monitor.core.urls import host_of
from monitor.models import Article, SourceClass

_FROM_US = re.compile(
    r"(?:detta|det här|artikeln) är (?:ett|en del av ett) pressmeddelande från (?:\w+ ){0,2}kommun", re.IGNORECASE
)


def own_hosts(sources: Sources, more: Collection[str] = ()) -> frozenset[str]:
    """Return the hosts of the sources of class "own", and those that the home names."""
    hosts = [(host_of(source.url), source.source_class is SourceClass.OWN) for source in sources.values()]
    # A host that others share (a platform, a test machine) says nothing of who speaks there.
    own = {host for host, ours in hosts if ours} - {host for host, ours in hosts if not ours}
    return frozenset(_bare(host) for host in (*own, *more) if host)


def own_voice(articles: Sequence[Article], sources: Sources, hosts: Collection[str]) -> frozenset[str]:
    """Return the URLs of the municipality's own articles: of its sources or on its hosts."""
    return frozenset(
        article.url
        for article in articles
        if class_of(article, sources) is SourceClass.OWN or _bare(host_of(article.url)) in hosts
    )


def reprints(articles: Sequence[Article], own: Collection[str]) -> frozenset[str]:
    """Return the URLs of articles from outside whose text is that of one of the municipality's own, or says it is."""
    outside = [article for article in articles if article.url not in own]
    said = {article.url for article in outside if _FROM_US.search(article.text)}
    ours = [_vector(article) for article in articles if article.url in own]
    if not ours:
        return frozenset(said)
    return frozenset(said | {a.url for a in outside if any(_reprints(_vector(a), words) for words in ours)})


_NOTHING_RARE = Rarity(0, {})


def _vector(article: Article) -> Vector:
    known: Sketch = sketch(article)
    return Vector(known, _NOTHING_RARE)


def _reprints(outside: Vector, ours: Vector) -> bool:
    return copied_share(outside, ours) >= COPY


def _bare(host: str) -> str:
    return host.lower().removeprefix("www.")
