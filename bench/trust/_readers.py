"""Hostile inputs through readers in killable workers: what is counted, and the line that tells it."""

import os
import subprocess
import sys
import tarfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from monitor.models import Outcome, Refused
from monitor.workers import MEMORY, SECONDS, Workers

SHARED = Path(os.environ.get("MONITOR_SHARED", Path(__file__).resolve().parents[3] / "shared"))
Input = tuple[str, bytes]
"""Its name, and its bytes."""


@dataclass(slots=True)
class Tally:
    """What became of the inputs of one trial."""

    inputs: int = 0
    uncaught: int = 0
    silent: int = 0
    """Neither ok nor a reason."""
    killed: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    slowest: tuple[float, str] = (0.0, "")
    largest: tuple[int, str] = (0, "")

    @property
    def held(self) -> bool:
        """Whether every limit held."""
        within = self.slowest[0] <= SECONDS and self.largest[0] <= MEMORY
        return not (self.uncaught or self.silent or self.killed) and within

    def add(self, other: "Tally", name: str) -> None:
        """Count another trial in, under its name."""
        self.inputs += other.inputs
        self.uncaught += other.uncaught
        self.silent += other.silent
        self.killed += other.killed
        self.outcomes += other.outcomes
        self.slowest = max(self.slowest, (other.slowest[0], f"{name}: {other.slowest[1]}"))
        self.largest = max(self.largest, (other.largest[0], f"{name}: {other.largest[1]}"))

    def __str__(self) -> str:
        ends = ", ".join(f"{count} {name}" for name, count in sorted(self.outcomes.items()))
        return (
            f"{self.inputs} inputs ({ends}); uncaught {self.uncaught}, without outcome {self.silent}, killed "
            f"{self.killed}; slowest {self.slowest[0]:.2f} s ({self.slowest[1]}), largest "
            f"{self.largest[0] / 1e6:.0f} MB ({self.largest[1]})"
        )


def try_reader(read: Callable[..., Any], inputs: Iterable[Input], args: tuple[object, ...]) -> Tally:
    """Give every input to `read(body, *args)` in the product's own workers, and count how it ends."""
    tally = Tally()
    names: list[str] = []

    def calls() -> Iterator[tuple[object, ...]]:
        for name, body in inputs:
            names.append(name)
            yield read, body, args

    with Workers() as workers:
        for number, measured in enumerate(workers.map(measure, calls())):
            _count(tally, names[number], measured)
    return tally


def _count(tally: Tally, name: str, measured: Any) -> None:
    tally.inputs += 1
    if isinstance(measured, Refused):
        tally.killed += 1
        tally.outcomes["killed"] += 1
        print(f"   killed: {name}: {measured.reason}", flush=True)
        return
    reading, fault, seconds, memory = measured
    tally.slowest = max(tally.slowest, (seconds, name))
    tally.largest = max(tally.largest, (memory, name))
    if fault:
        tally.uncaught += 1
        print(f"   uncaught: {name}: {fault}", flush=True)
        return
    outcome, reason = _outcome_of(reading)
    tally.outcomes[str(outcome)] += 1
    if outcome is not Outcome.OK and not (outcome and reason):
        tally.silent += 1
        print(f"   without outcome: {name}: {outcome}", flush=True)


def _outcome_of(reading: Any) -> tuple[Outcome | None, str]:
    """Return how a reading ended: a value of its own says so, and what has no words for it holds what was found."""
    if isinstance(reading, Refused):
        return Outcome.REFUSED, reading.reason
    outcome = getattr(reading, "outcome", None if reading is None else Outcome.OK)
    return outcome, getattr(reading, "reason", "")


def measure(read: Callable[..., Any], body: bytes, args: tuple[object, ...]) -> tuple[Any, str, float, int]:
    """Run in the worker: what `read` returned or raised, its seconds, and the bytes by which the worker grew."""
    before = _peak(reset=True)
    began = time.monotonic()
    reading, fault = None, ""
    try:
        reading = read(body, *args)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - counting what is uncaught is what this is for
        fault = repr(error)[:300]
    return reading, fault, time.monotonic() - began, _peak() - before


def _peak(*, reset: bool = False) -> int:
    """Return the most memory that this process has held since the last reset, in bytes."""
    if reset:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024


def make_generated(folder: Path, kind: str) -> list[Input]:
    """Return the inputs of one kind that tools/hostile_inputs.py writes."""
    tool = SHARED / "tools" / "hostile_inputs.py"
    subprocess.run([sys.executable, str(tool), str(folder)], check=True, capture_output=True)
    return [(path.name, path.read_bytes()) for path in sorted((folder / kind).iterdir())]


def members(archive: Path, *endings: str) -> Iterator[Input]:
    """Give the files of a tar archive whose names end so."""
    with tarfile.open(archive) as tar:
        for member in tar:
            file = tar.extractfile(member) if member.isfile() and member.name.endswith(endings) else None
            if file:
                yield member.name, file.read()


def missing(*paths: Path) -> bool:
    """Say which shared data is not there, and whether any is not."""
    gone = [path for path in paths if not path.exists()]
    for path in gone:
        print(f"The shared data is not at {path}: set MONITOR_SHARED to the folder that holds data/ and tools/.")
    return bool(gone)
