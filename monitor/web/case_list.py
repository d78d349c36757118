"""/uppfoljning: the cases, the chosen one beside them, and the same list as CSV, Excel and JSON."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from sqlite_utils import Database
from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from monitor.core.cases import days_late, days_left, is_late
from monitor.core.times import local_day
from monitor.models import Case, CaseLine, CaseOrder, CaseQuery, CaseView, Tone
from monitor.store import case_lists
from monitor.web import case_panel
from monitor.web.case_words import Words
from monitor.web.downloads import Cell, Table, download
from monitor.web.people import Person, Role, needs, person_of
from monitor.web.site import Site, site_of

PER_PAGE = 50
VIEWS = {
    "oppna": CaseView.OPEN,
    "mina": CaseView.MINE,
    "utan-agare": CaseView.WITHOUT_OWNER,
    "forsenade": CaseView.LATE,
    "avslutade": CaseView.CLOSED,
}
ORDERS = {
    "svar": CaseOrder.DUE,
    "lage": CaseOrder.STATUS,
    "agare": CaseOrder.OWNER,
    "andrat": CaseOrder.CHANGED,
}
TONES = {"kritisk": Tone.CRITICAL, "positiv": Tone.POSITIVE, "neutral": Tone.NEUTRAL, "blandad": Tone.MIXED}
_MOST_WORDS = 200


def routes(_site: Site) -> list[Route]:
    """Return the routes of this module."""
    return [Route("/uppfoljning", cases), Route("/uppfoljning.{kind}", export)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the address asks for, as it stands there, and as a query."""

    shown: dict[str, str]
    query: CaseQuery
    page: int

    def address(self, path: str = "/uppfoljning", **other: str) -> str:
        """Return the address of the same list with some of it changed. A change leads to its first page."""
        values = {**self.shown, "sida": "", **other}
        kept = {name: value for name, value in values.items() if value}
        return f"{path}?{urlencode(kept)}" if kept else path


