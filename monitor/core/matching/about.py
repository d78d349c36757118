"""Whether a text is about a place or names it in passing, and why.

Named is not about: of a thousand namings in real Swedish pages that meant the place, half named it in a list, a
route, an address line, a comparison or a ranking. Weights are log odds set by hand and checked on texts
written for it (tests/core/matching/about.jsonl).
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from monitor.core.matching import signs
from monitor.core.matching.decide import Claim
from monitor.core.matching.reading import ROAD_DIRECTION, Reading, Sign
from monitor.core.matching.scan import Field

LEAD_LENGTH = 240
"""Where the lead ends when the first paragraph is longer."""
SHORT_TEXT = 420
LATE_SHARE = 0.55
LONG_TEXT = 900
LIST_LENGTH = 3

BASE = -1.3
TITLE = 3.0
TITLE_PASSING = 0.6
LEAD = 1.5
LEAD_PASSING = 0.2
OFFICIAL = 0.9
ACTING = 0.8
HAPPENS = 0.7
OFTEN = 0.5
MOST_FROM_OFTEN = 1.5
SPREAD = 0.4
ONLY_PLACE = 0.9
OWN_AREA = 0.8
OTHERS_MORE = -1.1
OTHER_IN_TITLE = -1.6
OTHER_IN_LEAD = -0.8
MANY_OTHERS = -0.9
ALL_PASSING = -2.2
ALL_LISTED = -2.4
LATE = -0.8
NAMED_AFTER_ONLY = -1.6

_GAP = re.compile(r"(?:, | och | samt | & |/|, samt |\n| – | - |–|-| eller |; )(?:i |på |från |till )?")
_TABLE_LINE = re.compile(r"^[^.!?]{0,60}\d[^.!?]*$")


@dataclass(frozen=True, slots=True)
class Text:
    """The title and the text that are judged, and whether each naming stands in a row of places."""

    title: Field
    body: Field
    listed: frozenset[int]
    """The ids of the readings that stand in a row of three places or more, or on a line of a table."""

    @property
    def lead_end(self) -> int:
        """Where the lead ends in the body."""
        first = self.body.plain.find("\n")
        return min(first if first > 0 else LEAD_LENGTH, LEAD_LENGTH)


def lay_out(title: Field, body: Field, readings: Sequence[Reading]) -> Text:
    """Find the rows of places in a text."""
    return Text(title, body, frozenset(_rows(readings)) | frozenset(_table_lines(readings)))


def weigh_about(claim: Claim, claims: Mapping[str, Claim], text: Text, covered: Collection[str]) -> list[Sign]:
    """Return what speaks for and against the text's being about the place of `claim`."""
    places = [reading for reading, _, _ in claim.places]
    if not places:
        return _weigh_bearers(claim, text, covered)
    plain = [reading for reading in places if not _in_passing(reading, text)]
    found = [Sign("base", BASE, "")]
    found += _weigh_position(places, plain, text)
    found += _weigh_deeds(plain)
    found += _weigh_count(places, plain, text)
    found += _weigh_others(claim, claims, plain, text)
    if claim.code in covered:
        found.append(Sign("source area", OWN_AREA, "the source's own area"))
    return found


def _weigh_bearers(claim: Claim, text: Text, covered: Collection[str]) -> list[Sign]:
    found = [Sign("named after only", NAMED_AFTER_ONLY, "only something named after it is named")]
    if any(reading.hit.field is text.title for reading in claim.named_after):
        found.append(Sign("title", 1.0, "in the headline"))
    if claim.code in covered:
        found.append(Sign("source area", OWN_AREA, "the source's own area"))
    return found


def _in_passing(reading: Reading, text: Text) -> bool:
    if reading.official:
        return False
    return id(reading) in text.listed or bool(reading.passing)


