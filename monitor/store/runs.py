"""Runs: what began, what ended, what was killed; and which pages a run has taken to fetch.

A lease names a run and has no time of its own: a clock that jumps frees nothing early and keeps nothing locked. Who
holds the home's lock knows that every other run without an end is dead, and takes back what it had.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlite_utils import Database

from monitor.store.db import time_of, to_text, to_time, transaction

KEPT = timedelta(days=90)


class RunOutcome(StrEnum):
    """How a run ended."""

    DONE = "done"
    FAILED = "failed"
    """It ended by itself, with a fault that it told."""
    BROKE_OFF = "broke off"
    """It was killed, or the machine was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run of a command."""

    id: int
    command: str
    began: datetime
    ended: datetime | None = None
    outcome: str = ""
    pages: int = 0
    """Pages that it had taken to fetch when it was found dead."""


def begin_run(db: Database, command: str, now: datetime) -> int:
    """Take note of a run, and forget those of three months ago; return its number."""
    with transaction(db) as connection:
        connection.execute("delete from runs where ended < ?", [to_text(now - KEPT)])
        sql = "insert into runs (command, began) values (?, ?)"
        return int(connection.execute(sql, [command, to_text(now)]).lastrowid or 0)


def end_run(db: Database, run: int, outcome: RunOutcome, now: datetime) -> None:
    """Take note of a run's end, and give back the pages that it had taken and not fetched."""
    with transaction(db) as connection:
        connection.execute("update pages set run = null where run = ?", [run])
        connection.execute("update runs set ended = ?, outcome = ? where id = ?", [to_text(now), outcome, run])


def close_dead_runs(db: Database, now: datetime) -> list[Run]:
    """End the runs that nobody ended, and give back their pages; return them. Only for who holds the home's lock."""
    dead = open_runs(db)
    for run in dead:
        end_run(db, run.id, RunOutcome.BROKE_OFF, now)
    return dead


def open_runs(db: Database) -> list[Run]:
    """Return the runs without an end, with how many pages each has taken: those that go on, and those that are dead."""
    sql = "select id, command, began, (select count(*) from pages where run = runs.id) from runs where ended is null"
    rows = db.execute(f"{sql} order by id").fetchall()
    return [Run(id=row[0], command=row[1], began=time_of(row[2]), pages=row[3]) for row in rows]


def broken_runs(db: Database, since: datetime) -> list[Run]:
    """Return the runs from `since` on that broke off, newest first."""
    sql = "select id, command, began, ended, outcome from runs where outcome = ? and began >= ? order by id desc"
    rows = db.execute(sql, [RunOutcome.BROKE_OFF, to_text(since)]).fetchall()
    return [
        Run(id=row[0], command=row[1], began=time_of(row[2]), ended=to_time(row[3]), outcome=row[4]) for row in rows
    ]
