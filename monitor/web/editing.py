"""/sokord, /utskick, /kallor/ny, /kallor/{id}: what stands in the home's files, changed there. /andringar: the log.

The files stay the truth: a form holds the fingerprint of the file that it was made from, and a file that somebody has
changed meanwhile is refused with both texts.
"""

import asyncio
import hashlib
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from sqlite_utils import Database
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from monitor.config import SETTINGS_FILE, SOURCES_FILE
from monitor.config.edit_settings import TOP, Table, Value, add_table, remove_table, remove_value, set_value
from monitor.config.edit_sources import add_source, change_source, plain
from monitor.config.saving import Changed, Edit, FileText, read_file
from monitor.core.urls import safe_url
from monitor.models import Refused, Source, SourceClass
from monitor.steps.edit import Who, save_change, settings_edit, try_words
from monitor.store import file_changes
from monitor.web.forms import Form, read_form
from monitor.web.people import Role, needs, person_of
from monitor.web.site import Site, msgid, site_of

LOOKED_BACK = timedelta(days=30)
TRIAL_SECONDS = 60
MOST_WORDS = 200


def routes(_site: Site) -> list[Route]:
    """Return the routes of this module."""
    return [
        Route("/sokord", words),
        Route("/sokord", save_words, methods=["POST"]),
        Route("/utskick", recipients),
        Route("/utskick", save_recipient, methods=["POST"]),
        Route("/kallor/ny", new_source),
        Route("/kallor/ny", try_source, methods=["POST"]),
        Route("/kallor/{id:str}", one_source),
        Route("/kallor/{id:str}", save_source, methods=["POST"]),
        Route("/andringar", changes),
    ]


@needs(Role.ADMINISTRATOR)
async def changes(request: Request) -> Response:
    """Show who changed what in the files, as roles."""
    site = site_of(request)
    return site.page(request, "changes.html.j2", rows=await site.read(file_changes.list_changes))


async def _save(request: Request, file: str, edit: Edit, *, what: str, before: str, after: str, to: str) -> Response:
    """Change the file, and go back to the page; or say why not, with what stands there and what the person wrote."""
    site = site_of(request)
    form = await read_form(request)
    who = Who(role=person_of(request).name, at=site.clock())
    home, mark = site.home, form.get("fil", "")

    def work(db: Database) -> FileText | Changed | Refused:
        return save_change(home, db, file, mark, edit, who=who, what=what, before=before, after=after)

    done = await site.write(work)
    if isinstance(done, Changed):
        form.fields.append((file, done.now.text))
        return site.refuse(
            request,
            409,
            msgid("%(file)s was changed meanwhile, so nothing was saved. Below is what you wrote, and the file now."),
            file=file,
        )
    if isinstance(done, Refused):
        return site.refuse(request, 400, msgid("%(file)s was not changed: %(reason)s"), file=file, reason=done.reason)
    return RedirectResponse(to, status_code=303)


# --- search words --------------------------------------------------------------------------------------


def _lines(text: str) -> tuple[str, ...]:
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return tuple(dict.fromkeys(line for line in lines if line))[:MOST_WORDS]


@needs(Role.READER)
async def words(request: Request) -> Response:
    """Show the words that are searched for; who may change them gets a form."""
    site = site_of(request)
    settings = site.home.settings
    held = {"names": settings.names, "require": settings.matching.require, "exclude": settings.matching.exclude}
    return _words_page(request, held, trial=None)


def _words_page(request: Request, held: Mapping[str, Sequence[str]], *, trial: object) -> Response:
    site = site_of(request)
    return site.page(
        request,
        "terms.html.j2",
        held=held,
        trial=trial,
        mark=read_file(site.home.path / SETTINGS_FILE).fingerprint,
        municipality=site.home.settings.municipality,
        may=person_of(request).may(Role.ADMINISTRATOR),
    )


@needs(Role.ADMINISTRATOR)
async def save_words(request: Request) -> Response:
    """Try the words on the last 30 days; with `gor=spara`, write them into monitor.toml."""
    site = site_of(request)
    form = await read_form(request)
    held: dict[str, Sequence[str]] = {key: _lines(form.get(key, "")) for key in ("names", "require", "exclude")}
    edits: list[Callable[[str], str | Refused]] = []
    settings = site.home.settings
    before = {"names": settings.names, "require": settings.matching.require, "exclude": settings.matching.exclude}
    for key, wanted in held.items():
        table: Table = TOP if key == "names" else ("matching", None)
        if tuple(wanted) != tuple(before[key]):
            edits.append(partial(set_value, table=table, key=key, value=tuple(wanted)))
    edit = settings_edit(site.home.path, edits)
    if form.get("gor") == "spara":
        return await _save(
            request, SETTINGS_FILE, edit, what="search words", before=_json(before), after=_json(held), to="/sokord"
        )
    refused = edit(read_file(site.home.path / SETTINGS_FILE).text)
    if isinstance(refused, Refused):
        return site.refuse(
            request, 400, msgid("%(file)s was not changed: %(reason)s"), file=SETTINGS_FILE, reason=refused.reason
        )
    since = site.clock() - LOOKED_BACK
    trial = await site.read(lambda db: try_words(site.home, db, since, **held))
    return _words_page(request, held, trial=trial)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


# --- recipients ----------------------------------------------------------------------------------------


