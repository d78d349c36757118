"""Every named point, before and after, with each of six faults; and the N-th write failing, N = 1 until it succeeds.

    python -m bench.trust.points [--shard 1/2] [WORDS ...]

WORDS choose trials by their names ("kill before poll saved"). After each trial the home is looked at, the next runs go
on, and what is there then is compared with a home whose runs nobody stopped (`tests/faults/trial.py`).
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.faults.trial import COMMANDS, Expected, every_trial, run_trial, try_nth_write
from tests.faults.world import World

MOST_WRITES = 400


def main() -> int:
    """Run the trials; return 1 when one showed a fault."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("words", nargs="*")
    parser.add_argument("--shard", default="1/1", help="Of so many parts, this one.")
    given = parser.parse_args()
    shard, shards = map(int, given.shard.split("/"))
    wrong: list[str] = []
    done: Counter[str] = Counter()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, World(Path(folder)).opened() as world:
        expected = Expected(world)
        for number, trial in enumerate(every_trial()):
            if number % shards != shard - 1 or not all(word in trial.name for word in given.words):
                continue
            found = run_trial(world, expected, trial)
            done[trial.fault] += 1
            wrong += [f"{trial.name}: {what}" for what in found]
            for what in found:
                print(f"FAIL  {trial.name}: {what}", flush=True)
        if not given.words:
            for command in COMMANDS:
                writes, found = fail_writes(world, expected, command, shard, shards)
                done[f"N-th write of {command}"] += writes
                wrong += found
    for fault, count in done.items():
        print(f"{count:>6}  {fault}")
    print(f"{sum(done.values())} trials, {len(wrong)} faults, {time.monotonic() - began:.0f} s")
    return 1 if wrong or not done else 0


def fail_writes(world: World, expected: Expected, command: str, shard: int, shards: int) -> tuple[int, list[str]]:
    """Let the first write fail, then the second, until the command has no more; return how many, and what was wrong."""
    wrong: list[str] = []
    tried = 0
    for number in range(1, MOST_WRITES):
        if number % shards != shard - 1:
            continue
        reached, found = try_nth_write(world, expected, command, number)
        wrong += [f"write {number} of {command}: {what}" for what in found]
        for what in found:
            print(f"FAIL  write {number} of {command}: {what}", flush=True)
        if not reached:
            return tried, wrong
        tried += 1
    return tried, [*wrong, f"{command} makes more than {MOST_WRITES} writes"]


if __name__ == "__main__":
    sys.exit(main())
