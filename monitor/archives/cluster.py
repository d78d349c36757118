"""Dask: where the tasks run, how many wait, and what is said when the cluster does not answer.

A few files for each worker are handed over at a time: a limit can then end the work, and a scheduler that is lost has
little to lose. Dask starts a task anew whose worker died; one that kills worker after worker is given up.
"""

import contextlib
import logging
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Any, Protocol

import dask
from distributed import Client, Future, KilledWorker, LocalCluster
from distributed.comm.addressing import parse_address

from monitor.archives.scan import Job, scan_file
from monitor.errors import BackfillError, UsageError
from monitor.models import Refused

AHEAD = 2
"""Files handed over for each worker."""
_LOOK = 1.0
CONNECT = 5
"""Seconds in which a scheduler has to answer."""
PATIENCE = 60
"""Seconds without any worker after which no more are hoped for."""
_KEPT = "What was finished is kept; the same command does the rest"


class Run(Protocol):
    """Runs jobs somewhere: `run_on_dask`."""

    def __call__(
        self,
        jobs: Sequence[Job],
        *,
        scheduler: str,
        workers: int,
        announce: Callable[[str], None],
        go_on: Callable[[], bool],
    ) -> Iterator[tuple[Job, Refused | None]]:
        """Give each job as it is done, with why it was not."""
        ...


@contextlib.contextmanager
def connected(scheduler: str, workers: int) -> Iterator[Client]:
    """Give a client of the scheduler at this address; without one, of `workers` processes on this machine."""
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what happens to the cluster is told in our words
    with contextlib.ExitStack() as stack:
        if scheduler:
            client = _connect(scheduler)
        else:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="monitor-backfill-"))
            # The workers must be able to start processes of their own, for pages that have to be killed.
            stack.enter_context(dask.config.set({"distributed.worker.daemon": False}))
            cluster = stack.enter_context(
                LocalCluster(
                    n_workers=workers, threads_per_worker=1, processes=True, host="127.0.0.1",
                    dashboard_address="127.0.0.1:0", local_directory=folder, silence_logs=logging.CRITICAL,
                )
            )  # fmt: skip
            client = Client(cluster, set_as_default=False)
        stack.callback(_close, client)
        yield client


def _connect(address: str) -> Client:
    try:
        parse_address(address, strict=True)
        return Client(address, timeout=CONNECT, set_as_default=False)
    except (OSError, ValueError, ImportError) as error:
        raise UsageError(
            f'--scheduler: no Dask scheduler answers at "{address}". It looks like tcp://10.0.0.5:8786; '
            "dask scheduler prints it when it starts"
        ) from error


def _close(client: Client) -> None:
    with contextlib.suppress(OSError, TimeoutError):
        client.close(timeout=2)


def run_on_dask(
    jobs: Sequence[Job],
    *,
    scheduler: str,
    workers: int,
    announce: Callable[[str], None],
    go_on: Callable[[], bool],
) -> Iterator[tuple[Job, Refused | None]]:
    """Run the jobs on a cluster, begun in this order; give each as it is done. Raises UsageError, BackfillError.

    `announce` is told the address of Dask's own page. When `go_on` says no, no further job is begun.
    """
    with connected(scheduler, min(workers, len(jobs))) as client:
        announce(client.dashboard_link)
        yield from run_jobs(client, jobs, go_on=go_on)


def run_jobs(
    client: Client, jobs: Iterable[Job], *, go_on: Callable[[], bool] = lambda: True, patience: float = PATIENCE
) -> Iterator[tuple[Job, Refused | None]]:
    """Run the jobs, in this order, while `go_on` says so; give each as it is done. Raises BackfillError."""
    waiting = iter(jobs)
    running: dict[Future[Any], Job] = {}
    done: SimpleQueue[Future[Any]] = SimpleQueue()
    alive = monotonic()
    more = True
    while True:
        count = _count_workers(client)
        alive = monotonic() if count else alive
        if monotonic() - alive > patience:
            raise BackfillError(f"the cluster has had no worker for {patience:g} s. {_KEPT}")
        while more and len(running) < AHEAD * max(1, count):
            job = next(waiting, None) if go_on() else None
            more = job is not None
            if job is not None:
                future = client.submit(scan_file, job, pure=False)
                running[future] = job
                future.add_done_callback(done.put)
        if not running:
            return
        with contextlib.suppress(Empty):
            ended = done.get(timeout=_LOOK)
            yield running.pop(ended), _outcome(client, ended)


def _count_workers(client: Client) -> int:
    if client.status != "running":
        raise BackfillError(f"the scheduler is lost. {_KEPT}")
    return len(client.scheduler_info(n_workers=-1)["workers"])


def _outcome(client: Client, future: Future[Any]) -> Refused | None:
    if future.status == "cancelled" or client.status != "running":
        raise BackfillError(f"the scheduler is lost. {_KEPT}")
    error = future.exception()
    if error is None:
        given = future.result()
        return given if isinstance(given, Refused) else None
    if isinstance(error, KilledWorker):
        return Refused("reading it ended several workers, one after the other")
    if isinstance(error, ModuleNotFoundError):
        return Refused(f'the worker lacks a module ({error.name}): install "town-monitor[backfill]" there')
    return Refused(f"reading it failed on the worker: {type(error).__name__}: {error}")
