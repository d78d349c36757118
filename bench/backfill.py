"""WARC files of 50,000 answers: reading, scanning before extraction, one worker and two, one of two killed.

    python -m bench.backfill [RECORDS]

The answers are pages of the article extraction benchmark (../shared, not in this repository), one gzip member each, as
in CC-NEWS; every twentieth has a sentence about the town in its text. Reported: fastwarc's bare read rate on one core
against the scan of the same file up to what is worth extracting (both in CPU seconds, in turns, the median);
then the whole backfill into a home with one and with two workers, and with two of which one is killed midway.
"""

import gzip
import json
import os
import signal
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median

from fastwarc.warc import ArchiveIterator, WarcRecordType

from bench.rows import tell
from monitor.archives.captures import Tally, read_captures
from monitor.config import read_home
from monitor.core.archives import Find, Passed, glance, sift
from monitor.core.matching import build_matcher
from monitor.core.pages import compile_names
from monitor.steps import watch_of
from monitor.steps.backfill import backfill
from monitor.store.db import open_database

told = partial(tell, "backfill")
SHARED = Path(os.environ.get("MONITOR_SHARED", Path(__file__).parents[2] / "shared"))
PAGES = SHARED / "data/pages/article-extraction-benchmark.tar.xz"
RECORDS, FILES = 50_000, 8
EVERY = 20
"""One answer in so many names the town."""
READ_ONCE, TURNS = 1_000, 15
"""Answers of the file in which reading is compared with scanning, and how often."""
TOWN = "<p>Badhuset i Katrineholm byggs om för tolv miljoner kronor, säger kommunens tekniska chef.</p>".encode()
NOW = datetime(2026, 11, 24, 5, 30, tzinfo=UTC)


def read_pages() -> list[bytes]:
    """Return the pages of the benchmark."""
    with tarfile.open(PAGES) as tar:
        members = [member for member in tar if member.name.endswith(".html.gz")]
        files = [tar.extractfile(member) for member in members]
        return [gzip.decompress(file.read()) for file in files if file]


def write(path: Path, pages: list[bytes], numbers: range) -> None:
    """Write one archive file."""
    with path.open("wb") as file:
        for number in numbers:
            body = pages[number % len(pages)]
            if number % EVERY == 0:
                at = body.find(b"<p", len(body) // 4)
                body = body[:at] + TOWN + body[at:]
            http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + body
            head = (
                f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Date: 2026-10-{1 + number % 28:02}T06:00:00Z\r\n"
                f"WARC-Target-URI: https://site{number % 97}.example/{number}\r\n"
                # Without it fastwarc takes no answer for one of a web server, and nothing is scanned.
                f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(http)}\r\n\r\n"
            )
            file.write(gzip.compress(head.encode() + http + b"\r\n\r\n", 6))


def compare(path: Path, records: int) -> None:
    """Print the bare read rate and that of the scan before extraction."""
    matcher = build_matcher(watch_of(read_home(make_home(path.parent / "compare"))))
    names = compile_names(matcher.names)

    expected = len(range(0, records, EVERY))

    def bare() -> int:
        answers = ArchiveIterator(path, record_types=WarcRecordType.response, fsspec_args=False)
        return sum(len(record.reader.read()) for record in answers)

    def scan() -> int:
        tally = Tally()
        captures = read_captures(path, tally, partial(glance, names=names))
        found = sum(isinstance(sift(capture), Find) for capture in captures)
        if (tally.records, tally.passed, tally.problem) != (records, {Passed.NO_MENTION: records - expected}, ""):
            sys.exit(f"the scan did not read what the bare reader did: {tally}")
        if found != expected:
            sys.exit(f"{found} hits, {expected} answers name the town: nothing is compared that way")
        return found

    turns = [(_timed(bare), _timed(scan)) for _ in range(TURNS)]
    size, hits = turns[0][0][1], turns[0][1][1]
    for what, side in (("bare read", 0), ("scan before extraction", 1)):
        seconds = median(turn[side][0] for turn in turns)
        print(f"{what}: {records / seconds:,.0f} answers/s, {size / seconds / 1e6:,.0f} MB/s of pages, one core")
    # Neighbours slow the memory down for a while: each scan is compared with the reading right before it.
    ratios = sorted(reading[0] / scanning[0] for reading, scanning in turns)
    print(
        f"scan / bare read: {median(ratios):.0%} ({ratios[0]:.0%} to {ratios[-1]:.0%}), {hits} hits (target: >= 60 %)"
    )


def _timed(run: Callable[[], int]) -> tuple[float, int]:
    began = time.process_time()
    value = run()
    return time.process_time() - began, value


