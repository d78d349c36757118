"""What one naming means where it stands: each rule gives a verdict or a weight, and says so in words.

Weights are log odds. They were set by hand and checked on the four fifths of the labelled notices that
`bench/build_places.py` counts, and on the sentences under tests/core/matching.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from monitor.core.matching import signs
from monitor.core.matching.gazetteer import Doubt, Name, Sense
from monitor.core.matching.scan import Form, Hit
from monitor.models import PlaceKind


class Verdict(StrEnum):
    """What a naming is."""

    PLACE = "place"
    NAMED_AFTER = "named after"
    PERSON = "person"
    OTHER = "another place"
    WORD = "word"


@dataclass(frozen=True, slots=True)
class Sign:
    """A reason with its weight: above zero speaks for the place, below against it."""

    rule: str
    weight: float


@dataclass(slots=True)
class Reading:
    """A naming with its verdict and signs. `passing` says why it names the place only in passing, if it does."""

    hit: Hit
    verdict: Verdict = Verdict.PLACE
    why: str = ""
    signs: list[Sign] = field(default_factory=list)
    passing: str = ""
    official: bool = False
    """The municipality itself, or one of its bodies."""
    located: bool = False
    """A preposition of place stands before it."""

    @property
    def name(self) -> Name:
        """The name that stands there."""
        return self.hit.name

    @property
    def rule(self) -> str:
        """The strongest sign for it, in words."""
        if self.verdict is not Verdict.PLACE:
            return self.why
        best = max(self.signs, key=lambda sign: sign.weight, default=None)
        return best.rule if best and best.weight > 0 else self.hit.form.value


MUNICIPALITY_WEIGHT = {Doubt.NONE: 2.2, Doubt.NAMESAKE: 1.2, Doubt.PERSON: 0.3, Doubt.WORD: -0.6}
AT_WEIGHT = {Doubt.NONE: 0.3, Doubt.NAMESAKE: 0.3, Doubt.PERSON: 1.6, Doubt.WORD: 1.6}
"""What a preposition tells: that a place is meant, not which of its namesakes."""

ROAD_DIRECTION = "the direction of a road"

PRIOR = {PlaceKind.LOCALITY: (1.2, 0.3), PlaceKind.SUBPLACE: (0.6, 0.4)}
"""Texts that a name is credited with, for and against its municipality, before any are counted."""

_WORD_BEFORE = re.compile(r"(?:^|[\s(\"”'/–])([\w&.:’-]+)[ \"”'(]+$")
_WORD_AFTER = re.compile(r"[ ]([^\W_][\w:&’-]*)")
_CHAIN = re.compile(
    r"\b(?:i|från|vid|på|till|mellan|inom|utanför|kommunerna) (?:[A-ZÅÄÖ][\w-]*(?: [A-ZÅÄÖ][\w-]*)?(?:, | och | samt | eller |/))+$"
)
_SCORE_AFTER = re.compile(r"\s?[–-]\s?[A-ZÅÄÖ][\wåäö ]{2,24}?\s\d{1,2}\s?[–-]\s?\d")
_SCORE_BEFORE = re.compile(r"[A-ZÅÄÖ][\wåäö]+\s?[–-]\s?$")
_SCORE_LATER = re.compile(r"\s\(?\d{1,2}\s?[–-]\s?\d")
_POSTCODE = re.compile(r"\b\d{3} ?\d{2}\s+$")
_ROAD = re.compile(r"\b(?:E\d{1,2}|[Rr]iksväg \d+|[Ll]änsväg \d+|[Vv]äg \d+|[Rr]v ?\d+)\b")
_SENTENCE = re.compile(r"[.!?]\s")
_INITIAL = re.compile(r"^[A-ZÅÄÖ]\.$")
_COMPASS = frozenset({"N.", "S.", "V.", "Ö."})
_LARGER = re.compile(r"(?: i|,| \(|, i| utanför| strax utanför) ?([A-ZÅÄÖ][\w-]+(?: (?:Väsby|Göinge|Edet))?)")
_BETWEEN = re.compile(r"\bmellan (?:[\wåäöÅÄÖ-]+ ){0,2}(?:och )?$")


def sense_weight(name: Name, sense: Sense) -> float:
    """Return the log odds that `name`, alone, means the municipality of `sense`."""
    if sense.kind is PlaceKind.MUNICIPALITY:
        return MUNICIPALITY_WEIGHT[name.doubt]
    right, wrong = PRIOR[sense.kind]
    if not sense.named:
        right /= len(name.senses) ** 2
    return math.log((sense.seen + right) / (sense.named - sense.seen + wrong))


def read_naming(hit: Hit, known: Mapping[str, Name]) -> Reading:
    """Decide what one naming means, from the words around it."""
    reading = Reading(hit)
    before, after = hit.before, hit.after
    found = _WORD_BEFORE.search(before)
    previous = found[1] if found else ""
    following = after_match[1] if (after_match := _WORD_AFTER.match(after)) else ""
    for rule in _DECISIVE:
        decided = rule(hit, previous, following, known)
        if decided:
            reading.verdict, reading.why = decided
            break
    _weigh(reading, previous, following, known)
    reading.passing = _passing(hit, previous, before, after)
    return reading


# --- rules that decide ------------------------------------------------------------------------------

Decision = tuple[Verdict, str] | None


def _form(hit: Hit, previous: str, following: str, known: Mapping[str, Name]) -> Decision:
    if hit.form is Form.CLUB:
        return Verdict.NAMED_AFTER, "a team of the town"
    if hit.form is Form.PAPER:
        return Verdict.NAMED_AFTER, "a newspaper or station named after it"
    return None


def _longer_name(hit: Hit, previous: str, following: str, known: Mapping[str, Name]) -> Decision:
    clear = hit.name.doubt is Doubt.NONE and hit.name.senses[0].kind is PlaceKind.MUNICIPALITY
    if previous in signs.OTHER_PLACE_BEFORE or (previous in _COMPASS):
        opens = _opens_with(hit.before, previous)
        if not clear or (not opens and previous != "Nya") or previous in {"Gamla", "Munka", "Lilla", "Stora"}:
            return Verdict.OTHER, f"part of a longer place name: {previous} {hit.name.text}"
    if previous in signs.PART_BEFORE and hit.name.senses[:1] and hit.name.senses[0].kind is PlaceKind.MUNICIPALITY:
        return Verdict.OTHER, f"a part of another place: {previous} {hit.name.text}"
    if hit.name.doubt is Doubt.NAMESAKE and _unknown(previous, known) and not _opens_with(hit.before, previous):
        return Verdict.OTHER, f"part of a longer place name: {previous} {hit.name.text}"
    if (
        hit.name.doubt is Doubt.NAMESAKE
        and _unknown(following, known)
        and following not in signs.BODY_AFTER
        and following not in signs.NAMING_AFTER
    ):
        return Verdict.OTHER, f"part of a longer name: {hit.name.text} {following}"
    if following in signs.LONGER_NAME_AFTER and hit.form is Form.PLAIN and not hit.after.startswith(" by night"):
        return Verdict.OTHER, f"part of a longer place name: {hit.name.text} {following}"
    return None


def _unknown(word: str, known: Mapping[str, Name]) -> bool:
    """Say whether `word` is capitalised, and no place that is known."""
    return (
        word[:1].isupper()
        and word.isalpha()
        and not word.isupper()
        and word.removesuffix("s") not in known
        and word not in known
    )


def _opens_with(before: str, word: str) -> bool:
    """Say whether the sentence begins with `word`, where any word is capitalised."""
    return _SENTENCE.split(before)[-1].lstrip("\"”'( –-").startswith(word)


def _hyphen(hit: Hit, previous: str, following: str, known: Mapping[str, Name]) -> Decision:
    text, start, end = hit.field.plain, hit.start, hit.end
    if start > 1 and text[start - 1] == "-" and text[start - 2].isalpha():
        joined = re.search(r"[\w:]+$", text[max(0, start - 30) : start - 1])
        word = joined[0] if joined else ""
        if word and word not in known and word.removesuffix("s") not in known and word[0].isupper():
            if word in signs.CLUB_BEFORE:
                return Verdict.NAMED_AFTER, "a club named after it"
            return Verdict.OTHER, f"part of a longer place name: {word}-{hit.name.text}"
    if end + 1 < len(text) and text[end] == "-":
        joined = re.match(r"\w+", text[end + 1 : end + 30])
        if joined and joined[0][0].isupper() and joined[0] not in known and joined[0].removesuffix("s") not in known:
            if hit.form is Form.GENITIVE or joined[0] in signs.PAPER_AFTER:
                return Verdict.NAMED_AFTER, "a newspaper or body named after it"
            if hit.form is Form.PLAIN:
                return Verdict.OTHER, f"part of a longer name: {hit.name.text}-{joined[0]}"
        if (
            joined is None
            and hit.name.doubt in {Doubt.WORD, Doubt.PERSON}
            and text[end + 1 : end + 5] in {" och", " ell"}
        ):
            return Verdict.WORD, "the first part of a compound word"
    return None


def _named_after(hit: Hit, previous: str, following: str, known: Mapping[str, Name]) -> Decision:
    for rule, words, what in _NAMED_AFTER:
        if (previous if rule == "before" else following) in words:
            return Verdict.NAMED_AFTER, what
    if (
        following[:1].isupper()
        and hit.form is Form.GENITIVE
        and following not in signs.BODY_AFTER
        and following not in known
        and following.removesuffix("s") not in known
    ):
        return Verdict.NAMED_AFTER, f"something named after it: {hit.name.text} … {following}"
    return None


_NAMED_AFTER = (
    ("after", signs.COUNTY_AFTER, "the county of that name"),
    ("before", signs.REGION_BEFORE, "the region of that name"),
    ("before", signs.CLUB_BEFORE, "a club named after it"),
    ("after", signs.CLUB_AFTER, "a club named after it"),
    ("after", signs.SCHOOL_AFTER, "a university, school or hospital named after it"),
    ("after", signs.COURT_AFTER, "a court, diocese or regiment named after it"),
    ("after", signs.PAPER_AFTER, "a newspaper named after it"),
    ("before", signs.MEDIA_BEFORE, "a newsroom, road or hotel named after it"),
    ("after", signs.OTHER_AFTER, "a house, company or event named after it"),
)


def _team(hit: Hit, previous: str, following: str, known: Mapping[str, Name]) -> Decision:
    """Recognise a team by a result or the words of sport in its own sentence."""
    if hit.form in {Form.INHABITANT, Form.COMPOUND} or previous in _PLACED or following in signs.MUNICIPAL_AFTER:
        return None
    if _SCORE_AFTER.match(hit.after) or (_SCORE_BEFORE.search(hit.before) and _SCORE_LATER.match(hit.after)):
        return Verdict.NAMED_AFTER, "a team: a result stands beside it"
    sentence = _SENTENCE.split(hit.before)[-1] + " " + _SENTENCE.split(hit.after)[0]
    told = signs.SPORT_WORDS & set(re.findall(r"\w+", sentence))
    if len(told) >= 2 or (told and following in _TEAM_VERBS):
        return Verdict.NAMED_AFTER, f"a team: {', '.join(sorted(told)[:2])}"
    return None


_PLACED = signs.AT - {"mot", "över", "till", "mellan", "om", "för", "från"}
_TEAM_VERBS = frozenset(
    {"vann", "slog", "besegrade", "förlorade", "kvitterade", "föll", "mötte", "möter", "tog", "leder"}
)


def _person(hit: Hit, previous: str, following: str, known: Mapping[str, Name]) -> Decision:
    if hit.form not in {Form.PLAIN, Form.GENITIVE, Form.UPPER}:
        return None
    name, doubt = hit.name.text, hit.name.doubt
    if previous in signs.FIRST_NAMES or previous.removesuffix("s") in signs.FIRST_NAMES and doubt is Doubt.PERSON:
        return Verdict.PERSON, f"a first name stands before it: {previous}"
    if doubt not in {Doubt.PERSON, Doubt.WORD} and not _may_be_surname(hit):
        return None
    if _INITIAL.match(previous):
        return Verdict.PERSON, f"an initial stands before it: {previous}"
    if previous.lower() in signs.PERSON_TITLES:
        return Verdict.PERSON, f"a title stands before it: {previous}"
    if doubt is Doubt.NONE or doubt is Doubt.NAMESAKE:
        return None
    if _unknown(previous, known) and not _opens_with(hit.before, previous):
        return Verdict.PERSON, f"a capitalised word stands before it: {previous}"
    if name in _FIRST_NAMES_TOO and following[:1].isupper() and following.isalpha() and hit.form is Form.PLAIN:
        return Verdict.PERSON, f"a surname stands after it: {following}"
    if previous in signs.SPEECH or following in signs.SPEECH:
        return Verdict.PERSON, "a verb of speech stands beside it"
    return None


_FIRST_NAMES_TOO = frozenset({"Mark", "Nora", "Vilhelmina", "Dorotea", "Sunne", "Eda", "Ale", "Salem", "Berg", "Lund"})


def _may_be_surname(hit: Hit) -> bool:
    return hit.name.senses[0].kind is not PlaceKind.MUNICIPALITY


_DECISIVE = (_form, _hyphen, _longer_name, _named_after, _person, _team)


# --- rules that weigh -------------------------------------------------------------------------------


def _weigh(reading: Reading, previous: str, following: str, known: Mapping[str, Name]) -> None:
    hit, found = reading.hit, reading.signs
    if following in signs.MUNICIPAL_AFTER:
        reading.official = True
        found.append(Sign(f"“{following}” stands after it", 4.0))
    elif following in signs.BODY_AFTER:
        reading.official = hit.form in {Form.PLAIN, Form.GENITIVE}
        found.append(Sign(f"“{following}” stands after it", 1.5))
    if previous in signs.AT or previous.lower() in signs.AT:
        reading.located = True
        found.append(Sign(f"“{previous.lower()}” stands before it", AT_WEIGHT[hit.name.doubt]))
    elif _CHAIN.search(hit.before):
        reading.located = True
        found.append(Sign("in a row of places", 0.8 * AT_WEIGHT[hit.name.doubt]))
    elif hit.name.doubt is Doubt.WORD and (not hit.before.strip() or hit.before.rstrip()[-1:] in {".", "!", "?"}):
        found.append(Sign("begins a sentence, where any word is capitalised", -1.5))
    if hit.form in {Form.INHABITANT, Form.COMPOUND, Form.ADDRESS}:
        found.append(Sign(hit.form.value, 1.0))
    if hit.form is Form.UPPER and hit.name.doubt is not Doubt.NONE:
        found.append(Sign("upper case, where words look like names", -1.0))
    if not hit.before.strip() and re.match(r"[.:]? [–-] |[.:] ", hit.after):
        found.append(Sign("dateline", 1.0))
    larger = _LARGER.match(hit.after)
    if larger and larger[1] != hit.name.text and _names_other_town(larger[1], hit, known):
        found.append(Sign(f"“{larger[1]}” stands after it as the larger place", -4.0))
    if _ROAD.search(hit.before) or _ROAD.search(hit.after):
        found.append(Sign("a road stands beside it", 0.5))


def _names_other_town(word: str, hit: Hit, known: Mapping[str, Name]) -> bool:
    """Say whether `word` is a municipality that the name is not of: "Sandviken, Karlskoga"."""
    town = known.get(word) or known.get(word.removesuffix("s"))
    if town is None or town.senses[0].kind is not PlaceKind.MUNICIPALITY:
        return False
    first = hit.name.senses[0]
    doubtful = first.kind is not PlaceKind.MUNICIPALITY or hit.name.doubt is not Doubt.NONE
    return doubtful and all(sense.code != town.senses[0].code for sense in hit.name.senses)


def _passing(hit: Hit, previous: str, before: str, after: str) -> str:
    """Say why this naming is in passing, or nothing."""
    if previous in {"riktning", "riktningen", "körriktning"} or re.search(r"riktning(?:en)? mot $", before):
        return ROAD_DIRECTION
    if previous == "mot":
        return "a direction"
    if previous == "om" and re.search(r"\b(?:norr|söder|väster|öster|nordost|sydost|nordväst|sydväst) om $", before):
        return "a bearing"
    if _BETWEEN.search(before) or re.match(r"\s?[–-]\s?[A-ZÅÄÖ]", after) or re.search(r"[a-zåäö]\s?[–-]\s?$", before):
        return "a route"
    if _POSTCODE.search(before):
        return "an address line"
    recent = set(re.findall(r"[\w.]+", before)[-4:])
    if recent & signs.ORIGIN_BEFORE:
        return "where somebody comes from"
    if recent & signs.COMPARISON_BEFORE:
        return "an example or a comparison"
    return ""
