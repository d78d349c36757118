"""Rules that weigh: what speaks for the place, what against, and what makes a naming one in passing.

Weights are log odds. They were set by hand and checked on the four fifths of the labelled notices that
`bench/build_places.py` counts, and on the sentences under tests/core/matching.
"""

import math
import re
from collections.abc import Collection, Iterator, Mapping

from monitor.core.matching import signs
from monitor.core.matching.around import Around, look_around
from monitor.core.matching.gazetteer import Doubt, Name, Sense, county_codes
from monitor.core.matching.reading import BEARING, FROM, ROAD_DIRECTION, ROUTE, Reading, Sign
from monitor.core.matching.scan import Form, Hit
from monitor.core.matching.verdicts import decide
from monitor.models import PlaceKind

OWN_NAME_WEIGHT = {Doubt.NONE: 2.2, Doubt.NAMESAKE: 1.2, Doubt.PERSON: -0.3, Doubt.WORD: -0.6}
"""What a municipality's own name weighs alone."""

AT_WEIGHT = {Doubt.NONE: 0.3, Doubt.NAMESAKE: 0.3, Doubt.PERSON: 2.0, Doubt.WORD: 2.0}
"""What a preposition tells: that a place is meant, not which of its namesakes."""

DEED_WEIGHT = {Doubt.PERSON: 1.2, Doubt.WORD: 2.4}
"""What "bygger" after it tells: sheds do not build, people seldom do."""

EXTRA_WEIGHT = 2.5
"""A name that the home itself gave."""

PRIOR = {PlaceKind.LOCALITY: (1.2, 0.3), PlaceKind.SUBPLACE: (0.6, 0.65)}
"""Texts that a name is credited with, for and against its municipality, before any are counted.

A sub-place that was seen once needs a second sign; of those seen twice 97 in 100 were right alone."""

AGAINST = {PlaceKind.LOCALITY: 1.0, PlaceKind.SUBPLACE: 2.0}
"""How much a text counts in which the name meant another municipality: streets that are known twice are likely many."""