def make_home(folder: Path) -> Path:
    """Make a home for Katrineholm."""
    folder.mkdir()
    (folder / "monitor.toml").write_text(
        'municipality = "Katrineholm"\ncode = "0483"\norganisation = "Katrineholms kommun"\n'
        '[crawl]\ncontact = "test@kommun.example"\n',
        encoding="utf-8",
    )
    (folder / "feeds.txt").write_text("", encoding="utf-8")
    return folder


@dataclass(frozen=True, slots=True)
class Ran:
    """One backfill: how long it took, the CPU seconds of each worker with its children, and what the home holds."""

    seconds: float
    cpu: list[float]
    holds: str


def run(folder: Path, name: str, files: list[Path], workers: int, *, kill: bool = False) -> Ran:
    """Backfill a new home on a scheduler and workers of their own."""
    where = folder / f"{name}.json"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder, "start_new_session": True}
    dask = [sys.executable, "-m", "dask"]
    local = ["--scheduler-file", str(where), "--host", "127.0.0.1", "--no-dashboard"]
    processes = [subprocess.Popen([*dask, "scheduler", *local, "--port", "0"], **quiet)]  # type: ignore[call-overload]
    while not where.exists():
        time.sleep(0.1)
    processes += [
        subprocess.Popen([*dask, "worker", *local, "--no-nanny", "--nthreads", "1"], **quiet)  # type: ignore[call-overload]
        for _ in range(workers)
    ]
    time.sleep(5)
    home = read_home(make_home(folder / name))
    db = open_database(home.database)

    def tell(_step: str, done: int, _total: int) -> None:
        if kill and done == 1:
            processes[-1].kill()

    before = [_cpu_of(process.pid) for process in processes[1:]]
    began = time.perf_counter()
    try:
        address = json.loads(where.read_text(encoding="utf-8"))["address"]
        result = backfill(home, db, lambda: NOW, files, scheduler=address, workers=workers, tell=tell)
        seconds = time.perf_counter() - began
        cpu = [_cpu_of(process.pid) - used for process, used in zip(processes[1:], before, strict=True)]
    finally:
        for process in processes:
            process.kill()
            process.wait()
    rows = db.execute("select key, source, title, text, at, score from articles order by key").fetchall()
    db.close()
    used = ", ".join(f"{seconds:,.1f}" for seconds in cpu)
    print(
        f"{name}: {seconds:,.1f} s, CPU s of the workers {used}; {result.records:,} answers, "
        f"{result.finds} finds, {result.new} articles",
        flush=True,
    )
    if not rows or result.problems:
        sys.exit(f"nothing is compared that way: {result}")
    return Ran(seconds, cpu, repr(rows))


def _cpu_of(session: int) -> float:
    """Return the CPU seconds of a worker and of all that it has started, those that have ended too."""
    ticks = 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text(encoding="utf-8").rpartition(") ")[2].split()
        except OSError:
            continue
        ticks += sum(map(int, fields[11:15])) if int(fields[3]) == session else 0
    return ticks / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Run the bench."""
    # Who ends the bench ends its workers: they have sessions of their own.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))
    if not PAGES.exists():
        sys.exit(f"{PAGES} is missing: this bench needs the shared data")
    records = int(sys.argv[1]) if len(sys.argv) > 1 else RECORDS
    print(f"load {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")
    pages = read_pages()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        once = folder / "once.warc.gz"
        write(once, pages, range(min(READ_ONCE, records)))
        compare(once, min(READ_ONCE, records))
        each = records // FILES
        files = [folder / f"{number}.warc.gz" for number in range(FILES)]
        for number, file in enumerate(files):
            write(file, pages, range(number * each, (number + 1) * each))
        one = run(folder, "one worker", files, 1)
        two = run(folder, "two workers", files, 2)
        killed = run(folder, "two workers, one killed", files, 2, kill=True)
    print(f"load {os.getloadavg()[0]:.1f}")
    told("two workers / one, wall", one.seconds / two.seconds, "x", at_least=1.7)
    # Where neighbours take the cores, the clock tells of them: this is what two cores of their own would give.
    told("two workers / one, by CPU seconds of the busier worker", one.cpu[0] / max(two.cpu), "x", at_least=1.7)
    told("answers a second of one worker's CPU, with extraction", each * FILES / one.cpu[0], "1/s", more_is_better=True)
    told("the same articles with two workers, with one of them killed (of 2)",
         (one.holds == two.holds) + (one.holds == killed.holds), "", at_least=2)  # fmt: skip


if __name__ == "__main__":
    main()
