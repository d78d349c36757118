"""Run the `monitor` command in a process of its own, as cron does: Scrapy's reactor starts once per process."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

NOW = "2026-11-24T06:30:00+01:00"


def monitor(*args: str | Path, stdin: str = "", now: str | None = NOW, cwd: Path | None = None) -> "Result":
    """Run `monitor ARGS` at a set time; return what it said."""
    environment = {key: value for key, value in os.environ.items() if key != "MONITOR_NOW"}
    if now is not None:
        environment["MONITOR_NOW"] = now
    process = subprocess.run(
        [sys.executable, "-m", "monitor", *map(str, args)],
        input=stdin,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env=environment,
        cwd=cwd,
    )
    return Result(process.returncode, process.stdout, process.stderr)


class Result:
    """Exit code, stdout and stderr of a command."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code = code
        self.out = out
        self.err = err

    def __repr__(self) -> str:
        return f"exit {self.code}\n{self.out}\n{self.err}"

    @property
    def json(self) -> Any:
        """What was printed, as JSON."""
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        """What was printed, one JSON value a line."""
        return [json.loads(line) for line in self.out.splitlines()]
