"""Killable worker processes for reading hostile bytes.

Signals in the own process cannot interrupt a long call into a C library; a process can be killed. Each task gets 10 s
of wall and CPU time and 1 GB of address space above what the process holds at its start, and no network; a worker is
replaced after 500 tasks. A task whose worker dies is given to a second one.
"""

import asyncio
import logging
import multiprocessing
import os
import resource
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from multiprocessing import forkserver
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

from pebble import ProcessExpired, ProcessPool

from monitor import offline
from monitor.core.gate import admit
from monitor.garbage import collect_seldom
from monitor.models import Refused

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

SECONDS = 10
MEMORY = 1024**3
TASKS = 500
_OPENINGS = 5
_PAUSE = 0.2
_PRELOAD = ("monitor.workers", "monitor.core.feeds", "monitor.core.pages.extract")


def _prepare() -> None:
    """Run in a fresh worker: no network, a bound on its address space, no log, and little collecting of cycles."""
    offline.leave_network()
    collect_seldom()
    in_use = int(_read_statm().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (in_use + MEMORY, in_use + MEMORY))
    # Libraries log what a page says, and a worker has no handler that would make it fit for a terminal.
    logging.disable()


def _read_statm() -> str:
    try:
        with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123 (no pathlib for a kernel file)
            return file.read()
    except OSError:  # not Linux: the bound counts from nothing
        return "0"


def _bounded(function: Callable[..., T], args: tuple[object, ...]) -> T | Refused:
    """Run in the worker: one task with its own bound of CPU time, and its answer through the gate.

    No memory is an outcome of the input, not a fault.
    """
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(used.ru_utime + used.ru_stime) + SECONDS + 1
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, resource.getrlimit(resource.RLIMIT_CPU)[1]))
    try:
        answer: T | Refused = admit(function(*args))
    except (MemoryError, RecursionError) as error:
        answer = Refused(f"reading it took more memory than allowed ({type(error).__name__})")
    except Exception:
        if tried := offline.tried():
            return _refused(tried)
        raise
    # Whoever asked may have swallowed the answer: it is told all the same.
    return _refused(tried) if (tried := offline.tried()) else answer


def _refused(tried: str) -> Refused:
    return Refused(f"reading it asked for the network or another program ({tried})")


class Workers:
    """A pool of killable processes. Use as a context manager; started with the first task."""

    def __init__(self, count: int | None = None, seconds: float = SECONDS) -> None:
        self.count = count or min(4, os.cpu_count() or 1)
        self.seconds = seconds
        # forkserver: a worker starts as a fork of a small process that has the libraries loaded already,
        # and never as a fork of this one with its threads, reactor and open database.
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(list(_PRELOAD))
        self._pool = self._open()

    def _open(self) -> ProcessPool:
        return ProcessPool(max_workers=self.count, max_tasks=TASKS, initializer=_prepare, context=self._context)

    def expect(self) -> None:
        """Start what starts the workers, when tasks are sure to come: it loads while the web is waited for."""
        forkserver.ensure_running()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._pool.close()
        else:
            self._pool.stop()
        self._pool.join()

    def submit(self, function: Callable[..., T], *args: object) -> "Task[T]":
        """Start `function(*args)` in a worker; both must be picklable."""
        for _ in range(_OPENINGS):
            try:
                return Task(function, args, self._schedule(function, args))
            except (BrokenProcessPool, RuntimeError):
                # Whoever starts the workers was killed too, or is about to be gone. The next pool starts another.
                self._pool.stop()
                time.sleep(_PAUSE)
                self._pool = self._open()
        return Task(function, args, self._schedule(function, args))

    def _schedule(self, function: Callable[..., T], args: tuple[object, ...]) -> "Future[T | Refused]":
        future: Future[Any] = self._pool.schedule(_bounded, args=(function, args), timeout=self.seconds)
        return future

    def run(self, function: Callable[..., T], *args: object) -> Awaitable[T | Refused]:
        """Await `function(*args)` in a worker; Refused when it had to be killed."""
        return self._await(self.submit(function, *args))

    async def _await(self, task: "Task[T]") -> T | Refused:
        while True:
            try:
                return await asyncio.wrap_future(task.future)
            except _KILLED as error:
                again = self._again(task, error)
            if isinstance(again, Refused):
                return again
            task = again

    def map(self, function: Callable[..., T], calls: Iterable[tuple[object, ...]]) -> Iterator[T | Refused]:
        """Run `function` on every tuple of arguments, a few ahead of the one that is yielded; results in order."""
        waiting: list[Task[T]] = []
        for args in calls:
            waiting.append(self.submit(function, *args))
            if len(waiting) >= self.count * 4:
                yield self.result(waiting.pop(0))
        for task in waiting:
            yield self.result(task)

    def begin(self, function: Callable[..., T], calls: Iterable[tuple[object, ...]]) -> Iterator[T | Refused]:
        """Start `function` on every tuple of arguments now; results in order, when they are asked for."""
        tasks = [self.submit(function, *args) for args in calls]
        return (self.result(task) for task in tasks)

    def result(self, task: "Task[T]") -> T | Refused:
        """Wait for a task; Refused when it had to be killed."""
        while True:
            try:
                return task.future.result()
            except _KILLED as error:
                again = self._again(task, error)
            if isinstance(again, Refused):
                return again
            task = again

    def _again(self, task: "Task[T]", error: BaseException) -> "Task[T] | Refused":
        """Begin a task anew whose worker died: perhaps the machine was short of memory and killed whom it liked.

        The second death is the input's own, and what took too long would take too long again: Refused.
        """
        if isinstance(error, FutureTimeoutError | TimeoutError):
            return Refused(f"reading it took longer than {self.seconds:g} s")
        if task.second:
            return Refused("reading it broke the worker process")
        return replace(self.submit(task.function, *task.args), second=True)


_KILLED = (FutureTimeoutError, TimeoutError, ProcessExpired, BrokenProcessPool)


@dataclass(frozen=True, slots=True)
class Task(Generic[T_co]):
    """A call that a worker has been given."""

    function: Callable[..., T_co]
    args: tuple[object, ...]
    future: "Future[T_co | Refused]"
    second: bool = False
    """Its first worker died."""
