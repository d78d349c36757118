"""/handelse/{id}: one event, all its articles, why they are together, what it weighs; and the hand that changes it."""

from collections.abc import Callable
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import partial
from typing import Any

from sqlite_utils import Database
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from monitor.models import Article, Story, Tone
from monitor.steps.judge import judged_stories
from monitor.steps.publish import period_of
from monitor.store import stories as story_store
from monitor.web.forms import Form, read_form
from monitor.web.people import Role, needs, person_of
from monitor.web.site import Site, msgid, site_of

LONGEST_NOTE = 300


def routes(_site: Site) -> list[Route]:
    """Return the routes of this module."""
    return [
        Route("/handelse/{id:int}", show),
        Route("/handelse/{id:int}", change, methods=["POST"]),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """An article of the story as its page shows it."""

    id: int
    article: Article
    copy: bool
    own: bool
    reason: str
    changes: tuple[tuple[str, str, str], ...]
    """Earlier wordings, the newest first: when, the headline before, and the words that are gone."""


@needs(Role.READER)
async def show(request: Request) -> Response:
    """Show the story, or lead to the one that took it over."""
    site = site_of(request)
    id_ = request.path_params["id"]
    found = await site.read(partial(_read, site, id_))
    if found is None:
        raise HTTPException(404)
    number, story, members, decided = found
    if number != id_:
        return RedirectResponse(f"/handelse/{number}", status_code=303)
    names = {source.url: source.name for source in site.home.known_sources}
    may = person_of(request).may(Role.EDITOR)
    return site.page(
        request, "story.html.j2", story=story, members=members, decided=decided, names=names, may=may, tones=list(Tone)
    )


def _read(site: Site, id_: int, db: Database) -> tuple[int, Story | None, list[Member], list[dict[str, Any]]] | None:
    number = story_store.current_story(db, id_)
    if number is None:
        return None
    now = site.clock()
    rows = story_store.members_of(db, [number])
    stories = judged_stories(site.home, db, rows, period=period_of(site.home, now), made_at=now)
    decided = story_store.decisions(db, number)
    if not stories:
        return number, None, [], decided
    ids = {story_store.row_of(db, article.url): article for article in stories[0].articles}
    members = [
        Member(
            id=row,
            article=article,
            copy=article.url in stories[0].copies,
            own=article.url in stories[0].own,
            reason=stories[0].reasons.get(article.url, ""),
            changes=tuple(_changes(article, story_store.revisions_of(db, row))),
        )
        for row, article in ids.items()
        if row is not None
    ]
    return number, stories[0], members, decided


def _changes(article: Article, revisions: list[dict[str, str]]) -> list[tuple[str, str, str]]:
    """Return for each earlier wording when it changed, its headline, and its words that no longer stand there."""
    told = []
    after = f"{article.title}\n{article.text}"
    for revision in revisions:
        before = f"{revision['title']}\n{revision['text']}"
        old, new = before.split(), after.split()
        matcher = SequenceMatcher(None, old, new, autojunk=False) if len(old) * len(new) < 4_000_000 else None
        gone = [
            " ".join(old[start:stop])
            for kind, start, stop, _, _ in (matcher.get_opcodes() if matcher else ())
            if kind in ("delete", "replace")
        ]
        told.append((revision["at"], revision["title"], " … ".join(gone)[:600]))
        after = before
    return told


@needs(Role.EDITOR)
async def change(request: Request) -> Response:
    """Split, merge, move, set the tone, or give the story back to folding: one at a time, with the reason logged."""
    site = site_of(request)
    form = await read_form(request)
    id_ = request.path_params["id"]
    acts: dict[str, Callable[[Form, int], Callable[[Database], int] | None]] = {
        "dela": partial(_split, site, request),
        "sla-ihop": partial(_merge, site, request),
        "ton": partial(_tone, site, request),
        "slapp": partial(_free, site, request),
    }
    act = acts.get(form.get("gor", ""))
    work = act(form, id_) if act else None
    if work is None:
        return site.refuse(request, 400, msgid("Choose what to change, and what it is to become."))
    try:
        number = await site.write(work)
    except ValueError:
        return site.refuse(
            request,
            409,
            msgid("That does not fit together any more: the story has changed meanwhile. Look at it again."),
        )
    return RedirectResponse(f"/handelse/{number}", status_code=303)


def _who(site: Site, request: Request, form: Form) -> dict[str, Any]:
    note = " ".join(form.get("varfor", "").split())[:LONGEST_NOTE]
    return {"role": person_of(request).name, "now": site.clock(), "note": note}


def _split(site: Site, request: Request, form: Form, _id: int) -> Callable[[Database], int] | None:
    rows = [int(value) for value in form.all("artikel") if value.isdecimal()]
    who = _who(site, request, form)
    to = form.get("till", "").strip()
    if not rows:
        return None
    if to.isdecimal():

        def move(db: Database) -> int:
            story_store.move_articles(db, rows, int(to), **who)
            return int(to)

        return move
    return lambda db: story_store.split_story(db, rows, **who)


def _merge(site: Site, request: Request, form: Form, id_: int) -> Callable[[Database], int] | None:
    other = form.get("med", "").strip()
    if not other.isdecimal():
        return None
    who = _who(site, request, form)

    def merge(db: Database) -> int:
        story_store.merge_stories(db, id_, int(other), **who)
        return id_

    return merge


def _tone(site: Site, request: Request, form: Form, id_: int) -> Callable[[Database], int] | None:
    if form.get("ton", "") not in set(Tone):
        return None
    tone, who = Tone(form["ton"]), _who(site, request, form)

    def set_tone(db: Database) -> int:
        if not story_store.members_of(db, [id_]):
            raise ValueError(f"there is no story {id_}")
        story_store.set_tone(db, id_, tone, **who)
        return id_

    return set_tone


def _free(site: Site, request: Request, form: Form, id_: int) -> Callable[[Database], int]:
    who = _who(site, request, form)

    def free(db: Database) -> int:
        if not story_store.members_of(db, [id_]):
            raise ValueError(f"there is no story {id_}")
        story_store.free_story(db, id_, **who)
        return id_

    return free
