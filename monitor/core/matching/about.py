"""Whether a text is about a place or names it in passing, and why.

Named is not about: of a thousand namings in real Swedish pages that meant the place, half named it in a list, a
route, an address line, a comparison or a ranking. Weights are log odds set by hand and checked on texts
written for it (tests/core/matching/about.tsv).
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from monitor.core.matching import signs
from monitor.core.matching.decide import Claim
from monitor.core.matching.reading import BEARING, FROM, ROAD_DIRECTION, ROUTE, Reading, Sign
from monitor.core.matching.scan import Field

LONGEST_HEADLINE = 140
LIST_LINE = 60
LIST_LENGTH = 3
"""So many short lines in a row, without a full stop, are a list."""
LEAD_LENGTH = 240
"""Where the lead ends when the first paragraph is longer."""
SHORT_TEXT = 420
LATE_SHARE = 0.55
LONG_TEXT = 900

BASE = -1.1
TITLE = 3.0
TITLE_PASSING = 0.6
LEAD = (1.6, 1.4, 0.9)
"""In its first, second, later sentence."""
LEAD_PASSING = 0.2
OFFICIAL = 0.9
ACTING = 0.8
HAPPENS = 0.7
OFTEN = 0.5
MOST_FROM_OFTEN = 1.5
SPREAD = 0.4
ONLY_PLACE = 0.9
ONLY_PLACE_LONG = 0.5
COUNCIL = 0.7
OWN_AREA = 0.8
OWN_AREA_LEADS = 1.2
"""In the source's own area, when no other municipality is named as often: local news names its town once."""
OWN_AREA_EVEN = 0.9
"""The same when one other is named as often."""
OTHERS_MORE = -0.8
OTHER_IN_TITLE = -1.6
OTHER_IN_LEAD = -0.8
FIRST = 0.6
AS_OFTEN = -0.5
MOST_OTHERS = 3
ALL_PASSING = -2.2
ALL_LISTED = -2.4
LATE = -0.8
NAMED_AFTER_ONLY = -1.6
BEARER_TITLE = 1.0
BEARER_HAPPENS = 0.8

HOUSES = frozenset({"school", "bearer"})
"""Rules for what bears the town's name and lies in it: a hospital, a harbour, an arena."""

_NAME = r"[A-ZÅÄÖ][\w:-]+(?: (?:och )?[A-ZÅÄÖ][\w-]+)?"
_JOINT = r"(?:, |,? (?:och|samt|eller) |/)(?:i |på |från |till )?"
_ROW = re.compile(
    rf"{_NAME}(?:, (?:i |på |från |till )?[A-ZÅÄÖ][\w:-]+(?: [A-ZÅÄÖ][\w-]+)?)*{_JOINT}{_NAME}{_JOINT}{_NAME}"
)
# Without a word boundary in front it is searched for by its first letters, which is five times as fast.
_COUNTRY = re.compile(rf"(?:Sverige|Europa|{'|'.join(sorted(signs.FOREIGN))})s?\b")
_THE_COUNTRY = ("hela landet", " i landet", " landets")
WIDE = 2
"""A text that speaks so often of countries is not local."""
_HAS_DONE = re.compile(r" (?:har|hade) (?:\w+ ){0,2}?(?:gjort|byggt|infört|sagt|sänkt|höjt|köpt|sålt|\w{3,}[ai]t)\b")
_SENTENCE = re.compile(r"[.!?][”\"]?\s")
_NUMBERED = re.compile(r"\d")
_SENTENCE_ENDS = (".", "!", "?", ":")


@dataclass(frozen=True, slots=True)
class Text:
    """The title and the text that are judged, and whether each naming stands in a row of places."""

    title: Field
    body: Field
    listed: frozenset[int]
    """The ids of the readings that stand in a row of three places or more, or on a line of a table."""

    headline_end: int
    """Where the headline ends in the body: without a title, a short first line stands for it."""
    lead_end: int
    """Where the lead ends in the body."""

    @property
    def wide(self) -> bool:
        """Whether it speaks of countries more than once."""
        plain = self.body.plain
        return len(_COUNTRY.findall(plain)) + sum(map(plain.count, _THE_COUNTRY)) >= WIDE

    def titles(self, reading: Reading) -> bool:
        """Say whether a naming stands in the headline."""
        return reading.hit.field is self.title or reading.hit.start < self.headline_end


def lay_out(title: Field, body: Field, readings: Sequence[Reading]) -> Text:
    """Find the headline, the lead and the rows of places of a text."""
    line_end = body.plain.find("\n")
    headline_end = line_end if not title.plain and 0 < line_end <= LONGEST_HEADLINE else 0
    start = headline_end + 1 if headline_end else 0
    lead_end = body.plain.find("\n", start, start + LEAD_LENGTH)
    return Text(
        title,
        body,
        listed=frozenset(_rows(readings)) | frozenset(_listed_lines(body, readings)),
        headline_end=headline_end,
        lead_end=lead_end if lead_end >= 0 else start + LEAD_LENGTH,
    )


