"""Weigh all namings of a text together: which municipalities it names, and how sure that is."""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from monitor.core.matching.evidence import sense_weight
from monitor.core.matching.gazetteer import Doubt, Sense
from monitor.core.matching.reading import ROAD_DIRECTION, Reading, Sign, Verdict
from monitor.core.places import municipalities
from monitor.models import PlaceKind

RIVAL = 0.3
"""Log odds from which a municipality that is named by its own name speaks against sub-places of others."""
RIVAL_NEAR = -2.4
RIVAL_FAR = -5.0
DOUBTFUL_RIVAL_NEAR = -0.3
DOUBTFUL_RIVAL_FAR = -0.8

WELL_KNOWN_SEEN = 15
WELL_KNOWN_AGREED = 0.95
WELL_KNOWN_SHARE = 0.4
"""A locality that so many texts name, and for one municipality, stands also beside others: Visby, Huskvarna."""

MOST_AGAINST = 3.0

ALONE = -1.2
"""A sub-place without a second sign."""
SECOND_NAME = 0.6
"""How much of a further name's weight is added to the first."""
MOST_FROM_OTHERS = 2.5
SUB_PLACE_SHARE = 0.3
"""For a sub-place, "in" or "centre" tell that it is a place, hardly of which municipality."""
MORE_PERSON = -2.5
"""The same name stood for a person elsewhere in the text."""
WRONG_COUNTY = -1.5
OWN_COUNTY = 0.8
OWN_AREA = 1.5
OWN_AREA_SUB_PLACE = 4.0
"""The local paper that writes Valla means its own."""
NEAR_AREA = 0.5
OUTSIDE_AREA = -1.0
NATIONWIDE_ALONE = -3.5
DIRECTION_BESIDE = -5.0
DIRECTION_ALONE = -3.6
NEVER = -9.0

_BEST_FIRST = list(PlaceKind)

NATIONWIDE = frozenset({"sverige", "riket", "nationell", "national", "hela landet"})


@dataclass(slots=True)
class Claim:
    """What speaks for one municipality, and against it."""

    code: str
    places: list[tuple[Reading, Sense, float]] = field(default_factory=list)
    """Namings that can mean it, each with its sense and weight."""
    named_after: list[Reading] = field(default_factory=list)
    signs: list[Sign] = field(default_factory=list)
    logit: float = NEVER

    @property
    def score(self) -> float:
        """The probability that the place is meant, 0 to 1."""
        return 1.0 / (1.0 + math.exp(-self.logit))

    @property
    def kind(self) -> PlaceKind:
        """The best kind of name that stands for it."""
        kinds = [sense.kind for _, sense, _ in self.places]
        return min(kinds, key=_BEST_FIRST.index, default=PlaceKind.NAMED_AFTER)

    @property
    def own_name(self) -> bool:
        """Whether the municipality's own name, or one that its home gave, stands there as a place."""
        return any(sense.kind is PlaceKind.MUNICIPALITY or reading.name.extra for reading, sense, _ in self.places)

    @property
    def clear(self) -> bool:
        """Whether a name stands for it that nothing else bears."""
        return any(
            reading.name.extra
            or (sense.kind is PlaceKind.MUNICIPALITY and (reading.name.doubt is Doubt.NONE or reading.official))
            for reading, sense, _ in self.places
        )

    @property
    def well_known(self) -> bool:
        """Whether a locality stands for it that many texts name, and hardly any for another municipality."""
        return any(
            sense.kind is PlaceKind.LOCALITY
            and sense.seen >= WELL_KNOWN_SEEN
            and sense.seen >= WELL_KNOWN_AGREED * sense.named
            for _, sense, _ in self.places
        )

    @property
    def names(self) -> set[str]:
        """The different names that stand for it."""
        return {reading.name.text for reading, _, _ in self.places}


def weigh_claims(readings: Sequence[Reading], counties: Collection[str], source_area: str = "") -> dict[str, Claim]:
    """Return what is claimed for each municipality that any naming can mean. `counties` are those that are named."""
    claims = _gather(readings)
    persons = {reading.name.text for reading in readings if reading.verdict is Verdict.PERSON}
    for claim in claims.values():
        _add_names(claim, persons)
    first = {code: claim.logit for code, claim in claims.items()}
    rivals = [code for code, claim in claims.items() if claim.own_name and claim.logit >= RIVAL]
    subs = [code for code, claim in claims.items() if claim.places and not claim.own_name]
    named_counties = {*counties, *_counties(readings)}
    covered = covered_codes(source_area)
    for claim in claims.values():
        if claim.places:
            _weigh_direction(claim, first)
            _weigh_rivals(claim, [code for code in rivals if code != claim.code], claims)
            _weigh_namesakes(claim, [claims[code] for code in subs if code != claim.code], first)
            _weigh_county(claim, named_counties)
            _weigh_area(claim, source_area, covered, persons)
            claim.logit += sum(sign.weight for sign in claim.signs)
    return claims


def covered_codes(source_area: str) -> frozenset[str]:
    """Return the municipalities of a source's area: a code, a municipality, a county, several with commas between."""
    areas = {area.strip().casefold() for area in source_area.split(",")} - {""}
    return frozenset(
        code
        for code, place in (municipalities().items() if areas else ())
        if areas & {code, place.name.casefold(), place.official.casefold(), place.county.casefold()}
    )


