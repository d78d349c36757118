"""What goes wrong in a child of the nursery (`tests/nursery.py`), and the person who works in another.

A fault is attached to one function of the product: {"point", "place", "fault", "nth"}; or it is {"nth_write": N}.
"""

import contextlib
import errno
import importlib
import os
import resource
import signal
import sqlite3
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tests.faults.points import POINTS, Fault


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
    """Attach a fault."""
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


# --- people at work ---------------------------------------------------------------------------------------


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
