"""The pages of a crawl: those of one host one after the other, those of many hosts at once.

They go through Scrapy's downloader with all its middlewares, and not through its scheduler and scraper: what those
order and bound is ordered and bound here, for less.
"""

import asyncio
from collections import deque
from collections.abc import Sequence

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from monitor.core.challenges import find_challenge
from monitor.core.polling import judge_page
from monitor.core.urls import host_of
from monitor.crawl.base import Intake, plain_headers
from monitor.crawl.download import download
from monitor.crawl.failures import PostponedError, explain_failure
from monitor.crawl.reservations import allowed_of
from monitor.models import Clock, Page, PollOutcome, Unavailable, Wanted

HOSTS_AT_ONCE = 128
"""So many hosts must hang at once before another waits for one (decision 0024)."""


class Visits:
    """Fetches what is wanted and hands it over; what is wanted because of it is fetched too."""

    def __init__(self, crawler: Crawler, intake: Intake, clock: Clock, faults: list[BaseException]) -> None:
        self.crawler = crawler
        self.intake = intake
        self.clock = clock
        self.faults = faults
        """What cannot be judged or saved: then there is no use in more, and nothing more is fetched."""
        self._at_once = asyncio.Semaphore(HOSTS_AT_ONCE)
        self._waiting: dict[str, deque[Wanted]] = {}
        self._visits: set[asyncio.Task[None]] = set()

    def want(self, pages: Sequence[Wanted]) -> None:
        """Have pages fetched, in the order in which they are given."""
        for wanted in () if self.faults else pages:
            host = host_of(wanted.url)
            if host not in self._waiting:
                self._waiting[host] = deque()
                visit = asyncio.ensure_future(self._visit(host))
                self._visits.add(visit)
                visit.add_done_callback(self._visits.discard)
            self._waiting[host].append(wanted)

    async def end(self) -> None:
        """Wait until everything that is wanted has been fetched."""
        while self._visits:
            await asyncio.gather(*self._visits)

    async def _visit(self, host: str) -> None:
        """Fetch the pages of one host."""
        waiting = self._waiting[host]
        while waiting:
            async with self._at_once:
                await self._fetch(waiting.popleft())
            if self.faults:
                break
        del self._waiting[host]

    async def _fetch(self, wanted: Wanted) -> None:
        """Fetch one page and hand it over, or the reason why it cannot be had."""
        try:
            response = await self._ask(wanted)
            if response is None or self.faults:
                return
            answer = response if isinstance(response, Unavailable) else judge(response, wanted, self.clock)
            if isinstance(answer, Page):
                self.want(self.intake.fetched(wanted, answer))
            else:
                self.want(self.intake.unavailable(wanted, answer))
        except Exception as fault:  # noqa: BLE001 (raised at the end of the crawl)
            self.faults.append(fault)

    async def _ask(self, wanted: Wanted) -> Response | Unavailable | None:
        """Return what was answered, or why nothing was; None for a page that is put off, and stays wanted."""
        try:
            response = await download(self.crawler, Request(wanted.url, callback=NO_CALLBACK))
        except PostponedError:
            return None
        except Exception as error:  # noqa: BLE001 (whatever the network raises is an outcome)
            outcome, reason = explain_failure(error)
            return Unavailable(reason=reason, retry=outcome is PollOutcome.TRANSIENT)
        return response


def judge(response: Response, wanted: Wanted, clock: Clock) -> Page | Unavailable:
    """Return the page that was answered, or why it cannot be read."""
    content_type = (response.headers.get("Content-Type") or b"").decode("latin-1")
    if challenge := find_challenge(response.status, plain_headers(response), response.body):
        return Unavailable(reason=challenge)
    if unavailable := judge_page(response.status, "" if wanted.any_type else content_type):
        return unavailable
    allowed = allowed_of(response)
    if allowed.reserved:
        return Unavailable(reason=allowed.reason, reserved=True)
    return Page(
        url=response.url,
        body=response.body,
        content_type=content_type,
        fetched_at=clock(),
        link=", ".join(value.decode("latin-1") for value in response.headers.getlist("Link")),
        store=allowed.store,
        store_reason=allowed.reason,
    )
