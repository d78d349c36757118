"""An hour of polls at one a minute: do memory, descriptors or the write-ahead log grow?

    python -m bench.soak [--minutes 60] [--sources 200] [--out bench/results/soak.jsonl]

A web of as many hosts as sources is served on loopback. A feed brings something new every ten minutes, one page in five
names the town, and four sources misbehave (an error, a hang-up, garbage, silence). What runs long in production is
`monitor serve`; `monitor run` is a process of its own for each run, started by cron. So the bench does the same: it
starts `monitor run --now` at each full minute, keeps `monitor serve` up and asks it for a page every second, and looks
into /proc twice a second. A line of figures is written for each minute, and at the end what grew: the median of the
last five minutes against that of minutes 11 to 15. Fails (exit 1) when memory grew by 5 % or more, descriptors grew,
the log reached 64 MB, a run failed in another way than by its four bad sources, or an entry is missing or doubled.
"""

import argparse
import asyncio
import itertools
import json
import os
import shutil
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

FIRST = 10
"""Entries that a feed has from the beginning."""
EVERY = 10
"""Minutes from one new entry of a feed to the next; the feeds take turns."""
SHOWN = 30
SETTLED = 10
"""Minutes before which nothing is compared."""
LIMITS = {"growth": 0.05, "wal": 64 * 1024**2}
BAD = {1: "error", 2: "hang-up", 3: "garbage", 4: "silence"}
PAGES = ("/", "/uppfoljning", "/arkiv?q=kommunen", "/kallor", "/statistik", "/brev/senaste")
PARAGRAPH = (
    "Kommunfullmäktige i {town} beslutade på måndagen om nummer {number} i ordningen av sina förslag. ",
    "Bygget ska stå klart om två år och kostar {number} miljoner kronor enligt beräkningen. ",
    "Nämndens ordförande säger att behovet är stort och att fler förslag kan komma till våren. ",
)


def host_of(source: int) -> str:
    """Return the address at which a source is served."""
    return f"127.1.{source // 200}.{source % 200 + 1}"


