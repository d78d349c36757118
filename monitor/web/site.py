"""The site: what every page uses. The home as its files stand, the clock, the database, templates, who is asking."""

import hashlib
import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any, Protocol, TypeVar
from urllib.parse import urlsplit

from jinja2 import TemplateNotFound
from markupsafe import Markup
from sqlite_utils import Database
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from monitor import __version__
from monitor.config import SETTINGS_FILE, SOURCES_FILE, Home, read_home
from monitor.core import times
from monitor.core.triage import TOPICS_FILE
from monitor.deliver.render import open_templates
from monitor.errors import ConfigError
from monitor.models import Clock, Person
from monitor.steps.judge import topics_of
from monitor.store.accounts import read_preferences
from monitor.web import security
from monitor.web.connections import READERS, Connections
from monitor.web.forms import Form

log = logging.getLogger(__name__)
T = TypeVar("T")

SECTIONS = {
    "/brev": "letter",
    "/uppfoljning": "cases",
    "/arende": "cases",
    "/diarium": "cases",
    "/statistik": "cases",
    "/arkiv": "archive",
    "/handelse": "archive",
    "/traff": "archive",
    "/kallor": "sources",
    "/kandidater": "sources",
    "/sokord": "terms",
    "/hjalp": "help",
    "/om": "help",
    "/tillganglighet": "help",
}
"""Which entry of the header an address belongs to."""
_writing: ContextVar[bool] = ContextVar("writing", default=False)


class Login(Protocol):
    """How the home finds out who is asking (`[web] login`)."""

    async def identify(self, request: Request) -> Person | None:
        """Return who is asking; None when nobody has logged in."""
        ...


