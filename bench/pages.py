"""Pages of 174 kB: from feeds to articles in SQLite, against plain Scrapy, news-please and trafilatura alone.

    python -m bench.pages [--pages 5000] [--inline 5000] [--newsplease 300] [--read 500] [--only ours]

1. The pages of a web of 250 feeds, of which one in twenty names the town. Ours is the product's own steps in one
   process: feeds polled, robots.txt and tdmrep.json of every host, pages fetched behind the address guard, byte test,
   candidates kept, read in worker processes, judged, stored. Plain Scrapy with trafilatura in its callback reads every
   page; bare Scrapy fetches and does nothing. Both are told the addresses of the pages and need no feeds. CPU is of all
   processes; news-please reads fewer pages, and its rate counts.
2. Pages that all name the town and lie in the store: read, judged and stored as articles on two processes, against
   trafilatura alone in two processes with the pages in memory. Both are warm when the clock starts. It is asked for
   title and date too, as ours finds them; a second figure tells how it does without, and has no aim.

All on 50 addresses of loopback.
"""

import argparse
import itertools
import json
import os
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from bench.measure import Cost, measure
from bench.peers import PLAIN, driver, python_of
from bench.polling import make_home
from bench.rows import tell
from bench.small_web import ENTRIES, SmallWeb, make_page, small_web
from monitor.config import read_home
from monitor.core.pages.extract import extract
from monitor.garbage import collect_seldom
from monitor.models import Entry, Page, Poll, PollOutcome, StorePolicy, Wanted
from monitor.steps.crawl import crawl
from monitor.steps.read import read
from monitor.store import intake as intake_store
from monitor.store.db import open_database
from monitor.workers import Workers

NOW = datetime(2026, 11, 24, 5, tzinfo=UTC)
TOWN = "Växjö"
PROCESSES = 2


