"""Find the watched places in a text."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from monitor.core.matching.about import Text, lay_out, weigh_about
from monitor.core.matching.decide import Claim, covered_codes, weigh_claims
from monitor.core.matching.evidence import read_naming
from monitor.core.matching.gazetteer import Name, Sense, counties, gazetteer
from monitor.core.matching.reading import Reading, Sign
from monitor.core.matching.scan import Scanner, make_field, spellings
from monitor.core.matching.watch import Watch
from monitor.core.places import municipalities
from monitor.models import FoundPlace, Mention, PlaceKind

NAMED_AFTER_SCORE = 0.55
"""What bears the town's name is found with this score: a home that does not want it leaves the kind out."""


@dataclass(frozen=True, slots=True)
class Matcher:
    """A watch made ready to search with. Build it once, use it for every text."""

    watch: Watch
    known: Mapping[str, Name]
    scanner: Scanner
    codes: frozenset[str]
    require: re.Pattern[str] | None = None
    exclude: re.Pattern[str] | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that a page must hold one of, in some spelling, for `find` to find anything.

        Spellings that do not hold the name itself are listed of their own: "lulebo", "#varmbol", "vasteras.se".
        """
        own = [name for name in self.known.values() if any(sense.code in self.codes for sense in name.senses)]
        found = [
            spelling
            for name in own
            for spelling in (name.text, *(other for other, _ in spellings(name)))
            if spelling is name.text or name.text.casefold() not in spelling.casefold()
        ]
        return tuple(dict.fromkeys(found))

    def find(self, title: str, text: str, *, source_area: str = "") -> tuple[FoundPlace, ...]:
        """Return the watched places that `title` and `text` name, by code.

        `source_area` is what the source covers: a municipality, a county or several with commas between;
        "Sverige" for a national source; "" when it is not known. The answer for one municipality is the same
        whichever others are watched.
        """
        if not self._wanted(title, text):
            return ()
        fields = (make_field("title", title), make_field("text", text))
        hits = [hit for field in fields for hit in self.scanner.scan(field)]
        readings = [read_naming(hit, self.known) for hit in hits if not hit.name.county]
        claims = weigh_claims(readings, {hit.name.county for hit in hits if hit.name.county}, source_area)
        covered = covered_codes(source_area)
        laid_out = lay_out(*fields, readings)
        watched = [code for code in sorted(claims) if code in self.codes]  # `&` would walk all 290 codes for each text
        judged = (self._judge(claims[code], claims, laid_out, covered) for code in watched)
        return tuple(place for place in judged if place is not None)

    def _wanted(self, title: str, text: str) -> bool:
        if self.require and not (self.require.search(title) or self.require.search(text)):
            return False
        return not (self.exclude and (self.exclude.search(title) or self.exclude.search(text)))

    def _judge(
        self, claim: Claim, claims: Mapping[str, Claim], text: Text, covered: Collection[str]
    ) -> FoundPlace | None:
        """Return the place of a claim, when it counts as found."""
        taken = [(reading, sense.kind) for reading, sense, _ in claim.places]
        kind, score = claim.kind, claim.score
        if claim.named_after and (not taken or score < NAMED_AFTER_SCORE):
            taken = [(reading, PlaceKind.NAMED_AFTER) for reading in claim.named_after]
            kind, score = PlaceKind.NAMED_AFTER, NAMED_AFTER_SCORE
            claim = Claim(claim.code, named_after=claim.named_after)
        mentions = tuple(_mention(reading, kind) for reading, kind in taken)
        counted = any(mention.rule not in self.watch.mute for mention in mentions)
        if not counted or score < self.watch.threshold or kind not in self.watch.kinds:
            return None
        about = weigh_about(claim, claims, text, covered)
        concerns = sum(sign.weight for sign in about) > 0.0
        return FoundPlace(
            code=claim.code,
            name=municipalities()[claim.code].name if claim.code else self.watch.name,
            kind=kind,
            about=concerns,
            score=round(score, 3),
            reason=_reason([reading for reading, _ in taken], claim.signs, about, concerns=concerns),
            mentions=mentions,
        )


def build_matcher(watch: Watch) -> Matcher:
    """Make a matcher for `watch`."""
    known, scanner = _shipped() if watch.codes else ({}, None)
    extra = _extra_names(watch)
    if extra or scanner is None:
        known = {**known, **extra}
        scanner = Scanner([*known.values(), *(counties() if watch.codes else ())])
    return Matcher(
        watch=watch,
        known=known,
        scanner=scanner,
        codes=frozenset(watch.codes or ("",)),
        require=_any_word(watch.require),
        exclude=_any_word(watch.exclude),
    )


@cache
def _shipped() -> tuple[Mapping[str, Name], Scanner]:
    return gazetteer(), Scanner([*gazetteer().values(), *counties()])


def _extra_names(watch: Watch) -> dict[str, Name]:
    """Return the names that the home gives. What it gives counts, whatever else bears the name."""
    code = watch.codes[0] if watch.codes else ""
    given = {name: Name(name, (Sense(code, PlaceKind.LOCALITY),), extra=True) for name in watch.names if name}
    if not watch.codes and watch.name:
        given[watch.name] = Name(watch.name, (Sense("", PlaceKind.MUNICIPALITY),))
    return given


def _any_word(words: Sequence[str]) -> re.Pattern[str] | None:
    if not words:
        return None
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, words))})(?!\w)", re.IGNORECASE)


def _mention(reading: Reading, kind: PlaceKind) -> Mention:
    hit = reading.hit
    start, end = hit.field.span(hit.start, hit.end)
    text = hit.field.plain[hit.start : hit.end]
    return Mention(start=start, end=end, text=text, rule=reading.rule(kind), where=hit.field.where)


def _reason(readings: Sequence[Reading], claimed: Sequence[Sign], about: Sequence[Sign], *, concerns: bool) -> str:
    """Say in words what took it, what spoke against, and why the text is about it or not."""
    told = [sign for reading in readings for sign in reading.signs] + list(claimed)
    first = readings[0]
    taken = (
        [first.decision.words] if first.decision else [f"“{first.hit.field.plain[first.hit.start : first.hit.end]}”"]
    )
    parts = ["; ".join([*taken, *_words(sign for sign in told if sign.weight > 0.0)])]
    against = _words(sign for sign in told if sign.weight < 0.0)
    if against:
        parts.append(f"against: {'; '.join(against)}")
    why = _words(sign for sign in about if (sign.weight > 0.0) is concerns) or ["too little speaks for it"]
    parts.append(f"{'about it' if concerns else 'in passing'}: {'; '.join(why)}")
    return ". ".join(parts)


def _words(told: Iterable[Sign]) -> list[str]:
    """Return the words of the strongest signs."""
    strongest = sorted((sign for sign in told if sign.words), key=_strength, reverse=True)
    return list(dict.fromkeys(sign.words for sign in strongest))[:3]


def _strength(sign: Sign) -> float:
    return abs(sign.weight)
