"""Cases and their log. Each change is one transaction: the row of the log and what follows from it.

For statistics: `cases.received` (came in, or first seen) and `cases.answered` are UTC text, `cases.owner` the unit;
their difference is the time from mention to answer.
"""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec
from sqlite_utils import Database

from monitor.core import cases as core
from monitor.core.cases import Conflict, Fault, Problem
from monitor.core.times import local_day
from monitor.models import MONITOR, Case, CaseAction, CaseEvent, Change, SeenText
from monitor.store.db import Row, time_of, to_text, to_time, transaction

Decide = Callable[[Case], CaseEvent | Problem | None]
Saved = Case | Problem | Conflict

_EVENT = "select c.number, e.version, e.at, e.role, e.action, e.changes, e.note from case_events e join cases c"


# --- writing --------------------------------------------------------------------------------------------


def open_case(db: Database, draft: Case, *, role: str, now: datetime, zone: ZoneInfo, note: str = "") -> Case | Problem:
    """Save a new case under the next number of the local day. `draft` needs no number."""
    with transaction(db) as connection:
        case = replace(draft, number=_next_number(connection, now, zone))
        return _append(connection, core.open_case(case, role=role, at=now, note=note))


def open_once(db: Database, draft: Case, *, now: datetime, zone: ZoneInfo, note: str = "") -> Case | None:
    """Save a case that the monitoring opens by itself; None when the story, or an article of it, ever had one."""
    with transaction(db) as connection:
        marks = ", ".join("?" * len(draft.articles))
        known = connection.execute(
            f"select 1 from cases where story = ? union all select 1 from case_articles where article in ({marks})",  # noqa: S608 (only marks)
            [draft.story, *draft.articles],
        ).fetchone()
        if known:
            return None
        case = replace(draft, number=_next_number(connection, now, zone))
        saved = _append(connection, core.open_case(case, role=MONITOR, at=now, note=note))
    return saved if isinstance(saved, Case) else None


def act(db: Database, number: str, version: int, decide: Decide) -> Saved:
    """Read a case, let `decide` say what is to be done, and save it, unless somebody saved since `version` was read."""
    with transaction(db) as connection:
        case = _read(connection, number)
        if case is None:
            return Problem(Fault.UNKNOWN, other=number)
        if case.version != version:
            return Conflict(case, _log(connection, number)[-1])
        event = decide(case)
        return case if event is None else _append(connection, event)


def merge(db: Database, number: str, version: int, into: str, *, role: str, now: datetime) -> Saved:
    """Make one case part of another; return the survivor."""
    with transaction(db) as connection:
        case, survivor = _read(connection, number), _read(connection, into)
        if case is None or survivor is None:
            return Problem(Fault.UNKNOWN, "into", other=number if case is None else into)
        if case.version != version:
            return Conflict(case, _log(connection, number)[-1])
        events = core.merge(case, survivor, role=role, at=now)
        if isinstance(events, Problem):
            return events
        _append(connection, events[0])
        return _append(connection, events[1])


def split(
    db: Database,
    number: str,
    version: int,
    articles: Iterable[int],
    title: str,
    *,
    role: str,
    now: datetime,
    zone: ZoneInfo,
) -> Saved:
    """Make some articles of a case a case of their own; return the new one."""
    with transaction(db) as connection:
        case = _read(connection, number)
        if case is None:
            return Problem(Fault.UNKNOWN, other=number)
        if case.version != version:
            return Conflict(case, _log(connection, number)[-1])
        events = core.split(case, articles, _next_number(connection, now, zone), title, role=role, at=now)
        if isinstance(events, Problem):
            return events
        _append(connection, events[0])
        return _append(connection, events[1])


def note_sent(db: Database, numbers: Iterable[str], day: str, now: datetime) -> None:
    """Note in the log of each case that it stood in the letter of `day`; once, however often the letter is made."""
    with transaction(db) as connection:
        for number in numbers:
            log = _log(connection, number)
            if any(event.action is CaseAction.SENT and event.note == day for event in log):
                continue
            case = _read(connection, number)
            if case:
                _append(connection, core.event_of(case, {}, CaseAction.SENT, role=MONITOR, at=now, note=day))


