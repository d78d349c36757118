"""How the reading of sources goes: state, strain, moves and rhythm; and what sites have said to programs."""

import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

from sqlite_utils import Database

from monitor.core.polling import is_settled, next_due, weigh
from monitor.core.rhythm import HISTORY, interval, rhythm_of
from monitor.models import Poll, PollOutcome, SiteFile, SourceState
from monitor.store.arrivals import Arrival
from monitor.store.db import time_of, to_text, to_time, transaction

_READ = {PollOutcome.OK, PollOutcome.EMPTY, PollOutcome.RESERVED}
"""Outcomes of a body that was read: its validators hold for the next poll."""
_JUDGED = (
    "state", "since", "failures", "strain", "first_polled", "pause", "moved_to", "moved_times", "moved_since",
    "followed", "important",
)  # fmt: skip
"""What of a source's state decides what a poll means for it."""
_MOST_ARRIVALS = 400
_USUAL_DAYS = 28


def update_health(connection: sqlite3.Connection, arrival: Arrival, *, new: int) -> None:
    """Write what a poll means for its source, in the transaction that saves the poll; `new` entries came with it."""
    poll = arrival.poll
    cursor = connection.execute(f"select {', '.join(_JUDGED)} from sources where url = ?", [poll.source])  # noqa: S608 (our own columns)
    row = cursor.fetchone()
    moments = _moments(connection, poll.source, poll.at - HISTORY, 20)
    # Homes that always crawl together know a source alike: what the poll means is found once for all of them.
    changed = arrival.changes.get((row, moments))
    if changed is None:
        changed = _changes(dict(zip(_JUDGED, row, strict=True)), poll, moments)
        arrival.changes[row, moments] = changed
    assignments = ", ".join(f"{name} = ?" for name in changed)
    connection.execute(
        f"update sources set {assignments} where url = ?",  # noqa: S608 (names are our own columns)
        [*changed.values(), poll.source],
    )
    connection.execute(
        """insert into source_days values (?, ?, 1, ?, ?) on conflict do update set
           polls = polls + 1, healthy = healthy + excluded.healthy, new = new + excluded.new""",
        [poll.source, poll.at.astimezone(UTC).date().isoformat(), int(poll.outcome.healthy), new],
    )


def _changes(row: dict[str, Any], poll: Poll, moments: Sequence[str]) -> dict[str, Any]:
    """Return what a poll changes of its source, which is as `row` says and brought something new at `moments`."""
    changed = _state(row, poll) | _move(row, poll) | _answered(row, poll)
    every = interval(
        [time_of(moment) for moment in moments],
        poll.at,
        _seconds(changed.get("pause", row["pause"])),
        important=bool(row["important"]),
    )
    changed["due"] = to_text(next_due(poll.at, changed["strain"], every, poll.retry_after, key=poll.source))
    return changed


def _state(row: dict[str, Any], poll: Poll) -> dict[str, Any]:
    """Return since when the source is as it is, and how long and heavily it has failed."""
    # That nothing has changed says nothing new: an empty or reserved source stays what it was.
    unchanged = poll.outcome is PollOutcome.NOT_MODIFIED and row["state"] in {*_READ, ""}
    state = (row["state"] or PollOutcome.OK) if unchanged else poll.outcome
    failed = not poll.outcome.healthy
    return {
        "last_polled": to_text(poll.at),
        "state": state,
        "since": row["since"] if row["since"] and state == row["state"] else to_text(poll.at),
        "failures": row["failures"] + 1 if failed else 0,
        "strain": row["strain"] + (poll.strain or weigh(poll.outcome, poll.status)) if failed else 0,
    }


def _answered(row: dict[str, Any], poll: Poll) -> dict[str, Any]:
    """Return what a good answer leaves behind."""
    changed: dict[str, Any] = {}
    if poll.outcome.healthy:
        changed = {"last_ok": to_text(poll.at), "first_polled": row["first_polled"] or to_text(poll.at)}
    if poll.outcome in _READ:
        changed |= {
            "etag": poll.etag,
            "last_modified": poll.last_modified,
            "body_hash": poll.body_hash,
            "pause": int(poll.pause.total_seconds()) if poll.pause else None,
            "reserved": poll.reserved,
        }
    return changed


