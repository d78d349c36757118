"""Build the shipped place tables from public place data and labelled texts.

    python -m bench.build_places

reads $MONITOR_SHARED/data (default: ../shared beside the checkout). Four fifths of the labelled notices are
counted; every fifth (crc32 of the id, modulo 5, is 0) is held back for `bench/matching.py`. What is
shipped of the notices are names with counts, never text.
"""

import argparse
import csv
import json
import lzma
import math
import os
import re
import sys
import zlib
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from monitor.core.matching.gazetteer import Name
from monitor.core.matching.scan import Scanner, make_field
from monitor.core.matching.signs import FIRST_NAMES, FOREIGN, OTHER_PLACE_BEFORE

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "monitor" / "core" / "data"

HELD_BACK = 0
FOLDS = 5

LEAST_SEEN = 1
"""On how many days a sub-place must have stood for its municipality. Seen once, the matcher asks for a second sign."""
LEAST_SEEN_STREET = 4
LEAST_SHARE_STREET = 0.95
"""Names of streets, squares and schools repeat across the country: more days, and hardly one against."""
LEAST_SHARE = 0.8
"""The share of labelled texts that must agree on a sub-place's municipality."""
SHARED_SEEN = 8
SHARED = 0.08
"""A name that several municipalities share is shipped for each that has it so often: Södermalm."""
LEAST_LISTED_SHARE = 0.3
NEIGHBOUR_KM = 10.0
"""Municipalities are neighbours when places of theirs lie so near each other: borders are not in the data."""
FARTHEST_KM = 70.0
LEAST_NEIGHBOURS = 3

# The place list names no locality for these five, so no official name either; written by hand.
OFFICIAL = {
    "0123": "Järfälla kommun",
    "0128": "Salems kommun",
    "0138": "Tyresö kommun",
    "0183": "Sundbybergs kommun",
    "0184": "Solna kommun",
}

# fmt: off
# Too wide, or no places: seas, lakes and landscapes lie in many municipalities.
WIDE = FOREIGN | {
    "Östersjön", "Västerhavet", "Bottenviken", "Bottenhavet", "Vänern", "Vättern", "Mälaren", "Hjälmaren",
    "Siljan", "Kattegatt", "Skagerrak", "Norden", "Norrland", "Svealand", "Götaland", "Sverige", "Europa",
    "Öland", "Bergslagen", "Roslagen", "Österlen", "Småland", "Bohuslän", "Dalsland", "Närke", "Uppland",
    "Medelpad", "Ångermanland", "Hälsingland", "Gästrikland", "Lappland", "Oslo", "Köpenhamn", "Helsingfors",
    "Vasaloppet", "Rusta", "Jula", "Biltema", "Systembolaget", "Riksdagen", "Viskan", "Klarälven", "Dalälven",
}
# fmt: on

# Places of the example home that neither the lists nor the notices hold.
BY_HAND = {(name, "0483"): "locality" for name in ("Djulö", "Julita", "Lasstorp", "Nävertorp", "Stora Malm")}

WORD = re.compile(r"[^\W\d_]+(?:[-:'’][^\W\d_]+)*|\d+|[^\w\s]|\n")
LOWER = re.compile(r"(?<![\w-])[a-zåäöé][\w-]*")
LATER_PART = re.compile(
    r"(?:gatan?|gränd(?:en)?|väg(?:en)?|torg(?:et)?|backen?|plan|allén?|stig(?:en)?|park(?:en)?|plats(?:en)?|bron?"
    r"|boulevard(?:en)?|stan|staden|innerstaden|hamnen|esplanaden|promenaden|torp|stadion|airport"
    r"|ängar|leden|kaj(?:en)?|kyrka|skola|station|centrum|köpcentrum"
    r"|badet|industriområde|strand|holme|udde|udden|sjön)$"
)
STREET = re.compile(
    r"(?:gatan|vägen|allén|leden|gränd|plan|torg|skolan|parken|plats|ringen|station|backen)$", re.IGNORECASE
)
LONGER = OTHER_PLACE_BEFORE | {"Första", "Roslags", "Yttre"}
PLACE_BEFORE = frozenset(
    ("i", "på", "vid", "utanför", "inom", "kring", "runt", "genom", "nära", "mellan", "till", "från", "mot", "området")
)
SENTENCE_START = frozenset('.!?:\n"”–-•/')
GENERIC = re.compile(
    r"^(?:I |På |Vid |Centrala |Polis|Larm|Räddning|Ambulans|SOS|Trafikverk"
    r"|Uppdatering|Sammanfattning|Kl$|Övrig|Brand|Trafik|RLC)"
)


