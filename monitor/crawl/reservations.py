"""What a site allows to be kept of each answer: HTTP headers, /.well-known/tdmrep.json, the page's metas."""

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from monitor.core.polling import permanent_move, read_max_age
from monitor.core.reservations import TDM_FILE, Allowed, TdmRule, headline_only, judge_reservation, read_tdm_file
from monitor.crawl.base import Polled, header_of
from monitor.crawl.bounds import SITE_FILE
from monitor.crawl.politeness import in_open_interface
from monitor.crawl.site_files import SiteReader
from monitor.models import PollOutcome


class ReservationPolicy:
    """Downloader middleware: leaves what a page allows in the answer, for `allowed_of`."""

    def __init__(self, crawler: Crawler) -> None:
        self.files = SiteReader(crawler)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "ReservationPolicy":
        """Build for a crawl."""
        return cls(crawler)

    async def process_response(self, request: Request, response: Response) -> Response:
        """Judge a good answer; the file of its origin is fetched once a day."""
        if SITE_FILE in request.meta or not 200 <= response.status < 300:
            return response
        rules = () if in_open_interface(request) else await self._rules(response.url)
        request.meta["allowed"] = judge_reservation(response.url, header_lists(response), rules, response.body)
        return response

    async def _rules(self, url: str) -> tuple[TdmRule, ...]:
        parts = urlsplit(url)
        file = await self.files.read(f"{parts.scheme}://{parts.netloc}{TDM_FILE}")
        return read_tdm_file(file.body)


def header_lists(response: Response) -> dict[str, list[str]]:
    """Return the headers by lower-case name, each with all its values."""
    return {
        name.decode("latin-1").lower(): [value.decode("latin-1") for value in values]
        for name, values in response.headers.items()
    }


def allowed_of(response: Response) -> Allowed:
    """Return what may be kept of an answer."""
    allowed = response.meta.get("allowed")
    return allowed if isinstance(allowed, Allowed) else Allowed()


def complete(polled: Polled, answers: Sequence[Response]) -> Polled:
    """Add to a poll what its answers say whatever the kind: how long fresh, where moved, what is reserved.

    Of several answers, one that is reserved reserves the poll; the first tells the rest. The robots tags of a feed are
    not followed: they keep the feed itself out of search engines, not what it tells.
    """
    if not answers:
        return polled
    poll, response = polled.poll, answers[0]
    redirects: list[str] = response.meta.get("redirect_urls", [])
    moved_to = permanent_move(
        redirects[0] if redirects else response.url, response.url, response.meta.get("redirect_reasons", ())
    )
    pauses = [pause for pause in (poll.pause, read_max_age(header_of(response, "Cache-Control"))) if pause]
    poll = replace(poll, moved_to=moved_to, pause=max(pauses, default=None))
    allowed = next((said for said in map(allowed_of, answers) if said.reserved), Allowed())
    if not allowed.reserved or poll.outcome not in {PollOutcome.OK, PollOutcome.EMPTY}:
        return replace(polled, poll=poll)
    poll = replace(poll, outcome=PollOutcome.RESERVED, reason=allowed.reason, reserved=allowed.reason)
    return replace(polled, poll=poll, entries=tuple(map(headline_only, polled.entries)))
