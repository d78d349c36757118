"""/arende: one case, a new one, and what is done with whole cases: merge, split, close, open again."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from urllib.parse import parse_qsl

from sqlite_utils import Database
from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from monitor.config import Home
from monitor.core import cases as core
from monitor.core.cases import Conflict, Problem
from monitor.models import Case, CaseEvent, CaseStatus, Channel, Person, Story, Tone
from monitor.steps.follow import draft_of
from monitor.steps.judge import judged_stories
from monitor.steps.publish import period_of
from monitor.store import case_lists
from monitor.store import cases as case_store
from monitor.store import stories as story_store
from monitor.web import case_panel
from monitor.web.case_forms import Typed, read_case, typed_values, values_of
from monitor.web.case_list import Asked, due_of, read_asked
from monitor.web.forms import Form, read_form
from monitor.web.people import Role, needs, person_of
from monitor.web.site import Site, msgid, site_of

NOT_YOURS = msgid("This case belongs to another unit, so nothing was changed. Ask its owner or an editor.")


def routes(_site: Site) -> list[Route]:
    """Return the routes of this module."""
    return [
        Route("/arende/nytt", new, methods=["GET"]),
        Route("/arende/nytt", open_new, methods=["POST"]),
        Route("/arende/{number}", show, methods=["GET"]),
        Route("/arende/{number}", save, methods=["POST"]),
        Route("/arende/{number}/atgarder", act, methods=["POST"]),
    ]


# --- one case -------------------------------------------------------------------------------------------


@needs(Role.READER)
async def show(request: Request) -> Response:
    """Show a case."""
    return await _page(request, request.path_params["number"])


async def _page(
    request: Request,
    number: str,
    *,
    status: int = 200,
    form: Form | None = None,
    problems: Sequence[Problem] = (),
    conflict: Conflict | None = None,
    typed: Typed | None = None,
) -> Response:
    """Return the page of a case, with what was typed and what is wrong with it."""
    site = site_of(request)
    home = site.home

    def load(db: Database) -> tuple[case_panel.Panel | None, tuple[str, ...]]:
        return case_panel.load(db, home, number), case_panel.units(db, home)

    panel, units = await site.read(load)
    if panel is None:
        raise HTTPException(404)
    if form is not None:
        panel = replace(panel, values=typed_values(form, panel.values))
    return site.page(
        request,
        "case.html.j2",
        status=status,
        panel=panel,
        panel_due=due_of(panel.case, site.clock(), home.settings.zone),
        units=units,
        names={source.url: source.name for source in home.known_sources},
        may_change=case_panel.may_change(person_of(request), panel.case),
        problems=case_panel.anchors(problems),
        conflict=conflict,
        both=case_panel.both_texts(conflict, typed.wanted) if conflict and typed else [],
        saved=request.query_params.get("sparat", ""),
    )


@needs(Role.EDITOR)
async def save(request: Request) -> Response:
    """Save the form of a case. Somebody else's change since the page was read answers 409 with both texts."""
    site, person, form = site_of(request), person_of(request), await read_form(request)
    number, home = request.path_params["number"], site.home
    case = await site.read(lambda db: case_store.read_case(db, number))
    if case is None:
        raise HTTPException(404)
    if not case_panel.may_change(person, case):
        return site.refuse(request, 403, NOT_YOURS)
    typed = read_case(form, case, home.settings.zone)
    if typed.problems:
        return await _page(request, number, status=422, form=form, problems=typed.problems)
    now = site.clock()
    after = await site.read(lambda db: _next(db, form, person, number, now)) if "nasta" in form else ""

    def write(db: Database) -> case_store.Saved:
        version = _version(form)
        decide = partial(core.save, wanted=typed.wanted, role=person.name, at=now)
        saved = case_store.act(db, number, version, decide)
        if isinstance(saved, Case) and typed.tone is not None:
            _set_tone(db, saved, typed.tone, person, now)
        return saved

    saved = await site.write(write)
    if isinstance(saved, Conflict):
        return await _page(request, number, status=409, form=form, conflict=saved, typed=typed)
    if isinstance(saved, Problem):
        return await _page(request, number, status=422, form=form, problems=[saved])
    return RedirectResponse(_after(form, person, number, after), status_code=303)


def _set_tone(db: Database, case: Case, tone: Tone, person: Person, now: datetime) -> None:
    """Save what a person says of the tone of the case's story, when it differs."""
    before = story_store.judged_by_people(db, [case.story])[0].get(case.story) if case.story else None
    if case.story and before is not None and before is not tone:
        story_store.set_tone(db, case.story, tone, role=person.name, now=now, note=case.number)


def _version(form: Form) -> int:
    text = form.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 9 else 0


def _list_of(form: Form, person: Person) -> Asked:
    """Return the list from which the form was sent: of its address only what we know is kept."""
    return read_asked(QueryParams(parse_qsl(form.get("lista", "")[:2000])), person)


def _next(db: Database, form: Form, person: Person, number: str, now: datetime) -> str:
    """Return the number of the case that follows in the list from which the form was sent, "" at its end."""
    asked = _list_of(form, person)
    numbers = [line.case.number for line in case_lists.list_cases(db, asked.query, now)]
    at = numbers.index(number) + 1 if number in numbers else 0
    return numbers[at] if at < len(numbers) else ""


def _after(form: Form, person: Person, number: str, following: str) -> str:
    """Return where a saved form leads: to the next case, back to the list, or to the case's own page."""
    if "nasta" in form:
        return _list_of(form, person).address(arende=following, sparat=number)
    if "lista" in form:
        return _list_of(form, person).address(arende=number, sparat=number)
    return f"/arende/{number}?sparat={number}"


