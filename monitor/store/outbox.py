"""What is sent to whom, and what became of it.

A parcel is marked before it is handed over and marked again after. When the program dies between the two, nobody can
know whether it arrived: it is sent again with the same Message-ID, at most TRIES times. Parcels are written to the disk
itself before the next step, so that a power cut forgets none either.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from sqlite3 import Connection

from sqlite_utils import Database

from monitor.core.alerts import Told
from monitor.core.recipients import Review
from monitor.store.db import lasting, time_of, to_text, transaction

TRIES = 3
"""Attempts that may have delivered, or were refused, before a person must look."""


class State(StrEnum):
    """How far a parcel has come."""

    WAITING = "waiting"
    SENDING = "sending"
    """Handed over, answer not known: after a crash or a silence it may have arrived."""
    SENT = "sent"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """One thing for one recipient."""

    item: str
    channel: str
    recipient: str
    edition: str
    key: str
    id: int = 0
    state: State = State.WAITING
    tries: int = 0
    reason: str = ""

    @property
    def given_up(self) -> bool:
        """Whether a person must look before it is tried again."""
        return self.state is not State.SENT and self.tries >= TRIES


def queue(db: Database, parcels: Sequence[Parcel], now: datetime) -> None:
    """Put parcels into the outbox; one that is there already stays as it is."""
    with lasting(db) as connection:
        _queue(connection, parcels, now)


def _queue(connection: Connection, parcels: Sequence[Parcel], now: datetime) -> None:
    connection.executemany(
        """insert into outbox (item, channel, recipient, edition, key, state, queued) values (?, ?, ?, ?, ?, ?, ?)
           on conflict do nothing""",
        [(p.item, p.channel, p.recipient, p.edition, p.key, State.WAITING, to_text(now)) for p in parcels],
    )


def parcels_of(db: Database, item: str) -> list[Parcel]:
    """Return the parcels of one letter or alert, in the order in which they were queued."""
    sql = """select id, item, channel, recipient, edition, key, state, tries, reason from outbox
             where item = ? order by id"""
    return [Parcel(**{**row, "state": State(row["state"])}) for row in db.query(sql, [item])]


def claim(db: Database, parcel: Parcel, now: datetime) -> bool:
    """Mark a parcel as being sent; False when it has been sent or given up meanwhile."""
    with lasting(db) as connection:
        changed = connection.execute(
            "update outbox set state = ?, tries = tries + 1, tried = ? where id = ? and state != ? and tries < ?",
            [State.SENDING, to_text(now), parcel.id, State.SENT, TRIES],
        )
        return changed.rowcount == 1


def settle(db: Database, parcel: Parcel, state: State, reason: str) -> None:
    """Mark what became of a claimed parcel. Back to WAITING, the attempt does not count: nothing was delivered."""
    with lasting(db) as connection:
        connection.execute(
            "update outbox set state = ?, reason = ?, tries = tries - ? where id = ?",
            [state, reason, int(state is State.WAITING), parcel.id],
        )


def try_again(db: Database, item: str) -> None:
    """Let what was given up be tried again."""
    with lasting(db) as connection:
        connection.execute("update outbox set tries = 0 where item = ? and state != ?", [item, State.SENT])


def set_aside(db: Database, item: str) -> None:
    """Keep what was sent of an item that is taken back under another name, so that it may be sent anew."""
    with transaction(db) as connection:
        number = times_set_aside(db, item) + 1
        connection.execute(
            "update outbox set item = ?, key = ? || key where item = ?",
            [f"{item} taken back {number}", f"taken back {number}: ", item],
        )


def times_set_aside(db: Database, item: str) -> int:
    """Return how many times an item was taken back."""
    sql = "select count(distinct item) from outbox where item like ? || ' taken back %'"
    return int(db.execute(sql, [item]).fetchone()[0])


def forget(db: Database, before: datetime) -> int:
    """Delete parcels and alerts queued before `before`: addresses are personal data. Return how many parcels."""
    with transaction(db) as connection:
        connection.execute("delete from alerts where at < ?", [to_text(before)])
        return connection.execute("delete from outbox where queued < ?", [to_text(before)]).rowcount


# --- reviews -----------------------------------------------------------------------------------------------


def save_review(db: Database, day: date, made: datetime, review: Review) -> None:
    """Remember that a person has reviewed this making of the day's digest."""
    with lasting(db) as connection:
        connection.execute(
            """insert into reviews values (?, ?, ?, ?) on conflict (day) do update set
                   made = excluded.made, role = excluded.role, at = excluded.at""",
            [day.isoformat(), to_text(made), review.role, to_text(review.at)],
        )


