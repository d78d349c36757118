"""Lists of cases: the page, its exports, the late ones of the letter, the register."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlite_utils import Database

from monitor.models import Case, CaseLine, CaseOrder, CaseQuery, CaseStatus, CaseView, Registration, Tone
from monitor.store.db import time_of, to_text

_STATUS = " ".join(f"when '{status.value}' then {number}" for number, status in enumerate(CaseStatus))
_ORDERS = {
    CaseOrder.DUE: "c.due is null, c.due {}, c.id {}",
    CaseOrder.STATUS: f"case c.status {_STATUS} end {{}}, c.due is null, c.due, c.id {{}}",
    CaseOrder.OWNER: "c.owner = '', c.owner collate nocase {}, c.due is null, c.due, c.id {}",
    CaseOrder.CHANGED: "c.changed {}, c.id {}",
}


def list_cases(db: Database, query: CaseQuery, now: datetime, *, limit: int = -1, offset: int = 0) -> list[CaseLine]:
    """Return the cases of a list in its order."""
    where, values = _where(query, now)
    order = _ORDERS[query.order].format(*["desc" if query.downwards else "asc"] * 2)
    sql = f"""select c.data, c.changed, coalesce(s.tone, 'not assessed'), count(a.article), count(distinct a.source),
                  coalesce(min(a.seen || ' ' || a.source), '')
              from cases c left join stories s on s.id = c.story
              left join case_articles l on l.case_id = c.id
              left join (select id article, source, seen from articles) a on a.article = l.article
              where {where} group by c.id order by {order} limit ? offset ?"""  # noqa: S608 (constants of this module)
    return [
        CaseLine(
            case=msgspec.json.decode(row[0], type=Case),
            changed_at=time_of(row[1]),
            tone=Tone(row[2]),
            articles=row[3],
            sources=row[4],
            source=row[5].partition(" ")[2],
        )
        for row in db.execute(sql, [*values, limit, offset]).fetchall()
    ]


def count_cases(db: Database, query: CaseQuery, now: datetime) -> int:
    """Return how many cases a list has."""
    where, values = _where(query, now)
    sql = f"select count(*) from cases c left join stories s on s.id = c.story where {where}"  # noqa: S608 (constants)
    return int(db.execute(sql, values).fetchone()[0])


def late_cases(db: Database, now: datetime) -> list[Case]:
    """Return the open cases whose time has passed, the latest first."""
    rows = db.execute(
        "select data from cases where closed is null and due < ? order by due, id", [to_text(now)]
    ).fetchall()
    return [msgspec.json.decode(row[0], type=Case) for row in rows]


def owners(db: Database) -> list[str]:
    """Return the units that own a case."""
    return [row[0] for row in db.execute("select distinct owner from cases where owner != ''").fetchall()]


def open_numbers(db: Database, limit: int = 200) -> list[tuple[str, str]]:
    """Return number and title of the open cases, the newest first."""
    sql = "select number, title from cases where closed is null order by id desc limit ?"
    return [(row[0], row[1]) for row in db.execute(sql, [limit]).fetchall()]


def registered(db: Database) -> list[Case]:
    """Return the cases of the register, in the order in which they came in."""
    rows = db.execute(
        "select data from cases where json_extract(data, '$.registration') = ? order by received, id",
        [Registration.REGISTER.value],
    ).fetchall()
    return [msgspec.json.decode(row[0], type=Case) for row in rows]


def _where(query: CaseQuery, now: datetime) -> tuple[str, Sequence[object]]:
    """Return the condition of a list, made of constants only, and its values."""
    conditions = ["c.closed is not null" if query.view is CaseView.CLOSED else "c.closed is null"]
    values: list[object] = []
    if query.view is CaseView.MINE:
        conditions.append("c.owner = ? and c.owner != ''")
        values.append(query.own_unit)
    elif query.view is CaseView.WITHOUT_OWNER:
        conditions.append("c.owner = ''")
    elif query.view is CaseView.LATE:
        conditions.append("c.due < ?")
        values.append(to_text(now))
    if query.unit:
        conditions.append("c.owner = ?")
        values.append(query.unit)
    if query.tone:
        conditions.append("coalesce(s.tone, 'not assessed') = ?")
        values.append(query.tone.value)
    for word in query.words.casefold().split():
        conditions.append("instr(c.words, ?) > 0")
        values.append(word)
    return " and ".join(conditions), values