@needs(Role.ADMINISTRATOR)
async def recipients(request: Request) -> Response:
    """Show who gets the letter, as it stands in monitor.toml. What ends a mailing for somebody is never shown."""
    site = site_of(request)
    mark = read_file(site.home.path / SETTINGS_FILE).fingerprint
    return site.page(request, "recipients.html.j2", people=site.home.settings.recipients, mark=mark)


@needs(Role.ADMINISTRATOR)
async def save_recipient(request: Request) -> Response:
    """Add, change or remove one recipient."""
    site = site_of(request)
    form = await read_form(request)
    people = site.home.settings.recipients
    number = form.get("nummer", "")
    at = int(number) if number.isdecimal() and int(number) < len(people) else None
    letter = "short" if form.get("brev") == "short" else "whole"
    values: dict[str, Value] = {"address": form.get("adress", "").strip(), "name": form.get("namn", "").strip()}
    values |= {"letter": letter}
    edits: list[Callable[[str], str | Refused]] = []
    if form.get("gor") == "ta-bort" and at is not None:
        edits.append(partial(remove_table, name="recipients", index=at))
        values = {}
    elif form.get("gor") == "andra" and at is not None:
        table: Table = ("recipients", at)
        for key, value in values.items():
            if value in ("", "whole") and key != "address":
                edits.append(partial(remove_value, table=table, key=key))
            elif value != getattr(people[at], key):
                edits.append(partial(set_value, table=table, key=key, value=value))
    else:
        given = {key: value for key, value in values.items() if value not in ("", "whole") or key == "address"}
        edits.append(partial(add_table, name="recipients", values=given))
    before = people[at].address if at is not None else ""
    after = str(values.get("address", ""))
    edit = settings_edit(site.home.path, edits)
    return await _save(request, SETTINGS_FILE, edit, what="recipients", before=before, after=after, to="/utskick")


# --- sources -------------------------------------------------------------------------------------------


def source_id(url: str) -> str:
    """Return the short name of a source in addresses: the same as long as its address is."""
    return hashlib.sha256(url.encode()).hexdigest()[:12]


def _source(request: Request) -> Source:
    wanted = request.path_params["id"]
    for source in site_of(request).home.sources:
        if source_id(source.url) == wanted:
            return source
    raise HTTPException(404)


@needs(Role.ADMINISTRATOR)
async def one_source(request: Request) -> Response:
    """Show what feeds.txt says of a source, to be changed."""
    site = site_of(request)
    mark = read_file(site.home.path / SOURCES_FILE).fingerprint
    return site.page(request, "source.html.j2", source=_source(request), mark=mark, classes=list(SourceClass))


@needs(Role.ADMINISTRATOR)
async def save_source(request: Request) -> Response:
    """Change the source's line in feeds.txt: name, class, important, paused, area."""
    form = await read_form(request)
    source = _source(request)
    wanted = _options_of(form)
    held = {
        "name": source.name,
        "class": source.source_class.value,
        "important": "yes" if source.important else "",
        "paused": "yes" if source.paused else "",
        "area": source.area,
    }
    changed = {key: value for key, value in wanted.items() if value != held[key]}
    edit = partial(change_source, url=source.url, options=changed)
    before = _json({key: held[key] for key in changed})
    return await _save(request, SOURCES_FILE, edit, what=source.url, before=before, after=_json(changed), to="/kallor")


def _options_of(form: Form) -> dict[str, str]:
    return {
        "name": plain(form.get("namn", "")),
        "class": form.get("klass", "other"),
        "important": "yes" if form.get("viktig") else "",
        "paused": "yes" if form.get("pausad") else "",
        "area": plain(form.get("omrade", "")),
    }


@needs(Role.ADMINISTRATOR)
async def new_source(request: Request) -> Response:
    """Ask for an address."""
    return site_of(request).page(request, "new_source.html.j2", asked="", found=None)


@needs(Role.ADMINISTRATOR)
async def try_source(request: Request) -> Response:
    """Fetch the address on trial and show what is there; with `gor=spara`, add the chosen source to feeds.txt."""
    site = site_of(request)
    form = await read_form(request)
    asked = form.get("adress", "").strip()
    address = safe_url(asked if "://" in asked else f"https://{asked}")
    if not address:
        return site.refuse(request, 400, msgid("That is no web address. Write for example: www.example.se"))
    if form.get("gor") == "spara":
        kind = form.get("slag", "feed")
        options = {key: value for key, value in _options_of(form).items() if key != "paused"}
        edit = partial(add_source, url=address, options=options, kind=kind)
        return await _save(request, SOURCES_FILE, edit, what=address, before="", after=_json(options), to="/kallor")
    found = await _fetch(site, address)
    if found is None:
        return site.refuse(
            request,
            504,
            msgid("The trial took longer than a minute and was ended. Try the address of the feed itself."),
        )
    mark = read_file(site.home.path / SOURCES_FILE).fingerprint
    return site.page(request, "new_source.html.j2", asked=asked, found=found, mark=mark, classes=list(SourceClass))


async def _fetch(site: Site, address: str) -> dict[str, Any] | None:
    """Run `monitor add --json` in a process of its own, which can be ended: a crawl starts once in a process."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "monitor", "add", address, "--json", "--home", str(site.home.path),
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    try:
        out, _ = await asyncio.wait_for(process.communicate(), TRIAL_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()
        return None
    try:
        return {"candidates": [], "tried": [], **json.loads(out)}
    except (TypeError, ValueError):  # it ended with a sentence instead: nothing was found
        return {"candidates": [], "tried": []}
