"""Many homes: what does a crawl cost for all 290 municipalities instead of one, and what does a quarter of an hour?

    python -m bench.fleet [--feeds 4000] [--homes 290] [--lines 100] [--pages 200] [--only same|steady]

(a) "same": one and the same crawl (20 feeds, `--pages` pages of 150 kB, each naming some municipality) for one home
and for a fleet of `--homes` that all list the same feeds; CPU seconds of `monitor fleet` with its children, and ratio.
(b) "steady": `--feeds` distinct feeds on loopback; each of `--homes` lists `--lines` of them, its own and some of the
others; after a first round, a tenth of the feeds has one new item, and one round in which all are asked is measured:
CPU seconds as a share of two cores for a quarter of an hour, and the most memory (PSS, all processes together).

The little web is a process of its own and is not counted. Nothing but loopback is asked.
"""

import argparse
import hashlib
import multiprocessing
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from pathlib import Path

from bench.rows import tell
from monitor.core.places import municipalities
from monitor.store.db import open_database

QUARTER, CORES = 900, 2
TOWNS = [town.name for town in municipalities().values()]
FIRST, SECOND = "2026-11-24T06:00:00+01:00", "2026-11-24T06:30:00+01:00"
PAGE_BYTES = 150_000


def serve(pages: int, pipe: Connection) -> None:
    """Answer on loopback until the pipe says end: /feed/N, /page/N, robots.txt; "new" adds items to a tenth."""
    state = {"new": False}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            kind, _, number = self.path.strip("/").partition("/")
            body = answer(kind, number, pages, new=state["new"], host=self.headers["Host"])
            etag = f'"{hashlib.sha256(body).hexdigest()[:12]}"'
            same = self.headers.get("If-None-Match") == etag
            self.send_response(404 if not body else 304 if same else 200)
            self.send_header("Content-Type", "application/rss+xml" if kind == "feed" else "text/html; charset=utf-8")
            self.send_header("ETag", etag)
            self.send_header("Content-Length", "0" if same else str(len(body)))
            self.end_headers()
            if not same:
                self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        request_queue_size = 256
        daemon_threads = True

    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    pipe.send(server.server_address[1])
    with suppress(EOFError):  # nobody asks any more
        while pipe.recv() == "new":
            state["new"] = True


