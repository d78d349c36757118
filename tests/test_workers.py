"""Killable workers: what hangs or eats memory is an outcome, and its neighbours go on."""

import asyncio
import contextlib
import ctypes
import errno
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
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


def connect(port: int) -> str:
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"what the page wanted told")
    return "told"


def connect_and_swallow(port: int) -> str:
    with contextlib.suppress(OSError):
        connect(port)
    return "read"


def send_a_datagram(port: int) -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(b"told", ("127.0.0.1", port))
    return "told"


def resolve(_: int) -> str:
    return str(socket.getaddrinfo("localhost", 80))


def start_a_program(port: int) -> str:
    ask = f"import socket; socket.create_connection(('127.0.0.1', {port}))"
    subprocess.run([sys.executable, "-c", ask], check=True)
    return "told"


def connect_from_c(port: int) -> int:
    """Connect as C code does, past what Python hears of; return the error number of the system, 0 when it went well."""
    libc = ctypes.CDLL(None, use_errno=True)
    mine = libc.socket(socket.AF_INET, socket.SOCK_STREAM, 0)
    address = struct.pack("=HH4s8x", socket.AF_INET, socket.htons(port), socket.inet_aton("127.0.0.1"))
    return 0 if mine >= 0 and not libc.connect(mine, address, len(address)) else ctypes.get_errno()


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
        os.kill(fork_server(), signal.SIGKILL)
        assert [workers.result(task) for task in tasks] == [2 * number for number in range(20)]
        assert list(workers.map(double, [(number,) for number in range(20)])) == [2 * n for n in range(20)]


def test_workers_that_are_expected_have_their_fork_server_before_the_first_task() -> None:
    forkserver.ensure_running()
    before = fork_server()
    os.kill(before, signal.SIGKILL)
    os.waitid(os.P_PID, before, os.WEXITED | os.WNOWAIT)
    with Workers(count=1) as workers:
        workers.expect()
        after = fork_server()
        assert after != before
        assert workers.result(workers.submit(double, 1)) == 2
        assert fork_server() == after


def fork_server() -> int:
    """Return the process that starts the workers; nobody else knows it."""
    pid: int = forkserver._forkserver._forkserver_pid  # type: ignore[attr-defined]
    return pid


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


@pytest.mark.parametrize("task", [connect, connect_and_swallow, send_a_datagram, resolve, start_a_program])
def test_a_task_that_asks_for_the_network_is_refused_and_nobody_hears_of_it(
    task: Callable[[int], str], listener: socket.socket
) -> None:
    with Workers(count=1) as workers:
        results = list(workers.map(task, [(listener.getsockname()[1],)]))
        assert list(workers.map(double, [(21,)])) == [42]
    assert isinstance(results[0], Refused)
    assert "network or another program" in results[0].reason
    assert not select.select([listener], [], [], 0.1)[0]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the kernel's own net is Linux'")
def test_c_code_in_a_worker_is_refused_by_the_kernel(listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    assert connect_from_c(port) == 0
    assert select.select([listener], [], [], 1)[0]
    listener.accept()[0].close()
    with Workers(count=1) as workers:
        assert list(workers.map(connect_from_c, [(port,)])) == [errno.EACCES]
    assert not select.select([listener], [], [], 0.1)[0]


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
