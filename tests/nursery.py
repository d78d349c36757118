"""A warm process that forks a child for every run of `monitor`, so that a run costs half a second and not four.

    python -m tests.nursery

Reads an order a line, as JSON, on stdin and answers with what became of it. A child is a real process of its own group
that runs `monitor.cli.main` with its own reactor and ends, or is killed, once. The workers of all children come from
one fork server that lives as long as the nursery.

    {"do": "start", "args": [...], "env": {...}, "out": PATH, "err": PATH, ...}   -> {"pid": N}
        "in": PATH     what the child reads on stdin; without it, nothing
        "only": true   the child has the variables of "env" and no others
        "harm": {...}  what is to go wrong in it (tests/faults/harm.py)
        "staff": PATH, "home": HOME   a person who opens cases, in place of a command (tests/faults/harm.py)
    {"do": "wait", "pid": N, "seconds": S}   -> {"code": N} ended; {"signal": N} killed; {"stopped": true}; {} goes on
"""

import contextlib
import importlib
import json
import multiprocessing.forkserver as forkserver_module
import multiprocessing.resource_tracker as tracker_module
import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Mapping
from multiprocessing import get_context
from typing import Any, Self

WARM = (
    "monitor.cli.run_steps", "monitor.cli.crawl", "monitor.cli.send", "monitor.cli.doctor", "monitor.cli.add",
    "monitor.cli.candidates", "monitor.cli.explain", "monitor.cli.pure", "monitor.cli.fleet",
    "monitor.steps.publish", "monitor.steps.read", "monitor.core.pages.extract", "monitor.workers",
    "scrapy.crawler", "scrapy.core.downloader.handlers.http11",
    "scrapy.extensions.throttle", "scrapy.downloadermiddlewares.retry",
)  # fmt: skip


class Nursery:
    """Asks the process that forks. Use as a context manager."""

    def __init__(self, *, covered: bool = False) -> None:
        # What is killed at random leaves half a file of coverage behind.
        self._environment = {
            key: value for key, value in os.environ.items() if covered or not key.startswith("COV")
        }  # fmt: skip

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.nursery"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # workers whose run was killed say so
            text=True,
            env=self._environment,
        )
        self.pid = int(self._read()["ready"])
        return self

    def __exit__(self, *_exc: object) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout
        line = self._process.stdout.readline()
        assert line, "the nursery has died"
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _ask(self, order: Mapping[str, object]) -> dict[str, Any]:
        assert self._process.stdin
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return self._read()

    def start(self, **order: object) -> int:
        """Start a child by an order; return its process id, which is also its group's."""
        return int(self._ask({"do": "start", **order})["pid"])

    def wait(self, pid: int, seconds: float = 90) -> dict[str, Any]:
        """Return how a child ended: {"code"}, {"signal"} or {"stopped"}; {} when it goes on."""
        return self._ask({"do": "wait", "pid": pid, "seconds": seconds})

    def finish(self, pid: int, seconds: float = 90) -> dict[str, Any]:
        """Let a child end; {} when it would not, and was killed."""
        ended = self.wait(pid, seconds)
        if not ended:
            os.killpg(pid, signal.SIGKILL)
            self.wait(pid)
        return ended


# --- the process ----------------------------------------------------------------------------------------


def warm_up() -> None:
    """Load what every run loads, and start the fork server that all children use."""
    for name in WARM:
        importlib.import_module(name)
    context = get_context("forkserver")
    context.set_forkserver_preload(["monitor.core.feeds", "monitor.core.pages.extract"])
    forkserver_module.ensure_running()
    assert "twisted.internet.reactor" not in sys.modules  # each child starts its own


def start(order: dict[str, Any]) -> int:
    """Fork a child that runs `monitor` once; return its process id."""
    forkserver_module.ensure_running()  # it dies with a child that is killed while it asks for a worker
    pid = os.fork()
    if pid:
        with contextlib.suppress(OSError):  # it may have done so itself, and may have ended
            os.setpgid(pid, pid)
        return pid
    try:
        os.setpgid(0, 0)
        _put_streams(order)
        if order.get("only"):
            os.environ.clear()
        os.environ.update(order.get("env", {}))
        os.chdir(order.get("folder", "."))
        # The fork server and the tracker are the nursery's children: only it can wait for them.
        forkserver_module._forkserver.ensure_running = lambda: None  # type: ignore[method-assign]
        forkserver_module.ensure_running = lambda: None
        tracker_module._resource_tracker.ensure_running = lambda: None  # type: ignore[method-assign]
        code = _work(order)
        sys.stdout.flush()
        sys.stderr.flush()
    except BaseException:  # noqa: BLE001 (a child must never return into the nursery)
        traceback.print_exc()
        code = 70
    os._exit(code)


def _put_streams(order: dict[str, Any]) -> None:
    """Let the three streams be the files of the order."""
    os.dup2(os.open(order.get("in", os.devnull), os.O_RDONLY), 0)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 (the nursery's has read ahead)
    for stream, name in ((1, "out"), (2, "err")):
        os.dup2(os.open(order[name], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644), stream)


def _work(order: dict[str, Any]) -> int:
    import monitor.store.db
    from monitor.cli import main

    monitor.store.db.BUSY_SECONDS = order.get("busy", monitor.store.db.BUSY_SECONDS)
    if "harm" in order or "staff" in order:
        from tests.faults.harm import arm, work_as_staff

        if "staff" in order:
            return work_as_staff(order)
        arm(order["harm"])
    try:
        main(order["args"])
    except SystemExit as end:
        return int(end.code or 0)
    except Exception:  # noqa: BLE001 (as the interpreter does it)
        traceback.print_exc()
        return 1
    return 0


def wait(pid: int, seconds: float) -> dict[str, Any]:
    """Wait for a child to end or to stop."""
    until = time.monotonic() + seconds
    while True:
        done, status = os.waitpid(pid, os.WNOHANG | os.WUNTRACED)
        if done:
            if os.WIFSTOPPED(status):
                return {"stopped": True}
            return {"signal": os.WTERMSIG(status)} if os.WIFSIGNALED(status) else {"code": os.WEXITSTATUS(status)}
        if time.monotonic() >= until:
            return {}
        time.sleep(0.002)


def main() -> None:
    """Take orders until stdin ends."""
    warm_up()
    print(json.dumps({"ready": os.getpid()}), flush=True)  # noqa: T201
    for line in sys.stdin:
        order = json.loads(line)
        answer = {"pid": start(order)} if order["do"] == "start" else wait(order["pid"], order["seconds"])
        print(json.dumps(answer), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