@dataclass(frozen=True, slots=True)
class Notice:
    """A labelled text: its municipality, or only its county."""

    fold: int
    day: str
    code: str
    county: str
    text: str


def shared() -> Path:
    """Return the folder of the real data, or end with a sentence and status 2."""
    folder = Path(os.environ.get("MONITOR_SHARED", ROOT.parent / "shared")) / "data"
    if not folder.is_dir():
        print(f"No real data at {folder}: set MONITOR_SHARED to the folder that holds data/.", file=sys.stderr)
        raise SystemExit(2)
    return folder


def rows(path: Path, delimiter: str = ",") -> list[dict[str, str]]:
    """Read a table with a heading."""
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter=delimiter))


def fold_of(identity: object) -> int:
    """Return which fifth a notice belongs to."""
    return zlib.crc32(str(identity).encode()) % FOLDS


def read_notices(data: Path) -> Iterator[Notice]:
    """Yield the notices, heading dropped: it holds the answer."""
    table = rows(data / "places" / "municipalities.csv")
    codes = {row["municipality_name"].casefold(): row["municipality_code"] for row in table}
    counties = {row["county_name"]: row["county_code"] for row in table}
    with lzma.open(data / "police" / "texts.jsonl.xz", "rt", encoding="utf-8") as lines:
        for line in lines:
            notice = json.loads(line)
            code = codes.get(notice["title_place"].casefold(), "")
            yield Notice(
                fold=fold_of(notice["id"]),
                day=notice["datetime"][:10],
                code=code,
                county=code[:2] or counties.get(notice["title_place"], ""),
                text="\n".join([notice["preamble"] or "", *notice["body"]]),
            )


# --- places of public data --------------------------------------------------------------------------


def listed_places(data: Path) -> dict[tuple[str, str], str]:
    """Return (name, municipality) -> kind for localities and postal places."""
    own = {row["municipality_name"] for row in rows(data / "places" / "municipalities.csv")}
    places = BY_HAND | {
        (row["locality"], row["code"]): "locality" for row in rows(data / "places" / "localities.tsv", "\t")
    }
    postal: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows(data / "places" / "geonames_postal_se.csv"):
        if row["province_code"]:
            postal[row["place"]][row["province_code"].zfill(4)] += 1
    for name, count in postal.items():
        code, most = count.most_common(1)[0]
        if name not in own and most >= 0.8 * count.total() and (name, code) not in places:
            places[name, code] = "postal"
    return places


def neighbours(data: Path) -> dict[str, list[str]]:
    """Return the municipalities that have places near each other, and for each at least its three nearest."""
    spots: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for row in rows(data / "places" / "localities.tsv", "\t"):
        if row["coord_check"] == "inside":
            spots[row["code"]].append((float(row["lat"]), float(row["lon"])))
    for row in rows(data / "places" / "geonames_postal_se.csv"):
        if row["province_code"]:
            spots[row["province_code"].zfill(4)].append((float(row["latitude"]), float(row["longitude"])))
    settled = {code: _without_strays(found) for code, found in spots.items()}
    near: dict[str, set[str]] = defaultdict(set)
    for code, own in settled.items():
        far = sorted((_distance(own, others), other) for other, others in settled.items() if other != code)
        for distance, other in far:
            if distance <= NEIGHBOUR_KM or (distance <= FARTHEST_KM and len(near[code]) < LEAST_NEIGHBOURS):
                near[code].add(other)
                near[other].add(code)
    return {code: sorted(others) for code, others in near.items()}


