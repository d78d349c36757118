"""Run the `monitor` command as cron and people do.

What crawls runs in a process of its own, since Scrapy's reactor starts once per process; the rest runs in this one.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from monitor.cli import main

NOW = "2026-11-24T06:30:00+01:00"
IN_PROCESS = frozenset(
    {"init", "sources", "entries", "articles", "stories", "search", "group", "digest", "purge", "doctor"}
    | {"match", "candidates"}
)


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


def monitor(*args: str | Path, stdin: str = "", now: str | None = NOW) -> Result:
    """Run `monitor ARGS` at a set time; return what it said."""
    words = [str(arg) for arg in args]
    return call(*words, stdin=stdin, now=now) if words[0] in IN_PROCESS else start(*words, stdin=stdin, now=now)


def call(*args: str | Path, stdin: str = "", now: str | None = NOW) -> Result:
    """Run a command in this process, through the same `main`."""
    runner = CliRunner(env={"MONITOR_NOW": now})
    with runner.isolation(input=stdin) as (out, err, _):
        code = 0
        try:
            main([str(arg) for arg in args])
        except SystemExit as end:
            code = int(end.code or 0)
        return Result(code, out.getvalue().decode(), err.getvalue().decode())


def start(*args: str | Path, stdin: str = "", now: str | None = NOW) -> Result:
    """Run a command in a process of its own."""
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
    )
    return Result(process.returncode, process.stdout, process.stderr)
