"""The application: the page modules put together, and what becomes of faults.

Server-rendered, works without JavaScript, no GET changes anything. Each page module has `routes(site)`; each handler
says who may use it (`people`). A fault of disk or database is a page with a sentence, never a trace or a path.
"""

import logging
import sqlite3
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from monitor.config import Home
from monitor.config.web import oidc_secret
from monitor.errors import ConfigError, StoreError
from monitor.models import Clock
from monitor.web import (
    about,
    archive,
    candidates,
    case,
    case_list,
    corrections,
    editing,
    erasing,
    files,
    health,
    letters,
    login,
    mailings,
    passwords,
    register,
    settings,
    sources,
    statistics,
    stories,
)
from monitor.web.local_login import LocalLogin
from monitor.web.people import door_of
from monitor.web.proxy_login import ProxyLogin
from monitor.web.security import HEADERS, KnownHosts, SafeHeaders
from monitor.web.session_login import SessionLogin
from monitor.web.site import Login, Site, msgid

log = logging.getLogger(__name__)

PAGES = (
    about,
    archive,
    case,
    case_list,
    candidates,
    corrections,
    editing,
    erasing,
    files,
    health,
    letters,
    login,
    mailings,
    register,
    settings,
    sources,
    statistics,
    stories,
)
"""The page modules, each with `routes(site) -> list[Route]`."""

SENTENCES = {
    400: msgid("The form could not be read: it has too many fields or is damaged."),
    403: msgid("This is not permitted."),
    404: msgid("There is no such page."),
    405: msgid("This address cannot be used like that."),
    413: msgid("That is too much at once: a form may hold at most 256 kB."),
    415: msgid("This address takes forms only."),
}
BUSY = msgid("The database is busy or the disk is full, so nothing was saved. Your text is kept below: try again soon.")
BROKEN = msgid("Something went wrong here. It stands in the service's log. Nothing was changed.")
RETRY_SECONDS = 10


def make_app(home: Home, clock: Clock, hosts: Iterable[str] = ()) -> Starlette:
    """Return the application for one home. It answers to local names, to that of `[digest] web`, and to `hosts`."""
    site = Site(home, clock, hosts)
    site.login = _login(site)
    routes = [route for module in PAGES for route in module.routes(site)]
    if site.web.login == "oidc":
        routes += _provider_routes(site)
    _check_doors(routes)

    @asynccontextmanager
    async def running(_app: Starlette) -> AsyncIterator[None]:
        yield
        site.close()

    app = Starlette(
        routes=routes,
        lifespan=running,
        exception_handlers={
            HTTPException: _refused,
            StoreError: _busy,
            sqlite3.Error: _busy,
            OSError: _busy,
            Exception: _broken,
        },
        middleware=[Middleware(SafeHeaders), Middleware(KnownHosts, hosts=site.hosts)],
    )
    app.state.site = site
    return app


def _login(site: Site) -> Login:
    """Return how people are known, by `[web] login`."""
    match site.web.login:
        case "none":
            return LocalLogin(site.web)
        case "proxy":
            return ProxyLogin(site.web.proxy)
        case "accounts":
            passwords.get_ready()
            return SessionLogin(site)
        case _:
            return SessionLogin(site)


def _provider_routes(site: Site) -> list[Route]:
    """Return the routes of the login at a provider. Raises ConfigError when its secret or its library is missing."""
    try:
        from monitor.web import oidc  # noqa: PLC0415 (an extra, and a third of a second that other logins do not need)
    except ImportError as error:
        what = 'the library is missing: pip install "town-monitor[oidc]"'
        raise ConfigError(site.home.path, "web.login", what) from error
    secret = oidc_secret(site.web.oidc, site.home.path)
    return oidc.Routes(oidc.Provider(site.web.oidc, secret, site.public)).routes()


def _check_doors(routes: list[Route]) -> None:
    """Raise RuntimeError for a page of which nobody has said who may open it."""
    for route in routes:
        if door_of(route) is None:
            raise RuntimeError(f"{route.path}: say who may open it, with @needs or @open_to_all")


async def _refused(request: Request, error: Exception) -> Response:
    site: Site = request.app.state.site
    status = error.status_code if isinstance(error, HTTPException) else 400
    await site.identify(request)
    response = site.refuse(request, status, SENTENCES.get(status, SENTENCES[400]))
    if isinstance(error, HTTPException) and error.headers:
        response.headers.update(error.headers)
    return response


async def _busy(request: Request, error: Exception) -> Response:
    log.warning("%s %s: %s", request.method, request.url.path, error)
    return _site(request).refuse(request, 503, BUSY, retry=RETRY_SECONDS)


async def _broken(request: Request, _error: Exception) -> Response:
    # Made outside the middleware that gives headers; the trace goes to the log, by Starlette and uvicorn.
    response = _site(request).refuse(request, 500, BROKEN)
    response.headers.update(HEADERS)
    return response


def _site(request: Request) -> Site:
    site: Site = request.app.state.site
    return site
