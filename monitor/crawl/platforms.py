"""What the kinds of the platforms have in common: they ask a service's own interface, with a key and by its terms."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

from scrapy import Request
from scrapy.http import Response

from monitor.core.polling import weigh
from monitor.core.posts.meta import judge_code
from monitor.core.posts.told import Told, read_told
from monitor.crawl.base import SourceSpider
from monitor.crawl.secrets import secret_request
from monitor.errors import ConfigError
from monitor.models import Poll, PollOutcome, Source


class PlatformSpider(SourceSpider):
    """A kind that asks with a key or token. It goes to `api_hosts` and nowhere else, whatever address the line has."""

    https_only = True

    def ask_with(
        self, url: str, asked: Mapping[str, str | int], headers: Mapping[str, str], *, once: bool = False
    ) -> Request:
        """Return a request that carries a secret in its headers; `once`: no second try when the answer is lost."""
        request = secret_request(f"{url.partition('?')[0]}?{urlencode(asked)}", headers=headers)
        if once:
            request.meta["dont_retry"] = True
        return request

    def need(self, said: str, option: str, why: str) -> None:
        """Raise ConfigError, the poll's reason, when a line lacks what the kind must not be used without."""
        if not said.strip():
            raise ConfigError(Path(), option, why)

    def judge_status(self, source: Source, response: Response) -> Poll | None:
        """Judge as every kind does, and add what the service says in its own words."""
        failed = super().judge_status(source, response)
        if failed is None:
            return None
        return self.explain(failed, read_told(response.body))

    def explain(self, failed: Poll, told: Told) -> Poll:
        """Return a failed poll with the service's words. What it does not understand, waiting does not mend."""
        outcome = PollOutcome.UNREADABLE if failed.status == 400 else failed.outcome
        return replace(failed, outcome=outcome, reason=": ".join(filter(None, (failed.reason, told.words))))


class MetaSpider(PlatformSpider):
    """A kind that asks an interface of Meta: with a token, and once Meta's review has approved the app."""

    def headers_of(self, token: str, review: str) -> dict[str, str]:
        """Return what a request is sent with. Raises ConfigError without a token or an approved review."""
        why = 'off until Meta\'s review has approved the app: write review="..." with when, and for which permission'
        self.need(review, "review", why)
        return {"Authorization": f"Bearer {self.secrets.read(token, 'token')}"}

    def explain(self, failed: Poll, told: Told) -> Poll:
        """Read the code of the refusal: Meta answers with HTTP 400 to a token that is too old as to a wrong word."""
        if known := judge_code(told.code):
            outcome, reason = known
            said = f"{reason} (HTTP {failed.status}, code {told.code}): {told.words}"
            return replace(failed, outcome=outcome, reason=said, strain=weigh(outcome))
        return super().explain(failed, told)
