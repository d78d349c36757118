"""A warm process that forks a child for every run of `monitor`, so that a run costs half a second and not four.

    python -m tests.faults.nursery

Reads an order a line, as JSON, on stdin and answers with what became of it. A child is a real process of its own
group that runs `monitor.cli.main` with its own reactor and ends, or is killed, once. The workers of all children come
from one fork server that lives as long as the nursery.

    {"do": "start", "args": [...], "env": {...}, "log": PATH, "fault": {...}}   -> {"pid": N}
    {"do": "start", "staff": PATH, "home": HOME, "log": PATH}  -> {"pid": N}, a person who opens cases
    {"do": "wait", "pid": N, "seconds": S}   -> {"code": N} ended; {"signal": N} killed; {"stopped": true}; {} goes on
"""

import contextlib
import errno
import importlib
import json
import multiprocessing.forkserver as forkserver_module
import multiprocessing.resource_tracker as tracker_module
import os
import resource
import signal
import sqlite3
import sys
import time
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tests.faults.points import POINTS, Fault

WARM = (
    "monitor.cli.run_steps", "monitor.cli.send", "monitor.cli.doctor", "monitor.steps.publish", "monitor.steps.read",
    "monitor.core.pages.extract", "monitor.workers", "scrapy.crawler", "scrapy.core.downloader.handlers.http11",
    "scrapy.extensions.throttle", "scrapy.downloadermiddlewares.retry",
)  # fmt: skip


class NthWrite(sqlite3.Connection):
    """A connection whose N-th writing statement, and no other, fails as it does when the disk does."""

    countdown = 0

    def execute(self, sql: str, *more: Any) -> sqlite3.Cursor:
        count_down(sql)
        return super().execute(sql, *more)

    def executemany(self, sql: str, *more: Any) -> sqlite3.Cursor:
        count_down(sql)
        return super().executemany(sql, *more)


def count_down(sql: str) -> None:
    """Fail at the N-th statement that writes."""
    if sql.lstrip().split(None, 1)[0].lower() in {"insert", "update", "delete", "commit", "create"}:
        NthWrite.countdown -= 1
        if NthWrite.countdown == 0:
            reached("the write")
            raise sqlite3.OperationalError("disk I/O error")


def fail_nth_write(number: int) -> None:
    """Let the N-th write of this process fail."""
    NthWrite.countdown = number
    connect = sqlite3.connect
    module = importlib.import_module("monitor.store.db")

    class Patched:
        def __getattr__(self, name: str) -> Any:
            return getattr(sqlite3, name)

        @staticmethod
        def connect(*args: Any, **more: Any) -> sqlite3.Connection:
            return connect(*args, **more, factory=NthWrite)

    module.sqlite3 = Patched()  # type: ignore[attr-defined]


def reached(what: str) -> None:
    """Leave a mark that the point was reached: a trial of a point that nobody reaches shows nothing."""
    with open(os.environ["FAULT_MARK"], "a", encoding="utf-8") as mark:  # noqa: PTH123
        mark.write(what + "\n")


def arm(fault: dict[str, Any]) -> None:
    """Attach a fault to a point: {"point", "place", "fault", "nth"}; or {"nth_write": N}."""
    if "nth_write" in fault:
        fail_nth_write(fault["nth_write"])
        return
    point = next(point for point in POINTS if point.name == fault["point"])
    module_name, _, path = point.where.partition(":")
    owner: Any = importlib.import_module(module_name)
    *parents, name = path.split(".")
    for parent in parents:
        owner = getattr(owner, parent)
    whole = getattr(owner, name)
    left = [int(fault.get("nth", 1))]

    def harm(args: tuple[Any, ...]) -> None:
        left[0] -= 1
        if left[0] == 0:
            reached(point.name)
            HARM[Fault(fault["fault"])](Path(os.environ["FAULT_HOME"]), args)

    def wrapped(*args: Any, **more: Any) -> Any:
        if fault["place"] == "before":
            harm(args)
            return whole(*args, **more)
        done = whole(*args, **more)
        harm(args)
        return done

    setattr(owner, name, wrapped)


