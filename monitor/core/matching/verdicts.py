"""Rules that decide that a naming is no plain naming of the place: a person, another place, a club, a court.

Each rule takes what stands around the name and returns a decision, or None. The first decision holds.
"""

import re

from monitor.core.matching import signs
from monitor.core.matching.around import Around
from monitor.core.matching.gazetteer import Doubt
from monitor.core.matching.reading import Decision, Verdict
from monitor.core.matching.scan import Form

_SCORE_AFTER = re.compile(r"\s?[–-]\s?[A-ZÅÄÖ][\wåäö ]{2,24}?,?\s\d{1,2}\s?[–-]\s?\d")
_SCORE_BEFORE = re.compile(r"[A-ZÅÄÖ][\wåäö]+\s?[–-]\s?$")
_SCORE_LATER = re.compile(r",?\s\(?\d{1,2}\s?[–-]\s?\d")
_RESULT = re.compile(r"\b\d{1,2}[–-]\d{1,2}\b")
_INITIAL = re.compile(r"^[A-ZÅÄÖ]\.$")
_JOINED_BEFORE = re.compile(r"([\w:]+)-$")
_JOINED_AFTER = re.compile(r"-(\w+)")
_FIRST_PART = re.compile(r"- (?:och|eller|samt) [a-zåäö]")

_COMPASS = frozenset({"N.", "S.", "V.", "Ö."})
_ALWAYS_LONGER = frozenset({"Gamla", "Munka", "Lilla", "Stora"})
_FIRST_NAMES_TOO = frozenset({"Mark", "Nora", "Vilhelmina", "Dorotea", "Sunne", "Eda", "Ale", "Salem", "Berg", "Lund"})
_TEAM_PREPOSITIONS = frozenset({"mot", "över", "till", "mellan", "om", "för", "från"})
_PLACED = signs.AT - _TEAM_PREPOSITIONS


def decide(around: Around) -> Decision | None:
    """Return the first decision that a rule makes, or None when the naming is of a place."""
    if around.hit.form in {Form.TAG, Form.ADDRESS}:
        return None
    for rule in RULES:
        decision = rule(around)
        if decision:
            return decision
    return None


def compound_named_after(around: Around) -> Decision | None:
    """Decide about Katrineholmskuriren and Katrineholmslaget."""
    if around.hit.form is Form.CLUB:
        return Decision(Verdict.NAMED_AFTER, "club", "a team of the town")
    if around.hit.form is Form.PAPER:
        return Decision(Verdict.NAMED_AFTER, "newspaper", "a newspaper or station named after it")
    if around.hit.form is Form.BEARER:
        return Decision(Verdict.NAMED_AFTER, "bearer", "a house, prison or event named after it")
    return None


def hyphenated(around: Around) -> Decision | None:
    """Decide about Munka-Ljungby, Håbo-Tibble, Katrineholms-Kuriren, Mark- och miljödomstolen."""
    before = _JOINED_BEFORE.search(around.before) if around.before.endswith("-") else None
    if before and before[1] in signs.CLUB_BEFORE:
        return Decision(Verdict.NAMED_AFTER, "club", "a club named after it")
    if before and before[1][0].isupper() and not around.joins(before[1]):
        return Decision(Verdict.OTHER, "longer name", f"part of a longer name: {before[1]}-{around.name.text}")
    if around.doubt in {Doubt.WORD, Doubt.PERSON} and _FIRST_PART.match(around.after):
        return Decision(Verdict.WORD, "word", "the first part of a compound word")
    after = _JOINED_AFTER.match(around.after) if around.after.startswith("-") else None
    if after is None or not after[1][0].isupper() or around.joins(after[1]):
        return None
    if around.hit.form is Form.GENITIVE or after[1] in signs.PAPER_AFTER:
        return Decision(Verdict.NAMED_AFTER, "newspaper", "a newspaper or body named after it")
    return Decision(Verdict.OTHER, "longer name", f"part of a longer name: {around.name.text}-{after[1]}")


def longer_name(around: Around) -> Decision | None:
    """Decide about Västra Mark, Norra Bro, Sala backe, Trolle Ljungby, stadsdelen Höganäs."""
    previous, following = around.previous, around.following
    name = around.name.text
    longer_before = Decision(Verdict.OTHER, "longer name", f"part of a longer place name: {previous} {name}")
    if previous in signs.OTHER_PLACE_BEFORE or previous in _COMPASS:
        opens = around.opens_with(previous)
        if not around.clear or (not opens and previous != "Nya") or previous in _ALWAYS_LONGER:
            return longer_before
    if previous.lower() in signs.PART_BEFORE and around.of_municipality:
        return Decision(Verdict.OTHER, "longer name", f"a part of another place: {previous} {name}")
    if following in signs.LONGER_NAME_AFTER and around.hit.form is Form.PLAIN:
        return Decision(Verdict.OTHER, "longer name", f"part of a longer place name: {name} {following}")
    if following in signs.MANOR_AFTER:
        return Decision(Verdict.OTHER, "longer name", f"a castle, manor or farm of that name: {name} {following}")
    if around.doubt is not Doubt.NAMESAKE:
        return None
    if around.unknown(previous) and not around.opens_with(previous) and previous not in signs.NAMING_BEFORE:
        return longer_before
    plain = around.hit.form is Form.PLAIN
    if plain and around.unknown(following) and following not in signs.BODY_AFTER | signs.NAMING_AFTER:
        return Decision(Verdict.OTHER, "longer name", f"part of a longer name: {name} {following}")
    return None