def review_of(db: Database, day: date, made: datetime) -> Review | None:
    """Return the review of this making of the day's digest: a digest made anew is to be looked at anew."""
    sql = "select role, at from reviews where day = ? and made = ?"
    row = db.execute(sql, [day.isoformat(), to_text(made)]).fetchone()
    return Review(role=row[0], at=time_of(row[1])) if row else None


# --- ending the mailing ------------------------------------------------------------------------------------


def token_of(db: Database, recipient: str) -> str:
    """Return the secret that lets `recipient` end the mailing without a login."""
    recipient = recipient.lower()
    row = db.execute("select token from mailings where recipient = ?", [recipient]).fetchone()
    if row:
        return str(row[0])
    token = secrets.token_urlsafe(18)
    with lasting(db) as connection:
        connection.execute("insert into mailings (recipient, token) values (?, ?)", [recipient, token])
    return token


def recipient_of(db: Database, token: str) -> str | None:
    """Return whose token it is."""
    row = db.execute("select recipient from mailings where token = ?", [token]).fetchone()
    return str(row[0]) if row else None


def end_mailing(db: Database, token: str, now: datetime) -> bool:
    """End the mailing to whom `token` belongs; False when it is nobody's. For the POST of the unsubscribe page."""
    with lasting(db) as connection:
        sql = "update mailings set ended = coalesce(ended, ?) where token = ?"
        return connection.execute(sql, [to_text(now), token]).rowcount == 1


def resume_mailing(db: Database, recipient: str) -> bool:
    """Send to `recipient` again; False when the mailing had not been ended."""
    with lasting(db) as connection:
        sql = "update mailings set ended = null where recipient = ? and ended is not null"
        return connection.execute(sql, [recipient.lower()]).rowcount == 1


def ended_mailings(db: Database) -> frozenset[str]:
    """Return the addresses, in small letters, that have ended the mailing."""
    return frozenset(row[0] for row in db.execute("select recipient from mailings where ended is not null").fetchall())


# --- alerts ------------------------------------------------------------------------------------------------


def save_alert(db: Database, key: str, now: datetime, content: str, parcels: Sequence[Parcel]) -> None:
    """Remember an alert together with its parcels: what is remembered is never told twice."""
    with lasting(db) as connection:
        connection.execute("insert into alerts values (?, ?, ?)", [key, to_text(now), content])
        _queue(connection, parcels, now)


def told_since(db: Database, since: datetime) -> list[Told]:
    """Return the alerts from `since` on, newest last."""
    rows = db.execute("select key, at from alerts where at >= ? order by at, key", [to_text(since)]).fetchall()
    return [Told(key=row[0], at=time_of(row[1])) for row in rows]


def alert_content(db: Database, key: str) -> str:
    """Return the message of an alert as JSON."""
    return str(db.execute("select content from alerts where key = ?", [key]).fetchone()[0])


def arrivals_by_hour(db: Database, since: datetime, until: datetime) -> dict[str, int]:
    """Count the articles about the municipality that came in, copies left out, by UTC hour ("2026-11-24T05")."""
    rows = db.execute(
        """select substr(a.seen, 1, 13), count(*) from articles a left join story_articles s on s.article = a.id
           where a.seen >= ? and a.seen < ? and a.baseline = 0 and a.about = 1 and coalesce(s.copy, 0) = 0
           group by 1""",
        [to_text(since), to_text(until)],
    ).fetchall()
    return {row[0]: int(row[1]) for row in rows}


def arrivals_since(db: Database, since: datetime) -> list[tuple[datetime, str, str, str]]:
    """Return when, title, address and source of such articles."""
    rows = db.execute(
        """select a.seen, a.title, a.url, a.source from articles a left join story_articles s on s.article = a.id
           where a.seen >= ? and a.baseline = 0 and a.about = 1 and coalesce(s.copy, 0) = 0 order by a.seen, a.id""",
        [to_text(since)],
    ).fetchall()
    return [(time_of(row[0]), row[1], row[2], row[3]) for row in rows]
