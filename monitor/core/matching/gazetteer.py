"""Every name that can stand for a municipality, with what it can mean: made once from the shipped tables."""

import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from monitor.core.places import municipalities, read_table
from monitor.models import PlaceKind


class Doubt(StrEnum):
    """Why a name needs more evidence than a clear one."""

    NONE = ""
    NAMESAKE = "namesake"
    PERSON = "person"
    WORD = "word"


@dataclass(frozen=True, slots=True)
class Sense:
    """One municipality that a name can stand for. `seen` of `named` labelled texts that held the name meant it."""

    code: str
    kind: PlaceKind
    seen: int = 0
    named: int = 0


@dataclass(frozen=True, slots=True)
class Name:
    """A name as it is written, with its senses; the likeliest first."""

    text: str
    senses: tuple[Sense, ...]
    doubt: Doubt = Doubt.NONE
    extra: bool = False
    """Given by the home, not shipped."""
    county: str = ""
    """The code of the county, when it is a county's name: a sign for its municipalities, no place by itself."""


@cache
def gazetteer() -> dict[str, Name]:
    """All shipped names by how they are written, the genitives that differ ("Falu") among them."""
    doubts = {name: Doubt(doubt) for name, doubt, _ in read_table("ambiguous.tsv")}
    senses: dict[str, list[Sense]] = {}
    for code, place in municipalities().items():
        own = Sense(code, PlaceKind.MUNICIPALITY)
        senses[place.name] = [own]
        if not place.genitive.startswith(place.name):
            senses[place.genitive] = [own]
    for code, name, kind, seen, named in read_table("places.tsv"):
        held = senses.setdefault(name, [])
        if all(sense.code != code for sense in held):
            found = PlaceKind.SUBPLACE if kind == "subplace" else PlaceKind.LOCALITY
            held.append(Sense(code, found, int(seen), int(named)))
    return {
        name: Name(name, tuple(sorted(held, key=_rank)), doubts.get(name, Doubt.NONE)) for name, held in senses.items()
    }


@cache
def counties() -> tuple[Name, ...]:
    """The counties that do not bear a town's name; "Uppsala län" is read as a naming of Uppsala."""
    return tuple(Name(name, (), county=code) for code, name in read_table("counties.tsv"))


@cache
def county_codes() -> dict[str, str]:
    """The codes of those counties by their names."""
    return {name.text: name.county for name in counties()}


def fold(name: str) -> str:
    """Return `name` in lower case without marks on its letters, as it stands in addresses and some tags."""
    return unicodedata.normalize("NFD", name.lower()).encode("ascii", "ignore").decode()


def _rank(sense: Sense) -> tuple[bool, int, str]:
    return (sense.kind is not PlaceKind.MUNICIPALITY, -sense.seen, sense.code)
