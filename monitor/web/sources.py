"""/kallor: how the reading of each source goes."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from monitor.core.digest import fault_of
from monitor.store import intake as intake_store
from monitor.store.health import with_rhythm
from monitor.web.editing import source_id
from monitor.web.people import Role, needs
from monitor.web.site import Site, site_of


def routes(_site: Site) -> list[Route]:
    """Return the routes of this module."""
    return [Route("/kallor", sources)]


@needs(Role.READER)
async def sources(request: Request) -> Response:
    """Show how the reading of each source goes."""
    site = site_of(request)
    zone = site.home.settings.zone
    states = await site.read(
        lambda db: with_rhythm(db, intake_store.source_states(db, site.home.sources), site.clock(), zone)
    )
    return site.page(request, "sources.html.j2", states=states, source_id=source_id, fault_of=fault_of)
