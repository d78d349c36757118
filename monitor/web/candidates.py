"""/kandidater: sites that may be sources, the best first; a person's yes writes a line, a no is remembered for good."""

import re
from functools import partial

from sqlite_utils import Database
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from monitor.config import SOURCES_FILE, known_kinds
from monitor.config.edit_sources import add_source, plain
from monitor.config.saving import FileText, read_file
from monitor.models import Candidate
from monitor.steps import covered_sites
from monitor.steps.edit import Who, save_change
from monitor.store import candidates as candidate_store
from monitor.web.forms import read_form
from monitor.web.people import Role, needs, person_of
from monitor.web.site import Site, msgid, site_of


def routes(_site: Site) -> list[Route]:
    """Return the routes of this module."""
    return [Route("/kandidater", listed), Route("/kandidater", decide, methods=["POST"])]


@needs(Role.ADMINISTRATOR)
async def listed(request: Request) -> Response:
    """Show the sites that are proposed, with what the trial found."""
    site = site_of(request)
    covered = covered_sites(site.home)
    found = await site.read(lambda db: candidate_store.list_candidates(db, covered=covered))
    return site.page(request, "candidates.html.j2", found=found)


@needs(Role.ADMINISTRATOR)
async def decide(request: Request) -> Response:
    """Remember a yes or no; a yes writes the line of feeds.txt first."""
    site = site_of(request)
    form = await read_form(request)
    who = Who(role=person_of(request).name, at=site.clock())
    yes = form.get("svar") == "ja"

    def work(db: Database) -> str:
        found = candidate_store.find_candidate(db, form.get("plats", ""))
        if found is None or form.get("svar") not in ("ja", "nej"):
            return "unknown"
        if yes and not _add(site, db, found, who):
            return "no feed"
        candidate_store.decide(db, found.site, yes, role=who.role, at=who.at)
        return ""

    wrong = await site.write(work)
    if wrong == "unknown":
        return site.refuse(request, 404, msgid("There is no such proposal any more."))
    if wrong:
        return site.refuse(request, 409, msgid("No feed is known of that site. Try its address under Add a source."))
    return RedirectResponse("/kandidater", status_code=303)


def _add(site: Site, db: Database, found: Candidate, who: Who) -> bool:
    """Write the candidate's line; False when nothing can be read of it."""
    trial, home = found.trial, site.home
    if trial is None or not re.match(r"https?://", trial.feed) or trial.kind not in known_kinds():
        return False
    if any(source.url == trial.feed for source in home.sources):
        return True
    mark = read_file(home.path / SOURCES_FILE).fingerprint
    edit = partial(add_source, url=trial.feed, options={"name": plain(trial.title)}, kind=trial.kind)
    done = save_change(home, db, SOURCES_FILE, mark, edit, who=who, what=trial.feed, before="", after=trial.title)
    return isinstance(done, FileText)
