"""/arkiv: search the articles, narrow the hits, keep a search by name; the same as CSV, JSON and Atom."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

from sqlite_utils import Database
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from monitor.core.matching.searchwords import check_search_word
from monitor.core.search import Query, Unclear, mark, snippet
from monitor.core.urls import host_of
from monitor.deliver.render import link_address
from monitor.models import Source, SourceClass
from monitor.models.common import Part
from monitor.steps.judge import topics_of
from monitor.store import archive as archive_store
from monitor.store import digests as digest_store
from monitor.store import saved_searches as saved_store
from monitor.store.archive import COUNTED, Counts, Hit
from monitor.web.asking import Asked, next_month, read_asked, wish_of
from monitor.web.atom import FeedEntry, atom
from monitor.web.downloads import Table, download
from monitor.web.forms import read_form
from monitor.web.people import Role, needs, person_of
from monitor.web.site import Site, msgid, site_of

SHOWN = 20
EXPORTED = 5_000
IN_FEED = 50
LETTERS = 31
LONGEST_NAME = 80


def routes(_site: Site) -> list[Route]:
    """Return the routes of this module."""
    return [
        Route("/arkiv", archive),
        Route("/arkiv.csv", as_csv),
        Route("/arkiv.json", as_json),
        Route("/arkiv.atom", as_atom),
        Route("/arkiv/sparade", save, methods=["POST"]),
        Route("/arkiv/sparade/{id:int}/ta-bort", delete, methods=["POST"]),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One value of a facet, how many of the counted hits have it, and where it leads."""

    value: str
    label: str
    number: int
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A hit as it is shown."""

    hit: Hit
    title: Sequence[Part]
    text: Sequence[Part]
    source: str
    source_class: str
    topic: str


@needs(Role.READER)
async def archive(request: Request) -> Response:
    """Show the hits, what they are, and how to narrow them. A query that cannot be answered gets a sentence."""
    site = site_of(request)
    asked = read_asked(request.query_params)
    query = asked.query
    unclear = query if isinstance(query, Unclear) else None
    home = site.home
    sources = {source.url: source for source in home.known_sources}
    zone = home.settings.zone
    wish = wish_of(asked, query if isinstance(query, Query) else None, sources, zone)

    def find(db: Database) -> tuple[list[Hit], Counts, list[saved_store.SavedSearch], list[str]]:
        hits: list[Hit] = []
        counts = Counts(hits=0)
        if unclear is None:
            hits = archive_store.find_articles(
                db, wish, order=asked.order, limit=SHOWN, offset=(asked.sida - 1) * SHOWN
            )
            counts = archive_store.count_facets(db, wish, list(_months(archive_store.first_and_last(db), zone)))
        letters = [] if asked.q or asked.chosen else digest_store.digest_days(db)[:LETTERS]
        return hits, counts, saved_store.saved_searches(db), letters

    hits, counts, saved, letters = await site.read(find)
    shown = min(counts.hits, COUNTED)
    names = _topic_names(site)
    return site.page(
        request,
        "archive.html.j2",
        asked=asked,
        unclear=unclear,
        found=[_found(hit, wish.query, sources, names) for hit in hits],
        hits=shown,
        more=counts.more,
        pages=max(1, -(-shown // SHOWN)),
        facets=_facets(asked, counts, sources, names) if unclear is None else {},
        chosen=[
            Choice(
                value=value, label=_label(name, value, sources, names), number=0, address=asked.address(**{name: ""})
            )
            for name, value in asked.chosen.items()
        ],
        chosen_names=list(asked.chosen),
        saved=saved,
        days=letters,
    )


def _topic_names(site: Site) -> dict[str, str]:
    return {topic.key: topic.name for topic in topics_of(site.home.path).lists}


def _months(span: tuple[datetime, datetime] | None, zone: ZoneInfo) -> Iterator[tuple[str, datetime]]:
    """Give the months of a span of time, each with when it begins."""
    if span is None:
        return
    first, last = (moment.astimezone(zone) for moment in span)
    start = datetime(max(first.year, 1970), first.month, 1, tzinfo=zone)
    while start <= last:
        yield f"{start:%Y-%m}", start
        start = next_month(start)


def _source_name(url: str, sources: dict[str, Source]) -> str:
    source = sources.get(url)
    return (source.name if source else "") or host_of(url) or url


def _class_of(url: str, sources: dict[str, Source]) -> str:
    source = sources.get(url)
    return (source.source_class if source else SourceClass.OTHER).value


def _label(facet: str, value: str, sources: dict[str, Source], topics: dict[str, str]) -> str:
    """Return a value in words, where it is not the template that has them."""
    if facet == "kalla":
        return _source_name(value, sources)
    return topics.get(value, value) if facet == "amne" else value


def _found(hit: Hit, query: Query | None, sources: dict[str, Source], topics: dict[str, str]) -> Found:
    return Found(
        hit=hit,
        title=mark(hit.title, query),
        text=snippet(hit.text or hit.lead, query),
        source=_source_name(hit.source, sources),
        source_class=_class_of(hit.source, sources),
        topic=topics.get(hit.topic, hit.topic),
    )


_COLUMNS = (
    ("kalla", "source"),
    ("amne", "topic"),
    ("enhet", "unit"),
    ("ort", "place"),
    ("slag", "kind"),
    ("ton", "tone"),
)


def _facets(
    asked: Asked, counts: Counts, sources: dict[str, Source], topics: dict[str, str]
) -> dict[str, list[Choice]]:
    """Return the values of each facet that is not chosen yet, the most frequent first; months newest first."""
    if not counts.hits:
        return {}
    classes: Counter[str] = Counter()
    for url, number in counts.values["source"].items():
        classes[_class_of(url, sources)] += number
    about = {"kommunen" if value else "forbigaende": number for value, number in counts.values["about"].items()}
    columns = (
        ("kalla", "source"),
        ("amne", "topic"),
        ("enhet", "unit"),
        ("ort", "place"),
        ("slag", "kind"),
        ("ton", "tone"),
    )
    found = {"om": Counter(about), "klass": classes, **{name: counts.values[column] for name, column in columns}}
    found["manad"] = counts.months
    facets = {}
    for name, numbers in found.items():
        values = sorted((value for value in numbers if value), key=lambda value: (-numbers[value], value))
        if name == "manad":
            values.sort(reverse=True)
        if getattr(asked, name) or not values or (len(values) == 1 and numbers[values[0]] == min(counts.hits, COUNTED)):
            continue  # it would narrow nothing
        facets[name] = [
            Choice(
                value=value,
                label=_label(name, value, sources, topics),
                number=numbers[value],
                address=asked.address(**{name: value}),
            )
            for value in values[:40]
        ]
    return facets


# --- the same list as files ----------------------------------------------------------------------------


@needs(Role.READER)
async def as_csv(request: Request) -> Response:
    """Return the hits as CSV."""
    return await _as_file(request, "csv")


@needs(Role.READER)
async def as_json(request: Request) -> Response:
    """Return the hits as JSON."""
    return await _as_file(request, "json")


COLUMNS = ("Tid", "Rubrik", "Källa", "Källtyp", "Ämne", "Enhet", "Ort", "Handlar om kommunen", "Ton", "Låst", "Adress")
KEYS = ("at", "title", "source", "class", "topic", "unit", "place", "about", "tone", "locked", "url")


async def _as_file(request: Request, kind: Literal["csv", "json"]) -> Response:
    """Return at most `EXPORTED` hits, without their texts: those belong to who wrote them."""
    site = site_of(request)
    found = await _hits(request, EXPORTED)
    if isinstance(found, Response):
        return found
    rows = [
        (item.hit.at, item.hit.title, item.source, item.source_class, item.topic, item.hit.unit, item.hit.place,
         item.hit.about, item.hit.tone.value, item.hit.locked, item.hit.url)
        for item in found
    ]  # fmt: skip
    return download(Table(columns=COLUMNS, keys=KEYS, rows=rows, zone=site.home.settings.zone), kind, "arkiv")


@needs(Role.READER)
async def as_atom(request: Request) -> Response:
    """Return the newest hits as a feed."""
    site = site_of(request)
    found = await _hits(request, IN_FEED)
    if isinstance(found, Response):
        return found
    asked = read_asked(request.query_params)
    base = site.public.rstrip("/") or f"{request.url.scheme}://{request.url.netloc}"
    entries = [
        FeedEntry(
            url=item.hit.url,
            link=link_address(item.hit.url),
            title=item.hit.title,
            at=item.hit.at,
            summary="".join(part.text for part in item.text),
            source=item.source,
        )
        for item in found
    ]
    title = " · ".join([site.organisation, *([asked.q] if asked.q else []), *asked.chosen.values()])
    return atom(title, base + asked.address("/arkiv.atom", sida=1), site.organisation, entries, now=site.clock())


async def _hits(request: Request, limit: int) -> list[Found] | Response:
    site = site_of(request)
    asked = read_asked(request.query_params)
    query = asked.query
    if isinstance(query, Unclear):
        return site.refuse(request, 400, UNCLEAR[query])
    home = site.home
    sources = {source.url: source for source in home.known_sources}
    wish = wish_of(asked, query, sources, home.settings.zone)
    order = archive_store.Order.NEWEST if limit == IN_FEED else asked.order
    hits = await site.read(lambda db: archive_store.find_articles(db, wish, order=order, limit=limit))
    names = _topic_names(site)
    return [_found(hit, query, sources, names) for hit in hits]


UNCLEAR = {
    Unclear.NO_WORD: msgid("The search holds no word. Write for example: school"),
    Unclear.ONLY_WITHOUT: msgid("The search says only what is to be left out. Write also a word to look for."),
    Unclear.TOO_LONG: msgid("The search is too long. Use fewer words."),
    Unclear.SHORT_START: msgid("A beginning needs at least three letters before the asterisk."),
}

# --- saved searches ------------------------------------------------------------------------------------

PERSON = msgid("A search for a person cannot be saved: this program watches places, not people.")
NAMELESS = msgid("Give the search a name.")
KNOWN = msgid("There is a saved search with this name already.")
UNSAVEABLE = msgid("The search holds nothing to look for, so it was not saved.")


@needs(Role.EDITOR)
async def save(request: Request) -> Response:
    """Save the search that the form holds, under its name."""
    site = site_of(request)
    form = await read_form(request)
    name = " ".join(form.get("namn", "").split())[:LONGEST_NAME]
    asked = read_asked(dict(parse_qsl(urlsplit(form.get("adress", "")).query)))
    if not name:
        return site.refuse(request, 422, NAMELESS)
    if isinstance(asked.query, Unclear) or not (asked.q.strip() or asked.chosen):
        return site.refuse(request, 422, UNSAVEABLE)
    if check_search_word(name) or (asked.q.strip() and check_search_word(asked.q.replace('"', " "))):
        return site.refuse(request, 422, PERSON)
    role = person_of(request).name
    if not await site.write(
        lambda db: saved_store.save_search(db, name, asked.address(sida=1), role=role, now=site.clock())
    ):
        return site.refuse(request, 409, KNOWN)
    return RedirectResponse(asked.address(sida=1), status_code=303)


@needs(Role.EDITOR)
async def delete(request: Request) -> Response:
    """Delete a saved search."""
    site = site_of(request)
    await site.write(lambda db: saved_store.delete_search(db, request.path_params["id"]))
    return RedirectResponse("/arkiv", status_code=303)
