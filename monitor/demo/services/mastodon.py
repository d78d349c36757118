"""A server of the fediverse: the public timeline of a hashtag, as documented at docs.joinmastodon.org."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from html import escape
from typing import Any
from urllib.parse import urlencode

from monitor.demo.content import DemoPost, Site, local
from monitor.demo.render import Answer
from monitor.demo.services.requests import Request, say

_TIMELINE = "/api/v1/timelines/tag/"
_TAG = re.compile(r"#(\w+)")
_CALL = re.compile(r"@(\w+)")
_USUAL, _MOST = 20, 40


@dataclass(frozen=True, slots=True)
class Status:
    """A post as an instance shows it: one from elsewhere has an id of this instance, and its own `uri` and `url`."""

    post: DemoPost
    base: str
    """The address of the instance where it was written."""
    at_home: bool

    @property
    def id(self) -> int:
        """Its number here, which grows with time."""
        number = int(self.post.path.rpartition("/")[2])
        return number if self.at_home else number + 4_711

    @property
    def tags(self) -> set[str]:
        """Its hashtags, as they are looked up."""
        return {_fold(tag) for tag in _TAG.findall(self.post.text)}


class Mastodon:
    """An instance. With `token` in its site's options it shows nothing to those who bring none."""

    def __init__(self, site: Site, base: str, shown: Sequence[Status], secret: str) -> None:
        self.base = base
        self.shown = sorted(shown, key=lambda status: status.id, reverse=True)
        self.secret = secret if "token=" in site.options else ""
        self.posts = {post.path: post for post in site.posts}

    def __call__(self, request: Request) -> Answer:
        """Answer one request."""
        if not request.path.startswith(_TIMELINE) or request.method != "GET":
            return say({"error": "Record not found"}, 404)
        if self.secret and request.headers.get("authorization") != f"Bearer {self.secret}":
            return say({"error": "This method requires an authenticated user"}, 401)
        found = self._page(request)
        return say([self._tell(status) for status in found], headers=self._links(request, found))

    def _page(self, request: Request) -> list[Status]:
        wanted = {_fold(tag) for tag in (request.path.removeprefix(_TIMELINE), *request.query.get("any[]", ()))}
        after = max(request.number("since_id"), request.number("min_id"))
        before = request.number("max_id")
        found = [
            status
            for status in self.shown
            if self._tags(status) & wanted and status.id > after and (not before or status.id < before)
        ]
        most = min(request.number("limit", _USUAL), _MOST)
        return found[-most:] if request.ask("min_id") else found[:most]

    def _tags(self, status: Status) -> set[str]:
        passed = self.posts.get(status.post.passes_on)
        return Status(passed, self.base, at_home=True).tags if passed else status.tags

    def _links(self, request: Request, found: Sequence[Status]) -> tuple[tuple[str, str], ...]:
        if not found:
            return ()
        kept = [(key, value) for key, values in request.query.items() if not key.endswith("_id") for value in values]
        place = self.base + request.path
        older = urlencode([*kept, ("max_id", found[-1].id)])
        newer = urlencode([*kept, ("min_id", found[0].id)])
        return (("Link", f'<{place}?{older}>; rel="next", <{place}?{newer}>; rel="prev"'),)

    def _tell(self, status: Status) -> dict[str, Any]:
        post = status.post
        passed, answered = self.posts.get(post.passes_on), self.posts.get(post.answers)
        return {
            "id": str(status.id),
            "created_at": local(post.published).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "in_reply_to_id": answered.path.rpartition("/")[2] if answered else None,
            "in_reply_to_account_id": _account_id(answered.account) if answered else None,
            "sensitive": False,
            "spoiler_text": "",
            "visibility": "public",
            "language": "sv",
            "uri": f"{status.base}/users/{post.account}/statuses/{post.path.rpartition('/')[2]}",
            "url": status.base + post.path,
            "replies_count": 0,
            "reblogs_count": 0,
            "favourites_count": 0,
            "edited_at": None,
            "content": _html(post.text, status.base),
            "reblog": self._tell(Status(passed, self.base, at_home=True)) if passed else None,
            "account": _account(status),
            "media_attachments": [],
            "mentions": [],
            "tags": [{"name": tag, "url": f"{self.base}/tags/{tag}"} for tag in sorted(status.tags)],
            "emojis": [],
            "card": None,
            "poll": None,
        }


def _account(status: Status) -> dict[str, Any]:
    name = status.post.account
    host = status.base.partition("://")[2]
    return {
        "id": _account_id(name),
        "username": name,
        "acct": name if status.at_home else f"{name}@{host}",
        "display_name": status.post.shown or name,
        "locked": False,
        "bot": False,
        "discoverable": True,
        "group": False,
        "url": f"{status.base}/@{name}",
        "uri": f"{status.base}/users/{name}",
        "note": "",
    }


def _account_id(name: str) -> str:
    return str(10**17 + sum(ord(sign) * 131**place for place, sign in enumerate(name)) % 10**9)


def _html(text: str, base: str) -> str:
    """Return a post as its instance writes it: paragraphs, and each hashtag a link with the sign outside the word."""

    def link(hit: re.Match[str]) -> str:
        tag = hit[1]
        return f'<a href="{base}/tags/{tag}" class="mention hashtag" rel="tag">#<span>{tag}</span></a>'

    def call(hit: re.Match[str]) -> str:
        name = hit[1]
        return f'<span class="h-card"><a href="{base}/@{name}" class="u-url mention">@<span>{name}</span></a></span>'

    paragraphs = (_TAG.sub(link, _CALL.sub(call, escape(part, quote=False))) for part in text.strip().split("\n\n"))
    return "".join(f"<p>{part.replace(chr(10), '<br />')}</p>" for part in paragraphs)


def _fold(tag: str) -> str:
    """Return a hashtag as it is looked up: without case and without accents (docs: tags are normalised)."""
    plain = unicodedata.normalize("NFKD", tag)
    return "".join(sign for sign in plain if not unicodedata.combining(sign)).casefold()
