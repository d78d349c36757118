"""/hjalp, /tillganglighet and /om: open to all, since they hold nothing of the home but its name."""

from functools import cache
from importlib.metadata import PackageNotFoundError, version

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from monitor.web.people import open_to_all
from monitor.web.site import Site, site_of

LIBRARIES = {
    "aiohttp": "Apache-2.0 AND MIT",
    "argon2-cffi": "MIT",
    "Babel": "BSD-3-Clause",
    "css-inline": "MIT",
    "feedparser": "BSD-2-Clause",
    "Jinja2": "BSD-3-Clause",
    "lxml": "BSD-3-Clause",
    "msgspec": "BSD-3-Clause",
    "Scrapy": "BSD-3-Clause",
    "sqlite-utils": "Apache-2.0",
    "starlette": "BSD-3-Clause",
    "trafilatura": "Apache-2.0",
    "Twisted": "MIT",
    "uvicorn": "BSD-3-Clause",
}
"""What the program is built on, with the licence that each package states."""


def routes(_site: Site) -> list[Route]:
    """Return the routes of this module."""
    return [Route("/hjalp", show_help), Route("/tillganglighet", show_accessibility), Route("/om", show_about)]


@open_to_all()
async def show_help(request: Request) -> Response:
    """Show how the pages are used."""
    return site_of(request).page(request, "help.html.j2")


@open_to_all()
async def show_accessibility(request: Request) -> Response:
    """Show the template of the statement of accessibility (lagen 2018:1937, 13 §), for the municipality to complete."""
    site = site_of(request)
    settings = site.home.settings
    contact = settings.digest.contact or settings.crawl.contact
    return site.page(request, "accessibility.html.j2", contact=contact)


@open_to_all()
async def show_about(request: Request) -> Response:
    """Show version, licence and libraries."""
    return site_of(request).page(request, "about.html.j2", libraries=_versions())


@cache
def _versions() -> list[tuple[str, str, str]]:
    found = []
    for name, licence in LIBRARIES.items():
        try:
            found.append((name, version(name), licence))
        except PackageNotFoundError:  # pragma: no cover (all are required)
            continue
    return found