def answer(kind: str, number: str, pages: int, *, new: bool, host: str) -> bytes:
    """Return what stands at an address; b"" when nothing does."""
    if kind == "feed":
        own = int(number)
        names = [f"{own}-{item}" for item in range(pages)]
        if new and own % 10 == 0:
            names.insert(0, f"{own}-new")
        items = "".join(
            f"<item><title>Nyhet {name}</title><guid>{name}</guid><link>http://{host}/page/{name}</link>"
            f"<pubDate>Tue, 24 Nov 2026 05:{'20' if name.endswith('new') else '00'}:00 +0100</pubDate></item>"
            for name in names
        )
        return f'<rss version="2.0"><channel><title>T</title>{items}</channel></rss>'.encode()
    if kind == "page":
        town = TOWNS[int(hashlib.sha256(number.encode()).hexdigest(), 16) % len(TOWNS)]
        words = "".join(
            f"<p>Stycke {at} av {number}: mötet handlade om budgeten, och beslutet kommer i morgon.</p>"
            for at in range(20)
        )
        menu = '<li class="meny"><a href="/sida?a=1&amp;b=2">Läs mer om ämnet här</a></li>\n' * (PAGE_BYTES // 80)
        return (
            f'<!doctype html><html lang="sv"><title>Nyhet {number} i {town}</title><ul>{menu}</ul>'
            f"<article><h1>Nyhet {number}</h1><p>Skolan i {town} byggs ut, säger kommunen i {town}.</p>"
            f"{words}</article>"
        ).encode()
    return b""


def write_homes(folder: Path, count: int, address: str, lines: Callable[[int], Iterator[int]]) -> Path:
    """Write homes for so many municipalities; `lines` gives the numbers of the feeds that each lists."""
    folder.mkdir(parents=True)
    empty = folder / "empty.db"
    open_database(empty).close()  # a home is made once: that is no part of what a crawl costs
    for number, town in enumerate(TOWNS[:count]):
        home = folder / f"home{number:03}"
        home.mkdir()
        shutil.copyfile(empty, home / "monitor.db")
        home.joinpath("monitor.toml").write_text(
            f'municipality = "{town}"\n[crawl]\ncontact = "bench@kommun.example"\ndelay = 0\n'
            f'allow_hosts = ["{address}"]\n',
            encoding="utf-8",
        )
        home.joinpath("feeds.txt").write_text(
            "".join(f"http://{address}/feed/{feed}\n" for feed in lines(number)), encoding="utf-8"
        )
    return folder


def measure(folder: Path, now: str) -> tuple[float, float, float]:
    """Run `monitor fleet`; return CPU seconds with all children, seconds that passed, the most MB of memory (PSS)."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    command = [sys.executable, "-m", "monitor", "fleet", str(folder), "--now"]
    environment = {**os.environ, "MONITOR_NOW": now}
    with tempfile.TemporaryFile() as told:
        process = subprocess.Popen(command, env=environment, stderr=told, stdout=told, start_new_session=True)
        most = 0.0
        cpu: dict[int, float] = {}
        while process.poll() is None:
            memory = 0.0
            for pid in members(process.pid):
                memory += pss(pid)
                cpu[pid] = max(cpu.get(pid, 0.0), seconds_of(pid))
            most = max(most, memory)
            time.sleep(0.5)
        if process.returncode:
            told.seek(0)
            print(told.read()[-600:].decode(), file=sys.stderr)
            sys.exit(f"monitor fleet ended with {process.returncode}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    waited = after.ru_utime + after.ru_stime - used.ru_utime - used.ru_stime
    # Workers are children of a fork server that is not waited for: theirs is what was seen last of each.
    return max(waited, sum(cpu.values())), time.monotonic() - began, most


def members(session: int) -> Iterator[int]:
    """Give the processes of a session."""
    for path in Path("/proc").glob("[0-9]*"):
        try:
            if int(path.joinpath("stat").read_text().rpartition(") ")[2].split()[3]) == session:
                yield int(path.name)
        except (OSError, IndexError):
            continue


def seconds_of(pid: int) -> float:
    """Return the CPU seconds that a process has used."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    except (OSError, IndexError):
        return 0.0


def pss(pid: int) -> float:
    """Return the memory of a process in MB, what it shares divided by those who share it."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in text.splitlines() if line.startswith("Pss:")), 0.0)


def own_and_others(feeds: int, homes: int, lines: int) -> Callable[[int], Iterator[int]]:
    """Give each home an equal part of the feeds for its own, and beside it those that follow, up to `lines`."""

    def listed(home: int) -> Iterator[int]:
        first = home * feeds // homes
        yield from ((first + at) % feeds for at in range(max(lines, (home + 1) * feeds // homes - first)))

    return listed


def main() -> None:
    """Measure both, or one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, usual in (("feeds", 4000), ("homes", 290), ("lines", 100), ("pages", 200)):
        parser.add_argument(f"--{name}", type=int, default=usual)
    parser.add_argument("--only", choices=["same", "steady"])
    given = parser.parse_args()
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        if given.only != "steady":
            measure_same(Path(folder), given.homes, given.pages)
        if given.only != "same":
            measure_steady(Path(folder), given.feeds, given.homes, given.lines)


def web(pages: int) -> tuple[str, Connection]:
    """Start the little web; return its host and port, and what tells it to bring news."""
    here, there = multiprocessing.Pipe()
    multiprocessing.get_context("spawn").Process(target=serve, args=(pages, there), daemon=True).start()
    return f"127.0.0.1:{here.recv()}", here


def measure_same(folder: Path, homes: int, pages: int) -> None:
    """Print what the same crawl costs for one home and for all."""
    feeds = 20
    address, _ = web(pages // feeds)
    costs = []
    for count in (1, homes):
        cpu, passed, memory = measure(
            write_homes(folder / f"same{count}", count, address, lambda _: iter(range(feeds))), FIRST
        )
        print(f"same crawl, {count:3} homes: {cpu:6.1f} CPU s, {passed:6.1f} s, {memory:5.0f} MB", flush=True)
        costs.append(cpu)
    tell("fleet", f"same crawl, CPU: {homes} homes / one", costs[1] / costs[0], "x", at_most=1.3)
    tell("fleet", "a further home in the same crawl, CPU", (costs[1] - costs[0]) / (homes - 1) * 1000, "ms")


def measure_steady(folder: Path, feeds: int, homes: int, lines: int) -> None:
    """Print what a quarter of an hour costs."""
    address, news = web(1)
    path = write_homes(folder / "steady", homes, address, own_and_others(feeds, homes, lines))
    cpu, passed, memory = measure(path, FIRST)
    print(f"first round, {feeds} feeds: {cpu:6.1f} CPU s, {passed:6.1f} s, {memory:5.0f} MB", flush=True)
    news.send("new")
    cpu, passed, memory = measure(path, SECOND)
    print(f"steady round, a tenth changed: {cpu:6.1f} CPU s, {passed:6.1f} s, {memory:5.0f} MB", flush=True)
    what = f"{feeds} feeds in 15 minutes, {homes} homes, a tenth changed"
    tell("fleet", f"{what}: of {CORES} cores", cpu / (QUARTER * CORES) * 100, "%", at_most=25)
    tell("fleet", f"{what}: memory", memory, "MB", at_most=600)


if __name__ == "__main__":
    main()
