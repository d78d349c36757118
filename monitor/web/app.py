"""The application: routes, answers, and the headers that every answer carries.

Server-rendered, works without JavaScript, no GET changes anything; the one thing that can be changed here is to end
one's own mailing. It listens on this machine only, until people can
log in: whoever reaches the port reads the home.
"""

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlite_utils import Database
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from monitor.config import Home
from monitor.core.search import Query, read_query
from monitor.core.urls import host_of
from monitor.deliver.render import open_templates
from monitor.models import Clock
from monitor.store import archive as archive_store
from monitor.store import articles as article_store
from monitor.store import digests as digest_store
from monitor.store import intake as intake_store
from monitor.store import outbox as outbox_store
from monitor.store.db import open_database

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
KINDS = {"html": "text/html", "txt": "text/plain", "json": "application/json"}
MANY = 50
FRESH_HOURS = 6
LOCAL = ["127.0.0.1", "localhost", "[::1]"]


def make_app(home: Home, clock: Clock, hosts: list[str] | None = None) -> Starlette:
    """Return the application for one home. It answers to local names, to that of `[digest] web`, and to `hosts`."""
    pages = Pages(home, clock)
    public = [host_of(home.settings.digest.web)] if home.settings.digest.web else []
    return Starlette(
        routes=[
            Route("/", pages.start),
            Route("/brev/senaste", pages.start),
            Route("/brev/{day}", pages.letter),
            Route("/arkiv", pages.archive),
            Route("/kallor", pages.sources),
            Route("/halsa", pages.health),
            Route("/utskick/avsluta/{token}", pages.end_mailing, methods=["GET", "POST"]),
        ],
        exception_handlers={404: pages.not_found},
        middleware=[
            Middleware(TrustedHostMiddleware, allowed_hosts=[*LOCAL, *public, *(hosts or ())]),
            Middleware(SafeHeaders),
        ],
    )


class SafeHeaders:
    """Gives every answer the headers of `HEADERS`."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Pass on, with headers."""

        async def with_headers(message: Any) -> None:
            if message["type"] == "http.response.start":
                extra = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]
                message["headers"] = [*message["headers"], *extra]
            await send(message)

        await self.app(scope, receive, with_headers)


class Pages:
    """One method per page."""

    def __init__(self, home: Home, clock: Clock) -> None:
        self.home = home
        self.clock = clock
        self.templates = open_templates(home.settings.language, home.reports)

    async def start(self, _request: Request) -> Response:
        """Lead to the latest letter, or to the sources when there is none yet."""
        days = self._read(digest_store.digest_days)
        return RedirectResponse(f"/brev/{days[0]}" if days else "/kallor", status_code=303)

    async def letter(self, request: Request) -> Response:
        """Answer with a letter exactly as it was written: /brev/2026-11-24, or .html, .txt, .json."""
        found = re.fullmatch(r"(\d{4}-\d\d-\d\d)(?:\.(html|txt|json))?", request.path_params["day"])
        path = self._letter_path(found[1], found[2] or "html") if found else None
        if found is None or path is None:
            return await self.not_found(request, None)
        return FileResponse(path, media_type=KINDS[found[2] or "html"], content_disposition_type="inline")

    def _letter_path(self, day: str, kind: str) -> Path | None:
        path = self.home.reports / "out" / f"{day}.{kind}"
        return path if path.is_file() else None

    async def archive(self, request: Request) -> Response:
        """Search the articles, or show the newest and all letters."""
        asked = request.query_params.get("q", "")[:200]
        query = read_query(asked)

        def find(db: Database) -> list[dict[str, object]]:
            if not isinstance(query, Query):
                return article_store.list_articles(db, MANY)
            hits = archive_store.find_articles(
                db, archive_store.Wish(query=query), order=archive_store.Order.NEWEST, limit=MANY
            )
            return article_store.list_rows(db, [hit.id for hit in hits])

        names = {source.url: source.name for source in self.home.sources}
        return self._page(
            "archive.html.j2",
            asked=asked,
            articles=self._read(find),
            days=self._read(digest_store.digest_days),
            names=names,
        )

    async def sources(self, _request: Request) -> Response:
        """Show how the reading of each source goes."""
        states = self._read(lambda db: intake_store.source_states(db, self.home.sources))
        return self._page("sources.html.j2", states=states)

    async def end_mailing(self, request: Request) -> Response:
        """End a mailing: a GET shows a button, since mail gateways open every link; only a POST acts (RFC 8058).

        The token in the address, which nobody can guess, is what permits it: a mail client has no login.
        """
        token = request.path_params["token"]
        recipient = self._read(lambda db: outbox_store.recipient_of(db, token))
        if recipient is None:
            return await self.not_found(request, None)
        ended = request.method == "POST"
        if ended:
            self._read(lambda db: outbox_store.end_mailing(db, token, self.clock()))
        return self._page("unsubscribe.html.j2", recipient=recipient, ended=ended)

    async def health(self, _request: Request) -> Response:
        """Answer 200 when a source was read lately, else 503; for a supervisor. No content of the home."""
        states = self._read(lambda db: intake_store.source_states(db, self.home.sources))
        newest = max((state.last_ok for state in states if state.last_ok), default=None)
        age = (self.clock() - newest).total_seconds() / 3600 if newest else None
        good = age is not None and age < FRESH_HOURS
        body = {
            "ok": good,
            "hours_since_last_good_poll": round(age, 1) if age is not None else None,
            "sources": len(states),
            "failing": sum(state.failures > 0 for state in states),
        }
        return JSONResponse(body, status_code=200 if good else 503)

    async def not_found(self, _request: Request, _error: Exception | None) -> Response:
        """Say that there is nothing, and offer a way out."""
        return self._page("not_found.html.j2", status=404)

    def _read(self, read: Callable[[Database], Any]) -> Any:
        """Read from the database; opened for each answer, so that a home may be replaced while this runs."""
        db = open_database(self.home.database)
        try:
            return read(db)
        finally:
            db.close()

    def _page(self, template: str, *, status: int = 200, **values: object) -> Response:
        settings = self.home.settings
        context = {
            "organisation": settings.organisation or settings.municipality,
            "language": settings.language,
            "local": self._local,
            **values,
        }
        return HTMLResponse(self.templates.get_template(f"web/{template}").render(context), status_code=status)

    def _local(self, moment: datetime | str | None) -> str:
        if moment is None:
            return "–"
        if isinstance(moment, str):
            moment = datetime.fromisoformat(moment)
        return moment.astimezone(self.home.settings.zone).strftime("%Y-%m-%d %H.%M")
