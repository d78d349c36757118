"""RSS 0.9x to 2.0, RDF, Atom and JSON Feed, polled with conditional GET."""

import hashlib

from scrapy.http import Response

from monitor.core.feeds import read_feed
from monitor.crawl.base import Polled, SourceSpider
from monitor.models import Outcome, PollOutcome, Refused, Source, Validators


class FeedSpider(SourceSpider):
    """`https://...` in feeds.txt: the kind that needs no word in front."""

    name = kind = "feed"

    async def read(self, source: Source, response: Response, validators: Validators) -> Polled:
        """Read a feed in a worker process; a body that is known by its hash is not read again."""
        body_hash = hashlib.sha256(response.body).hexdigest()
        if body_hash == validators.body_hash:
            return Polled(poll=self.answered(source, response, PollOutcome.NOT_MODIFIED))
        content_type = (response.headers.get("Content-Type") or b"").decode("latin-1")
        reading = await self.work(read_feed, response.body, response.url, content_type, self.clock())
        if isinstance(reading, Refused) or reading.outcome is Outcome.REFUSED:
            return Polled(poll=self.answered(source, response, PollOutcome.UNREADABLE, reason=reading.reason))
        outcome = PollOutcome.OK if reading.entries else PollOutcome.EMPTY
        poll = self.answered(source, response, outcome, reason=reading.reason, body_hash=body_hash)
        return Polled(poll=poll, entries=reading.entries)
