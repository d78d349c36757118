"""/traff: "Fel träff?" in three key presses, what its rule took besides, and each correction with its undo."""

from datetime import timedelta

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from monitor.core.matching import Judgement
from monitor.store import corrections as correction_store
from monitor.web.forms import read_form
from monitor.web.people import Role, needs, person_of
from monitor.web.site import Site, msgid, site_of

LOOKED_BACK = timedelta(days=30)
REASONS = {
    "1": Judgement.NOT_ABOUT_US,
    "2": Judgement.WRONG_SUBJECT,
    "3": Judgement.DUPLICATE,
    "4": Judgement.WRONG_TONE,
}
"""Key of a reason, and what it says of the hit."""


def routes(_site: Site) -> list[Route]:
    """Return the routes of this module."""
    return [
        Route("/traff", listed),
        Route("/traff/{id:int}/ratta", ask),
        Route("/traff/{id:int}/ratta", correct, methods=["POST"]),
        Route("/traff/{id:int}/angra", undo, methods=["POST"]),
    ]


@needs(Role.READER)
async def listed(request: Request) -> Response:
    """List the corrections that hold, newest first."""
    site = site_of(request)
    rows = await site.read(correction_store.list_corrections)
    undone = request.query_params.get("angrad", "") == "1"
    return site.page(request, "corrections.html.j2", rows=rows, undone=undone, may=person_of(request).may(Role.EDITOR))


@needs(Role.EDITOR)
async def ask(request: Request) -> Response:
    """Show the four reasons, and what else the rule of this hit has taken."""
    return await _form(request, missing=False)


async def _form(request: Request, *, missing: bool) -> Response:
    site = site_of(request)
    id_ = request.path_params["id"]
    since = site.clock() - LOOKED_BACK
    hit = await site.read(lambda db: correction_store.read_hit(db, id_, since))
    if hit is None:
        raise HTTPException(404)
    names = {source.url: source.name for source in site.home.known_sources}
    status = 400 if missing else 200
    return site.page(request, "correct.html.j2", status=status, hit=hit, reasons=REASONS, missing=missing, names=names)


@needs(Role.EDITOR)
async def correct(request: Request) -> Response:
    """Keep what the person says of the hit; what is wrong or double is hidden, never deleted."""
    site = site_of(request)
    form = await read_form(request)
    judgement = REASONS.get(form.get("orsak", ""))
    if judgement is None:
        return await _form(request, missing=True)
    id_, role, at = request.path_params["id"], person_of(request).name, site.clock()
    if not await site.write(lambda db: correction_store.correct_row(db, id_, judgement, role=role, at=at)):
        raise HTTPException(404)
    return RedirectResponse(f"/traff#traff-{id_}", status_code=303)


@needs(Role.EDITOR)
async def undo(request: Request) -> Response:
    """Take a correction back; the article is shown again."""
    site = site_of(request)
    id_, at = request.path_params["id"], site.clock()
    if not await site.write(lambda db: correction_store.undo_row(db, id_, at)):
        return site.refuse(request, 409, msgid("That correction was taken back already."))
    return RedirectResponse("/traff?angrad=1", status_code=303)
