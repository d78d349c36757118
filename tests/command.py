"""Run the `monitor` command as cron and people do.

What crawls runs in a process of its own, since Scrapy's reactor starts once per process: a fork of one that has loaded
the libraries already. The rest runs in this one.
"""

import atexit
import json
import os
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from click.testing import CliRunner

from monitor.cli import main
from tests.nursery import Nursery

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
    ended, out, err = _run(args, stdin, now)
    assert "code" in ended, f"monitor {' '.join(map(str, args))} ended with {ended}:\n{out}\n{err}"
    return Result(ended["code"], out, err)


def kill(*args: str | Path, at: str, nth: int = 1) -> bool:
    """Run a command that is killed just before a point (`tests/faults/points.py`); whether it was."""
    harm = {"point": at, "place": "before", "fault": "kill", "nth": nth}
    ended, _, _ = _run(args, "", NOW, harm=harm)
    return "signal" in ended


def _run(args: tuple[str | Path, ...], stdin: str, now: str | None, **order: object) -> tuple[dict[str, Any], str, str]:
    """Run a command in a process of its own; return how it ended and what it said."""
    environment = {key: value for key, value in os.environ.items() if key != "MONITOR_NOW"}
    if now is not None:
        environment["MONITOR_NOW"] = now
    with TemporaryDirectory() as folder:
        files = {name: Path(folder) / name for name in ("in", "out", "err")}
        environment |= {"FAULT_MARK": f"{folder}/mark", "FAULT_HOME": folder}
        files["in"].write_text(stdin, encoding="utf-8")
        nursery = _open_nursery()
        pid = nursery.start(
            args=[str(arg) for arg in args],
            env=environment,
            only=True,
            folder=str(Path.cwd()),
            **{name: str(path) for name, path in files.items()},
            **order,
        )
        ended = nursery.finish(pid, 120)
        out, err = (files[name].read_text(encoding="utf-8") for name in ("out", "err"))
    return ended, out, err


@cache
def _open_nursery() -> Nursery:
    """Return the one nursery of this process, which ends with it."""
    nursery = Nursery(covered=True).__enter__()
    atexit.register(nursery.__exit__)
    return nursery
