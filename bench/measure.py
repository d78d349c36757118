"""What a command costs: seconds that pass, seconds of CPU and memory, of it and of every process that it starts.

    cost = measure(["monitor", "crawl", "--now"], env={"MONITOR_NOW": ...})

Workers of a fork server are children of a process that nobody waits for, so `getrusage` of whoever started the command
does not see them. Here a small process of its own stands in between (`python -m bench.measure REPORT COMMAND...`): it
takes over every orphan of the command (PR_SET_CHILD_SUBREAPER, Linux), waits for each, and reports what all of them
used. That is exact, also for what lives for a millisecond. Only memory is sampled.
"""

import ctypes
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_PR_SET_CHILD_SUBREAPER = 36
_EVERY = 0.5
"""Seconds between two looks at memory: a look costs some milliseconds a process."""
_GRACE = 10.0
"""Seconds that what the command leaves behind has to end."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a command cost."""

    wall: float
    """Seconds from its start to its own end."""
    cpu: float
    """Seconds of CPU, user and system, of all its processes."""
    memory: float
    """The most MB of it at once (PSS: what processes share is counted once); seen twice a second."""
    output: str


class CommandError(Exception):
    """A command that was to be measured failed; the text is what it said last."""


def measure(command: Sequence[str | Path], *, env: Mapping[str, str] | None = None, cwd: Path | None = None) -> Cost:
    """Run a command to its end and return what it cost. Raises CommandError when it ends with another code than 0."""
    with tempfile.NamedTemporaryFile("r", suffix=".json") as report:
        between = [sys.executable, str(Path(__file__).resolve()), report.name, *map(str, command)]
        # Programs keep what Python compiled of them, as installed programs do.
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        done = subprocess.run(
            between,
            env={**environment, **(env or {})},
            cwd=cwd,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            check=False,
        )
        output = done.stdout.decode("utf-8", "replace")
        if done.returncode:
            raise CommandError(f"{' '.join(map(str, command))} ended with {done.returncode}:\n{output[-2000:]}")
        return Cost(**json.load(report), output=output)


def stand_between(report: Path, command: Sequence[str]) -> int:
    """Run a command, wait for it and all that it leaves behind, and report what they used; return its exit code."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    began = time.monotonic()
    process = subprocess.Popen(command)
    memory = _Memory()
    memory.start()
    code = process.wait()
    wall = time.monotonic() - began
    deadline = time.monotonic() + _GRACE
    while time.monotonic() < deadline:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            break
        if not pid:
            time.sleep(0.01)
    else:
        print("bench: processes of the command still run: what they use is not counted", file=sys.stderr)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    report.write_text(json.dumps({"wall": wall, "cpu": used.ru_utime + used.ru_stime, "memory": memory.most}))
    return code


class _Memory(threading.Thread):
    """Looks at the memory of the session's other processes until the program ends."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.most = 0.0

    def run(self) -> None:
        while True:
            self.most = max(self.most, sum(map(_pss, _members(os.getsid(0)))))
            time.sleep(_EVERY)


def _members(session: int) -> Iterator[Path]:
    for path in Path("/proc").glob("[0-9]*"):
        try:
            fields = (path / "stat").read_text().rpartition(") ")[2].split()
        except OSError:  # it has ended
            continue
        if int(fields[3]) == session and int(path.name) != os.getpid():
            yield path


def _pss(process: Path) -> float:
    try:
        text = (process / "smaps_rollup").read_text()
    except OSError:  # it has ended
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in text.splitlines() if line.startswith("Pss:")), 0.0)


if __name__ == "__main__":
    sys.exit(stand_between(Path(sys.argv[1]), sys.argv[2:]))