def _kill(_home: Path, _args: tuple[Any, ...]) -> None:
    os.killpg(os.getpgrp(), signal.SIGKILL)
    time.sleep(60)


def _raise(_home: Path, _args: tuple[Any, ...]) -> None:
    raise RuntimeError("a fault of the program")


def _fill(_home: Path, args: tuple[Any, ...]) -> None:
    """Let the database in use grow no more, nor any file."""
    from sqlite_utils import Database

    import monitor.files

    for given in args:
        connection = given.conn if isinstance(given, Database) else getattr(getattr(given, "db", None), "conn", given)
        if isinstance(connection, sqlite3.Connection):
            pages = connection.execute("pragma page_count").fetchone()[0]
            connection.execute(f"pragma max_page_count = {pages}")

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    class FullOs:
        def __getattr__(self, name: str) -> Any:
            return full if name == "fsync" else getattr(os, name)

    vars(monitor.files)["os"] = FullOs()


def _break(_home: Path, _args: tuple[Any, ...]) -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))


_HELD: list[sqlite3.Connection] = []


def _hold(home: Path, _args: tuple[Any, ...]) -> None:
    """Hold the write lock by another connection; when this process is writing just now, nobody else can."""
    other = sqlite3.connect(home / "monitor.db", isolation_level=None, timeout=0)
    with contextlib.suppress(sqlite3.OperationalError):
        other.execute("begin immediate")
    _HELD.append(other)


def _stop(_home: Path, _args: tuple[Any, ...]) -> None:
    os.killpg(os.getpgrp(), signal.SIGSTOP)


HARM: dict[Fault, Callable[[Path, tuple[Any, ...]], None]] = {
    Fault.KILL: _kill,
    Fault.EXCEPTION: _raise,
    Fault.FULL: _fill,
    Fault.IO: _break,
    Fault.BUSY: _hold,
    Fault.STOP: _stop,
}


# --- the nursery ----------------------------------------------------------------------------------------


def warm_up() -> None:
    """Load what every run loads, and start the fork server that all children use."""
    for name in WARM:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    context = get_context("forkserver")
    context.set_forkserver_preload(["monitor.core.feeds", "monitor.core.pages"])
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
        log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        for stream in (1, 2):
            os.dup2(log, stream)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.environ.update(order.get("env", {}))
        # The fork server and the tracker are the nursery's children: only it can wait for them.
        forkserver_module._forkserver.ensure_running = lambda: None  # type: ignore[method-assign]
        tracker_module._resource_tracker.ensure_running = lambda: None  # type: ignore[method-assign]
        code = work_as_staff(order) if "staff" in order else run(order)
        sys.stdout.flush()
        sys.stderr.flush()
    except BaseException:  # noqa: BLE001 (a child must never return into the nursery)
        traceback.print_exc()
        code = 70
    os._exit(code)


def run(order: dict[str, Any]) -> int:
    """Run the command of an order in this process; return its exit code."""
    import monitor.store.db
    from monitor.cli import main

    monitor.store.db.BUSY_SECONDS = order.get("busy", monitor.store.db.BUSY_SECONDS)
    if "fault" in order:
        arm(order["fault"])
    try:
        main(order["args"])
    except SystemExit as end:
        return int(end.code or 0)
    except Exception:  # noqa: BLE001 (as the interpreter does it)
        traceback.print_exc()
        return 1
    return 0


def work_as_staff(order: dict[str, Any]) -> int:
    """Open cases until killed, as the pages do it; write down the number of each once it is saved."""
    from monitor.models import Case
    from monitor.store.cases import open_case
    from monitor.store.db import open_database

    db = open_database(Path(order["home"]) / "monitor.db")
    acknowledged = os.open(order["staff"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    now = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
    for number in range(10_000):
        draft = Case(number="", title=f"Samtal {number}", received=now)
        saved = open_case(db, draft, role="kommunikatör", now=now, zone=ZoneInfo("Europe/Stockholm"))
        assert isinstance(saved, Case)
        os.write(acknowledged, f"{saved.number}\n".encode())
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
