"""Weigh all namings of a text together: which municipalities it names, and how sure that is."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from monitor.core.matching.gazetteer import Doubt, Name, Sense
from monitor.core.matching.rules import ROAD_DIRECTION, Reading, Sign, Verdict, sense_weight
from monitor.core.places import municipalities
from monitor.models import PlaceKind

SURE = 0.3
"""Log odds from which a municipality's own name counts as clearly named."""

SECOND_NAME = 0.6
"""How much of a further name's weight is added to the first."""
MOST_FROM_OTHERS = 2.5
NAMED_AFTER_SCORE = 0.55
NATIONWIDE = frozenset({"sverige", "riket", "nationell", "national", "hela landet"})


@dataclass(slots=True)
class Claim:
    """What speaks for one municipality, and against it."""

    code: str
    readings: list[tuple[Reading, Sense, float]] = field(default_factory=list)
    named_after: list[Reading] = field(default_factory=list)
    signs: list[Sign] = field(default_factory=list)
    kind: PlaceKind = PlaceKind.SUBPLACE
    logit: float = -9.0

    @property
    def score(self) -> float:
        """The probability that the place is meant, 0 to 1."""
        return 1.0 / (1.0 + math.exp(-self.logit))

    @property
    def own_name(self) -> bool:
        """Whether the municipality's own name stands there as a place."""
        return any(sense.kind is PlaceKind.MUNICIPALITY for _, sense, _ in self.readings)


def weigh_claims(readings: Sequence[Reading], source_area: str) -> dict[str, Claim]:
    """Return what is claimed for each municipality that any reading can mean."""
    claims = _gather(readings)
    persons = {reading.name.text for reading in readings if reading.verdict is Verdict.PERSON}
    counties = _counties(readings)
    for claim in claims.values():
        _add_names(claim, persons)
    sure = {code: claim for code, claim in claims.items() if claim.own_name and claim.logit >= SURE}
    subs = {code: claim.logit for code, claim in claims.items() if claim.readings and not claim.own_name}
    for claim in claims.values():
        if claim.readings:
            _weigh_direction(claim, claims)
            _weigh_rivals(claim, sure)
            _weigh_namesakes(claim, subs)
            _weigh_county(claim, counties)
            _weigh_area(claim, source_area)
            claim.logit += sum(sign.weight for sign in claim.signs)
    return claims


def _gather(readings: Sequence[Reading]) -> dict[str, Claim]:
    claims: dict[str, Claim] = {}
    for reading in readings:
        if reading.verdict is Verdict.PLACE:
            for sense in reading.name.senses:
                weight = sense_weight(reading.name, sense) + _told(reading, sense)
                claims.setdefault(sense.code, Claim(sense.code)).readings.append((reading, sense, weight))
        elif reading.verdict is Verdict.NAMED_AFTER and reading.name.senses:
            first = reading.name.senses[0]
            if first.kind is not PlaceKind.SUBPLACE:
                claims.setdefault(first.code, Claim(first.code)).named_after.append(reading)
    return claims


def _told(reading: Reading, sense: Sense) -> float:
    """Add up the signs. For a sub-place, "in" or "centre" tell that it is a place, hardly of which municipality."""
    whole = sense.kind is PlaceKind.MUNICIPALITY
    return sum(sign.weight if whole or sign.weight < 0.0 else 0.3 * sign.weight for sign in reading.signs)


def _counties(readings: Sequence[Reading]) -> frozenset[str]:
    """Return the codes of the counties that the text names as such."""
    return frozenset(
        reading.name.senses[0].code[:2]
        for reading in readings
        if reading.verdict is Verdict.NAMED_AFTER and reading.name.senses and "county" in reading.why
    )