def weigh_about(claim: Claim, claims: Mapping[str, Claim], text: Text, covered: Collection[str]) -> list[Sign]:
    """Return what speaks for and against the text's being about the place of `claim`."""
    places = [reading for reading, _, _ in claim.places]
    if not places:
        return _weigh_bearers(claim, text, covered)
    others = _others(claim, claims)
    local = not others and not text.wide
    plain = [reading for reading in places if not _in_passing(reading, text, alone=local)]
    found = [Sign("base", BASE, "")]
    found += _weigh_position(places, plain, text)
    found += _weigh_deeds(plain)
    found += _weigh_count(places, plain, text)
    found += _weigh_others(others, plain, text) if others else _weigh_alone(plain, text, local=local)
    if claim.code in covered:
        found += _weigh_own_area(others, plain, text)
    return found


def _weigh_bearers(claim: Claim, text: Text, covered: Collection[str]) -> list[Sign]:
    found = [Sign("named after only", NAMED_AFTER_ONLY, "only something named after it is named")]
    if any(text.titles(reading) for reading in claim.named_after):
        found.append(Sign("title", BEARER_TITLE, "in the headline"))
    houses = [reading for reading in claim.named_after if reading.decision and reading.decision.rule in HOUSES]
    if any(_near_event(reading) for reading in houses):
        found.append(Sign("house", BEARER_HAPPENS, "something happens at a house of the town"))
    if claim.code in covered:
        found.append(Sign("source area", OWN_AREA, "the source's own area"))
    return found


def _in_passing(reading: Reading, text: Text, *, alone: bool) -> bool:
    """Say whether a naming is in passing. North of the only place there is, or from it, is at the place."""
    if reading.official:
        return False
    if id(reading) in text.listed:
        return True
    return bool(reading.passing) and not (alone and reading.passing in WHERE)


WHERE = frozenset({BEARING, FROM, ROUTE})


def _weigh_position(places: Sequence[Reading], plain: Sequence[Reading], text: Text) -> list[Sign]:
    found = []
    titled = [reading for reading in places if text.titles(reading)]
    if any(reading in plain for reading in titled):
        found.append(Sign("title", TITLE, "in the headline"))
    elif titled:
        found.append(Sign("title in passing", TITLE_PASSING, f"in the headline, as {_why(titled[0], text)}"))
    led = [reading for reading in places if _in_lead(reading, text)]
    if any(reading in plain for reading in led):
        nth = min(_sentence_of(reading, text) for reading in led if reading in plain)
        found.append(Sign("lead", LEAD[min(nth, len(LEAD) - 1)], "in the lead"))
    elif led:
        found.append(Sign("lead in passing", LEAD_PASSING, f"in the lead, as {_why(led[0], text)}"))
    return found


def _sentence_of(reading: Reading, text: Text) -> int:
    """Return in which sentence of the lead a naming stands, from 0."""
    start = text.headline_end + 1 if text.headline_end else 0
    return len(_SENTENCE.findall(text.body.plain, start, reading.hit.start))


def _any_in_lead(readings: Sequence[Reading], text: Text) -> bool:
    return any(_in_lead(reading, text) for reading in readings)


def _in_lead(reading: Reading, text: Text) -> bool:
    return text.headline_end <= reading.hit.start <= text.lead_end and not text.titles(reading)


def _why(reading: Reading, text: Text) -> str:
    return reading.passing or ("one of a row of places" if id(reading) in text.listed else "a naming")


def _weigh_deeds(plain: Sequence[Reading]) -> list[Sign]:
    found = []
    if any(reading.official for reading in plain):
        found.append(Sign("municipality", OFFICIAL, "the municipality or one of its bodies is named"))
    if any(_acts(reading) for reading in plain):
        found.append(Sign("acts", ACTING, "the municipality acts"))
    elif any(_happens(reading) for reading in plain):
        found.append(Sign("happens", HAPPENS, "something happens there"))
    return found


def _acts(reading: Reading) -> bool:
    """Say whether a word of deciding or building stands after the municipality's name."""
    after = reading.hit.after
    if not reading.official and (reading.located or reading.passing):
        return False
    return bool(signs.DEEDS & set(after.split()[:4])) or _HAS_DONE.match(after) is not None


def _happens(reading: Reading) -> bool:
    return reading.located and _near_event(reading)


def _near_event(reading: Reading) -> bool:
    around = f"{reading.hit.before} {reading.hit.after}".lower().replace("från", "")  # which holds "rån", a robbery
    return any(map(around.__contains__, signs.EVENT_WORDS))


def _weigh_count(places: Sequence[Reading], plain: Sequence[Reading], text: Text) -> list[Sign]:
    found = []
    if len(plain) > 1:
        weight = min(OFTEN * (len(plain) - 1), MOST_FROM_OFTEN)
        found.append(Sign("often", weight, f"named {len(plain)} times"))
        lines = {reading.hit.field.plain.count("\n", 0, reading.hit.start) for reading in plain}
        if len(lines) > 1:
            found.append(Sign("spread", SPREAD, "in several paragraphs"))
    if not plain:
        why = sorted({_why(reading, text) for reading in places})
        listed = all(id(reading) in text.listed for reading in places)
        found.append(Sign("passing", ALL_LISTED if listed else ALL_PASSING, f"named only as {', '.join(why)}"))
    body = text.body.plain
    first = min((0 if text.titles(reading) else reading.hit.start) for reading in places)
    if len(body) > LONG_TEXT and first > LATE_SHARE * len(body):
        found.append(Sign("late", LATE, "named first near the end"))
    return found