_CHAIN = re.compile(
    r"\b(?:i|från|vid|på|till|mellan|inom|utanför|kommunerna) "
    r"(?:[A-ZÅÄÖ][\w-]*(?: [A-ZÅÄÖ][\w-]*)?(?:, | och | samt | eller |/))+$"
)
_FIRST_OF_TWO = re.compile(r"- (?:och|eller|samt) [A-ZÅÄÖ]")
_POSTCODE = re.compile(r"\b\d{3} ?\d{2}\s+$")
_ROAD = re.compile(r"\b(?:E\d{1,2}|[Rr]iksväg \d+|[Ll]änsväg \d+|[Vv]äg \d+|[Rr]v ?\d+)\b")
_DATELINE = re.compile(r"[.:]? [–-] |[.:] |[.:]$")
_LARGER = re.compile(
    r"(?: i|,| \(|, i| utanför| strax utanför) ?([A-ZÅÄÖ][\w-]+(?: (?:Väsby|Göinge|Edet|Götaland))?)"
    r"(?!(?:,| och| samt) [A-ZÅÄÖ])\b"
)
_ROAD_DIRECTION = re.compile(r"riktning(?:en)? (?:mot )?$")
_TOWARDS = re.compile(
    r"\b(?:E\d+|väg\w*|riksväg|länsväg|trafik\w*|körfält\w*|avfart\w*|påfart\w*|infart\w*|\w*riktning\w*|rondell\w*"
    r"|tåg\w*|spår\w*|led|leden)\b[^.!?]{0,30}\bmot $|gränsen (?:mot|till) $"
)
_BEARING = re.compile(r"\b(?:norr|söder|väster|öster|nordost|sydost|nordväst|sydväst) om $")
_BETWEEN = re.compile(r"\bmellan (?:[\w-]+ ){0,2}(?:och )?$")
_ONWARD = re.compile(r" (?:till|via|mot) [A-ZÅÄÖ]")
_ORIGIN = re.compile(
    r"\b(?:(?:född|födda|föddes|uppvuxen|uppvuxna|växte upp|bosatt|bosatta|bor|bodde|bott|hemmahörande"
    r"|verksam|verksamma)"
    r"[^.!?,]{0,25} (?:i|på|utanför)"
    r"|(?:tillbringade|tillbringat|uppväxt|uppväxten|barndom|barndomen|studerade|studier|pluggade|utbildade sig)"
    r"[^.!?,]{0,25} i"
    r"|(?:kommer|kom|flyttat|flyttade|flyttar|ursprungligen|närmast|på väg)[^.!?,]{0,20} från) $"
)
_TO = re.compile(r"\bmot $|\b(?:tåg|flyg|färj|buss|båt)\w* till $|\b(?:resan|resa|på väg) till $")
_BODY_IN = re.compile(
    r"\b(?:\w*nämnden|kommunstyrelsen|\w*fullmäktige|\w*förvaltningen|socialtjänsten|kommunalrådet"
    r"|politikerna|kommunledningen) i $"
)
_RANKED = re.compile(
    r"(?:^|[.!?] )(?:Sämst|Störst|Högst|Lägst|Bäst|Mest|Minst|Flest|Dyrast|Billigast|Varmast|Kallast|Snabbast)"
    r"\b[^.!?]{0,50} $"
)
_FROM = re.compile(r"\bfrån $")
_FROM_TO = re.compile(r"\b[Ff]rån [A-ZÅÄÖ][\w-]+ (?:i \w+ )?till $")
_TAKEN = re.compile(
    r"\b(?:vårdas|förd|förda|fördes|förs|körs|kördes|flögs|flygs|avförd|avfördes|avförs|transporterad|transporterades"
    r"|transporteras)\b[^.!?]{0,50} (?:i|till) $"
)
_SEAT = re.compile(r"\b(?:huvudkontor|huvudkontoret|säte|huvudsäte)\b[^.!?,]{0,20} i $")
_FORMERLY = re.compile(r"\b(?:[Tt]idigare|[Ff]örr|[Ff]örut|en gång)[^.!?,]{0,30} $")
_COMPARISON = re.compile(
    r"(?:\b(?:[Ll]iksom|[Pp]recis som|[Ss]om|exempelvis|bland annat|[Bb]land|till exempel|[Jj]ämfört med|än|såsom"
    r"|däribland|och inte|inklusive|samma som|till skillnad från)|t\.ex\.|bl\.a\.)"
    r"(?: redan)?(?: finns)?(?: redan)?(?: (?:i|på|från|hos))? $"
)
_ROUTE_AFTER = re.compile(r"\s?[–-]\s?[A-ZÅÄÖ]")
_ROUTE_BEFORE = re.compile(r"[a-zåäö]\s?[–-]\s?$|\b[Vv]ia $")


