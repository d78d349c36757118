"""/installningar: what a person chooses for the own pages, and how long the home keeps what."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from monitor.config.settings import LANGUAGES, Retention
from monitor.models import Preferences, SourceClass
from monitor.store.accounts import read_preferences, save_preferences
from monitor.store.retention import list_deletions
from monitor.web.forms import read_form
from monitor.web.people import Role, needs, person_of
from monitor.web.site import Site, site_of

SHOWN = 8
"""Rows of the log of deletions that the page shows."""


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
        kept=_kept(site.home.settings.retention),
        decision=site.home.settings.retention.decision,
        deletions=await site.read(lambda db: list_deletions(db, SHOWN)),
    )


def _kept(keeping: Retention) -> list[tuple[int, list[str]]]:
    """Return the days for which texts are kept, the fewest first, each with the classes of sources."""
    days: dict[int, list[str]] = {}
    for one in SourceClass:
        days.setdefault(keeping.days_of(one), []).append(one.value)
    return sorted(days.items())


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
