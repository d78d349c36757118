"""/statistik: what the weeks add up to; a quarter as a report to print; the same as CSV and JSON."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import partial
from typing import Literal
from weakref import WeakKeyDictionary

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from monitor.core.statistics import Statistics, compare_last, last_weeks, quarter_name, quarter_of
from monitor.core.times import local_day
from monitor.steps.statistics import gather
from monitor.web.downloads import Cell, Table, download
from monitor.web.people import Role, needs
from monitor.web.site import Site, msgid, site_of

WEEKS = 26
TOP = 15


def routes(_site: Site) -> list[Route]:
    """Return the routes of this module."""
    return [
        Route("/statistik", statistics),
        Route("/statistik.csv", as_csv),
        Route("/statistik.json", as_json),
        Route("/statistik/kvartal", quarter),
    ]


@needs(Role.READER)
async def statistics(request: Request) -> Response:
    """Show the last half year, week by week."""
    site = site_of(request)
    today = local_day(site.clock(), site.home.settings.zone)
    found = await _gathered(site, *last_weeks(today, WEEKS))
    return _page(request, found, quarter="")


@needs(Role.READER)
async def quarter(request: Request) -> Response:
    """Show one quarter as a report: ?kv=2026-4."""
    site = site_of(request)
    today = local_day(site.clock(), site.home.settings.zone)
    asked = request.query_params.get("kv", "") or quarter_name(today)
    span = quarter_of(asked)
    if span is None:
        return site.refuse(request, 400, NO_QUARTER)
    return _page(request, await _gathered(site, *span), quarter=asked)


NO_QUARTER = msgid("A quarter is written as year and number, for example 2026-4.")


KEPT = timedelta(minutes=5)
"""Half a year is counted anew so often at most: it takes a hundred times as long as any other page's questions."""
_MOST_KEPT = 8
_kept: WeakKeyDictionary[Site, dict[tuple[date, date], tuple[datetime, Statistics]]] = WeakKeyDictionary()


async def _gathered(site: Site, first: date, end: date) -> Statistics:
    now, home = site.clock(), site.home
    kept = _kept.setdefault(site, {})
    known = kept.get((first, end))
    if known is not None and now - known[0] < KEPT:
        return known[1]
    today = local_day(now, home.settings.zone)
    found = await site.read(partial(gather, home, first=first, end=end, today=today))
    if len(kept) >= _MOST_KEPT:
        kept.clear()
    kept[first, end] = (now, found)
    return found


def _page(request: Request, found: Statistics, *, quarter: str) -> Response:
    site = site_of(request)
    today = local_day(site.clock(), site.home.settings.zone)
    first = local_day(found.period.start, site.home.settings.zone)
    return site.page(
        request,
        "statistics.html.j2",
        found=found,
        quarter=quarter,
        quarters=list(_quarters(max(first, found.began) if found.began else first, today)),
        last=compare_last(found.weeks),
        most=max((week.articles or 0 for week in found.weeks), default=0),
        top=TOP,
        first=first,
        last_day=local_day(found.period.end, site.home.settings.zone) - timedelta(days=1),
    )


def _quarters(first: date, today: date) -> Iterator[str]:
    """Give the quarters from that of `first` to that of `today`, newest first."""
    year, number = today.year, (today.month + 2) // 3
    while (year, number) >= (first.year, (first.month + 2) // 3):
        yield f"{year}-{number}"
        year, number = (year, number - 1) if number > 1 else (year - 1, 4)


# --- the same as files ---------------------------------------------------------------------------------

COLUMNS = ("Del", "Vad", "Mått", "Värde", "Ofullständig")
KEYS = ("part", "what", "measure", "value", "incomplete")
"""One number a row. There is no part for authors or persons, and none can be asked for."""


@needs(Role.READER)
async def as_csv(request: Request) -> Response:
    """Return the numbers of the page, or with ?kv= of a quarter, as CSV."""
    return await _as_file(request, "csv")


@needs(Role.READER)
async def as_json(request: Request) -> Response:
    """Return the numbers of the page, or with ?kv= of a quarter, as JSON."""
    return await _as_file(request, "json")


async def _as_file(request: Request, kind: Literal["csv", "json"]) -> Response:
    site = site_of(request)
    zone = site.home.settings.zone
    asked = request.query_params.get("kv", "")
    span = quarter_of(asked) if asked else last_weeks(local_day(site.clock(), zone), WEEKS)
    if span is None:
        return site.refuse(request, 400, NO_QUARTER)
    rows = list(rows_of(await _gathered(site, *span)))
    return download(Table(columns=COLUMNS, keys=KEYS, rows=rows, zone=zone), kind, "statistik")


def rows_of(found: Statistics) -> Iterator[tuple[Cell, ...]]:
    """Give every number of the statistics. What is not known is empty, never zero."""
    for week in found.weeks:
        for measure, number in (("artiklar", week.articles), ("händelser", week.stories)):
            yield "vecka", week.monday.isoformat(), measure, number, bool(week.missing)
    incomplete = bool(found.missing)
    for measure, number in (("artiklar", found.articles), ("händelser", found.stories), ("behövde svar", found.asked)):
        yield "hela perioden", "", measure, number, incomplete
    for topic in found.topics:
        for measure, number in (
            ("artiklar", topic.articles),
            ("händelser", topic.stories),
            ("behövde svar", topic.asked),
        ):
            yield "ämne", topic.name or "utan ämne", measure, number, incomplete
    for unit in found.units:
        name = unit.unit or "ingen än"
        yield "enhet", name, "ärenden", unit.cases, False
        yield "enhet", name, "besvarade", unit.answered, False
        yield "enhet", name, "besvarade i tid", unit.in_time, False
        yield "enhet", name, "arbetsdagar till svar, median", unit.days, False
    for source in found.sources:
        yield "källa", source.name, "artiklar", source.articles, incomplete
