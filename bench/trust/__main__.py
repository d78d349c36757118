"""Trials of what the product promises when others mean it harm or machines fail: `make trust`.

    python -m bench.trust                 every trial of this folder, one after the other
    python -m bench.trust feeds pages     these only

A trial is a module of this folder whose name begins with a letter. Run as `python -m bench.trust.NAME` it says in lines
what it found and ends 0 when its limits held, 1 when one was passed, and 2 when data that it needs is not there.
"""

import subprocess
import sys
import time
from pathlib import Path

HELD, PASSED, MISSING = 0, 1, 2
SAID = {HELD: "held", MISSING: "NOT RUN: its data is missing"}


def main(names: list[str]) -> int:
    """Run trials, each in a process of its own; return 1 when a limit was passed, else 2 when one was not run."""
    trials = sorted(path.stem for path in Path(__file__).parent.glob("[a-z]*.py"))
    if unknown := set(names) - set(trials):
        print(f"There is no trial {', '.join(sorted(unknown))}. There are: {', '.join(trials)}")
        return MISSING
    ends: dict[str, int] = {}
    for name in names or trials:
        print(f"== {name}", flush=True)
        began = time.monotonic()
        ends[name] = subprocess.run([sys.executable, "-m", f"bench.trust.{name}"], check=False).returncode
        print(f"   {SAID.get(ends[name], 'PASSED ITS LIMIT')}, {time.monotonic() - began:.0f} s", flush=True)
    passed = [name for name, end in ends.items() if end not in SAID]
    missing = [name for name, end in ends.items() if end == MISSING]
    print(f"trust: {len(ends)} trials; limits passed: {named(passed)}; not run: {named(missing)}")
    return PASSED if passed else MISSING if missing else HELD


def named(trials: list[str]) -> str:
    """Return their names, or that there are none."""
    return ", ".join(trials) or "none"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
