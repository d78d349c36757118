"""A site of films: the feed of a channel, and the list of its uploads by the Data API (v3)."""

from datetime import UTC
from html import escape
from typing import Any

from monitor.demo.content import DemoPost, Site, local
from monitor.demo.render import Answer, render_template
from monitor.demo.services.requests import Request, say

_UPLOADS = "/youtube/v3/playlistItems"
_LATEST = 15


class YouTube:
    """A site with one channel, which the address of its feed or of its uploads names.

    The channel calls itself as the site's motto says.
    """

    def __init__(self, site: Site, base: str, secret: str) -> None:
        self.path, _, asked = site.feed_path.partition("?")
        self.asked, _, self.channel = asked.partition("=")
        self.films = sorted(site.posts, key=lambda film: film.published, reverse=True)
        self.site, self.base, self.secret = site, base, secret

    def __call__(self, request: Request) -> Answer:
        """Answer one request."""
        if request.path != self.path or request.ask(self.asked) != self.channel:
            return Answer(status=404, content_type="text/html; charset=utf-8", body=b"<h1>404</h1>")
        return self._uploads(request) if self.path == _UPLOADS else self._feed()

    def _feed(self) -> Answer:
        films = self.films[:_LATEST]
        text = render_template("feeds/youtube.xml", site=self.site, base=self.base, channel=self.channel, films=films)
        body = f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'.encode()
        return Answer(content_type="text/xml; charset=UTF-8", body=body)

    def _uploads(self, request: Request) -> Answer:
        if request.headers.get("x-goog-api-key") != self.secret:
            message = "API key not valid. Please pass a valid API key."
            reasons = [{"reason": "badRequest", "message": message}]
            return say(
                {"error": {"code": 400, "message": message, "errors": reasons, "status": "INVALID_ARGUMENT"}}, 400
            )
        films = self.films[: request.number("maxResults", 5)]
        info = {"totalResults": len(self.films), "resultsPerPage": len(films)}
        items = [self._item(place, film) for place, film in enumerate(films)]
        return say({"kind": "youtube#playlistItemListResponse", "items": items, "pageInfo": info})

    def _item(self, place: int, film: DemoPost) -> dict[str, Any]:
        video = film.path.rpartition("=")[2]
        return {
            "kind": "youtube#playlistItem",
            "id": f"UEx{video}",
            "snippet": {
                "publishedAt": local(film.published).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
                "channelId": f"UC{self.channel[2:]}",
                "title": escape(film.title, quote=False),
                "description": film.text.strip(),
                "channelTitle": self.site.motto or self.site.name,
                "playlistId": self.channel,
                "position": place,
                "resourceId": {"kind": "youtube#video", "videoId": video},
            },
        }
