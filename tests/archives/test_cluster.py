"""A scheduler and two workers as processes of their own: one is killed midway, then the scheduler. Loopback only."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from distributed import KilledWorker
from sqlite_utils import Database

from monitor.archives.cluster import connected, run_jobs
from monitor.archives.scan import Job
from monitor.config import Home, read_home
from monitor.core.matching import Watch
from monitor.errors import BackfillError, UsageError
from monitor.models import Clock
from monitor.steps import watch_of
from monitor.steps.backfill import backfill
from monitor.store.db import open_database
from tests.command import call
from tests.steps.test_backfill import TOWN, run_here
from tests.warc_files import Answer, page, write_warc

FILES, PAGES = 5, 6


class Cluster:
    """A Dask scheduler and workers, each a process."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "scheduler.json"
        self.folder = folder
        self.scheduler = self._start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
        while not self.file.exists():
            assert self.scheduler.poll() is None
            time.sleep(0.05)
        self.workers = [
            self._start("worker", "--host", "127.0.0.1", "--no-nanny", "--nthreads", "1", "--no-dashboard")
            for _ in range(2)
        ]

    def _start(self, what: str, *args: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "dask", what, "--scheduler-file", str(self.file), *args]
        return subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL, cwd=self.folder)

    @property
    def address(self) -> str:
        """Where the scheduler listens."""
        return str(json.loads(self.file.read_text())["address"])

    def stop(self) -> None:
        """Kill what still lives."""
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    started = Cluster(tmp_path)
    yield started
    started.stop()


def archives(folder: Path) -> list[Path]:
    return [
        write_warc(
            folder / f"{number}.warc.gz",
            [
                Answer(f"https://bladet{number}.example/{at}", page(f"Rubrik {at}", f"{TOWN} Det är nyhet {at}."))
                for at in range(PAGES)
            ],
        )
        for number in range(FILES)
    ]


def contents(db: Database) -> list[tuple[object, ...]]:
    return db.execute("select url, source, title, text, at, quote, score, reason from articles order by id").fetchall()


def jobs_of(home: Home, paths: list[Path]) -> list[Job]:
    (home.path / "out").mkdir(exist_ok=True)
    return [
        Job(path=path, result=home.path / "out" / f"{path.name}.parquet", watch=watch_of(home), areas={})
        for path in paths
    ]


def test_a_killed_worker_changes_nothing_and_a_lost_scheduler_keeps_what_is_done(
    cluster: Cluster, make_home: Callable[..., Path], db: Database, clock: Clock, tmp_path: Path
) -> None:
    home = read_home(make_home("https://bladet1.example/feed"))
    paths = archives(tmp_path)
    told: list[int] = []

    def kill_one(_step: str, done: int, _total: int) -> None:
        told.append(done)
        if done == 1:
            cluster.workers[0].kill()

    links: list[str] = []
    result = backfill(
        home, db, clock, paths, scheduler=cluster.address, workers=2, tell=kill_one, announce=links.append
    )
    assert told == list(range(1, FILES + 1))
    assert links[0].startswith("http://")
    assert (result.files, result.new, result.problems) == (FILES, FILES * PAGES, [])

    alone = open_database(tmp_path / "alone.db")
    backfill(home, alone, clock, paths, run=run_here)
    assert contents(db) == contents(alone)
    alone.close()

    jobs = jobs_of(home, paths)
    done: list[Job] = []

    def run_until_lost() -> None:
        with connected(cluster.address, 1) as client:
            for job, problem in run_jobs(client, jobs):
                assert problem is None
                done.append(job)
                cluster.scheduler.kill()

    with pytest.raises(BackfillError, match="scheduler is lost"):
        run_until_lost()
    assert 1 <= len(done) < FILES
    assert all(job.result.exists() for job in done)


def test_without_an_address_the_tasks_run_on_this_machine(
    make_home: Callable[..., Path], db: Database, tmp_path: Path
) -> None:
    path = make_home("https://bladet1.example/feed")
    said = call("backfill", "--home", path, "--workers", "1", archives(tmp_path)[0])
    assert said.code == 0, said
    assert said.out.startswith(f"1 files read, 0 done before; {PAGES} answers, {PAGES} of them name the municipality")
    assert "progress of the tasks: http://127.0.0.1:" in said.err


def test_a_cluster_without_workers_is_given_up() -> None:
    empty = SimpleNamespace(status="running", scheduler_info=lambda **_given: {"workers": {}})
    with pytest.raises(BackfillError, match="no worker"):
        next(run_jobs(empty, [], patience=-1))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (KilledWorker("task", None, 3), "ended several workers"),  # type: ignore[arg-type]
        (ModuleNotFoundError("no", name="fastwarc"), "lacks a module (fastwarc)"),
        (ValueError("odd"), "ValueError: odd"),
    ],
)
def test_what_fails_on_a_worker_is_told_in_words(error: Exception, said: str) -> None:
    class Failed:
        status = "error"

        def add_done_callback(self, tell: Callable[["Failed"], None]) -> None:
            tell(self)

        def exception(self) -> Exception:
            return error

    job = Job(path=Path("a"), result=Path("b"), watch=Watch(), areas={})
    failing = SimpleNamespace(
        status="running",
        scheduler_info=lambda **_given: {"workers": {"one": ""}},
        submit=lambda *_args, **_given: Failed(),
    )
    ((_, problem),) = run_jobs(failing, [job])  # type: ignore[arg-type]
    assert problem is not None
    assert said in problem.reason


def test_a_wrong_address_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.archives.cluster.CONNECT", 1)
    for address in ("tcp://127.0.0.1:1", "nowhere", "tcp://"):
        began = time.monotonic()
        with pytest.raises(UsageError, match="no Dask scheduler answers"), connected(address, 1):
            pass
        assert time.monotonic() - began < 10
