"""Crawl in a process of its own, from a plan in JSON on stdin, and tell in JSON what became of each source and page.

    python -m tests.crawl.ask < plan.json

A reactor starts once per process. `plan`: sources, pages, allow, delay, timeout; `fake`: a name -> its addresses in
turn, one list for each look-up. With `fake`, no name is looked up for real and every connection but to `seeds` is
counted and refused.
"""

import json
import resource
import socket
import sys
import time
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from scrapy.utils.reactor import install_reactor
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.error import ConnectError
from twisted.internet.interfaces import IHostnameResolver
from twisted.python.failure import Failure
from zope.interface import implementer

from monitor.crawl.base import Polled
from monitor.crawl.run import Manners, Plan, run_crawl
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


@implementer(IHostnameResolver)
class FakeNames:
    """A resolver that asks nobody: literal addresses as the machine reads them, and the names it was told of."""

    def __init__(self, names: Mapping[str, Sequence[Sequence[str]]]) -> None:
        self.names = names
        self.asked: Counter[str] = Counter()

    def answer(self, name: str) -> Sequence[str]:
        """Return the addresses of a name, the next in turn."""
        if name in self.names:
            turns = self.names[name]
            self.asked[name] += 1
            return turns[min(self.asked[name], len(turns)) - 1]
        try:
            found = socket.getaddrinfo(name, 0, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
        except OSError:
            return ()
        return [str(address[0]) for *_, address in found]

    def resolveHostName(self, receiver: Any, name: str, port: int = 0, *_more: object) -> Any:  # noqa: N802
        """Resolve as IHostnameResolver says."""
        receiver.resolutionBegan(None)
        for address in self.answer(name):
            receiver.addressResolved((IPv6Address if ":" in address else IPv4Address)("TCP", address, port))
        receiver.resolutionComplete()


def watch_connections(names: Mapping[str, Sequence[Sequence[str]]], seeds: Collection[str]) -> list[str]:
    """Look no name up and connect nowhere but to `seeds`; return the list of what would have been connected to."""
    install_reactor("twisted.internet.asyncioreactor.AsyncioSelectorReactor")
    from twisted.internet import reactor

    tried: list[str] = []
    real: Any = reactor
    connect = real.connectTCP

    def watched(host: str, port: int, factory: Any, *more: Any, **named: Any) -> Any:
        if f"{host}:{port}" in seeds:
            return connect(host, port, factory, *more, **named)
        tried.append(f"{host} {port}")
        failure = Failure(ConnectError())
        real.callLater(0, factory.clientConnectionFailed, None, failure)
        return None

    real.connectTCP = watched
    real.installNameResolver(FakeNames(names))
    return tried


def ask(told: dict[str, Any]) -> dict[str, Any]:
    """Crawl; return what was noted."""
    tried = watch_connections(told["fake"], told["seeds"]) if "fake" in told else []
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
        run_crawl(plan, manners, diary, workers.run, lambda: datetime.now(UTC))  # type: ignore[arg-type]  # lists do
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "polls": diary.polls,
        "pages": diary.pages,
        "connections": tried,
        "seconds": round(time.monotonic() - diary.began, 1),
        "cpu": round(usage.ru_utime + usage.ru_stime, 1),
        "megabytes": usage.ru_maxrss // 1024,
    }


if __name__ == "__main__":
    print(json.dumps(ask(json.load(sys.stdin))))  # noqa: T201 (read by who started this)
