"""/halsa: is the monitor alive? For a supervisor; no content of the home."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from monitor.store import intake as intake_store
from monitor.web.people import open_to_all
from monitor.web.site import Site, site_of

FRESH_HOURS = 6


def routes(_site: Site) -> list[Route]:
    """Return the routes of this module."""
    return [Route("/halsa", health)]


@open_to_all()
async def health(request: Request) -> Response:
    """Answer 200 when a source was read lately, else 503."""
    site = site_of(request)
    states = await site.read(lambda db: intake_store.source_states(db, site.home.sources))
    newest = max((state.last_ok for state in states if state.last_ok), default=None)
    age = (site.clock() - newest).total_seconds() / 3600 if newest else None
    good = age is not None and age < FRESH_HOURS
    body = {
        "ok": good,
        "hours_since_last_good_poll": round(age, 1) if age is not None else None,
        "sources": len(states),
        "failing": sum(state.failures > 0 for state in states),
    }
    return JSONResponse(body, status_code=200 if good else 503)
