"""Who may open which page. Each handler says it: `@needs(Role.EDITOR)`, or `@open_to_all` by decision.

The decorator is the one door to a handler. In this order: the form is read (bounded), the person is found, the role is
compared, a POST shows that it comes from one of our pages; only then the handler runs, and only in a POST it may write.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import wraps
from typing import ParamSpec
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from monitor.models import Person, Role
from monitor.web import security
from monitor.web.forms import Form, read_form
from monitor.web.site import Site, msgid, site_of

__all__ = ["Door", "Person", "Role", "door_of", "needs", "open_to_all", "person_of"]

OLD_FORM = msgid("The form is too old or is not ours, so nothing was changed. Send it again.")

P = ParamSpec("P")
Handler = Callable[P, Awaitable[Response]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """How a handler is guarded."""

    role: Role | None
    """None: open to all, by decision."""
    foreign_form: bool = False
    """A POST needs no token of ours: something in its address permits it (RFC 8058's one click)."""
    get_writes: bool = False
    """A protocol makes a GET do something: the way back from a login provider."""


def needs(role: Role) -> Callable[[Handler[P]], Handler[P]]:
    """Let in who has `role` or more; send others to the login, or refuse them in words."""
    return _behind(Door(role=role))


def open_to_all(*, foreign_form: bool = False, get_writes: bool = False) -> Callable[[Handler[P]], Handler[P]]:
    """Let in everybody: a page without content of the home, or one that has its own proof."""
    return _behind(Door(role=None, foreign_form=foreign_form, get_writes=get_writes))


def door_of(route: Route) -> Door | None:
    """Return how the route's handler is guarded; None when nobody said."""
    door: Door | None = getattr(route.endpoint, "door", None)
    return door


def person_of(request: Request) -> Person:
    """Return who is asking, in a handler that needs a role."""
    person: Person = request.state.person
    return person


def _behind(door: Door) -> Callable[[Handler[P]], Handler[P]]:
    def guard(handler: Handler[P]) -> Handler[P]:
        @wraps(handler)
        async def guarded(*args: P.args, **kwargs: P.kwargs) -> Response:
            request = args[-1]
            assert isinstance(request, Request)  # noqa: S101 (a handler's last argument)
            site = site_of(request)
            refusal = await _refuse(site, request, door)
            if refusal is not None:
                return refusal
            with site.writing(request.method == "POST" or door.get_writes):
                return await handler(*args, **kwargs)

        guarded.door = door  # type: ignore[attr-defined]  # read by `door_of`
        return guarded

    return guard


async def _refuse(site: Site, request: Request, door: Door) -> Response | None:
    """Return why this request goes no further; None when it does."""
    person = await site.identify(request)
    form = await read_form(request)
    if door.role is not None and person is None:
        if request.method == "POST":
            return site.refuse(request, 403, msgid("You are not logged in any more. Log in, and send your text again."))
        return RedirectResponse(f"/logga-in?till={quote(_here(request), safe='')}", status_code=303)
    if door.role is not None and person is not None and not person.may(door.role):
        return site.refuse(request, 403, msgid("Your role does not permit this. Ask an administrator."))
    if request.method == "POST" and not door.foreign_form:
        return _refuse_foreign(site, request, form)
    return None


def _refuse_foreign(site: Site, request: Request, form: Form) -> Response | None:
    if not security.came_from_here(request, site.public):
        return site.refuse(request, 403, msgid("The form was sent from another site, so nothing was changed."))
    if not security.is_form_token(form.get("csrf", ""), site.cookie(request)):
        return site.refuse(request, 403, OLD_FORM)
    return None


def _here(request: Request) -> str:
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")
