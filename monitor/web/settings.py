"""/installningar: what a person chooses for the own pages."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from monitor.config.settings import LANGUAGES
from monitor.models import Preferences
from monitor.store.accounts import read_preferences, save_preferences
from monitor.web.forms import read_form
from monitor.web.people import Role, needs, person_of
from monitor.web.site import Site, site_of


def routes(_site: Site) -> list[Route]:
    """Return the routes of this module."""
    return [Route("/installningar", show, methods=["GET"]), Route("/installningar", save, methods=["POST"])]


@needs(Role.READER)
async def show(request: Request) -> Response:
    """Show what is chosen."""
    site, person = site_of(request), person_of(request)
    chosen = await site.read(lambda db: read_preferences(db, person.key))
    return site.page(
        request,
        "settings.html.j2",
        chosen=chosen,
        languages=LANGUAGES,
        units=site.units,
        saved="sparat" in request.query_params,
        fixed_unit=person.unit if person.unit != chosen.unit else "",
    )


@needs(Role.READER)
async def save(request: Request) -> Response:
    """Keep what is chosen; what is not on offer is taken for no choice."""
    site, person = site_of(request), person_of(request)
    form = await read_form(request)
    language, unit = form.get("sprak", ""), form.get("enhet", "")
    chosen = Preferences(
        keys=form.get("tangenter", "") == "1",
        language=language if language in LANGUAGES else "",
        unit=unit if unit in site.units else "",
    )
    await site.write(lambda db: save_preferences(db, person.key, chosen))
    return RedirectResponse("/installningar?sparat", status_code=303)
