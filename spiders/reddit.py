"""Posts on Reddit: `reddit https://oauth.reddit.com/r/sweden+svenskpolitik/search client=env:... secret=env:... ...`.

Reddit has to approve each use of its interface; without that nothing is asked, and its pages are not read instead.
"""

import base64
from collections.abc import Awaitable, Mapping
from datetime import timedelta
from typing import Annotated

import msgspec
from scrapy import Request
from scrapy.http import Response

from monitor.core.posts.reddit import MOST, read_posts, read_token
from monitor.core.reservations import AGENT
from monitor.core.services.answers import AnswerPage
from monitor.crawl.base import Fetch, Polled
from monitor.crawl.limits import WithinLimits
from monitor.crawl.platforms import PlatformSpider
from monitor.models import Cursor, Entry, Poll, Refused, Source, Validators

TOKENS = "https://www.reddit.com/api/v1/access_token"
MAX_PAGES = 3
MAX_WORDS = 5


class RedditOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Options of one line of feeds.txt."""

    client: str = ""
    """Where the app's id stands."""
    secret: str = ""
    """Where the app's secret stands."""
    approval: str = ""
    """When Reddit approved this use, and under which number."""
    account: Annotated[str, msgspec.Meta(pattern=r"^[\w-]{0,20}$")] = ""
    """The account of the app's developer: Reddit's rules want it in the User-Agent."""
    query: str = ""
    """What to search for, in Reddit's own language; the home's search words when it is left out."""


class RedditSpider(PlatformSpider):
    """The posts of a week in the subreddits of the address; no comments, no names."""

    name = kind = "reddit"
    options_type = RedditOptions
    most_requests = 1 + MAX_PAGES
    seldom = timedelta(hours=1)
    pause = 2
    """A hundred calls a minute are allowed to an app."""
    api_hosts = frozenset({"oauth.reddit.com", "www.reddit.com"})

    async def poll(self, source: Source, validators: Validators, cursor: Cursor, fetch: Fetch) -> Polled:
        """Ask for a token, which holds for a day and is kept by nobody, then for the pages of the search."""
        options = self._options(source)
        within = WithinLimits(fetch)
        agent = {"User-Agent": f"server:{AGENT}:v0.1 (by /u/{options.account})"}
        token: str | Poll = await self.ask(source, self._token_request(options, agent), within, self._read_token)
        if isinstance(token, Poll):
            return Polled(poll=token)
        self.secrets.hold(token)
        headers = agent | {"Authorization": f"Bearer {token}"}
        entries: list[Entry] = []
        reasons: list[str] = []
        failed: Poll | None = None
        after = ""
        for _ in range(MAX_PAGES):
            request = self._request(source, options, headers, after)
            page: AnswerPage | Poll = await self.ask(source, request, within, self._read)
            if isinstance(page, Poll):
                failed = page
                break
            entries += page.entries
            reasons.append(page.reason)
            after = page.next
            if not after:
                break
        else:
            reasons.append(f"there are more than {MAX_PAGES * MOST} posts of the week: the oldest were not read")
        reason = "; ".join(dict.fromkeys(filter(None, reasons)))
        return self.gather(source, entries, reason=reason, failed=failed)

    def _options(self, source: Source) -> RedditOptions:
        """Return the options of a line that may be used. Raises ConfigError."""
        options = msgspec.convert(dict(source.options), RedditOptions, strict=False)
        why = (
            'Reddit is off until it has approved this use of its interface: write approval="..." with when and for what'
        )
        self.need(options.approval, "approval", why)
        self.need(
            options.account, "account", "write account= with the app's account: Reddit wants it in the User-Agent"
        )
        return options

    def _token_request(self, options: RedditOptions, agent: Mapping[str, str]) -> Request:
        client, secret = self.secrets.read(options.client, "client"), self.secrets.read(options.secret, "secret")
        basic = base64.b64encode(f"{client}:{secret}".encode()).decode()
        self.secrets.hold(basic)
        form = {"Authorization": f"Basic {basic}", "Content-Type": "application/x-www-form-urlencoded"}
        request = self.ask_with(TOKENS, {}, dict(agent) | form)
        return request.replace(url=TOKENS, method="POST", body="grant_type=client_credentials")

    def _request(self, source: Source, options: RedditOptions, headers: Mapping[str, str], after: str) -> Request:
        query = options.query or " OR ".join(f'"{word}"' for word in self.words[:MAX_WORDS])
        asked: dict[str, str | int] = {
            "q": query,
            "sort": "new",
            "t": "week",
            "type": "link",
            "limit": MOST,
            "raw_json": 1,
        }
        asked |= {"restrict_sr": 1} if "/r/" in source.url else {}
        return self.ask_with(source.url, asked | ({"after": after} if after else {}), headers)

    def _read_token(self, response: Response) -> Awaitable[str | Refused]:
        return self.work(read_token, response.body)

    def _read(self, response: Response) -> Awaitable[AnswerPage | Refused]:
        return self.work(read_posts, response.body, self.clock())
