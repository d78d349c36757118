"""Crawl in a process of its own, from a plan in JSON on stdin, and tell in JSON what became of each source and page.

    python -m tests.crawl.ask < plan.json

A reactor starts once per process. `plan`: sources, pages, allow, delay, timeout; `fake`: a name -> its addresses in
turn, one list for each look-up. With `fake`, no name is looked up for real and every connection but to `seed` is
counted and refused.
"""

import json
import resource
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

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


def ask(told: dict[str, Any]) -> dict[str, Any]:
    """Crawl; return what was noted."""
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
        "seconds": round(time.monotonic() - diary.began, 1),
        "cpu": round(usage.ru_utime + usage.ru_stime, 1),
        "megabytes": usage.ru_maxrss // 1024,
    }


if __name__ == "__main__":
    print(json.dumps(ask(json.load(sys.stdin))))  # noqa: T201 (read by who started this)