def main() -> None:
    """Measure, and tell figures and ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, usual in (("pages", 5000), ("inline", 5000), ("newsplease", 300), ("read", 500), ("rounds", 1)):
        parser.add_argument(f"--{name}", type=int, default=usual)
    parser.add_argument("--only", choices=["ours"])
    parser.add_argument(
        "--step", nargs=2, metavar=("crawl|read", "HOME"), help="for the bench itself: what is measured"
    )
    given = parser.parse_args()
    if given.step:
        {"crawl": crawl_and_read, "read": read_kept}[given.step[0]](Path(given.step[1]))
        return
    with tempfile.TemporaryDirectory() as folder:
        compare_crawls(given, Path(folder))
        compare_readers(given, Path(folder))


# --- from feeds to articles ------------------------------------------------------------------------------


def compare_crawls(given: argparse.Namespace, folder: Path) -> None:
    """Measure the crawls in turns, and tell their costs and ratios."""
    costs: dict[str, list[tuple[Cost, int]]] = {}
    with small_web(feeds=-(-given.pages // ENTRIES), pages=given.pages, town=TOWN) as web:
        for number in range(given.rounds):
            for name, (run, pages) in crawls(web, given).items():
                here = folder / f"{name}{number}"
                here.mkdir()
                cost = run(here, web.pages[:pages])
                costs.setdefault(name, []).append((cost, pages))
                print(f"{name:11} {pages:5} pages: {cost.wall:6.1f} s, {cost.cpu:6.1f} CPU s, {cost.memory:4.0f} MB")
    cpu = {name: statistics.median(cost.cpu / pages * 1e3 for cost, pages in found) for name, found in costs.items()}
    rate = {name: statistics.median(pages / cost.wall for cost, pages in found) for name, found in costs.items()}
    for name in costs:
        tell("pages", f"feeds to articles, {name}, CPU a page", cpu[name], "ms")
    if given.only:
        return
    tell("pages", "CPU a page: scrapy, trafilatura inline / ours", cpu["scrapy"] / cpu["ours"], "x", at_least=8)
    tell("pages", "CPU a page: ours / bare scrapy fetch", cpu["ours"] / cpu["bare scrapy"], "x", at_most=1.6)
    tell("pages", "pages a second: ours / news-please", rate["ours"] / rate["news-please"], "x", at_least=20)


Crawl = Callable[[Path, tuple[str, ...]], Cost]


def crawls(web: SmallWeb, given: argparse.Namespace) -> dict[str, tuple[Crawl, int]]:
    """Return who reads pages, and how many: name -> how."""

    def ours(folder: Path, pages: tuple[str, ...]) -> Cost:
        home = make_home(folder, web)
        lines = home.joinpath("feeds.txt").read_text(encoding="utf-8").replace(" store=link", "")
        home.joinpath("feeds.txt").write_text(lines, encoding="utf-8")
        cost = measure(step("crawl", home))
        states = dict(sqlite3.connect(home / "monitor.db").execute("select state, count(*) from pages group by state"))
        named = sum(page in web.naming for page in pages)
        check(states, {"taken": named, "no mention": len(pages) - named})
        return cost

    def peer(python: Path, script: str, *, database: bool, named: bool) -> Crawl:
        def run(folder: Path, pages: tuple[str, ...]) -> Cost:
            urls = folder / "urls.txt"
            urls.write_text("\n".join(pages), encoding="utf-8")
            before: list[str | Path] = [folder / "peer.db"] if database else []
            after: list[str | Path] = [TOWN] if named else []
            command: list[str | Path] = [python, driver(script), *before, urls, *after]
            cost = measure(command, env=PLAIN)
            found = int(cost.output.split()[-1])
            check(found, sum(page in web.naming for page in pages) if named else len(pages))
            return cost

        return run

    found: dict[str, tuple[Crawl, int]] = {"ours": (ours, given.pages)}
    if not given.only:
        scrapy, newsplease = python_of("scrapy"), python_of("news-please")
        found["bare scrapy"] = peer(scrapy, "scrapy_bare", database=False, named=False), given.pages
        found["scrapy"] = peer(scrapy, "scrapy_pages", database=True, named=True), min(given.inline, given.pages)
        few = min(given.newsplease, given.pages)
        found["news-please"] = peer(newsplease, "newsplease_pages", database=False, named=True), few
    return found


def step(name: str, home: Path) -> list[str]:
    """Return the command that runs a step in a process of its own."""
    return [sys.executable, "-m", "bench.pages", "--step", name, str(home)]


def check(found: object, due: object) -> None:
    """Exit when the work was not done as it should have been: such a bench is worth nothing."""
    if found != due:
        sys.exit(f"found {found} where {due} was due")


def crawl_and_read(path: Path) -> None:
    """Crawl a home, and read what was kept, in a process that is set up as a command is."""
    collect_seldom()
    home = read_home(path)
    db = open_database(home.database)
    crawl(home, db, lambda: NOW, everything=True)
    read(home, db, lambda: NOW)


# --- reading alone ---------------------------------------------------------------------------------------


def compare_readers(given: argparse.Namespace, folder: Path) -> None:
    """Read pages that all name the town, in turns with trafilatura alone; tell the rates."""
    bodies = folder / "bodies"
    bodies.mkdir()
    for number in range(given.read):
        (bodies / f"{number:05}.html").write_bytes(b"".join(make_page(number, 1.0, TOWN)))
    rates: dict[str, list[float]] = {}
    for number in range(3 if given.read <= 1000 else 1):
        rates.setdefault("ours", []).append(read_rate(fill_home(folder / f"read{number}", bodies), given.read))
        for name, more in () if given.only else (("trafilatura", ["metadata"]), ("trafilatura, text only", [])):
            pool: list[str | Path] = [python_of("scrapy"), driver("trafilatura_pool"), bodies, str(PROCESSES), *more]
            said = json.loads(measure(pool, env=PLAIN).output.splitlines()[-1])
            check(said["pages"], given.read)
            rates.setdefault(name, []).append(said["pages"] / said["seconds"])
    rate = {name: statistics.median(found) for name, found in rates.items()}
    for name, pages in rate.items():
        tell("pages", f"pages that all name the town, {name}, two processes", pages, "/s", more_is_better=True)
    if given.only:
        return
    for name, least in (("trafilatura", 0.9), ("trafilatura, text only", None)):
        ratio = rate["ours"] / rate[name]
        tell("pages", f"pages a second: ours / {name}", ratio, "x", at_least=least, more_is_better=True)


def fill_home(path: Path, bodies: Path) -> Path:
    """Make a home in whose store pages wait to be read."""
    path.mkdir()
    path.joinpath("monitor.toml").write_text(f'municipality = "{TOWN}"\n', encoding="utf-8")
    path.joinpath("feeds.txt").write_text("https://bladet.example/feed\n", encoding="utf-8")
    home = read_home(path)
    db = open_database(home.database)
    intake_store.register_sources(db, home.sources)
    source = home.sources[0].url
    files = sorted(bodies.iterdir())
    # Fifty sites, as in the web: what one site repeats on its pages is counted by site.
    urls = [f"https://bladet{number % 50}.example/{file.name}" for number, file in enumerate(files)]
    entries = [Entry(key=url, url=url, title=f"Rad {number}") for number, url in enumerate(urls)]
    intake_store.save_poll(db, Poll(source=source, at=NOW, outcome=PollOutcome.OK), entries)
    for wanted in intake_store.wanted_pages(db, source, len(urls), NOW):
        body = files[urls.index(wanted.url)].read_bytes()
        page = Page(url=wanted.url, body=body, content_type="text/html; charset=utf-8", fetched_at=NOW,
                    store=StorePolicy.TEXT)  # fmt: skip
        intake_store.save_page(db, Wanted(wanted.id, wanted.url, source), page, 14)
    db.close()
    return path


def read_rate(path: Path, pages: int) -> float:
    """Return how many pages a second a home reads."""
    said = json.loads(measure(step("read", path)).output.splitlines()[-1])
    check(said["new"], pages)
    return float(pages / said["seconds"])


def read_kept(path: Path) -> None:
    """Read what a home has kept, with workers that are warm; print how many articles came and how long it took."""
    collect_seldom()
    home = read_home(path)
    db = open_database(home.database)
    with Workers(PROCESSES) as workers:
        body = b"".join(make_page(0, 1.0, TOWN))
        list(workers.map(extract, itertools.repeat((body, "https://bladet.example/", "text/html", NOW), 20)))
        began = time.perf_counter()
        result = read(home, db, lambda: NOW, workers=workers)
        seconds = time.perf_counter() - began
    print(json.dumps({"new": result.new, "seconds": seconds}), flush=True)
    db.close()


if __name__ == "__main__":
    os.environ.pop("MONITOR_NOW", None)
    main()