def read_asked(params: QueryParams, person: Person) -> Asked:
    """Read the address. What it holds that nobody knows counts as not there."""
    view = VIEWS.get(params.get("visa", ""), CaseView.OPEN)
    sort = params.get("sort", "")
    order = ORDERS.get(sort.removeprefix("-"))
    tone = params.get("ton", "")
    page = params.get("sida", "")
    words = params.get("q", "")[:_MOST_WORDS]
    unit = params.get("enhet", "")[:_MOST_WORDS]
    shown = {
        "visa": params.get("visa", "") if params.get("visa") in VIEWS else "",
        "enhet": unit,
        "ton": tone if tone in TONES else "",
        "q": words,
        "sort": sort if order else "",
        "sida": page if page.isdecimal() and len(page) < 6 else "",
    }
    query = CaseQuery(
        view=view, own_unit=person.unit, unit=unit, tone=TONES.get(tone), words=words,
        order=order or CaseOrder.DUE, downwards=bool(order) and sort.startswith("-"),
    )  # fmt: skip
    return Asked(shown=shown, query=query, page=max(1, int(shown["sida"] or 1)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """When an answer is due, and how that stands to now."""

    at: datetime | None
    late: bool = False
    today: bool = False
    tomorrow: bool = False
    hours: int = 0
    days: int = 0
    """Working days that are left, or that it is late."""


def due_of(case: Case, now: datetime, zone: ZoneInfo) -> Due:
    """Return how the due time of a case stands to now."""
    if case.due is None:
        return Due(at=None)
    today, day = local_day(now, zone), local_day(case.due, zone)
    late = is_late(case, now)
    days = days_late(case.due, now, zone) if late else days_left(case.due, now, zone)
    return Due(
        at=case.due,
        late=late,
        today=day == today,
        tomorrow=(day - today).days == 1,
        hours=int((case.due - now).total_seconds() // 3600),
        days=days,
    )


@needs(Role.READER)
async def cases(request: Request) -> Response:
    """Show the list, and the chosen case beside it."""
    site, person = site_of(request), person_of(request)
    asked = read_asked(request.query_params, person)
    now, home, zone = site.clock(), site.home, site.home.settings.zone
    wanted = request.query_params.get("arende", "")

    def load(db: Database) -> dict[str, Any]:
        lines = case_lists.list_cases(db, asked.query, now, limit=PER_PAGE, offset=(asked.page - 1) * PER_PAGE)
        numbers = [line.case.number for line in lines]
        chosen = wanted or (numbers[0] if numbers else "")
        every = CaseQuery(own_unit=person.unit)
        return {
            "lines": [(line, due_of(line.case, now, zone)) for line in lines],
            "total": case_lists.count_cases(db, asked.query, now),
            "counts": {
                name: case_lists.count_cases(db, replace(every, view=view), now) for name, view in VIEWS.items()
            },
            "panel": case_panel.load(db, home, chosen) if chosen else None,
            "units": case_panel.units(db, home),
            "open_now": case_lists.list_cases(db, CaseQuery(), now, limit=PER_PAGE),
        }

    found = await site.read(load)
    open_now: Sequence[CaseLine] = found.pop("open_now")
    panel: case_panel.Panel | None = found["panel"]
    return site.page(
        request,
        "cases.html.j2",
        **found,
        summary=summary(open_now, now, zone),
        asked=asked,
        pages=-(-found["total"] // PER_PAGE),
        names={source.url: source.name for source in home.known_sources},
        classes={source.url: source.source_class for source in home.known_sources},
        may_change=panel is not None and case_panel.may_change(person, panel.case),
        panel_due=due_of(panel.case, now, zone) if panel else None,
        saved=request.query_params.get("sparat", ""),
        views=VIEWS,
        tones=TONES,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What the sentence at the top tells."""

    late: int
    today: int
    first: datetime | None
    """When the first of today's is due."""
    nobodys: int
    """How many of today's have no owner."""


def summary(lines: Sequence[CaseLine], now: datetime, zone: ZoneInfo) -> Summary:
    """Return what the sentence at the top tells of the open cases, the first due first."""
    late = [line.case for line in lines if is_late(line.case, now)]
    today = [
        line.case
        for line in lines
        if line.case.due and not is_late(line.case, now) and local_day(line.case.due, zone) == local_day(now, zone)
    ]
    return Summary(
        late=len(late),
        today=len(today),
        first=today[0].due if today else None,
        nobodys=sum(not case.owner for case in today),
    )


@needs(Role.READER)
async def export(request: Request) -> Response:
    """Return the whole list as a file: the filter and the order of the page."""
    site, person = site_of(request), person_of(request)
    kind = request.path_params["kind"]
    if kind not in ("csv", "xlsx", "json"):
        raise HTTPException(404)
    asked, now = read_asked(request.query_params, person), site.clock()
    lines = await site.read(lambda db: case_lists.list_cases(db, asked.query, now))
    words = Words(site.language(request), site.home.reports)
    names = {source.url: source.name for source in site.home.known_sources}
    return download(table_of(lines, names, words, site.home.settings.zone), kind, "uppfoljning")


KEYS = (
    "number", "title", "kind", "channel", "status", "owner", "proposed_owner", "received", "due", "changed", "tone",
    "articles", "sources", "source", "answered", "answer_way", "closed", "registration", "diary_number",
)  # fmt: skip
"""Names of the columns in JSON; described in reports/web/cases.schema.json."""


def table_of(lines: Sequence[CaseLine], names: dict[str, str], words: Words, zone: ZoneInfo) -> Table:
    """Return the list as a table. Senders and notes are in no list."""
    return Table(columns=words.columns(KEYS), keys=KEYS, rows=[_row(line, names, words) for line in lines], zone=zone)


def _row(line: CaseLine, names: dict[str, str], words: Words) -> tuple[Cell, ...]:
    case = line.case
    return (
        case.number, case.title, words.kind(case.kind), words.channel(case.channel), words.status(case.status),
        case.owner, case.proposed, case.received, case.due, line.changed_at, words.tone(line.tone),
        line.articles, line.sources, names.get(line.source, line.source), case.answered_at,
        words.way(case.answer_way), case.closed_at, words.registration(case.registration), case.diary_number,
    )  # fmt: skip