class Site:
    """One home in the browser."""

    def __init__(self, home: Home, clock: Clock, hosts: Iterable[str] = ()) -> None:
        self.clock = clock
        self.web = home.settings.web
        """As it stood at start: how people log in does not change under a running service."""
        self._home = home
        self._read_at = _stamps(home.path)
        self._more_hosts = tuple(hosts)
        self._readers = Connections(home.database, threads=READERS, writing=False)
        self._writer = Connections(home.database, threads=1, writing=True)
        self._topic_units: tuple[str, ...] | None = None
        self.login: Login | None = None

    # --- the home ------------------------------------------------------------------------------------------

    @property
    def home(self) -> Home:
        """The home as its files stand now; as they stood before while monitor.toml is wrong."""
        stamps = _stamps(self._home.path)
        if stamps != self._read_at:
            self._read_at = stamps
            self._topic_units = None
            try:
                self._home = read_home(self._home.path)
            except ConfigError as error:
                log.warning("the settings are read no further: %s", error)
        return self._home

    @property
    def public(self) -> str:
        """Address under which people reach the pages, "" for this machine only."""
        return self.home.settings.digest.web

    @property
    def organisation(self) -> str:
        """The municipality's name, as the head of each page shows it."""
        return self.home.settings.organisation or self.home.settings.municipality

    @property
    def units(self) -> tuple[str, ...]:
        """The municipality's units: those of `[web] units`, else those that answer for the topics."""
        home = self.home
        if home.settings.web.units:
            return home.settings.web.units
        if self._topic_units is None:
            try:
                self._topic_units = topics_of(home.path).units
            except ConfigError as error:
                log.warning("the units of the topics are not known: %s", error)
                self._topic_units = ()
        return self._topic_units

    def hosts(self) -> set[str]:
        """Return the names that this site answers to."""
        public = urlsplit(self.public).hostname
        return {*security.LOCAL_NAMES, *self._more_hosts, *([public.lower()] if public else ())}

    # --- the database --------------------------------------------------------------------------------------

    async def read(self, work: Callable[[Database], T]) -> T:
        """Run `work(db)` off the event loop. The connection cannot write."""
        return await self._readers.run(work)

    async def write(self, work: Callable[[Database], T]) -> T:
        """Run `work(db)` off the event loop; it may write. Only for a POST: a GET changes nothing.

        A busy, full or locked database raises StoreError, which becomes a page that keeps what was typed.
        """
        if not _writing.get():
            raise RuntimeError("a GET writes nothing: send a form")
        return await self._writer.run(work)

    @contextmanager
    def writing(self, allowed: bool) -> Iterator[None]:
        """Let `write` work inside, or not."""
        token = _writing.set(allowed)
        try:
            yield
        finally:
            _writing.reset(token)

    def close(self) -> None:
        """Let what is under way end, and close the database."""
        self._readers.close()
        self._writer.close()

    # --- who is asking -------------------------------------------------------------------------------------

    async def identify(self, request: Request) -> Person | None:
        """Return who is asking, found once for each request; None when nobody has logged in."""
        if not hasattr(request.state, "person"):
            person = await self.login.identify(request) if self.login else None
            request.state.person = person
            if person is not None:
                chosen = await self.read(partial(read_preferences, key=person.key))
                request.state.keys, request.state.language = chosen.keys, chosen.language
                if not person.unit and chosen.unit in self.units:
                    request.state.person = replace(person, unit=chosen.unit)
        found: Person | None = request.state.person
        return found

    def is_secure(self, request: Request) -> bool:
        """Whether the person's own connection is https."""
        return security.is_secure(request, self.public)

    def cookie(self, request: Request) -> str:
        """Return the visitor's cookie, "" without one."""
        return request.cookies.get(security.cookie_name(secure=self.is_secure(request)), "")

    # --- pages ---------------------------------------------------------------------------------------------

    def page(self, request: Request, template: str, *, status: int = 200, **values: object) -> HTMLResponse:
        """Return a page of reports/web/. The frame knows organisation, person, the current entry and the token."""
        cookie = self.cookie(request)
        visitor = cookie or security.new_token()
        asked = []

        def csrf_field() -> Markup:
            asked.append(True)
            return Markup('<input type="hidden" name="csrf" value="{}">').format(security.form_token(visitor))

        context = {**self._words(request), "csrf_field": csrf_field, **values}
        text = open_templates(self.language(request), self.home.reports).get_template(f"web/{template}").render(context)
        response = HTMLResponse(text, status_code=status)
        if asked and not cookie:
            security.set_cookie(response, visitor, secure=self.is_secure(request))
        return response

    def refuse(
        self,
        request: Request,
        status: int,
        sentence: str,
        *,
        typed: Form | None = None,
        retry: int | None = None,
        **values: object,
    ) -> Response:
        """Return an error page with `sentence`, a `msgid` filled with `values`, and what the person had typed.

        Without `typed`, what this request's form held.
        """
        form = typed if typed is not None else getattr(request.state, "form", None)
        fields = form.typed() if form is not None else []
        response = self.page(
            request,
            "refused.html.j2",
            status=status,
            status_code=status,
            sentence=sentence,
            values=values,
            typed=fields,
        )
        if retry:
            response.headers["Retry-After"] = str(retry)
        return response

    def language(self, request: Request) -> str:
        """Return the language in which this person reads the pages."""
        chosen: str = getattr(request.state, "language", "")
        return chosen or self.home.settings.language

    def file(self, name: str) -> str | None:
        """Return a file of reports/web/ or the home's own in its place; None when there is none."""
        environment = open_templates(self.home.settings.language, self.home.reports)
        assert environment.loader is not None  # noqa: S101 (open_templates gives one)
        try:
            return environment.loader.get_source(environment, f"web/{name}")[0]
        except TemplateNotFound:
            return None

    def file_address(self, name: str) -> str:
        """Return the address of a stylesheet or script with its version, "" when there is none."""
        content = self.file(name)
        return f"/fil/{name}?v={hashlib.sha256(content.encode()).hexdigest()[:12]}" if content is not None else ""

    def _words(self, request: Request) -> dict[str, Any]:
        zone, language = self.home.settings.zone, self.language(request)
        today = times.local_day(self.clock(), zone)
        return {
            "organisation": self.organisation,
            "language": language,
            "person": getattr(request.state, "person", None),
            "login": self.web.login,
            "keys": getattr(request.state, "keys", True),
            "section": section_of(request.url.path),
            "path": request.url.path,
            "file_address": self.file_address,
            "program_version": __version__,
            "today": today,
            "local": partial(_local, zone=zone),
            "day_of": partial(times.local_day, zone=zone),
            "day_from": date.fromisoformat,
            "clock": partial(times.clock, zone=zone, language=language),
            "at_clock": partial(times.at_clock, zone=zone, language=language),
            "long_day": partial(times.long_day, language=language),
            "month_year": partial(times.month_year, language=language),
            "full_moment": partial(times.full_moment, zone=zone, language=language),
            "short_moment": partial(times.short_moment, zone=zone, language=language, today=today),
            "weekday_date": partial(times.weekday_date, language=language),
        }


def msgid(text: str) -> str:
    """Return `text`, a sentence for people in English. The mark lets the test of the translations find it."""
    return text


def site_of(request: Request) -> Site:
    """Return the site that answers this request."""
    site: Site = request.app.state.site
    return site


def section_of(path: str) -> str:
    """Return the entry of the header that `path` belongs to, "" for none."""
    first = "/" + path.lstrip("/").partition("/")[0].partition(".")[0]
    return SECTIONS.get(first, "")


def _local(moment: datetime | str | None, zone: Any) -> str:
    """Return day and clock in the home's time zone, or a dash."""
    if moment is None:
        return "–"
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment)
    return moment.astimezone(zone).strftime("%Y-%m-%d %H.%M")


def _stamps(home: Path) -> tuple[tuple[int, int], ...]:
    """Return what tells whether the home's files have changed."""
    stamps = []
    for name in (SETTINGS_FILE, SOURCES_FILE, TOPICS_FILE):
        try:
            found = (home / name).stat()
            stamps.append((found.st_mtime_ns, found.st_size))
        except OSError:
            stamps.append((0, 0))
    return tuple(stamps)
