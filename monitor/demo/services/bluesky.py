"""A personal data server of the AT protocol: a session for a password, and the search for posts."""

import base64
import hashlib
import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from monitor.demo.content import DemoPost, Site, local
from monitor.demo.render import Answer
from monitor.demo.services.requests import Request, say

_SESSION = "/xrpc/com.atproto.server.createSession"
_SEARCHES = {"/xrpc/app.bsky.feed.searchPosts": "q", "/xrpc/app.bsky.feed.searchPostsV2": "query"}
_USUAL, _MOST = 25, 100
_TAG = re.compile(r"#(\w+)")
_CUT_LINK = re.compile(r"\S+…\S+")
"""A link as it is shown: with its middle cut out."""


class Bluesky:
    """A server whose accounts all log in with one password; it searches the texts and links of all posts."""

    def __init__(self, site: Site, base: str, secret: str) -> None:
        self.base = base
        self.posts = sorted(site.posts, key=lambda post: post.published, reverse=True)
        self.secret = secret
        self.token = hashlib.sha256(f"{base} {secret}".encode()).hexdigest()

    def __call__(self, request: Request) -> Answer:
        """Answer one request."""
        if request.path == _SESSION and request.method == "POST":
            return self._open(request)
        if request.path in _SEARCHES and request.method == "GET":
            return self._search(request, request.ask(_SEARCHES[request.path]))
        if request.path.startswith("/xrpc/"):
            return _refuse(501, "MethodNotImplemented", "Method Not Implemented")
        return _refuse(404, "NotFound", "Not Found")

    def _open(self, request: Request) -> Answer:
        try:
            asked = json.loads(request.body)
            name, password = asked["identifier"], asked["password"]
        except (ValueError, TypeError, KeyError):
            return _refuse(400, "InvalidRequest", "Input must have identifier and password")
        if password != self.secret:
            return _refuse(401, "AuthenticationRequired", "Invalid identifier or password")
        tokens = {"accessJwt": self.token, "refreshJwt": self.token[::-1]}
        return say({"did": "did:plc:kommunenkommunenkommunen", "handle": name, **tokens, "active": True})

    def _search(self, request: Request, query: str) -> Answer:
        if request.headers.get("authorization") != f"Bearer {self.token}":
            return _refuse(401, "AuthMissing", "Authentication Required")
        if not query.strip():
            return _refuse(400, "InvalidRequest", "Error: Params must have the property q")
        since, until = _moment(request.ask("since")), _moment(request.ask("until"))
        found = [
            post
            for post in self.posts
            if _holds(post, query)
            and (since is None or local(post.published) >= since)
            and (until is None or local(post.published) < until)
        ]
        return say(self._page(found, request))

    def _page(self, found: Sequence[DemoPost], request: Request) -> dict[str, Any]:
        first = request.number("cursor")
        after = first + min(request.number("limit", _USUAL), _MOST)
        page: dict[str, Any] = {"hitsTotal": len(found), "posts": [self._tell(post) for post in found[first:after]]}
        return page | ({"cursor": str(after)} if after < len(found) else {})

    def _tell(self, post: DemoPost) -> dict[str, Any]:
        moment = local(post.published).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        record: dict[str, Any] = {
            "$type": "app.bsky.feed.post",
            "text": post.text.strip(),
            "createdAt": moment,
            "langs": ["sv"],
            "facets": _facets(post),
        }
        if answered := next((other for other in self.posts if other.path == post.answers), None):
            ref = {"uri": _uri(answered), "cid": _cid(answered)}
            record["reply"] = {"root": ref, "parent": ref}
        return {
            "uri": _uri(post),
            "cid": _cid(post),
            "author": {
                "did": _did(post),
                "handle": post.account,
                "displayName": post.shown,
                "labels": [],
                "createdAt": "2025-01-01T12:00:00.000Z",
            },
            "record": record,
            "indexedAt": moment,
            "replyCount": 0,
            "repostCount": 0,
            "likeCount": 0,
            "quoteCount": 0,
            "labels": [],
        }


def _holds(post: DemoPost, query: str) -> bool:
    """Whether every word of the query stands in the post or the address that it links to."""
    said = f"{post.text} {post.link}".casefold()
    return all(word in said for word in query.replace('"', " ").replace("#", " ").casefold().split())


def _facets(post: DemoPost) -> list[dict[str, Any]]:
    """Return links and tags with their places in the text's bytes."""
    text = post.text.strip()
    facets = [
        _facet(text, hit.start(), hit.end(), {"$type": "app.bsky.richtext.facet#tag", "tag": hit[1]})
        for hit in _TAG.finditer(text)
    ]
    if hit := _CUT_LINK.search(text):
        facets.append(_facet(text, hit.start(), hit.end(), {"$type": "app.bsky.richtext.facet#link", "uri": post.link}))
    return facets


def _facet(text: str, start: int, end: int, feature: dict[str, str]) -> dict[str, Any]:
    places = {"byteStart": len(text[:start].encode()), "byteEnd": len(text[:end].encode())}
    return {"index": places, "features": [feature]}


def _uri(post: DemoPost) -> str:
    return f"at://{_did(post)}/app.bsky.feed.post/{post.path.rpartition('/')[2]}"


def _did(post: DemoPost) -> str:
    return post.path.split("/")[2]


def _cid(post: DemoPost) -> str:
    digest = hashlib.sha256(f"{post.account} {post.text}".encode()).digest()
    return "bafyrei" + base64.b32encode(digest).decode().lower().rstrip("=")


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _refuse(status: int, name: str, message: str) -> Answer:
    return say({"error": name, "message": message}, status)