def _weigh_alone(plain: Sequence[Reading], text: Text, *, local: bool) -> list[Sign]:
    """Weigh that no other municipality is named."""
    if not plain or not local:
        return []
    short = len(text.body.plain) <= SHORT_TEXT
    words = "the only place of a short text" if short else "the only place of the text"
    found = [Sign("only place", ONLY_PLACE if short else ONLY_PLACE_LONG, words)]
    if any(map(text.body.plain.__contains__, signs.COUNCIL)):
        found.append(Sign("council", COUNCIL, "the text speaks of its municipality, and no other is named"))
    return found


def _weigh_own_area(others: Sequence[Sequence[Reading]], plain: Sequence[Reading], text: Text) -> list[Sign]:
    """Weigh that a text of the place's own area is set there, and not only tells where one is from."""
    found = [Sign("source area", OWN_AREA, "the source's own area")]
    if text.wide or all(reading.passing in {FROM, ROUTE} and not reading.official for reading in plain):
        return found
    more = [readings for readings in others if len(readings) >= len(plain)]
    if not more:
        words = "in the source's own area, and no other municipality is named as often"
        found.append(Sign("leads in source area", OWN_AREA_LEADS, words))
    elif len(more) == 1 and len(more[0]) == len(plain):
        words = "in the source's own area, and only one other municipality is named as often"
        found.append(Sign("even in source area", OWN_AREA_EVEN, words))
    return found


def _weigh_others(others: Sequence[Sequence[Reading]], plain: Sequence[Reading], text: Text) -> list[Sign]:
    """Weigh the other municipalities of the text."""
    if any(text.titles(reading) for reading in plain):
        return []
    found = []
    as_often = sum(len(readings) >= max(len(plain), 1) for readings in others)
    if as_often:
        words = f"{as_often} other municipalities are named as often" if as_often > 1 else "another is named as often"
        found.append(Sign("others as often", AS_OFTEN * min(as_often, MOST_OTHERS), words))
    if plain and min(map(_place_in, plain)) < min(_place_in(reading) for held in others for reading in held):
        found.append(Sign("first", FIRST, "named before any other municipality"))
    if any(len(readings) > max(len(plain), 1) for readings in others):
        found.append(Sign("others more", OTHERS_MORE, "another municipality is named more often"))
    if any(text.titles(reading) for readings in others for reading in readings):
        found.append(Sign("other in title", OTHER_IN_TITLE, "another municipality stands in the headline"))
    elif as_often and not _any_in_lead(plain, text) and any(_any_in_lead(readings, text) for readings in others):
        found.append(Sign("other in lead", OTHER_IN_LEAD, "another municipality stands in the lead"))
    return found


def _place_in(reading: Reading) -> tuple[bool, int]:
    return reading.hit.field.where == "text", reading.hit.start


def _others(claim: Claim, claims: Mapping[str, Claim]) -> list[list[Reading]]:
    """Return the namings of each other municipality that the text surely names."""
    named = (
        [reading for reading, _, _ in other.places if reading.passing != ROAD_DIRECTION]
        for code, other in claims.items()
        if code != claim.code and other.logit > 0.0
    )
    return [readings for readings in named if readings]


# --- rows and tables --------------------------------------------------------------------------------


def _rows(readings: Sequence[Reading]) -> Iterator[int]:
    """Yield the ids of the readings that stand in a row of at least three names."""
    for field in {id(reading.hit.field): reading.hit.field for reading in readings}.values():
        rows = [row.span() for row in _ROW.finditer(field.plain)]
        for reading in readings if rows else ():
            hit = reading.hit
            if hit.field is field and any(start <= hit.start < end for start, end in rows):
                yield id(reading)


def _listed_lines(body: Field, readings: Sequence[Reading]) -> Iterator[int]:
    """Yield the ids of the readings on short lines in a row without a sentence: a list, a table, a footer."""
    lines = body.plain.split("\n") if "\n" in body.plain else []
    runs = _runs([len(line) <= LIST_LINE and not line.endswith(_SENTENCE_ENDS) for line in lines])
    for reading in readings if any(runs) else ():
        if reading.hit.field is body and not reading.located:
            line = body.plain.count("\n", 0, reading.hit.start)
            if runs[line] >= LIST_LENGTH or (runs[line] and _NUMBERED.search(lines[line])):
                yield id(reading)


def _runs(short: Sequence[bool]) -> list[int]:
    """Return for each line in how long a row of short lines it stands, 0 for a long line."""
    runs = [0] * len(short)
    for is_short, row in groupby(range(len(short)), key=short.__getitem__):
        held = list(row)
        for at in held if is_short else ():
            runs[at] = len(held)
    return runs
