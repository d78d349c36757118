"""A server of Bluesky that answers as documented: log-in, search by v1 and v2, cursors, refusals in JSON and HTML."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from scrapy import Request

from tests.crawl.kinds import NOW, Fake, said
from tests.loopback import Answer

XRPC = "/xrpc/"
LOG_IN = "com.atproto.server.createSession"
V1, V2 = "app.bsky.feed.searchPosts", "app.bsky.feed.searchPostsV2"
ACCOUNT = "kommunen.bsky.example"
PASSWORD = "abcd-efgh-ijkl-mnop"  # noqa: S105 (of a fake)


@dataclass
class DataServer:
    """Posts in memory, one account, one app password."""

    url: str = "https://bsky.example/"
    methods: tuple[str, ...] = (V1, V2)
    posts: list[dict[str, Any]] = field(default_factory=list)
    sessions: list[str] = field(default_factory=list)
    """Tokens that were given; the last is good."""
    broken: Answer | None = None
    """What is answered to every search."""

    def __post_init__(self) -> None:
        self.fake = Fake(self.answer)

    def post(self, number: int, text: str = "Katrineholm", ago: timedelta = timedelta(hours=1), **more: object) -> None:
        """Write a post."""
        at = f"{NOW - ago:%Y-%m-%dT%H:%M:%S.000Z}"
        post = {
            "uri": f"at://did:plc:invanare/app.bsky.feed.post/{number}",
            "author": {"did": "did:plc:invanare", "handle": "hemlig.bsky.example"},
            "record": {"text": f"{text} {number}", "createdAt": at},
            "indexedAt": at,
        }
        self.posts.append(post | more)

    def expire(self) -> None:
        """End the session that was given last."""
        self.sessions.append("nobody has this one")

    def answer(self, path: str, asked: dict[str, str]) -> Answer:
        """Answer as the service does."""
        request = self.fake.requests[-1]
        method = path.removeprefix(XRPC)
        if method == LOG_IN:
            return self._log_in(request)
        if self.broken:
            return self.broken
        if "Authorization" not in request.headers:
            return Answer(b"<html><body><h1>403 Forbidden</h1></body></html>", 403, {"Content-Type": "text/html"})
        if request.headers["Authorization"] != f"Bearer {self.sessions[-1]}".encode():
            return said({"error": "ExpiredToken", "message": "Token has expired"}, 400)
        if method not in self.methods:
            return said({"error": "MethodNotImplemented", "message": "Method Not Implemented"}, 501)
        return self._search(asked, v2=method == V2)

    def _log_in(self, request: Request) -> Answer:
        given = json.loads(request.body)
        if request.method != "POST" or given != {"identifier": ACCOUNT, "password": PASSWORD}:
            return said({"error": "AuthenticationRequired", "message": "Invalid identifier or password"}, 401)
        self.sessions.append(f"ey.session.{len(self.sessions)}")
        token = self.sessions[-1]
        return said({"accessJwt": token, "refreshJwt": f"{token}.refresh", "handle": ACCOUNT, "did": "did:plc:k"})

    def _search(self, asked: dict[str, str], *, v2: bool) -> Answer:
        wrong = {"q", "lang"} if v2 else {"query", "languages"}
        if wrong & set(asked) or asked["sort"] != ("recent" if v2 else "latest"):
            return said({"error": "InvalidRequest", "message": "Params must have the property"}, 400)
        words = asked["query" if v2 else "q"].strip('"')
        since = datetime.fromisoformat(asked.get("since", "2026-01-01T00:00:00Z")).astimezone(UTC)
        found = [
            post for post in sorted(self.posts, key=lambda post: str(post["indexedAt"]), reverse=True)
            if words in post["record"]["text"] and datetime.fromisoformat(post["indexedAt"]) >= since
        ]  # fmt: skip
        start, limit = int(asked.get("cursor", 0)), int(asked["limit"])
        more = {"cursor": str(start + limit)} if len(found) > start + limit else {}
        return said({"posts": found[start : start + limit], "hitsTotal": len(found)} | more)
