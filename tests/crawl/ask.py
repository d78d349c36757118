"""Crawl in a process of its own, from a plan in JSON on stdin, and tell in JSON what became of each source and page.

    python -m tests.crawl.ask < plan.json

A reactor starts once per process. `plan`: sources, pages, allow, delay, timeout; `fake`: a name -> its addresses in
turn, one list for each look-up. With `fake`, no name is looked up for real and every connection but to `seeds` is
counted and refused.
"""

import errno
import json
import resource
import socket
import sys
import time
from asyncio.selector_events import BaseSelectorEventLoop
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Any
from unittest.mock import patch

from monitor.crawl import run
from monitor.crawl.base import Polled
from monitor.crawl.guard import Guard
from monitor.crawl.run import Manners, Plan
from monitor.models import Page, Source, Unavailable, Wanted
from monitor.workers import Workers


class Diary:
    """An intake that wants every page that a feed names, and notes when what came."""

    def __init__(self) -> None:
        self.began = time.monotonic()
        self.polls: dict[str, dict[str, Any]] = {}
        self.pages: dict[str, dict[str, Any]] = {}

    def _now(self) -> float:
        return round(time.monotonic() - self.began, 3)

    def polled(self, polled: Polled) -> Sequence[Wanted]:
        """Note a poll."""
        poll = polled.poll
        self.polls[poll.source] = {
            "at": self._now(),
            "outcome": poll.outcome.value,
            "reason": poll.reason,
            "titles": [entry.title for entry in polled.entries],
        }
        return [Wanted(0, entry.url, poll.source) for entry in polled.entries if entry.url][:5]

    def fetched(self, wanted: Wanted, page: Page) -> Sequence[Wanted]:
        """Note a page."""
        self.pages[wanted.url] = {"at": self._now(), "bytes": len(page.body), "source": wanted.source}
        return ()

    def unavailable(self, wanted: Wanted, outcome: Unavailable) -> Sequence[Wanted]:
        """Note a page that could not be had."""
        self.pages[wanted.url] = {"at": self._now(), "reason": outcome.reason, "source": wanted.source}
        return ()


class FakeNames:
    """Looks names up and asks nobody: literal addresses as the machine reads them, and the names it was told of."""

    def __init__(self, names: Mapping[str, Sequence[Sequence[str]]]) -> None:
        self.names = names
        self.asked: Counter[str] = Counter()

    def __call__(self, name: str) -> Sequence[str]:
        """Return the addresses of a name, the next in turn."""
        if name in self.names:
            turns = self.names[name]
            self.asked[name] += 1
            return turns[min(self.asked[name], len(turns)) - 1]
        try:
            found = socket.getaddrinfo(name, 0, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
        except (OSError, UnicodeError):
            return ()
        return [str(address[0]) for *_, address in found]


@contextmanager
def watched_connections(seeds: Collection[str] = ()) -> Iterator[list[str]]:
    """Connect nowhere but to `seeds` while the block runs; give the list of what would have been connected to."""
    tried: list[str] = []
    connect = BaseSelectorEventLoop.sock_connect

    async def watched(loop: BaseSelectorEventLoop, wire: socket.socket, address: tuple[Any, ...]) -> None:
        host, port = address[:2]
        if f"{host}:{port}" in seeds:
            await connect(loop, wire, address)
            return
        tried.append(f"{host} {port}")
        raise ConnectionRefusedError(errno.ECONNREFUSED, "it is only watched")

    with patch.object(BaseSelectorEventLoop, "sock_connect", watched):
        yield tried


def ask(told: dict[str, Any]) -> dict[str, Any]:
    """Crawl; return what was noted."""
    if "fake" not in told:
        return crawl(told)
    names = partial(Guard, look_up=FakeNames(told["fake"]))
    with watched_connections(told["seeds"]) as tried, patch.object(run, "Guard", names):
        return {**crawl(told), "connections": tried}


def crawl(told: dict[str, Any]) -> dict[str, Any]:
    """Crawl by a plan; return what was noted."""
    plan = Plan(
        sources=[
            Source(url=url, kind=told.get("kind", "feed"), line=line) for line, url in enumerate(told["sources"], 1)
        ],
        pages=[Wanted(number, url, "pages") for number, url in enumerate(told.get("pages", ()))],
    )
    manners = Manners(
        contact="", delay=told.get("delay", 0), timeout=told["timeout"], allow_hosts=tuple(told["allow"]), zone=UTC
    )
    diary = Diary()
    with Workers() as workers:
        run.run_crawl(plan, manners, diary, workers.run, lambda: datetime.now(UTC))  # type: ignore[arg-type]  # lists do
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "polls": diary.polls,
        "pages": diary.pages,
        "seconds": round(time.monotonic() - diary.began, 1),
        "cpu": round(usage.ru_utime + usage.ru_stime, 1),
        "megabytes": usage.ru_maxrss // 1024,
    }


if __name__ == "__main__":
    print(json.dumps(ask(json.load(sys.stdin))))  # noqa: T201 (read by who started this)