def read_naming(hit: Hit, known: Mapping[str, Name]) -> Reading:
    """Read what one naming means, from the words around it."""
    around = look_around(hit, known)
    located = around.previous.lower() in signs.AT or _CHAIN.search(around.before) is not None
    return Reading(
        hit,
        decision=None if hit.name.extra else decide(around),
        signs=tuple(_signs(around, located=located)),
        passing=_passing(around),
        official=around.following in signs.MUNICIPAL_AFTER
        or (around.previous == "i" and _BODY_IN.search(around.before) is not None)
        or (around.following in signs.BODY_AFTER and hit.form in {Form.PLAIN, Form.GENITIVE}),
        located=located,
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
    return math.log((sense.seen + right) / (AGAINST[sense.kind] * (sense.named - sense.seen) + wrong))


def _signs(around: Around, *, located: bool) -> Iterator[Sign]:
    yield from _beside(around, located=located)
    yield from _form_signs(around)
    yield from _larger_place(around)
    if _ROAD.search(around.before) or _ROAD.search(around.after):
        yield Sign("road", 0.5, "a road stands beside it")


def _beside(around: Around, *, located: bool) -> Iterator[Sign]:
    """Weigh the words right before and after the name."""
    following, doubt = around.following, around.doubt
    if following in signs.MUNICIPAL_AFTER:
        yield Sign("kommun", 4.0, f"“{following}” stands after it")
    elif following in signs.BODY_AFTER:
        yield Sign("municipal body", 2.5, f"“{following}” stands after it")
    if around.previous.lower() in signs.AT:
        yield Sign("preposition", AT_WEIGHT[doubt], f"“{around.previous.lower()}” stands before it")
    elif located:
        yield Sign("row of places", 0.8 * AT_WEIGHT[doubt], "in a row of places")
    elif _FIRST_OF_TWO.match(around.after):
        yield Sign("row of places", 0.8 * AT_WEIGHT[doubt], "the first of two places")
    elif (
        around.hit.form in _AS_WRITTEN
        and doubt is Doubt.WORD
        and not any(part.isalnum() for part in around.sentence[0])
    ):
        yield Sign("sentence start", -1.5, "begins a sentence, where any word is capitalised")
    if doubt in {Doubt.PERSON, Doubt.WORD} and following in signs.TOWN_DEEDS:
        yield Sign("deed", DEED_WEIGHT[doubt], f"“{following}” stands after it, which towns do")


_AS_WRITTEN = frozenset({Form.PLAIN, Form.GENITIVE})


def _form_signs(around: Around) -> Iterator[Sign]:
    """Weigh how the name is written."""
    hit = around.hit
    if hit.form in {Form.INHABITANT, Form.COMPOUND, Form.ADDRESS}:
        yield Sign(hit.form.value, 1.0, f"as {hit.form.value}")
    if hit.form is Form.TAG:
        yield Sign(hit.form.value, 0.3 if around.of_municipality else 4.0, "as a hashtag")
    if hit.form is Form.LOWER:
        yield Sign(hit.form.value, -1.2, "in lower case")
    if hit.form is Form.UPPER and around.doubt is not Doubt.NONE:
        yield Sign("upper case", -1.6, "in upper case, where words look like names")
    if not around.before.strip() and _DATELINE.match(around.after):
        yield Sign("dateline", 1.5, "a dateline")


def _larger_place(around: Around) -> Iterator[Sign]:
    """Weigh a town, county or country named right after the place: "Sandviken, Karlskoga", "Kil i Värmland"."""
    found = _LARGER.match(around.after)
    if found is None or around.clear:
        return
    larger = found[1].removesuffix("s")
    own = {sense.code for sense in around.name.senses}
    town = around.known.get(found[1]) or around.known.get(larger)
    county = county_codes().get(larger)
    if county and any(code.startswith(county) for code in own):
        yield Sign("its county after", 3.5, f"“{larger}”, its county, stands after it")
    elif county or found[1] in signs.FOREIGN or (town is not None and _is_other_town(town, own)):
        yield Sign("larger place", -4.0, f"“{larger}” stands after it as the larger place")


def _is_other_town(town: Name, own: Collection[str]) -> bool:
    first = town.senses[0]
    return not town.extra and first.kind is PlaceKind.MUNICIPALITY and first.code not in own


def _passing(around: Around) -> str:
    """Say why this naming is in passing, or nothing."""
    if _ROUTE_AFTER.match(around.after) or (around.previous == "från" and _ONWARD.match(around.after)):
        return ROUTE
    before = around.before
    return next((why for ends, rule, why in _PASSING if before.endswith(ends) and rule.search(before)), "")


# Each rule with the words that it can end in: most namings are done after a look at the last word.
_ANY = ("",)
_PASSING = (
    (("mot ", "riktning ", "riktningen "), _ROAD_DIRECTION, ROAD_DIRECTION),
    (("mot ", "till "), _TOWARDS, ROAD_DIRECTION),
    (("mot ", "till "), _TO, "a direction"),
    (("om ",), _BEARING, BEARING),
    (_ANY, _BETWEEN, ROUTE),
    (("-", "–", "- ", "– ", "via ", "Via "), _ROUTE_BEFORE, ROUTE),
    (tuple(f"{digit} " for digit in range(10)), _POSTCODE, "an address line"),
    (("i ", "på ", "utanför ", "från "), _ORIGIN, "where somebody or something comes from"),
    (("i ", "till "), _TAKEN, "where somebody was taken"),
    (("till ",), _FROM_TO, ROUTE),
    (("i ",), _SEAT, "where a company sits"),
    (_ANY, _FORMERLY, "what was before"),
    (_ANY, _RANKED, "a ranking"),
    (_ANY, _COMPARISON, "an example or a comparison"),
    (("från ",), _FROM, FROM),
)
