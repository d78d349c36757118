"""An instance of Mastodon that answers as documented: pages, since_id, max_id, Link, refusals, a bound on calls."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlencode

from tests.crawl.kinds import Fake, said
from tests.loopback import Answer

TIMELINE = "/api/v1/timelines/tag/"
MOST = 40


@dataclass
class Instance:
    """Hashtags and texts in memory. `posts` are by hashtag, oldest first."""

    posts: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    host: str = "https://instans.example"
    closed: bool = False
    """Whether only who is logged in may read hashtags."""
    token: str = ""
    """The token that it accepts."""
    scopes: tuple[str, ...] = ("read:statuses", "read:search")
    remaining: int = 300

    def __post_init__(self) -> None:
        self.fake = Fake(self.answer)

    def post(self, tag: str, number: int, **more: object) -> None:
        """Write a public post with a hashtag; its id is a number of Mastodon's size."""
        status = {
            "id": str(115500000000000000 + number * 66_000_000),
            "uri": f"https://hem.example/users/invanare/statuses/{number}",
            "url": f"https://hem.example/@invanare/{number}",
            "created_at": "2026-11-23T12:30:00.000Z",
            "visibility": "public",
            "spoiler_text": "",
            "content": f"<p>Inlägg {number} om #{tag}</p>",
            "reblog": None,
            "account": {"bot": False},
        }
        self.posts.setdefault(tag, []).append(status | more)

    def answer(self, path: str, asked: dict[str, str]) -> Answer:
        """Answer as the service does."""
        given = (self.fake.requests[-1].headers.get("Authorization") or b"").decode()
        self.remaining -= 1
        if self.remaining < 0:
            return self._say({"error": "Too many requests"}, 429)
        if (given and given != f"Bearer {self.token}") or (self.closed and not given):
            return self._say({"error": "The access token is invalid"}, 401)
        if path == "/api/v2/search":
            return self._search(asked, logged_in=bool(given))
        tag = unquote(path.removeprefix(TIMELINE))
        if tag not in self.posts:
            return self._say({"error": "Record not found"}, 404)
        page = self._between(self.posts[tag], asked)
        ids = {name: page[place]["id"] for name, place in (("max_id", -1), ("min_id", 0)) if page}
        links = [f'<{self.host}{path}?{urlencode({"limit": asked["limit"], name: id_})}>; rel="{rel}"'
                 for (name, id_), rel in zip(ids.items(), ("next", "prev"), strict=True)
                 if rel == "prev" or len(page) == int(asked["limit"])] if page else []  # fmt: skip
        return self._say(page, 200, {"Link": ", ".join(links)})

    def _search(self, asked: Mapping[str, str], *, logged_in: bool) -> Answer:
        if logged_in and "read:search" not in self.scopes:
            return self._say({"error": "This action is outside the authorized scopes"}, 403)
        every = [status for posts in self.posts.values() for status in posts]
        found = [status for status in every if asked["q"] in status["content"]] if logged_in else []
        found = self._between(found, dict(asked) | {"limit": "1000"})
        offset = int(asked.get("offset", 0))
        return self._say({"accounts": [], "statuses": found[offset : offset + int(asked["limit"])], "hashtags": []})

    def _between(self, posts: list[dict[str, Any]], asked: Mapping[str, str]) -> list[dict[str, Any]]:
        after = max(int(asked.get("since_id", 0)), int(asked.get("min_id", 0)))
        before = int(asked.get("max_id", 10**19))
        newest_first = sorted(posts, key=lambda status: int(status["id"]), reverse=True)
        return [status for status in newest_first if after < int(status["id"]) < before][: int(asked["limit"])]

    def _say(self, value: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
        bound = {
            "X-RateLimit-Limit": "300",
            "X-RateLimit-Remaining": str(max(self.remaining, 0)),
            "X-RateLimit-Reset": "2026-11-24T05:35:00.019685Z",
        }
        answer = said(value, status)
        return Answer(answer.body, status, dict(answer.headers) | bound | dict(headers or {}))
