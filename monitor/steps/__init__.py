"""The steps of a run, each: load the rows that lack the next stage, let the core decide, save in one transaction.

A step that is killed anywhere loses nothing and, run again, doubles nothing.

    crawl -> read -> group -> publish,  and purge
"""

from collections.abc import Callable

from monitor.config import Home
from monitor.core.matching import Watch
from monitor.core.sites import site_of
from monitor.models import Source, SourceClass

Tell = Callable[[str, int, int], None]
"""Told how far a step has come: the step's name, how much is done, how much there is (0: not known)."""


def say_nothing(_step: str, _done: int, _total: int) -> None:
    """A `Tell` for when nobody watches."""


def watch_of(home: Home) -> Watch:
    """Return what a home watches for."""
    settings = home.settings
    matching = settings.matching
    return Watch(
        codes=(settings.code,) if settings.code else (),
        name=settings.municipality,
        names=settings.names,
        require=matching.require,
        exclude=matching.exclude,
        kinds=frozenset(matching.kinds),
        threshold=matching.threshold,
        mute=frozenset(matching.mute),
    )


_NATIONAL = {SourceClass.NATIONAL, SourceClass.TRADE}
_LOCAL = {SourceClass.LOCAL_PAPER, SourceClass.LOCAL_WEB, SourceClass.OWN}


def area_of(home: Home, source: Source) -> str:
    """Return what a source is about: what feeds.txt says, else the home's town for a local one, or the country."""
    if source.area or source.source_class in _LOCAL:
        return source.area or home.settings.code
    return "Sverige" if source.source_class in _NATIONAL else ""


def covered_sites(home: Home) -> frozenset[str]:
    """Return the sites that need not be found: those of the home's sources, and the municipality's own."""
    own = (f"https://{host}" for host in home.settings.triage.own_hosts)
    return frozenset(map(site_of, (*(source.url for source in home.sources), *own)))