def _add_names(claim: Claim, persons: set[str]) -> None:
    """Take the best naming whole, and part of each further name."""
    best: dict[str, float] = {}
    for reading, _, weight in claim.readings:
        name = reading.name.text
        if name in persons and not reading.located and not reading.official:
            weight -= 2.5
        best[name] = max(weight, best.get(name, -9.0))
    if not best:
        return
    first, *others = sorted(best.values(), reverse=True)
    more = sum(SECOND_NAME * max(weight + 0.7, 0.0) for weight in others)
    claim.logit = first + min(more, MOST_FROM_OTHERS)
    if more:
        claim.signs.append(Sign("other places of the same municipality stand near", 0.0))
    if len(best) == 1 and not claim.own_name:
        claim.signs.append(Sign("only one sub-place stands for it", ALONE))
    kinds = [sense.kind for _, sense, _ in claim.readings]
    claim.kind = min(kinds, key=list(PlaceKind).index)


def _weigh_direction(claim: Claim, claims: Mapping[str, Claim]) -> None:
    """A road's direction tells where it leads. It names the place only when nothing tells where on the road one is."""
    if all(reading.passing == ROAD_DIRECTION for reading, _, _ in claim.readings):
        others = [code for code, other in claims.items() if code != claim.code and other.logit > 0.0]
        if others:
            claim.signs.append(Sign("only the direction of a road, and another place is named", -5.0))


def _weigh_rivals(claim: Claim, sure: Mapping[str, Claim]) -> None:
    """A sub-place weighs less when another municipality is named: streets and villages repeat across the country."""
    rivals = [code for code in sure if code != claim.code]
    if not rivals:
        return
    clear = claim.own_name and any(
        sense.kind is PlaceKind.MUNICIPALITY and (reading.name.doubt is Doubt.NONE or reading.official)
        for reading, sense, _ in claim.readings
    )
    if clear:
        return
    near = any(code[:2] == claim.code[:2] or code in _neighbours(claim.code) for code in rivals)
    loose = all(reading.passing for code in rivals for reading, _, _ in sure[code].readings)
    names = ", ".join(municipalities()[code].name for code in rivals[:3])
    if claim.own_name:
        claim.signs.append(Sign(f"other municipalities are named: {names}", -0.3 if near else -0.8))
    else:
        weight = RIVAL_NEAR if near else RIVAL_FAR
        claim.signs.append(Sign(f"another municipality is named: {names}", weight / 2 if loose else weight))


ALONE = -1.2
RIVAL_NEAR = -2.4
RIVAL_FAR = -5.0


def _weigh_namesakes(claim: Claim, subs: Mapping[str, float]) -> None:
    """Sub-places of different municipalities speak against each other."""
    if claim.own_name:
        return
    other = max((logit for code, logit in subs.items() if code != claim.code), default=-9.0)
    if other > 0.0:
        claim.signs.append(Sign("sub-places of another municipality stand there too", -min(other, 3.0)))


def _weigh_county(claim: Claim, counties: frozenset[str]) -> None:
    if claim.code[:2] in counties:
        claim.signs.append(Sign("its county is named", 0.8))
    elif counties and not claim.own_name:
        claim.signs.append(Sign("another county is named", -1.5))


def _weigh_area(claim: Claim, source_area: str) -> None:
    area = source_area.strip().casefold()
    if not area:
        return
    place = municipalities().get(claim.code)
    if place is None:
        return
    if area in NATIONWIDE:
        if not claim.own_name and len({reading.name.text for reading, _, _ in claim.readings}) == 1:
            claim.signs.append(Sign("a national source and no second sign", -3.5))
        return
    covered = {known.code for known in municipalities().values() if area in _area_names(known.code)}
    if claim.code in covered:
        claim.signs.append(Sign("the source's own area", 1.5))
    elif covered & set(place.neighbours):
        claim.signs.append(Sign("near the source's own area", 0.5))
    elif covered and not claim.own_name:
        claim.signs.append(Sign("outside the source's own area", -1.0))


def _area_names(code: str) -> set[str]:
    place = municipalities()[code]
    return {code, *(name.casefold() for name in (place.name, place.official, place.county))}


def _neighbours(code: str) -> tuple[str, ...]:
    place = municipalities().get(code)
    return place.neighbours if place else ()
