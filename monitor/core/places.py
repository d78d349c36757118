"""The 290 municipalities of Sweden and their places, from tables shipped with the program.

Sources and licences stand in NOTICE; `bench/build_places.py` makes the tables.
"""

import difflib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

CLOSE = 0.72
"""How alike two names must be for "did you mean" (difflib's ratio): one or two slips in a short name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Municipality:
    """A municipality of Sweden. `code` is Statistics Sweden's four digits, of which two name the county."""

    code: str
    name: str
    official: str
    """As it writes itself: "Falu kommun", "Region Gotland"."""
    county_code: str
    county: str
    localities: tuple[str, ...] = ()
    neighbours: tuple[str, ...] = ()
    """Codes of municipalities with places near its own: reckoned from coordinates, not from borders."""

    @property
    def genitive(self) -> str:
        """The form before "kommun": "Falu", "Katrineholms", "Västerås"."""
        return self.official.removesuffix(" kommun") if self.official.endswith(" kommun") else f"{self.name}s"


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestions:
    """No single municipality answers to the query; `candidates` may be what was meant, best first, or nothing."""

    query: str
    candidates: tuple[Municipality, ...]


@cache
def municipalities() -> Mapping[str, Municipality]:
    """All 290 municipalities by code, in the order of the codes."""
    localities: dict[str, list[str]] = {}
    for code, name, kind, *_ in read_table("places.tsv"):
        if kind == "locality":
            localities.setdefault(code, []).append(name)
    return MappingProxyType(
        {
            code: Municipality(
                code=code,
                name=name,
                official=official,
                county_code=county_code,
                county=county,
                localities=tuple(localities.get(code, ())),
                neighbours=tuple(near.split()),
            )
            for code, name, official, county_code, county, near in read_table("municipalities.tsv")
        }
    )


def find_municipality(query: str) -> Municipality | Suggestions:
    """Find the municipality that a person means: name, official name, code, or a beginning that only one has.

    Case does not matter; å, ä and ö may be typed as a and o. What fits several, a locality's name
    and a slip of the pen come back as suggestions.
    """
    asked = _plain(query)
    known = municipalities()
    if asked in known:
        return known[asked]
    for key in (str.casefold, _fold):
        exact = [place for place in known.values() if key(asked) in {key(_plain(name)) for name in _names(place)}]
        if len(exact) == 1:
            return exact[0]
    if not asked:
        return Suggestions(query=query, candidates=())
    beginning = _beginning(asked)
    if len(beginning) == 1:
        return beginning[0]
    if beginning:
        return Suggestions(query=query, candidates=beginning)
    return Suggestions(query=query, candidates=_holding(asked) or _alike(asked))


def read_table(name: str) -> Iterator[list[str]]:
    """Yield the rows of a shipped table, without its heading."""
    lines = files("monitor.core").joinpath("data", name).read_text(encoding="utf-8").splitlines()
    return (line.split("\t") for line in lines[1:])


def _names(place: Municipality) -> tuple[str, ...]:
    return (place.name, place.official, f"{place.name} kommun", f"{place.genitive} kommun", f"{place.genitive} stad")


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).split())


def _fold(name: str) -> str:
    decomposed = unicodedata.normalize("NFD", name.casefold())
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))


def _beginning(asked: str) -> tuple[Municipality, ...]:
    for key in (str.casefold, _fold):
        found = tuple(place for place in municipalities().values() if key(place.name).startswith(key(asked)))
        if found:
            return found
    return ()


def _holding(asked: str) -> tuple[Municipality, ...]:
    wanted = _fold(asked)
    return tuple(
        place for place in municipalities().values() if any(_fold(name) == wanted for name in place.localities)
    )


def _alike(asked: str) -> tuple[Municipality, ...]:
    wanted = _fold(asked).removesuffix(" kommun").removesuffix(" stad")
    by_name = {_fold(place.name): place for place in municipalities().values()}
    close = difflib.get_close_matches(wanted, by_name, n=5, cutoff=CLOSE)
    return tuple(by_name[name] for name in close)
