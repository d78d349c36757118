"""1,000 feeds of 20 entries into SQLite, cold and warm: `monitor crawl` against reader and plain Scrapy.

    python -m bench.polling [--feeds 1000] [--rounds 3] [--only ours]

Cold: an empty database, every feed is read, 20,000 entries are stored. Warm: the same again, and every feed answers
304. Ours is the command itself, in a home whose feeds.txt has `store=link` on each line: so that no page is fetched,
which neither peer does. It does what the peers do not: robots.txt and tdmrep.json of every host (cold), the address
guard, a worker process for hostile bytes, a row for each poll. The peers take turns with it, and medians count.

reader: 20 workers, `add_feed` for each feed in the cold run. Scrapy: feedparser in the callback, an insert an item,
100 requests at once, 8 to a host, no delay, no robots.txt. Four feeds a host, each host an address of loopback.
"""

import argparse
import sqlite3
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench.measure import Cost, measure
from bench.peers import PLAIN, driver, python_of
from bench.rows import tell
from bench.small_web import ENTRIES, SmallWeb, small_web

FEEDS_OF_A_HOST = 4
"""Papers have a few each. Ours asks a host one thing at a time, and waits between: that is not what is measured."""
FIRST, SECOND = "2026-11-24T06:00:00+01:00", "2026-11-24T06:30:00+01:00"
Poll = Callable[[Path, str], Cost]
"""Polls all feeds into a folder, at a time."""


def make_home(folder: Path, web: SmallWeb) -> Path:
    """Write a home that polls the feeds of a web and fetches no page."""
    home = folder / "home"
    home.mkdir(parents=True)
    hosts = ", ".join(f'"{host}"' for host in web.hosts)
    settings = (
        f'municipality = "Växjö"\n[crawl]\ncontact = "bench@kommun.example"\ndelay = 0\nallow_hosts = [{hosts}]\n'
    )
    home.joinpath("monitor.toml").write_text(settings, encoding="utf-8")
    home.joinpath("feeds.txt").write_text("".join(f"{feed} store=link\n" for feed in web.feeds), encoding="utf-8")
    return home


def pollers(web: SmallWeb) -> dict[str, Poll]:
    """Return who polls: name -> how."""

    def ours(folder: Path, now: str) -> Cost:
        home = folder / "home" if (folder / "home").exists() else make_home(folder, web)
        command = [sys.executable, "-m", "monitor", "crawl", "--now", "--home", str(home)]
        cost = measure(command, env={"MONITOR_NOW": now})
        check_entries(home / "monitor.db", len(web.feeds))
        return cost

    def peer(name: str, script: str) -> Poll:
        python = python_of(name)

        def poll(folder: Path, _now: str) -> Cost:
            folder.mkdir(exist_ok=True)
            urls = folder / "urls.txt"
            urls.write_text("\n".join(web.feeds), encoding="utf-8")
            cost = measure([python, driver(script), folder / "peer.db", urls], env=PLAIN)
            check_entries(folder / "peer.db", len(web.feeds))
            return cost

        return poll

    return {"ours": ours, "reader": peer("reader", "reader_poll"), "scrapy": peer("scrapy", "scrapy_poll")}


def check_entries(path: Path, feeds: int) -> None:
    """Exit when not every entry of every feed is stored: a bench of work not done is worth nothing."""
    found = sqlite3.connect(path).execute("select count(*) from entries").fetchone()[0]
    if found != feeds * ENTRIES:
        sys.exit(f"{path}: {found} entries are stored instead of {feeds * ENTRIES}")


def main() -> None:
    """Measure in turns, and tell medians and ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--feeds", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=["ours", "reader", "scrapy"])
    given = parser.parse_args()
    costs: dict[tuple[str, str], list[Cost]] = {}
    with (
        small_web(feeds=given.feeds, pages=0, hosts=given.feeds // FEEDS_OF_A_HOST) as web,
        tempfile.TemporaryDirectory() as folder,
    ):
        polls = {name: poll for name, poll in pollers(web).items() if given.only in {None, name}}
        for number in range(given.rounds):
            for name, poll in polls.items():
                for state, now in (("cold", FIRST), ("warm", SECOND)):
                    cost = poll(Path(folder) / f"{name}{number}", now)
                    costs.setdefault((name, state), []).append(cost)
                    print(
                        f"{name:7} {state}: {cost.wall:6.2f} s, {cost.cpu:6.2f} CPU s, {cost.memory:4.0f} MB",
                        flush=True,
                    )
    wall = {key: statistics.median(cost.wall for cost in found) for key, found in costs.items()}
    cpu = {key: statistics.median(cost.cpu for cost in found) for key, found in costs.items()}
    many = f"{given.feeds:,} feeds"
    for state in ("cold", "warm"):
        for name in polls:
            tell("polling", f"{many} {state}, {name}, wall", wall[name, state], "s")
            tell("polling", f"{many} {state}, {name}, CPU", cpu[name, state], "s")
    if given.only:
        return
    for name, least in (("reader", 5), ("scrapy", 2.5)):
        ratio = wall[name, "cold"] / wall["ours", "cold"]
        tell("polling", f"{many} cold, wall: {name} / ours", ratio, "x", at_least=least)
    for name in ("reader", "scrapy"):
        ratio = cpu["ours", "warm"] / cpu[name, "warm"]
        tell("polling", f"{many} warm (304), CPU: ours / {name}", ratio, "x", at_most=0.8)


if __name__ == "__main__":
    main()