def named_after(around: Around) -> Decision | None:
    """Decide about clubs, courts, schools, newspapers, counties and houses that bear the town's name."""
    if around.previous.lower() == "polisregion":
        return Decision(Verdict.OTHER, "region", "a police region of several counties")
    for words, rule, what in _BEFORE:
        if around.previous in words and around.name.text != "Gotland":  # Region Gotland is the municipality
            return Decision(Verdict.NAMED_AFTER, rule, what)
    for words, rule, what in _AFTER:
        if around.following in words:
            return Decision(Verdict.NAMED_AFTER, rule, what)
    following = around.following
    if (
        around.hit.form is Form.GENITIVE
        and following[:1].isupper()
        and following not in signs.BODY_AFTER
        and not around.knows(following)
    ):
        return Decision(Verdict.NAMED_AFTER, "bearer", f"something named after it: {around.name.text}s {following}")
    return None


_BEFORE = (
    (signs.REGION_BEFORE, "region", "the region of that name"),
    (signs.CLUB_BEFORE, "club", "a club named after it"),
    (signs.MEDIA_BEFORE, "newspaper", "a newsroom, road or hotel named after it"),
)
_AFTER = (
    (signs.COUNTY_AFTER, "county", "the county of that name"),
    (signs.CLUB_AFTER, "club", "a club named after it"),
    (signs.SCHOOL_AFTER, "school", "a university, school or hospital named after it"),
    (signs.COURT_AFTER, "court", "a court, diocese or regiment named after it"),
    (signs.PAPER_AFTER, "newspaper", "a newspaper named after it"),
    (signs.OTHER_AFTER, "bearer", "a house, company or event named after it"),
)


def team(around: Around) -> Decision | None:
    """Recognise a team by a result beside it, or by the words of sport in its own sentence."""
    if around.hit.form in {Form.INHABITANT, Form.COMPOUND, Form.ADDRESS} or around.previous in _PLACED:
        return None
    if around.following in signs.MUNICIPAL_AFTER:
        return None
    if _SCORE_AFTER.match(around.after) or (_SCORE_BEFORE.search(around.before) and _SCORE_LATER.match(around.after)):
        return Decision(Verdict.NAMED_AFTER, "club", "a team: a result stands beside it")
    if around.following in signs.TEAM_VERBS and _RESULT.search(around.sentence[1]):
        return Decision(Verdict.NAMED_AFTER, "club", "a team: a result stands in the same sentence")
    told = signs.SPORT_WORDS & set(re.findall(r"\w+", " ".join(around.sentence)))
    if told and "mot" in {around.previous, around.following}:
        return Decision(Verdict.NAMED_AFTER, "club", f"a team against another: {min(told)} in the same sentence")
    if len(told) > 1 or (told - {around.following} and around.following in signs.TEAM_VERBS):
        return Decision(Verdict.NAMED_AFTER, "club", f"a team: {', '.join(sorted(told)[:2])} in the same sentence")
    return None


def person(around: Around) -> Decision | None:
    """Recognise a person by a first name, a title, an initial, a surname or a verb of speech beside the name."""
    if around.hit.form not in {Form.PLAIN, Form.GENITIVE, Form.UPPER}:
        return None
    previous, following = around.previous, around.following
    if previous in signs.FIRST_NAMES:
        return _is_person(f"a first name stands before it: {previous}")
    if around.doubt not in {Doubt.PERSON, Doubt.WORD} and around.of_municipality:
        return None
    if _INITIAL.match(previous):
        return _is_person(f"an initial stands before it: {previous}")
    if previous.lower() in signs.PERSON_TITLES:
        return _is_person(f"a title stands before it: {previous}")
    if around.doubt not in {Doubt.PERSON, Doubt.WORD}:
        return None
    if around.unknown(previous) and not around.opens_with(previous):
        return _is_person(f"a capitalised word stands before it: {previous}")
    first_name = around.name.text in _FIRST_NAMES_TOO and around.hit.form is Form.PLAIN
    if first_name and following[:1].isupper() and following.isalpha() and following not in signs.NAMING_AFTER:
        return _is_person(f"a surname stands after it: {following}")
    if previous in signs.SPEECH or following in signs.SPEECH:
        return _is_person("a verb of speech stands beside it")
    return None


def _is_person(words: str) -> Decision:
    return Decision(Verdict.PERSON, "person", words)


RULES = (compound_named_after, hyphenated, person, longer_name, named_after, team)