def _weigh_position(places: Sequence[Reading], plain: Sequence[Reading], text: Text) -> list[Sign]:
    found = []
    titled = [reading for reading in places if reading.hit.field is text.title]
    if any(reading in plain for reading in titled):
        found.append(Sign("title", TITLE, "in the headline"))
    elif titled:
        found.append(Sign("title in passing", TITLE_PASSING, f"in the headline, as {_why(titled[0], text)}"))
    led = [reading for reading in places if _in_lead(reading, text)]
    if any(reading in plain for reading in led):
        found.append(Sign("lead", LEAD, "in the lead"))
    elif led:
        found.append(Sign("lead in passing", LEAD_PASSING, f"in the lead, as {_why(led[0], text)}"))
    return found


def _in_lead(reading: Reading, text: Text) -> bool:
    return reading.hit.field is text.body and reading.hit.start <= text.lead_end


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
    return (reading.official or not reading.located) and bool(signs.DEEDS & set(reading.hit.after.split()[:4]))


def _happens(reading: Reading) -> bool:
    hit = reading.hit
    around = f"{hit.before} {hit.after}".lower()
    return reading.located and any(stem in around for stem in signs.EVENT_WORDS)


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
    first = min((0 if reading.hit.field is text.title else reading.hit.start) for reading in places)
    if len(body) > LONG_TEXT and first > LATE_SHARE * len(body):
        found.append(Sign("late", LATE, "named first near the end"))
    return found


def _weigh_others(claim: Claim, claims: Mapping[str, Claim], plain: Sequence[Reading], text: Text) -> list[Sign]:
    """Weigh the other municipalities of the text."""
    others = {
        code: [reading for reading, _, _ in other.places if reading.passing != ROAD_DIRECTION]
        for code, other in claims.items()
        if code != claim.code and other.own_name and other.logit > 0.0
    }
    others = {code: readings for code, readings in others.items() if readings}
    if not others:
        short = len(text.body.plain) <= SHORT_TEXT and plain
        return [Sign("only place", ONLY_PLACE, "the only place of a short text")] if short else []
    found = []
    most = max(len(readings) for readings in others.values())
    own_title = any(reading.hit.field is text.title for reading in plain)
    own_lead = any(_in_lead(reading, text) for reading in plain)
    if most > max(len(plain), 1):
        found.append(Sign("others more", OTHERS_MORE, "another municipality is named more often"))
    if not own_title and any(reading.hit.field is text.title for held in others.values() for reading in held):
        found.append(Sign("other in title", OTHER_IN_TITLE, "another municipality stands in the headline"))
    elif (
        not own_title and not own_lead and any(_in_lead(reading, text) for held in others.values() for reading in held)
    ):
        found.append(Sign("other in lead", OTHER_IN_LEAD, "another municipality stands in the lead"))
    if len(others) >= LIST_LENGTH and not own_title:
        found.append(Sign("many others", MANY_OTHERS, f"{len(others)} other municipalities are named"))
    return found


# --- rows and tables --------------------------------------------------------------------------------


def _rows(readings: Sequence[Reading]) -> list[int]:
    """Return the ids of the readings that stand in a row of at least three places."""
    row: list[Reading] = []
    found: list[int] = []
    for reading in readings:
        if row and not _follows(row[-1], reading):
            found += _row_ids(row)
            row = []
        row.append(reading)
    return found + _row_ids(row)


def _row_ids(row: Sequence[Reading]) -> list[int]:
    return [id(reading) for reading in row] if len(row) >= LIST_LENGTH else []


def _follows(one: Reading, other: Reading) -> bool:
    if one.hit.field is not other.hit.field:
        return False
    return _GAP.fullmatch(one.hit.field.plain[one.hit.end : other.hit.start]) is not None


def _table_lines(readings: Sequence[Reading]) -> list[int]:
    """Return the ids of the readings on lines that look like rows of a table: no sentence, and a number."""
    found = []
    for reading in readings:
        hit = reading.hit
        if hit.field.where == "text" and "\n" in hit.field.plain:
            start = hit.field.plain.rfind("\n", 0, hit.start) + 1
            end = hit.field.plain.find("\n", hit.end)
            if _TABLE_LINE.match(hit.field.plain[start : end if end >= 0 else None]):
                found.append(id(reading))
    return found
