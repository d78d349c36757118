"""Build the shipped place tables from public place data and labelled texts.

python bench/build_places.py                  reads $MONITOR_SHARED/data (default: ../shared beside the checkout)
"""

import csv
import os
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "monitor" / "core" / "data"

# The place list names no locality for these five, so no official name either; written by hand.
OFFICIAL = {
    "0123": "Järfälla kommun",
    "0128": "Salems kommun",
    "0138": "Tyresö kommun",
    "0183": "Sundbybergs kommun",
    "0184": "Solna kommun",
}


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


def write(name: str, heading: tuple[str, ...], table: Sequence[tuple[str, ...]]) -> None:
    """Write a shipped table: tabs, one row a line, so that a change shows in a diff."""
    lines = ["\t".join(heading), *("\t".join(row) for row in table)]
    (OUT / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{name}: {len(table)} rows")


def build_municipalities(data: Path) -> None:
    """Write municipalities.tsv and localities' share of places.tsv."""
    localities = rows(data / "places" / "localities.tsv", "\t")
    official = OFFICIAL | {row["code"]: row["municipality_official"] for row in localities}
    table = [
        (code, row["municipality_name"], official[code], row["county_code"], row["county_name"])
        for row in rows(data / "places" / "municipalities.csv")
        for code in [row["municipality_code"]]
    ]
    write("municipalities.tsv", ("code", "name", "official", "county_code", "county"), sorted(table))
    places = sorted((row["code"], row["locality"], "locality") for row in localities)
    write("places.tsv", ("code", "name", "kind"), places)


if __name__ == "__main__":
    build_municipalities(shared())
