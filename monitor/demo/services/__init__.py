"""What the sites of the miniature web answer to requests: pages by their path, services by what they are asked."""

from collections.abc import Callable, Mapping

from monitor.demo.addresses import Addresses
from monitor.demo.content import DemoPost, Site, sites
from monitor.demo.render import ANY_PATH, Answer, render_site
from monitor.demo.services.bluesky import Bluesky
from monitor.demo.services.mastodon import Mastodon, Status
from monitor.demo.services.requests import Request
from monitor.demo.services.youtube import YouTube

__all__ = ["Answering", "Request", "answering"]

Answering = Callable[[Request], Answer]

_NOT_FOUND = Answer(status=404, content_type="text/html; charset=utf-8", body=b"<h1>Sidan finns inte</h1>")


def answering(site: Site, addresses: Addresses, secret: str) -> Answering:
    """Return what gives a site's answers. `secret` is the token and the password of every service that asks for one."""
    base = addresses.base(site.host)
    match site.feed:
        case "mastodon":
            return Mastodon(site, base, _shown(site, addresses), secret)
        case "bluesky":
            return Bluesky(site, base, secret)
        case "youtube":
            return YouTube(site, base, secret)
        case _:
            return _by_path(render_site(site, addresses))


def _by_path(answers: Mapping[str, Answer]) -> Answering:
    return lambda request: answers.get(request.path) or answers.get(ANY_PATH, _NOT_FOUND)


def _shown(site: Site, addresses: Addresses) -> list[Status]:
    """Return the posts that an instance shows: its own, and those of others that have come to it."""
    own = [Status(post, addresses.base(site.host), at_home=True) for post in site.posts]
    known: dict[str, tuple[Site, DemoPost]] = {
        f"{other.key}:{post.path}": (other, post) for other in sites() for post in other.posts
    }
    come = [known[place] for place in site.shows]
    return own + [Status(post, addresses.base(other.host), at_home=False) for other, post in come]
