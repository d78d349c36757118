"""A site of films: the feed of a channel."""

from monitor.demo.content import Site
from monitor.demo.render import Answer, render_template
from monitor.demo.services.requests import Request

_LATEST = 15


class YouTube:
    """A site with one channel, which its feed's address names; the channel calls itself as the site's motto says."""

    def __init__(self, site: Site, base: str) -> None:
        path, _, self.channel = site.feed_path.partition("?channel_id=")
        films = sorted(site.posts, key=lambda film: film.published, reverse=True)[:_LATEST]
        text = render_template("feeds/youtube.xml", site=site, base=base, channel=self.channel, films=films)
        self.path = path
        self.feed = Answer(
            content_type="text/xml; charset=UTF-8", body=f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'.encode()
        )

    def __call__(self, request: Request) -> Answer:
        """Answer one request."""
        if request.path == self.path and request.ask("channel_id") == self.channel:
            return self.feed
        return Answer(status=404, content_type="text/html; charset=utf-8", body=b"<h1>404</h1>")