def join_articles(db: Database, number: str, articles: Iterable[int], now: datetime) -> None:
    """Add further articles of its story to an open case; those that stand in another open case stay there."""
    with transaction(db) as connection:
        case = _read(connection, number)
        if case is None or case.closed:
            return
        free = {id_ for id_ in articles if not _taken(connection, number, [id_])}
        wanted = tuple(sorted({*case.articles, *free}))
        event = core.event_of(case, {"articles": wanted}, CaseAction.JOINED, role=MONITOR, at=now)
        if event.changes:
            _append(connection, event)


# --- reading --------------------------------------------------------------------------------------------


def read_case(db: Database, number: str) -> Case | None:
    """Return the case with this number, or None."""
    return _read(db.conn, number)


def read_log(db: Database, number: str) -> list[CaseEvent]:
    """Return the log of a case, the oldest row first."""
    return _log(db.conn, number)


def read_texts(db: Database, number: str) -> list[SeenText]:
    """Return the articles of a case as they read when they were seen, the oldest first."""
    rows = db.execute(
        """select t.article, t.url, t.source, t.title, t.text, t.published, t.seen, t.kept
           from case_texts t join cases c on c.id = t.case_id where c.number = ? order by t.seen, t.article""",
        [number],
    ).fetchall()
    return [
        SeenText(
            article=row[0], url=row[1], source=row[2], title=row[3], text=row[4],
            published=to_time(row[5]), seen_at=time_of(row[6]), kept_at=time_of(row[7]),
        )
        for row in rows
    ]  # fmt: skip


def read_revisions(db: Database, articles: Sequence[int]) -> list[tuple[int, datetime, str, str]]:
    """Return earlier wordings of articles: row, when it was changed, the title and the text before."""
    marks = ", ".join("?" * len(articles))
    sql = f"select article, at, title, text from revisions where article in ({marks}) order by at, id"  # noqa: S608 (only marks)
    return [(row[0], time_of(row[1]), row[2], row[3]) for row in db.execute(sql, list(articles)).fetchall()]


def cases_of_stories(db: Database, stories: Sequence[int]) -> dict[int, Case]:
    """Return the case of each of these stories that has one: the open one, else the newest."""
    found: dict[int, Case] = {}
    for start in range(0, len(stories), 500):
        chosen = list(stories[start : start + 500])
        sql = f"""select s.story, c.data from story_articles s join case_articles a on a.article = s.article
                  join cases c on c.id = a.case_id where s.story in ({", ".join("?" * len(chosen))})
                  order by c.closed is null, c.id"""  # noqa: S608 (only placeholders)
        for story, data in db.execute(sql, chosen).fetchall():
            found[story] = msgspec.json.decode(data, type=Case)
    return found


def open_case_of_article(db: Database, article: int) -> str | None:
    """Return the number of the open case that an article stands in, or None."""
    sql = "select c.number from case_articles a join cases c on c.id = a.case_id where a.article = ? and a.open"
    row = db.execute(sql, [article]).fetchone()
    return row[0] if row else None


# --- within a transaction -------------------------------------------------------------------------------


def _next_number(connection: sqlite3.Connection, now: datetime, zone: ZoneInfo) -> str:
    day = local_day(now, zone)
    last = connection.execute("select max(counter) from cases where day = ?", [day.isoformat()]).fetchone()[0]
    return core.number_of(day, (last or 0) + 1)


def _read(connection: sqlite3.Connection, number: str) -> Case | None:
    row = connection.execute("select data from cases where number = ?", [number]).fetchone()
    return msgspec.json.decode(row[0], type=Case) if row else None


def _log(connection: sqlite3.Connection, number: str) -> list[CaseEvent]:
    rows = connection.execute(f"{_EVENT} on c.id = e.case_id where c.number = ? order by e.version", [number])
    return [_to_event(row) for row in rows.fetchall()]


