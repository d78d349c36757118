"""Posts with a hashtag: `instagram https://graph.facebook.com/v26.0/ account=1784... token=env:... review="..."`.

Instagram answers with the public posts of the last 24 hours, for at most 30 different hashtags in seven days.
"""

from collections.abc import Awaitable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

import msgspec
from scrapy import Request
from scrapy.http import Response

from monitor.core.posts.meta import read_hashtag, read_media
from monitor.core.services.answers import AnswerPage
from monitor.crawl.base import PROVEN, Fetch, Polled
from monitor.crawl.platforms import MetaSpider
from monitor.models import Allowance, Cursor, Entry, Poll, PollOutcome, Refused, Source, Validators

MAX_TAGS = 5
MAX_PAGES = 2
PAGE = 50
TAGS_A_WEEK = 30


class InstagramOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Options of one line of feeds.txt."""

    token: str = ""
    """Where the user's access token stands."""
    review: str = ""
    """When Meta's review approved Instagram Public Content Access."""
    account: str = ""
    """The number of the professional account on whose behalf is asked."""
    tags: str = ""
    """Hashtags, with semicolons between them; the home's search words when it is left out."""
    known: str = "sverige"
    """A hashtag that has posts each day."""


class InstagramCursor(msgspec.Struct, frozen=True):
    """What is remembered: the numbers of hashtags, which never change, and what was surely found."""

    ids: dict[str, str] = msgspec.field(default_factory=dict)
    proven: str = ""


@dataclass(frozen=True, slots=True)
class _Asking:
    """How one poll asks, and the numbers of hashtags that are known by now."""

    source: Source
    account: str
    headers: Mapping[str, str]
    fetch: Fetch
    ids: dict[str, str]


class InstagramSpider(MetaSpider):
    """Text, address and time of posts; the service tells no names."""

    name = kind = "instagram"
    options_type = InstagramOptions
    most_requests = 2 + MAX_TAGS * (1 + MAX_PAGES)
    seldom = timedelta(hours=1)
    pause = 2
    api_hosts = frozenset({"graph.facebook.com"})

    async def poll(self, source: Source, validators: Validators, cursor: Cursor, fetch: Fetch) -> Polled:
        """Prove that posts are found at all, then ask for those of each hashtag."""
        options = msgspec.convert(dict(source.options), InstagramOptions, strict=False)
        headers = self.headers_of(options.token, options.review)
        account = options.account if options.account.isdecimal() else ""
        self.need(account, "account", "write account= with the number of the professional account that asks")
        known = hashtag(options.known)
        self.need(known, "known", "write known= with a hashtag that has posts each day")
        asking = _Asking(source, account, headers, fetch, dict(msgspec.convert(cursor, InstagramCursor).ids))
        failed = None if cursor.get(PROVEN) == known else await self._prove(asking, cursor, known)
        if failed:
            return Polled(poll=failed)
        entries: list[Entry] = []
        reasons: list[str] = []
        tags = hashtags(options.tags.split(";") if options.tags else self.words)[:MAX_TAGS]
        for tag in tags:
            more = await self._follow(asking, tag, entries)
            if isinstance(more, Poll):
                failed = failed or more
            elif more:
                reasons.append(f"#{tag} has more than {MAX_PAGES * PAGE} posts a day: the oldest were not read")
        left = {"ids": {tag: asking.ids[tag] for tag in tags if tag in asking.ids}, PROVEN: known}
        return self.gather(source, entries, reason="; ".join(reasons), failed=failed, cursor=left)

    async def _prove(self, asking: _Asking, cursor: Cursor, known: str) -> Poll | None:
        number = await self._number(asking, known)
        if isinstance(number, Poll):
            return number
        request = self._request(asking, number, "")
        return await self.prove(asking.source, cursor, asking.fetch, known=known, request=request, read=self._read)

    async def _follow(self, asking: _Asking, tag: str, entries: list[Entry]) -> Poll | bool:
        """Add the posts of a hashtag to `entries`; return whether there are more, or why they could not be had."""
        number = await self._number(asking, tag)
        if isinstance(number, Poll):
            return number
        after = ""
        for _ in range(MAX_PAGES):
            request = self._request(asking, number, after)
            page: AnswerPage | Poll = await self.ask(asking.source, request, asking.fetch, self._read)
            if isinstance(page, Poll):
                return page
            entries += page.entries
            after = page.next
            if not after:
                break
        return bool(after)

    async def _number(self, asking: _Asking, tag: str) -> str | Poll:
        """Return the number of a hashtag. Each counts for seven days, however often it is asked for."""
        now = self.clock()
        week = Allowance(self.kind, TAGS_A_WEEK, now - timedelta(days=7))
        if self.ledger.book(week, 1, now, tag) is None:
            reason = f"not asked for #{tag}: Instagram allows {TAGS_A_WEEK} different hashtags in seven days"
            return self.failed(asking.source, PollOutcome.TRANSIENT, reason)
        if tag not in asking.ids:
            asked = {"user_id": asking.account, "q": tag}
            request = self.ask_with(f"{_base(asking.source)}/ig_hashtag_search", asked, asking.headers)
            number: str | Poll = await self.ask(asking.source, request, asking.fetch, self._read_number)
            if isinstance(number, Poll):
                return number
            asking.ids[tag] = number
        return asking.ids[tag]

    def _request(self, asking: _Asking, number: str, after: str) -> Request:
        asked: dict[str, str | int] = {"user_id": asking.account, "fields": "id,caption,permalink,timestamp"}
        asked |= {"limit": PAGE} | ({"after": after} if after else {})
        return self.ask_with(f"{_base(asking.source)}/{number}/recent_media", asked, asking.headers)

    def _read(self, response: Response) -> Awaitable[AnswerPage | Refused]:
        return self.work(read_media, response.body, "Instagram", self.clock())

    def _read_number(self, response: Response) -> Awaitable[str | Refused]:
        return self.work(read_hashtag, response.body)


def hashtag(word: str) -> str:
    """Return a word as a hashtag is written, without its sign: letters, figures and "_"."""
    return "".join(sign for sign in word.casefold() if sign.isalnum() or sign == "_")


def hashtags(words: Iterable[str]) -> list[str]:
    """Return the hashtags of words, each once."""
    return list(dict.fromkeys(filter(None, map(hashtag, words))))


def _base(source: Source) -> str:
    return source.url.partition("?")[0].rstrip("/")