def count_entries(source: int, minutes: float) -> int:
    """Return how many entries a source has had by a minute of the soak."""
    return FIRST + max(0, int((minutes + source % EVERY) // EVERY))


class Web:
    """The sources, each on a host of its own; a thread serves them."""

    def __init__(self, sources: int) -> None:
        self.sources = sources
        self.began = time.time()
        self.asked = 0
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self.loop = asyncio.new_event_loop()

    @contextmanager
    def served(self) -> Iterator[None]:
        """Serve while the block runs."""
        thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        thread.start()
        asyncio.run_coroutine_threadsafe(self._open(), self.loop).result()
        try:
            yield
        finally:
            self.loop.call_soon_threadsafe(self.loop.stop)
            thread.join()

    async def _open(self) -> None:
        for source in range(self.sources):
            await asyncio.start_server(self._meet, host_of(source), self.port)

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        third, fourth = map(int, writer.get_extra_info("sockname")[0].split(".")[2:])
        with suppress(OSError, asyncio.IncompleteReadError, TimeoutError):
            while True:
                head = (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 20)).decode("latin-1")
                self.asked += 1
                answer = await self._answer(third * 200 + fourth - 1, head)
                if answer is None:
                    break
                writer.write(answer)
                await writer.drain()
        writer.close()

    async def _answer(self, source: int, head: str) -> bytes | None:
        path = head.split(" ", 2)[1]
        if not path.startswith(("/feed", "/text/")):
            return respond(404, "text/plain", b"")
        bad = BAD.get(source)
        if bad == "hang-up":
            return None
        if bad == "silence":
            await asyncio.sleep(15)
        if bad == "error":
            return respond(500, "text/plain", b"no")
        if bad == "garbage":
            return respond(200, "application/rss+xml", os.urandom(2_000))
        number = count_entries(source, (time.time() - self.began) / 60)
        if path == "/feed":
            etag = f'"{number}"'
            same = f"if-none-match: {etag}" in head.lower()
            return respond(
                304 if same else 200, "application/rss+xml", b"" if same else self._feed(source, number), etag
            )
        return respond(200, "text/html; charset=utf-8", page_of(source, int(path.rpartition("/")[2])))

    def _feed(self, source: int, number: int) -> bytes:
        base = f"http://{host_of(source)}:{self.port}"
        items = "".join(
            f"<item><title>{title_of(source, n)}</title><link>{base}/text/{n}</link><guid>{n}</guid>"
            f"<pubDate>{self._published(source, n)}</pubDate></item>"
            for n in range(number - 1, max(-1, number - 1 - SHOWN), -1)
        )
        return f'<?xml version="1.0"?><rss version="2.0"><channel><title>S</title>{items}</channel></rss>'.encode()

    def _published(self, source: int, number: int) -> str:
        began = datetime.fromtimestamp(self.began, UTC)
        minutes = (number - FIRST + 1) * EVERY - source % EVERY if number >= FIRST else -60 * (FIRST - number)
        return format_datetime(began + timedelta(minutes=minutes))


def respond(status: int, content_type: str, body: bytes, etag: str = "") -> bytes:
    """Return the bytes of one answer."""
    more = f"ETag: {etag}\r\n" if etag else ""
    return (
        f"HTTP/1.1 {status} X\r\nContent-Type: {content_type}\r\n{more}Content-Length: {len(body)}\r\n\r\n".encode()
        + body
    )


def town_of(source: int, number: int) -> str:
    """Return which town a text is about: every fifth is about the home's."""
    return "Katrineholm" if (source // 10 + number) % 5 == 0 else "Flen"


def title_of(source: int, number: int) -> str:
    """Return a headline."""
    return f"Förslag {source}-{number} i {town_of(source, number)}"


def page_of(source: int, number: int) -> bytes:
    """Return a page of a few kilobytes."""
    said = "".join(PARAGRAPH).format(town=town_of(source, number), number=source * 1000 + number)
    text = "".join(f"<p>{said} Punkt {point} av {source}-{number}.</p>" for point in range(8))
    title = title_of(source, number)
    return f"<!doctype html><html lang=sv><title>{title}</title><article><h1>{title}</h1>{text}</article>".encode()


def make_home(folder: Path, web: Web) -> None:
    """Write a home with all sources."""
    hosts = ", ".join(f'"{host_of(source)}:{web.port}"' for source in range(web.sources))
    (folder / "monitor.toml").write_text(
        'municipality = "Katrineholm"\ncode = "0483"\n[crawl]\ncontact = "soak@kommun.example"\n'
        f"delay = 0\ntimeout = 5\nallow_hosts = [{hosts}]\n[discovery]\nrequests = 0\n",
        encoding="utf-8",
    )
    lines = (f'http://{host_of(source)}:{web.port}/feed name="Source {source}"' for source in range(web.sources))
    (folder / "feeds.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


# --- looking --------------------------------------------------------------------------------------------


@dataclass
class Minute:
    """What one minute showed: memory in bytes, each at its highest."""

    minute: int
    run_seconds: float = 0.0
    run_code: int = 0
    run_rss: int = 0
    """The process of the run."""
    workers_rss: int = 0
    """Its worker processes together."""
    run_fds: int = 0
    serve_rss: int = 0
    serve_fds: int = 0
    wal: int = 0
    database: int = 0
    entries: int = 0
    articles: int = 0
    requests: int = 0
    pages_served: int = 0
    load: float = field(default_factory=lambda: os.getloadavg()[0])


def resident(pid: int) -> int:
    """Return the resident memory of a process in bytes, 0 when it has ended."""
    with suppress(OSError, IndexError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return 0


def descriptors(pid: int) -> int:
    """Return how many descriptors a process has open."""
    with suppress(OSError):
        return len(os.listdir(f"/proc/{pid}/fd"))  # noqa: PTH208 (the kernel's own folder: names are enough)
    return 0


def group_of(leader: int) -> list[int]:
    """Return the processes of a group other than its leader."""
    found = []
    for name in os.listdir("/proc"):  # noqa: PTH208
        if name.isdigit() and int(name) != leader:
            with suppress(OSError, IndexError):
                after = Path(f"/proc/{name}/stat").read_text().rpartition(")")[2].split()
                if int(after[2]) == leader:
                    found.append(int(name))
    return found


def watch_run(command: list[str], minute: Minute, home: Path, serve: int, errors: Path) -> None:
    """Do one run and look at it until it ends."""
    began = time.monotonic()
    with errors.open("ab") as log, subprocess.Popen(command, stderr=log, start_new_session=True) as run:
        while run.poll() is None:
            minute.run_rss = max(minute.run_rss, resident(run.pid))
            minute.run_fds = max(minute.run_fds, descriptors(run.pid))
            minute.workers_rss = max(minute.workers_rss, sum(map(resident, group_of(run.pid))))
            look_around(minute, home, serve)
            time.sleep(0.5)
    minute.run_seconds = round(time.monotonic() - began, 1)
    minute.run_code = run.returncode


def look_around(minute: Minute, home: Path, serve: int) -> None:
    """Look at the pages' process and the log."""
    minute.serve_rss = max(minute.serve_rss, resident(serve))
    minute.serve_fds = max(minute.serve_fds, descriptors(serve))
    with suppress(OSError):
        minute.wal = max(minute.wal, (home / "monitor.db-wal").stat().st_size)


def browse(port: int, minute_of: list[Minute], stop: threading.Event) -> None:
    """Ask the pages for one every second, as a person at work."""
    for path in itertools.cycle(PAGES):
        if stop.wait(1):
            return
        with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=30) as answer:
            answer.read()
            minute_of[0].pages_served += 1


def count_rows(home: Path) -> tuple[int, int]:
    """Return how many entries and articles the home holds."""
    with sqlite3.connect(f"file:{home / 'monitor.db'}?mode=ro", uri=True, timeout=30) as db:
        row = db.execute("select (select count(*) from entries), (select count(*) from articles)").fetchone()
    db.close()
    return row[0], row[1]


# --- the soak -------------------------------------------------------------------------------------------


def soak(minutes: int, sources: int, folder: Path, out: Path) -> list[Minute]:
    """Run for so many minutes; write and return a line for each."""
    web = Web(sources)
    home = folder / "home"
    home.mkdir()
    make_home(home, web)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    monitor = [sys.executable, "-m", "monitor"]
    where = ["--home", str(home)]
    seen: list[Minute] = []
    now = [Minute(0)]
    stop = threading.Event()
    command = [*monitor, "serve", *where, "--port", str(port)]
    with web.served(), subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as serve:
        person = threading.Thread(target=browse, args=(port, now, stop))
        person.start()
        try:
            for number in range(1, minutes + 1):
                now[0] = minute = Minute(number)
                watch_run([*monitor, "run", "--now", *where], minute, home, serve.pid, folder / "errors.txt")
                while time.time() < web.began + number * 60:
                    look_around(minute, home, serve.pid)
                    time.sleep(0.5)
                minute.entries, minute.articles = count_rows(home)
                minute.database = (home / "monitor.db").stat().st_size
                minute.requests, web.asked = web.asked, 0
                seen.append(minute)
                with out.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(asdict(minute)) + "\n")
                print(json.dumps(asdict(minute)), flush=True)
        finally:
            stop.set()
            person.join()
            serve.send_signal(signal.SIGTERM)
    return seen


def judge(seen: list[Minute], home: Path, sources: int) -> dict[str, object]:
    """Return what grew, and whether that is more than it may."""
    early = [minute for minute in seen if SETTLED < minute.minute <= SETTLED + 5]
    late = seen[-5:]

    def middle(which: list[Minute], name: str) -> float:
        return statistics.median(float(getattr(minute, name)) for minute in which)

    told: dict[str, object] = {"minutes": len(seen), "sources": sources}
    faults = []
    for name in ("run_rss", "workers_rss", "serve_rss"):
        grown = middle(late, name) / middle(early, name) - 1
        told[name] = f"{middle(early, name) / 1e6:.1f} -> {middle(late, name) / 1e6:.1f} MB ({grown:+.1%})"
        if grown >= LIMITS["growth"]:
            faults.append(f"{name} grew by {grown:.1%}")
    for name in ("run_fds", "serve_fds"):
        told[name] = (
            f"{middle(early, name):.0f} -> {middle(late, name):.0f}, at most {max(getattr(m, name) for m in seen)}"
        )
        if middle(late, name) > middle(early, name):
            faults.append(f"{name} grew")
    told["wal"] = f"at most {max(minute.wal for minute in seen) / 1e6:.1f} MB"
    if max(minute.wal for minute in seen) >= LIMITS["wal"]:
        faults.append("the write-ahead log reached 64 MB")
    told["runs"] = f"{middle(seen, 'run_seconds'):.0f} s each, at most {max(minute.run_seconds for minute in seen):.0f}"
    if any(minute.run_code != 1 for minute in seen):  # 1: the four bad sources failed, as they must
        faults.append(f"exit codes {sorted({minute.run_code for minute in seen})}")
    told["polls"] = len(seen) * sources
    told["pages_served"] = sum(minute.pages_served for minute in seen)
    faults += list(compare_rows(home, sources))
    told["entries"], told["articles"], told["database_mb"] = (
        seen[-1].entries, seen[-1].articles, round(seen[-1].database / 1e6, 1),
    )  # fmt: skip
    return told | {"faults": faults}


def compare_rows(home: Path, sources: int) -> Iterator[str]:
    """Yield what is missing or doubled among the entries: a feed's numbers stand one after the other, from 0 on."""
    with sqlite3.connect(home / "monitor.db") as db:
        rows = db.execute(
            "select source, count(*), count(distinct key), max(cast(native_id as int)) from entries group by 1"
        )
        found = rows.fetchall()
        damage = db.execute("pragma integrity_check").fetchall() + db.execute("pragma foreign_key_check").fetchall()
    db.close()
    if len(found) != sources - len(BAD):
        yield f"{len(found)} sources brought entries"
    for source, rows_, keys, last in found:
        if not rows_ == keys == last + 1:
            yield f"{source}: {rows_} entries, {keys} keys, the last is {last}"
    if damage != [("ok",)]:
        yield f"the database is damaged: {damage[:3]}"


def main() -> None:
    """Soak and judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=int, default=60)
    parser.add_argument("--sources", type=int, default=200)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "results/soak.jsonl")
    given = parser.parse_args()
    given.out.parent.mkdir(exist_ok=True)
    given.out.unlink(missing_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="soak-"))
    try:
        told = judge(soak(given.minutes, given.sources, folder, given.out), folder / "home", given.sources)
        with given.out.open("a", encoding="utf-8") as file:
            file.write(json.dumps(told) + "\n")
    finally:
        shutil.copy(folder / "errors.txt", given.out.with_suffix(".errors"))
        shutil.rmtree(folder)
    for what, figure in told.items():
        print(f"{what:<14} {figure}")
    sys.exit(1 if told["faults"] else 0)


if __name__ == "__main__":
    main()