def _to_event(row: Row) -> CaseEvent:
    return CaseEvent(
        number=row[0],
        version=row[1],
        at=time_of(row[2]),
        role=row[3],
        action=CaseAction(row[4]),
        changes=tuple(Change(*change) for change in msgspec.json.decode(row[5])),
        note=row[6],
    )


def _append(connection: sqlite3.Connection, event: CaseEvent | Problem) -> Case | Problem:
    """Write one row of a log and what it adds up to; a Problem is passed on, and nothing is written."""
    if isinstance(event, Problem):
        return event
    case = core.apply(_read(connection, event.number), event)
    if not case.closed and (other := _taken(connection, case.number, case.articles)):
        return Problem(Fault.TAKEN, "articles", other=other)
    _project(connection, case, event.at, event.role)
    connection.execute(
        """insert into case_events (case_id, version, at, role, action, changes, note)
           select id, ?, ?, ?, ?, ?, ? from cases where number = ?""",
        [
            event.version, to_text(event.at), event.role, event.action.value, _changes_text(event), event.note,
            event.number,
        ],
    )  # fmt: skip
    _link(connection, case, event.at)
    return case


def _changes_text(event: CaseEvent) -> str:
    return msgspec.json.encode([(change.field, change.before, change.after) for change in event.changes]).decode()


def _taken(connection: sqlite3.Connection, number: str, articles: Sequence[int]) -> str:
    """Return the number of another open case that one of the articles stands in, or ""."""
    marks = ", ".join("?" * len(articles))
    row = connection.execute(
        f"""select c.number from case_articles a join cases c on c.id = a.case_id
            where a.open and c.number != ? and a.article in ({marks})""",  # noqa: S608 (only marks)
        [number, *articles],
    ).fetchone()
    return row[0] if row else ""


def _project(connection: sqlite3.Connection, case: Case, at: datetime, opened_by: str = "") -> None:
    """Write the case as it stands now."""
    day, _, counter = case.number.partition("-")
    words = (case.number, case.title, case.note, case.matter, case.owner, case.answer, case.diary_number)
    connection.execute(
        """insert into cases (number, day, counter, version, title, status, owner, received, due, answered, closed,
               changed, story, opened_by, diary_number, words, data)
           values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
           on conflict (number) do update set version = excluded.version, title = excluded.title,
               status = excluded.status, owner = excluded.owner, received = excluded.received, due = excluded.due,
               answered = excluded.answered, closed = excluded.closed, changed = excluded.changed,
               diary_number = excluded.diary_number, words = excluded.words, data = excluded.data""",
        [
            case.number, f"20{day[:2]}-{day[2:4]}-{day[4:]}", int(counter), case.version, case.title,
            case.status.value, case.owner, to_text(case.received), to_text(case.due), to_text(case.answered_at),
            to_text(case.closed_at), to_text(at), case.story, opened_by, case.diary_number,
            "\n".join(words).casefold(), msgspec.json.encode(case).decode(),
        ],
    )  # fmt: skip


def _link(connection: sqlite3.Connection, case: Case, at: datetime) -> None:
    """Write which articles the case holds, and keep the text of each as it reads now if it is new to the case."""
    id_ = connection.execute("select id from cases where number = ?", [case.number]).fetchone()[0]
    # A merged case keeps its list in its log; the survivor alone holds the articles.
    held = () if case.merged_into else case.articles
    connection.execute("delete from case_articles where case_id = ?", [id_])
    for article in held:
        connection.execute(
            "insert into case_articles (case_id, article, open) select ?, id, ? from articles where id = ?",
            [id_, not case.closed, article],
        )
        connection.execute(
            """insert or ignore into case_texts (case_id, article, url, source, title, text, published, seen, kept)
               select ?, id, url, source, title, text, published, seen, ? from articles where id = ?""",
            [id_, to_text(at), article],
        )
