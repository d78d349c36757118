"""Killable workers: what hangs or eats memory is an outcome, and its neighbours go on."""

import asyncio
import os
import signal
import time
from multiprocessing import forkserver
from pathlib import Path

import pytest

from monitor.models import Refused
from monitor.workers import Workers


def double(number: int) -> int:
    return number * 2


def hang(_seconds: int) -> int:
    time.sleep(60)
    return 0


def eat(_: int) -> int:
    return len(bytearray(3 * 1024**3))


def die(_: int) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return 0


def die_once(mark: str) -> str:
    """Die as if the machine were short of memory, and do not the second time."""
    if not Path(mark).exists():
        Path(mark).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return "read"


def fail(_: int) -> int:
    raise ValueError("a fault of the program is no outcome of the input")


def test_results_come_back_in_order() -> None:
    with Workers(count=2) as workers:
        assert list(workers.map(double, [(number,) for number in range(30)])) == [2 * n for n in range(30)]


def test_what_hangs_eats_memory_or_dies_is_refused_and_its_neighbours_are_read() -> None:
    with Workers(count=2, seconds=1.5) as workers:
        futures = [workers.submit(task, 1) for task in (double, hang, eat, die, double)]
        results = [workers.result(future) for future in futures]
    assert results[0] == results[4] == 2
    assert isinstance(results[1], Refused)
    assert "longer than 1.5 s" in results[1].reason
    assert isinstance(results[2], Refused)
    assert "memory" in results[2].reason
    assert isinstance(results[3], Refused)
    assert "broke the worker" in results[3].reason


def test_a_task_whose_worker_was_killed_is_read_by_another(tmp_path: Path) -> None:
    async def work(workers: Workers) -> object:
        return await workers.run(die_once, str(tmp_path / "second"))

    with Workers(count=1) as workers:
        assert workers.result(workers.submit(die_once, str(tmp_path / "first"))) == "read"
        assert asyncio.run(work(workers)) == "read"


def test_when_who_starts_the_workers_is_killed_another_does() -> None:
    with Workers(count=2) as workers:
        assert workers.result(workers.submit(double, 1)) == 2
        tasks = [workers.submit(double, number) for number in range(20)]
        server = forkserver._forkserver._forkserver_pid  # type: ignore[attr-defined]  # nobody else knows it
        os.kill(server, signal.SIGKILL)
        assert [workers.result(task) for task in tasks] == [2 * number for number in range(20)]
        assert list(workers.map(double, [(number,) for number in range(20)])) == [2 * n for n in range(20)]


def test_a_fault_of_the_program_is_raised() -> None:
    with Workers(count=1) as workers, pytest.raises(ValueError, match="fault of the program"):
        list(workers.map(fail, [(1,)]))


def test_a_task_can_be_awaited() -> None:
    async def work() -> tuple[object, object]:
        with Workers(count=2, seconds=1.0) as workers:
            return await workers.run(double, 21), await workers.run(hang, 1)

    done, hung = asyncio.run(work())
    assert done == 42
    assert isinstance(hung, Refused)
