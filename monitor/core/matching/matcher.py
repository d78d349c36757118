"""Find the watched places in a text."""

import re
from dataclasses import dataclass

from monitor.core.matching.watch import Watch
from monitor.core.places import municipalities
from monitor.models import FoundPlace, Mention, PlaceKind


@dataclass(frozen=True, slots=True)
class Matcher:
    """A watch made ready to search with. Build it once, use it for every text."""

    watch: Watch
    patterns: dict[str, re.Pattern[str]]

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that a page must hold one of, in some spelling, for `find` to find anything."""
        own = [municipalities()[code].name for code in self.watch.codes] or [self.watch.name]
        return tuple(dict.fromkeys(name for name in (*own, *self.watch.names) if name))

    def find(self, title: str, text: str, *, source_area: str = "") -> tuple[FoundPlace, ...]:
        """Return the watched places that `title` and `text` name, in the order of the watch."""
        found = []
        for code, pattern in self.patterns.items():
            mentions = tuple(
                Mention(start=hit.start(), end=hit.end(), text=hit[0], rule="name", where=where)
                for where, field in (("title", title), ("text", text))
                for hit in pattern.finditer(field)
            )
            if mentions:
                name = municipalities()[code].name if code else self.watch.name
                found.append(
                    FoundPlace(
                        code=code,
                        name=name,
                        kind=PlaceKind.MUNICIPALITY,
                        about=True,
                        score=1.0,
                        reason="the name stands in the text" + (f" (source: {source_area})" if source_area else ""),
                        mentions=mentions,
                    )
                )
        return tuple(found)


def build_matcher(watch: Watch) -> Matcher:
    """Make a matcher for `watch`."""
    patterns = {}
    for code in watch.codes or ("",):
        own = municipalities()[code].name if code else watch.name
        names = sorted({own, *watch.names}, key=len, reverse=True)
        patterns[code] = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, names))})s?(?!\w)")
    return Matcher(watch, patterns)
