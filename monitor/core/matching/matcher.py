"""Find the watched places in a text."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from monitor.core.matching.decide import NAMED_AFTER_SCORE, Claim, weigh_claims
from monitor.core.matching.gazetteer import Name, Sense, gazetteer
from monitor.core.matching.rules import Reading, Verdict, read_naming
from monitor.core.matching.scan import Scanner, make_field
from monitor.core.matching.watch import Watch
from monitor.core.places import municipalities
from monitor.models import FoundPlace, Mention, PlaceKind


@dataclass(frozen=True, slots=True)
class Matcher:
    """A watch made ready to search with. Build it once, use it for every text."""

    watch: Watch
    scanner: Scanner
    known: Mapping[str, Name]
    codes: frozenset[str]

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that a page must hold one of, in some spelling, for `find` to find anything."""
        own = [name.text for name in self.known.values() if any(sense.code in self.codes for sense in name.senses)]
        return tuple(own)

    def find(self, title: str, text: str, *, source_area: str = "") -> tuple[FoundPlace, ...]:
        """Return the watched places that `title` and `text` name."""
        readings = self.read(title, text)
        claims = weigh_claims(readings, source_area)
        found = []
        for code in sorted(claims):
            if code in self.codes:
                place = self._judge(claims[code], claims)
                if place is not None and place.score >= self.watch.threshold and place.kind in self.watch.kinds:
                    found.append(place)
        return tuple(found)

    def read(self, title: str, text: str) -> list[Reading]:
        """Return what each naming in the title and the text means."""
        return [
            read_naming(hit, self.known)
            for field in (make_field("title", title), make_field("text", text))
            for hit in self.scanner.scan(field)
        ]

    def _judge(self, claim: Claim, claims: Mapping[str, Claim]) -> FoundPlace | None:
        readings = [reading for reading, _, _ in claim.readings]
        kind, score = claim.kind, claim.score
        if claim.named_after and (not readings or score < NAMED_AFTER_SCORE):
            readings, kind, score = claim.named_after, PlaceKind.NAMED_AFTER, NAMED_AFTER_SCORE
        if not readings:
            return None
        return FoundPlace(
            code=claim.code,
            name=municipalities()[claim.code].name if claim.code else self.watch.name,
            kind=kind,
            about=True,
            score=round(score, 3),
            reason=readings[0].rule,
            mentions=tuple(_mention(reading) for reading in readings),
        )


def _mention(reading: Reading) -> Mention:
    hit = reading.hit
    start, end = hit.field.span(hit.start, hit.end)
    return Mention(
        start=start, end=end, text=hit.field.plain[hit.start : hit.end], rule=reading.rule, where=hit.field.where
    )


@cache
def _shipped() -> Scanner:
    return Scanner(gazetteer().values())


def build_matcher(watch: Watch) -> Matcher:
    """Make a matcher for `watch`."""
    return Matcher(watch, _shipped(), gazetteer(), frozenset(watch.codes))