def _without_strays(spots: list[tuple[float, float]]) -> set[tuple[float, float]]:
    """Drop what lies far from the middle: some coordinates belong to a place of the same name."""
    middle = (median(lat for lat, _ in spots), median(lon for _, lon in spots))
    return {spot for spot in spots if _distance([middle], [spot]) <= FARTHEST_KM} or {middle}


def _distance(some: Iterable[tuple[float, float]], others: Collection[tuple[float, float]]) -> float:
    """Return the least distance in km, on a plane: good enough for neighbours."""
    return 111.2 * min(
        math.hypot(lat - other_lat, (lon - other_lon) * math.cos(math.radians(lat)))
        for lat, lon in some
        for other_lat, other_lon in others
    )


# --- sub-places mined from labelled texts -----------------------------------------------------------


@dataclass(slots=True)
class Use:
    """How often a phrase is used: in all, inside a sentence, without a capitalised word beside it, located."""

    times: int = 0
    inside: int = 0
    alone: int = 0
    located: int = 0


def phrases(text: str) -> Iterator[tuple[str, bool, bool, bool]]:
    """Yield the capitalised phrases of a text, each with whether it stands inside a sentence, alone, and located."""
    words = WORD.findall(text)
    for at, word in enumerate(words):
        if not word[0].isupper():
            continue
        before = words[at - 1] if at else "."
        inside = before not in SENTENCE_START
        clear = not before[0].isupper() or before in LONGER or (at > 1 and words[at - 2] in SENTENCE_START)
        phrase = word
        for later in words[at + 1 : at + 3]:
            yield phrase, inside, clear and not later[0].isupper(), before in PLACE_BEFORE
            if not (later[0].isalpha() and (later[0].isupper() or LATER_PART.search(later))):
                break
            phrase = f"{phrase} {later}"
        else:
            yield phrase, inside, clear, before in PLACE_BEFORE


def candidates(notices: Iterable[Notice]) -> set[str]:
    """Return the phrases that may be sub-places: seen inside sentences, seldom in lower case, mostly of one town."""
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    used: dict[str, Use] = defaultdict(Use)
    lower: Counter[str] = Counter()
    for notice in notices:
        held = set()
        for phrase, inside, alone, located in phrases(notice.text):
            use = used[phrase]
            use.times += 1
            use.inside += inside
            use.alone += alone
            use.located += located
            held.add(phrase)
        for phrase in held:
            counted[phrase][notice.code] += 1
        lower.update(set(LOWER.findall(notice.text)))
    return {
        phrase
        for phrase, count in counted.items()
        if _is_name(phrase, used[phrase]) and lower[phrase.lower()] <= 1 and _mostly_one(count)
    }


def _is_name(phrase: str, use: Use) -> bool:
    """Say whether a phrase is used as the name of a place. Press officers sign notices: keep their names out."""
    first, *later = phrase.split()
    if len(phrase) < 4 or any(len(word) > 1 and word.isupper() for word in (first, *later)):
        return False
    if not use.inside or GENERIC.match(phrase) or not (use.located or STREET.search(phrase)):
        return False
    if not later:
        return first not in FIRST_NAMES and use.alone >= 0.5 * use.times
    return bool(LATER_PART.search(later[-1].lower())) or first in LONGER


def _mostly_one(count: Counter[str]) -> bool:
    named = count.total() - count[""]
    best = max((seen for code, seen in count.items() if code), default=0)
    return (best >= LEAST_SEEN and best >= LEAST_SHARE * named) or (best >= SHARED_SEEN and best >= SHARED * named)


