"""Rules that weigh: what speaks for the place, what against, and what makes a naming one in passing.

Weights are log odds. They were set by hand and checked on the four fifths of the labelled notices that
`bench/build_places.py` counts, and on the sentences under tests/core/matching.
"""

import math
import re
from collections.abc import Iterator, Mapping

from monitor.core.matching import signs
from monitor.core.matching.around import Around, look_around
from monitor.core.matching.gazetteer import Doubt, Name, Sense
from monitor.core.matching.reading import ROAD_DIRECTION, Reading, Sign
from monitor.core.matching.scan import Form, Hit
from monitor.core.matching.verdicts import decide
from monitor.models import PlaceKind

OWN_NAME_WEIGHT = {Doubt.NONE: 2.2, Doubt.NAMESAKE: 1.2, Doubt.PERSON: 0.3, Doubt.WORD: -0.6}
"""What a municipality's own name weighs alone."""

AT_WEIGHT = {Doubt.NONE: 0.3, Doubt.NAMESAKE: 0.3, Doubt.PERSON: 1.6, Doubt.WORD: 1.6}
"""What a preposition tells: that a place is meant, not which of its namesakes."""

EXTRA_WEIGHT = 2.5
"""A name that the home itself gave."""

PRIOR = {PlaceKind.LOCALITY: (1.2, 0.3), PlaceKind.SUBPLACE: (0.6, 0.4)}
"""Texts that a name is credited with, for and against its municipality, before any are counted."""

_CHAIN = re.compile(
    r"\b(?:i|från|vid|på|till|mellan|inom|utanför|kommunerna) "
    r"(?:[A-ZÅÄÖ][\w-]*(?: [A-ZÅÄÖ][\w-]*)?(?:, | och | samt | eller |/))+$"
)
_POSTCODE = re.compile(r"\b\d{3} ?\d{2}\s+$")
_ROAD = re.compile(r"\b(?:E\d{1,2}|[Rr]iksväg \d+|[Ll]änsväg \d+|[Vv]äg \d+|[Rr]v ?\d+)\b")
_DATELINE = re.compile(r"[.:]? [–-] |[.:] |[.:]$")
_LARGER = re.compile(r"(?: i|,| \(|, i| utanför| strax utanför) ?([A-ZÅÄÖ][\w-]+(?: (?:Väsby|Göinge|Edet))?)")
_ROAD_DIRECTION = re.compile(r"riktning(?:en)? (?:mot )?$")
_BEARING = re.compile(r"\b(?:norr|söder|väster|öster|nordost|sydost|nordväst|sydväst) om $")
_BETWEEN = re.compile(r"\bmellan (?:[\w-]+ ){0,2}(?:och )?$")
_ROUTE_AFTER = re.compile(r"\s?[–-]\s?[A-ZÅÄÖ]")
_ROUTE_BEFORE = re.compile(r"[a-zåäö]\s?[–-]\s?$")


def read_naming(hit: Hit, known: Mapping[str, Name]) -> Reading:
    """Read what one naming means, from the words around it."""
    around = look_around(hit, known)
    return Reading(
        hit,
        decision=None if hit.name.extra else decide(around),
        signs=tuple(_signs(around)),
        passing=_passing(around),
        official=around.following in signs.MUNICIPAL_AFTER
        or (around.following in signs.BODY_AFTER and hit.form in {Form.PLAIN, Form.GENITIVE}),
        located=_is_located(around),
    )


def sense_weight(name: Name, sense: Sense) -> float:
    """Return the log odds that `name`, alone, means the municipality of `sense`."""
    if name.extra:
        return EXTRA_WEIGHT
    if sense.kind is PlaceKind.MUNICIPALITY:
        return OWN_NAME_WEIGHT[name.doubt]
    right, wrong = PRIOR[sense.kind]
    if not sense.named:
        right /= len(name.senses) ** 2
    return math.log((sense.seen + right) / (sense.named - sense.seen + wrong))


def _is_located(around: Around) -> bool:
    return around.previous.lower() in signs.AT or _CHAIN.search(around.before) is not None


def _signs(around: Around) -> Iterator[Sign]:
    hit, following, doubt = around.hit, around.following, around.doubt
    if following in signs.MUNICIPAL_AFTER:
        yield Sign("kommun", 4.0, f"“{following}” stands after it")
    elif following in signs.BODY_AFTER:
        yield Sign("municipal body", 1.5, f"“{following}” stands after it")
    if around.previous.lower() in signs.AT:
        yield Sign("preposition", AT_WEIGHT[doubt], f"“{around.previous.lower()}” stands before it")
    elif _is_located(around):
        yield Sign("row of places", 0.8 * AT_WEIGHT[doubt], "in a row of places")
    elif doubt is Doubt.WORD and not any(part.isalnum() for part in around.sentence[0]):
        yield Sign("sentence start", -1.5, "begins a sentence, where any word is capitalised")
    if hit.form in {Form.INHABITANT, Form.COMPOUND, Form.ADDRESS}:
        yield Sign(hit.form.value, 1.0, f"as {hit.form.value}")
    if hit.form is Form.TAG:
        yield Sign(hit.form.value, 0.3, "as a hashtag")
    if hit.form is Form.UPPER and doubt is not Doubt.NONE:
        yield Sign("upper case", -1.0, "in upper case, where words look like names")
    if not around.before.strip() and _DATELINE.match(around.after):
        yield Sign("dateline", 1.0, "a dateline")
    larger = _larger_place(around)
    if larger:
        yield Sign("larger place", -4.0, f"“{larger}” stands after it as the larger place")
    if _ROAD.search(around.before) or _ROAD.search(around.after):
        yield Sign("road", 0.5, "a road stands beside it")


def _larger_place(around: Around) -> str:
    """Return the municipality named right after a place that is not its own: "Sandviken, Karlskoga"."""
    found = _LARGER.match(around.after)
    if found is None or around.clear:
        return ""
    town = around.known.get(found[1]) or around.known.get(found[1].removesuffix("s"))
    if town is None or town.extra or town.senses[0].kind is not PlaceKind.MUNICIPALITY:
        return ""
    own = {sense.code for sense in around.name.senses}
    return "" if town.senses[0].code in own else town.text


def _passing(around: Around) -> str:
    """Say why this naming is in passing, or nothing."""
    before, after = around.before, around.after
    if _ROAD_DIRECTION.search(before):
        return ROAD_DIRECTION
    if around.previous == "mot":
        return "a direction"
    if _BEARING.search(before):
        return "a bearing"
    if _BETWEEN.search(before) or _ROUTE_AFTER.match(after) or _ROUTE_BEFORE.search(before):
        return "a route"
    if _POSTCODE.search(before):
        return "an address line"
    recent = set(re.findall(r"[\w.]+", before)[-4:])
    if recent & signs.ORIGIN_BEFORE:
        return "where somebody comes from"
    if recent & signs.COMPARISON_BEFORE:
        return "an example or a comparison"
    return ""