def _move(row: dict[str, Any], poll: Poll) -> dict[str, Any]:
    """Return where the source has moved: the same answer again and again is followed; a dead end is not kept."""
    if row["followed"]:
        gone = poll.outcome in {PollOutcome.GONE, PollOutcome.UNREADABLE, PollOutcome.BLOCKED}
        return {"moved_to": "", "moved_times": 0, "moved_since": None, "followed": 0} if gone else {}
    if not poll.outcome.healthy:
        return {}
    same = poll.moved_to == row["moved_to"]
    times = (row["moved_times"] if same else 0) + 1
    since = time_of(row["moved_since"]) if same and row["moved_since"] else poll.at
    return {
        "moved_to": poll.moved_to,
        "moved_times": times,
        "moved_since": to_text(since),
        "followed": int(bool(poll.moved_to) and is_settled(times, since, poll.at)),
    }


def _seconds(value: int | None) -> timedelta | None:
    return timedelta(seconds=value) if value else None


def _moments(connection: sqlite3.Connection, source: str, since: datetime, limit: int) -> tuple[str, ...]:
    """Return the last moments at which a source brought something new, oldest first.

    Of its first poll, which brings everything at once, the entries' own dates count.
    """
    rows = connection.execute(
        """select distinct case when baseline then min(coalesce(published, first_seen), first_seen)
               else first_seen end moment
           from entries where source = ? and first_seen >= ? order by moment desc limit ?""",
        [source, to_text(since), limit],
    )
    return tuple(row[0] for row in reversed(rows.fetchall()))


def with_rhythm(db: Database, states: Sequence[SourceState], now: datetime, zone: tzinfo) -> tuple[SourceState, ...]:
    """Return the states with what each source brings, now and as a rule."""
    today = now - timedelta(days=1)
    usual_from = now - timedelta(days=_USUAL_DAYS)
    days = {
        row["source"]: row["new"]
        for row in db.query(
            "select source, sum(new) new from source_days where day >= ? and day < ? group by source",
            [usual_from.date().isoformat(), now.astimezone(UTC).date().isoformat()],
        )
    }
    began = {row["url"]: to_time(row["first_polled"]) for row in db.query("select url, first_polled from sources")}
    told = []
    for state in states:
        url = state.source.url
        first = began.get(url) or now
        rhythm = rhythm_of(
            [time_of(moment) for moment in _moments(db.conn, url, now - HISTORY, _MOST_ARRIVALS)],
            today=db.execute(
                "select count(*) from entries where source = ? and first_seen > ? and not baseline",
                [url, to_text(today)],
            ).fetchone()[0],
            entries=days.get(url, 0),
            days=min((now - first).days, _USUAL_DAYS),
            now=now,
            zone=zone,
        )
        # A source that cannot be read is failing, not quiet.
        quiet = rhythm.quiet and bool(state.last and state.last.outcome.healthy)
        told.append(replace(state, rhythm=replace(rhythm, quiet=quiet)))
    return tuple(told)


def unread_days(db: Database, since: date) -> dict[date, set[str]]:
    """Return the sources that were asked on a UTC day from `since` and never answered well that day: day -> sources.

    What is missing of such a day is unknown (`core.digest.is_blind`): it is never counted as a day without mentions.
    """
    found: dict[date, set[str]] = {}
    sql = "select day, source from source_days where day >= ? and not healthy"
    for day, source in db.execute(sql, [since.isoformat()]).fetchall():
        found.setdefault(date.fromisoformat(day), set()).add(source)
    return found


class StoredSiteFiles:
    """What sites said to programs, in the home's database: the `SiteFiles` of a crawl."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def recall(self, url: str) -> SiteFile | None:
        """Return what stood at an address the last time."""
        for row in self.db.query("select * from site_files where url = ?", [url]):
            return SiteFile(
                url=url, asked=time_of(row["asked"]), status=row["status"], reason=row["reason"], body=row["body"]
            )
        return None

    def keep(self, file: SiteFile) -> None:
        """Remember what stood at an address."""
        with transaction(self.db) as connection:
            connection.execute(
                "insert or replace into site_files (url, asked, status, reason, body) values (?, ?, ?, ?, ?)",
                [file.url, to_text(file.asked), file.status, file.reason, file.body],
            )
