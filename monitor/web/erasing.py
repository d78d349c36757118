"""/radera-person: take a person's name out of all that is stored. The name is sent in forms only, never in an address,
so that no log of addresses keeps it.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from monitor.core.erasing import read_name
from monitor.errors import StoreError
from monitor.models import Refused
from monitor.steps.erase import Traces, erase_person, find_traces
from monitor.store import erasures as erasure_store
from monitor.store.erasures import Way
from monitor.web.forms import read_form
from monitor.web.people import Role, needs, person_of
from monitor.web.site import Site, msgid, site_of

LONGEST = 120
UNFINISHED = msgid(
    "The erasing did not reach its end: a file or the database could not be written. Try again: it takes what is left."
)


def routes(_site: Site) -> list[Route]:
    """Return the routes of this module."""
    return [Route("/radera-person", ask), Route("/radera-person", answer, methods=["POST"])]


@needs(Role.ADMINISTRATOR)
async def ask(request: Request) -> Response:
    """Ask for the name, and show what was erased before: figures and decisions, never names."""
    site = site_of(request)
    log = await site.read(erasure_store.list_erasures)
    return _page(request, log=log)


def _page(
    request: Request,
    *,
    written: str = "",
    traces: Traces | None = None,
    done: Traces | None = None,
    log: Sequence[dict[str, Any]] = (),
) -> Response:
    site = site_of(request)
    return site.page(request, "erase.html.j2", written=written, traces=traces, done=done, log=log)


@needs(Role.ADMINISTRATOR)
async def answer(request: Request) -> Response:
    """Show where the name stands; with a way, a decision and a yes, take it out."""
    site = site_of(request)
    form = await read_form(request)
    written = form.get("namn", "")[:LONGEST]
    name = read_name(written)
    if isinstance(name, Refused):
        return site.refuse(
            request, 400, msgid("Write a whole name or a handle of at least four letters. Places cannot be erased.")
        )
    way, decision = form.get("satt", ""), " ".join(form.get("beslut", "").split())[:LONGEST]
    if form.get("steg") != "radera":
        traces = await site.read(lambda db: find_traces(site.home, db, name))
        return _page(request, written=written, traces=traces)
    if way not in set(Way) or not decision or name.stands_in(decision):
        return site.refuse(
            request, 400, msgid("Choose delete or hide, and write the decision's number. It must not hold the name.")
        )
    role = person_of(request).name
    work = partial(erase_person, site.home, name=name, way=Way(way), decision=decision, role=role, at=site.clock())
    try:
        done = await site.write(lambda db: work(db=db))
    except StoreError:
        # Not the general "nothing was saved": letters or rows may be done already.
        return site.refuse(request, 503, UNFINISHED)
    return _page(request, done=done, log=await site.read(erasure_store.list_erasures))