def count_places(notices: Sequence[Notice], names: Iterable[str]) -> dict[str, tuple[Counter[str], Counter[str]]]:
    """Count, for each name, the days it stood in texts of each municipality, and of counties without one."""
    scanner = Scanner(Name(name, ()) for name in names)
    days: dict[str, set[tuple[str, str, str]]] = defaultdict(set)
    for notice in notices:
        if notice.county:
            for hit in scanner.scan(make_field("text", notice.text)):
                days[hit.name.text].add((notice.day, notice.code, notice.county))
    return {
        name: (Counter(code for _, code, _ in seen if code), Counter(county for _, code, county in seen if not code))
        for name, seen in days.items()
    }


def build_places(data: Path, notices: Sequence[Notice]) -> list[tuple[str, ...]]:
    """Return the rows of places.tsv."""
    table = rows(data / "places" / "municipalities.csv")
    codes = {row["municipality_name"].rstrip("s"): row["municipality_code"] for row in table}
    own = {row["municipality_name"] for row in table}
    listed = listed_places(data)
    listed_names = {name for name, _ in listed}
    mined = candidates(notices) - own - listed_names - WIDE
    mined = {phrase for phrase in mined if not (phrase.endswith("s") and phrase[:-1] in mined | own | listed_names)}
    counts = count_places(notices, mined | own | listed_names)
    built = []
    for (name, code), kind in listed.items():
        if name in WIDE:
            continue
        seen, named = _seen(counts, name, code)
        if kind == "locality" or seen >= LEAST_LISTED_SHARE * named:  # postal rows name some municipalities wrongly
            built.append((code, name, kind, str(seen), str(named)))
    for name in mined & counts.keys():
        for code, times in counts[name][0].items():
            seen, named = _seen(counts, name, code)
            street = STREET.search(name) is not None
            least, share = (LEAST_SEEN_STREET, LEAST_SHARE_STREET) if street else (LEAST_SEEN, LEAST_SHARE)
            sole = seen >= least and seen >= share * named
            shared_name = not street and times >= SHARED_SEEN and seen >= SHARED * named
            if (sole or shared_name) and codes.get(name.split()[0].rstrip("s")) != code:
                built.append((code, name, "subplace", str(seen), str(named)))
    return sorted(built)


def _seen(counts: dict[str, tuple[Counter[str], Counter[str]]], name: str, code: str) -> tuple[int, int]:
    """Return on how many days the name meant `code`, and on how many it was named. Its own county tells nothing."""
    if name not in counts:
        return 0, 0
    by_code, by_county = counts[name]
    elsewhere = sum(seen for county, seen in by_county.items() if county != code[:2])
    return by_code[code], by_code.total() + elsewhere


def build_municipalities(data: Path) -> list[tuple[str, ...]]:
    """Return the rows of municipalities.tsv."""
    localities = rows(data / "places" / "localities.tsv", "\t")
    official = OFFICIAL | {row["code"]: row["municipality_official"] for row in localities}
    near = neighbours(data)
    return sorted(
        (
            code := row["municipality_code"],
            row["municipality_name"],
            official[code],
            row["county_code"],
            row["county_name"],
            " ".join(near.get(code, ())),
        )
        for row in rows(data / "places" / "municipalities.csv")
    )


def write(name: str, heading: tuple[str, ...], table: Sequence[tuple[str, ...]]) -> None:
    """Write a shipped table: tabs, one row a line, so that a change shows in a diff."""
    lines = ["\t".join(heading), *("\t".join(row) for row in table)]
    (OUT / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{name}: {len(table)} rows, {(OUT / name).stat().st_size} bytes")


def main() -> None:
    """Read the data and write both tables."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    asked.add_argument("--without", type=int, nargs="*", default=[HELD_BACK], help="the fifths to hold back")
    held_back = set(asked.parse_args().without)
    data = shared()
    notices = [notice for notice in read_notices(data) if notice.fold not in held_back]
    print(f"{len(notices)} notices counted")
    heading = ("code", "name", "official", "county_code", "county", "neighbours")
    write("municipalities.tsv", heading, build_municipalities(data))
    write("places.tsv", ("code", "name", "kind", "seen", "named"), build_places(data, notices))


if __name__ == "__main__":
    main()