def _gather(readings: Sequence[Reading]) -> dict[str, Claim]:
    claims: dict[str, Claim] = {}
    for reading in readings:
        if reading.verdict is Verdict.PLACE:
            for sense in reading.name.senses:
                weight = sense_weight(reading.name, sense) + _told(reading, sense)
                claims.setdefault(sense.code, Claim(sense.code)).places.append((reading, sense, weight))
        elif reading.verdict is Verdict.NAMED_AFTER:
            first = reading.name.senses[0]
            if first.kind is PlaceKind.MUNICIPALITY:
                claims.setdefault(first.code, Claim(first.code)).named_after.append(reading)
    return claims


def _told(reading: Reading, sense: Sense) -> float:
    whole = sense.kind is PlaceKind.MUNICIPALITY
    return sum(sign.weight if whole or sign.weight < 0.0 else SUB_PLACE_SHARE * sign.weight for sign in reading.signs)


def _counties(readings: Sequence[Reading]) -> frozenset[str]:
    """Return the codes of the counties that are named by the names of their towns."""
    return frozenset(
        reading.name.senses[0].code[:2]
        for reading in readings
        if reading.decision and reading.decision.rule == "county"
    )


def _add_names(claim: Claim, persons: set[str]) -> None:
    """Take the best naming whole, and part of each further name."""
    best: dict[str, float] = {}
    for reading, _, weight in claim.places:
        name = reading.name.text
        doubted = name in persons and not reading.located and not reading.official
        best[name] = max(weight + (MORE_PERSON if doubted else 0.0), best.get(name, NEVER))
    if not best:
        return
    first, *others = sorted(best.values(), reverse=True)
    more = min(sum(SECOND_NAME * max(weight + 0.7, 0.0) for weight in others), MOST_FROM_OTHERS)
    claim.logit = first
    if more > 0.0:
        claim.signs.append(Sign("second place", more, "other places of the same municipality stand near"))
    if claim.names & persons:
        claim.signs.append(Sign("person", 0.0, "the name stands for a person elsewhere in the text"))
    if len(best) == 1 and not claim.own_name:
        claim.signs.append(Sign("alone", ALONE, "only one sub-place stands for it"))


def _weigh_direction(claim: Claim, weights: Mapping[str, float]) -> None:
    """A road's direction tells where it leads: in half of such notices it happened in another municipality."""
    if any(reading.passing != ROAD_DIRECTION for reading, _, _ in claim.places):
        return
    if any(weight > 0.0 for code, weight in weights.items() if code != claim.code):
        words = "only the direction of a road, and another place is named"
        claim.signs.append(Sign("road direction", DIRECTION_BESIDE, words))
    else:
        claim.signs.append(Sign("road direction", DIRECTION_ALONE, "only the direction of a road"))


def _weigh_rivals(claim: Claim, rivals: Sequence[str], claims: Mapping[str, Claim]) -> None:
    """A sub-place weighs less when another municipality is named: streets and villages repeat across the country."""
    if not rivals or claim.clear:
        return
    place = municipalities().get(claim.code)
    near = any(code[:2] == claim.code[:2] or (place is not None and code in place.neighbours) for code in rivals)
    names = ", ".join(municipalities()[code].name for code in rivals[:3] if code)
    if claim.own_name:
        weight = DOUBTFUL_RIVAL_NEAR if near else DOUBTFUL_RIVAL_FAR
    else:
        weight = RIVAL_NEAR if near else RIVAL_FAR
        if all(reading.passing for code in rivals for reading, _, _ in claims[code].places):
            weight /= 2.0
        if claim.well_known:
            weight *= WELL_KNOWN_SHARE
    claim.signs.append(Sign("rival", weight, f"other municipalities are named: {names}"))


def _weigh_namesakes(claim: Claim, others: Sequence[Claim], weights: Mapping[str, float]) -> None:
    """Sub-places of different municipalities speak against each other, most of all when they bear the same name."""
    if claim.own_name:
        return
    same = max((weights[other.code] for other in others if other.names & claim.names), default=NEVER)
    beside = max((weights[other.code] for other in others if not other.names & claim.names), default=NEVER)
    if same > 0.0:
        words = "another municipality has a place of that name"
        claim.signs.append(Sign("namesake", -min(same, MOST_AGAINST), words))
    elif beside > 0.0:
        weight = -min(beside, MOST_AGAINST) * (WELL_KNOWN_SHARE if claim.well_known else 1.0)
        claim.signs.append(Sign("place beside", weight, "a place of another municipality is named beside it"))


def _weigh_county(claim: Claim, counties: Collection[str]) -> None:
    if claim.code[:2] in counties:
        claim.signs.append(Sign("county named", OWN_COUNTY, "its county is named"))
    elif counties and not claim.clear:
        claim.signs.append(Sign("other county", WRONG_COUNTY, "another county is named"))


def _weigh_area(claim: Claim, source_area: str, covered: Collection[str], persons: set[str]) -> None:
    if source_area.strip().casefold() in NATIONWIDE:
        if not claim.own_name and len(claim.names) == 1:
            words = "a national source and no second sign"
            claim.signs.append(Sign("national source", NATIONWIDE_ALONE, words))
        return
    place = municipalities().get(claim.code)
    if place is None or not covered:
        return
    if claim.code in covered:
        weight = OWN_AREA if claim.own_name or claim.names & persons else OWN_AREA_SUB_PLACE
        claim.signs.append(Sign("source area", weight, "the source's own area"))
    elif set(covered) & set(place.neighbours):
        claim.signs.append(Sign("near source area", NEAR_AREA, "near the source's own area"))
    elif not claim.own_name:
        claim.signs.append(Sign("outside area", OUTSIDE_AREA, "outside the source's own area"))