# --- whole cases ----------------------------------------------------------------------------------------


@needs(Role.EDITOR)
async def act(request: Request) -> Response:
    """Merge, split, close or open again."""
    site, person, form = site_of(request), person_of(request), await read_form(request)
    number, now = request.path_params["number"], site.clock()
    case = await site.read(lambda db: case_store.read_case(db, number))
    if case is None:
        raise HTTPException(404)
    if not case_panel.may_change(person, case):
        return site.refuse(request, 403, NOT_YOURS)
    role, version = person.name, _version(form)

    def decide(now_case: Case) -> CaseEvent | Problem:
        done = core.close if action == "avsluta" else core.reopen
        return done(now_case, role=role, at=now)

    def write(db: Database) -> case_store.Saved:
        if action == "sla-ihop":
            return case_store.merge(db, number, version, form.get("till", "").strip(), role=role, now=now)
        if action == "dela":
            chosen = [int(text) for text in form.all("artikel") if text.isdecimal() and len(text) < 18]
            title = form.get("ny_rubrik", "").strip()[:300]
            zone = site.home.settings.zone
            return case_store.split(db, number, version, chosen, title, role=role, now=now, zone=zone)
        return case_store.act(db, number, version, decide)

    action = form.get("gor", "")
    if action not in ("sla-ihop", "dela", "avsluta", "oppna"):
        raise HTTPException(400)
    saved = await site.write(write)
    if isinstance(saved, Conflict):
        return await _page(request, number, status=409, form=form, conflict=saved)
    if isinstance(saved, Problem):
        return await _page(request, number, status=422, form=form, problems=[saved])
    return RedirectResponse(f"/arende/{saved.number}?sparat={saved.number}", status_code=303)


# --- a new case -----------------------------------------------------------------------------------------


@needs(Role.EDITOR)
async def new(request: Request) -> Response:
    """Show the form of a new case: of a story (?handelse=), of an article (?h=), or by hand."""
    site = site_of(request)
    home = site.home
    params = request.query_params
    draft, known = await site.read(lambda db: _draft(db, home, params, site.clock()))
    if known:
        return RedirectResponse(f"/arende/{known}", status_code=303)
    return await _new_page(request, draft, values_of(draft, Tone.NOT_ASSESSED, home.settings.zone))


async def _new_page(
    request: Request,
    draft: Case,
    values: Mapping[str, str],
    *,
    status: int = 200,
    problems: Sequence[Problem] = (),
) -> Response:
    site = site_of(request)
    home = site.home
    return site.page(
        request,
        "case_new.html.j2",
        status=status,
        draft=draft,
        values=values,
        units=await site.read(lambda db: case_panel.units(db, home)),
        rule=home.settings.followup.days_of(),
        problems=case_panel.anchors(problems),
    )


@needs(Role.EDITOR)
async def open_new(request: Request) -> Response:
    """Open a case. Times that nobody typed follow the municipality's own rule."""
    site, person, form = site_of(request), person_of(request), await read_form(request)
    home, now = site.home, site.clock()
    zone = home.settings.zone
    draft, known = await site.read(lambda db: _draft(db, home, form, now))
    if known:
        return RedirectResponse(f"/arende/{known}", status_code=303)
    typed = read_case(form, None, zone)
    case = replace(draft, **typed.wanted)  # type: ignore[arg-type]  # fields by their names
    if not case.due:
        case = replace(case, due=core.due_of(case.kind, case.received, home.settings.followup.days_of(), zone))
    confirm = core.confirm_by(case.channel, case.received, home.settings.followup.confirm_days, zone)
    case = replace(case, confirm_by=confirm, status=CaseStatus.NEW)
    values = typed_values(form, values_of(draft, Tone.NOT_ASSESSED, zone))
    if typed.problems:
        return await _new_page(request, draft, values, status=422, problems=typed.problems)
    saved = await site.write(lambda db: case_store.open_case(db, case, role=person.name, now=now, zone=zone))
    if isinstance(saved, Problem):
        return await _new_page(request, draft, values, status=422, problems=[saved])
    return RedirectResponse(f"/arende/{saved.number}?sparat={saved.number}", status_code=303)


def _draft(db: Database, home: Home, params: Mapping[str, str], now: datetime) -> tuple[Case, str]:
    """Return a case to fill in, and the number of the open case that is there already, "" for none.

    Raises HTTPException 404 for a story or an article that is not there.
    """
    story_text, article_text = params.get("handelse") or "", params.get("h") or ""
    if not story_text and not article_text:
        return Case(number="", title="", channel=Channel.PHONE, received=now), ""
    story_id = _story_of(db, story_text, article_text)
    members = story_store.members_of(db, [story_id])
    if not members:
        raise HTTPException(404)
    for row in members:
        if known := case_store.open_case_of_article(db, row):
            return Case(number=known, title="", received=now), known
    stories: Sequence[Story] = judged_stories(home, db, members, period=period_of(home, now), made_at=now)
    return draft_of(stories[0], story_store.rows_by_url(db, [story_id])), ""


def _story_of(db: Database, story_text: str, article_text: str) -> int:
    text = story_text or article_text
    if not text.isdecimal() or len(text) > 17:
        raise HTTPException(404)
    if story_text:
        found = story_store.current_story(db, int(text))
    else:
        found = story_store.stories_of(db, [int(text)]).get(int(text))
    if found is None:
        raise HTTPException(404)
    return found
