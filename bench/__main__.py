"""Every benchmark in one sitting, one table, and what has changed since the last time: `make bench`.

    python -m bench                       all of them, one after the other
    python -m bench polling pages         these only
    python -m bench --quick               each with its smaller size, where it has one

A benchmark is a module of this folder in BENCHES. It runs as `python -m bench.NAME`; the figures that it tells with
`bench.rows.tell` come into the table, and into bench/results/DATE-MACHINE.json together with machine and versions. One
that tells none still counts: whether it ended well. Ends 1 when one of them failed or a target was not reached.
Limits that no program passes are measured here too: reading a page's tree, grep, a bare fetch.
"""

import argparse
import importlib.metadata
import json
import os
import platform
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.peers import FOLDER, PEERS, versions
from bench.rows import Row, read_rows

BENCHES = (
    "limits",
    "polling",
    "pages",
    "extract",
    "matching",
    "fleet",
    "backfill",
    "archive",
    "stories",
    "letter",
    "feeds",
    "police",
    "police_crawl",
)
"""In the order in which they run; one that is not in the folder is left out."""
QUICK = {
    "polling": ("--rounds", "1", "--feeds", "200"),
    "limits": ("--pages", "100"),
    "fleet": ("--feeds", "400", "--homes", "29", "--lines", "14", "--pages", "40"),
    "backfill": ("2000",),
    "letter": ("--quick",),
    "pages": ("--pages", "1000", "--inline", "200", "--newsplease", "50", "--read", "100"),
}
RESULTS = Path(__file__).parent / "results"
OURS = ("scrapy", "twisted", "aiohttp", "feedparser", "lxml", "trafilatura", "hyperscan", "pebble")
NOTABLE = 0.10
"""A figure that moved by less is noise on a machine that others use too."""


def main() -> int:
    """Run, tell the table, keep the figures, compare with the last; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--quick", action="store_true")
    given = parser.parse_args()
    there = [name for name in BENCHES if Path(__file__).with_name(f"{name}.py").is_file()]
    if unknown := set(given.names) - set(there):
        print(f"There is no benchmark {', '.join(sorted(unknown))}. There are: {', '.join(there)}")
        return 2
    before = last_result()
    began = datetime.now(UTC)
    rows: list[Row] = []
    ends: dict[str, int] = {}
    for rows, ends in run(given.names or there, quick=given.quick):
        path = keep(rows, ends, began, quick=given.quick)
    print_table(rows, before)
    for name, code in ends.items():
        if code:
            print(f"{name} ended with {code}")
    print(f"kept in {path}")
    missed = [row for row in rows if row.held is False]
    print(f"{len(rows)} figures; targets not reached: {len(missed)}; failed: {sum(map(bool, ends.values()))}")
    return 1 if missed or any(ends.values()) else 0


def run(names: list[str], *, quick: bool) -> Iterator[tuple[list[Row], dict[str, int]]]:
    """Run benchmarks, each in a process of its own; give after each the figures so far, and how each has ended."""
    ends: dict[str, int] = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.jsonl"
        path.touch()
        for name in names:
            print(f"== {name}", flush=True)
            began = time.monotonic()
            command = [sys.executable, "-m", f"bench.{name}", *(QUICK.get(name, ()) if quick else ())]
            ends[name] = subprocess.run(command, env={**os.environ, "BENCH_ROWS": str(path)}, check=False).returncode
            print(f"   {time.monotonic() - began:.0f} s", flush=True)
            yield read_rows(path), ends


def print_table(rows: list[Row], before: dict[tuple[str, str], Row]) -> None:
    """Print every figure with its target and how it moved since the last time."""
    wide = max((len(row.name) for row in rows), default=0)
    print(f"\n{'':10} {'':{wide}} {'':>12}      {'aim':10} {'':12} since the last")
    for row in rows:
        verdict = {None: "", True: "reached", False: "NOT REACHED"}[row.held]
        print(f"{row.bench:10} {row.name:{wide}} {row.value:12,.2f} {row.unit:4} {row.target:10} {verdict:12} "
              f"{moved(row, before.get((row.bench, row.name)))}".rstrip())  # fmt: skip
    print()


def moved(row: Row, before: Row | None) -> str:
    """Say how a figure moved, when it is more than noise."""
    if before is None:
        return "new"
    worse = row.worse_than(before)
    if abs(worse) < NOTABLE:
        return "="
    return f"{worse:+.0%} worse" if worse > 0 else f"{1 / (1 + worse) - 1:+.0%} better"


def last_result() -> dict[tuple[str, str], Row]:
    """Return the figures of this machine's last full sitting of each benchmark."""
    found: dict[tuple[str, str], Row] = {}
    for path in sorted(RESULTS.glob(f"*-{machine_name()}.json")):
        kept: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if not kept["quick"]:
            found |= {(row["bench"], row["name"]): Row(**row) for row in kept["rows"]}
    return found


def keep(rows: list[Row], ends: dict[str, int], began: datetime, *, quick: bool) -> Path:
    """Write the figures of a sitting with what they were measured on; return where."""
    kept = {
        "at": began.isoformat(timespec="seconds"),
        "quick": quick,
        "machine": {
            "cpu": cpu_model(),
            "cores": os.cpu_count(),
            "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3),
            "system": platform.platform(),
            "load_at_the_end": os.getloadavg(),
        },
        "versions": {
            "python": platform.python_version(),
            "sqlite": sqlite3.sqlite_version,
            **{name: importlib.metadata.version(name) for name in OURS},
        },
        "peers": {peer: versions(peer) for peer in PEERS if (FOLDER / peer / "pinned.txt").is_file()},
        "ends": ends,
        "rows": [asdict(row) for row in rows],
    }
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{began:%Y-%m-%dT%H%M}-{machine_name()}.json"
    path.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def machine_name() -> str:
    """Return what kind of machine this is: its processor and cores; results of one kind are compared."""
    return f"{'-'.join(cpu_model().lower().split()[:3])}-{os.cpu_count()}".replace("(", "").replace(")", "")


def cpu_model() -> str:
    """Return the processor's name."""
    lines = Path("/proc/cpuinfo").read_text(encoding="ascii").splitlines()
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.machine())


if __name__ == "__main__":
    sys.exit(main())
