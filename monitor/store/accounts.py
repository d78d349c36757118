"""Accounts, sessions, logins under way, waits after wrong passwords, and each person's own settings.

What a browser holds is secret: only its SHA-256 is stored, so that a copy of the database lets nobody in.
"""

import hashlib
import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlite_utils import Database

from monitor.core.logins import FORGET, wait_after
from monitor.models import Account, Person, Preferences, Role
from monitor.store.db import time_of, to_text, to_time, transaction


def digest_of(secret: str) -> str:
    """Return the SHA-256 under which a secret, a name or an address is kept."""
    return hashlib.sha256(secret.encode()).hexdigest()


# --- accounts ------------------------------------------------------------------------------------------


def add_account(db: Database, name: str, password_hash: str, now: datetime, *, role: Role, unit: str = "") -> bool:
    """Add an account; False when there is one of that name."""
    sql = "insert into accounts (name, role, unit, hash, made) values (?, ?, ?, ?, ?) on conflict do nothing"
    with transaction(db) as connection:
        return connection.execute(sql, [name, role, unit, password_hash, to_text(now)]).rowcount == 1


def list_accounts(db: Database) -> list[Account]:
    """Return all accounts by name."""
    rows = db.execute("select name, role, unit, made, disabled from accounts order by name").fetchall()
    return [
        Account(name=row[0], role=Role(row[1]), unit=row[2], made=time_of(row[3]), disabled=to_time(row[4]))
        for row in rows
    ]


def change_account(db: Database, name: str, *, role: Role | None = None, unit: str | None = None) -> bool:
    """Give an account another role or unit; it counts from the next page on. False when there is no such account."""
    sql = "update accounts set role = coalesce(?, role), unit = coalesce(?, unit) where name = ?"
    with transaction(db) as connection:
        return connection.execute(sql, [role, unit, name]).rowcount == 1


def set_hash(db: Database, name: str, password_hash: str, *, end_sessions: bool) -> bool:
    """Give an account another password. A new one ends its sessions; the same one hashed anew does not."""
    with transaction(db) as connection:
        if end_sessions:
            connection.execute("delete from sessions where account = ?", [name])
        return connection.execute("update accounts set hash = ? where name = ?", [password_hash, name]).rowcount == 1


def disable_account(db: Database, name: str, now: datetime | None) -> bool:
    """Close an account and end its sessions; with None, open it again. False when there is no such account."""
    with transaction(db) as connection:
        connection.execute("delete from sessions where account = ?", [name])
        return connection.execute("update accounts set disabled = ? where name = ?", [to_text(now), name]).rowcount == 1


def remove_account(db: Database, name: str) -> bool:
    """Remove an account, its sessions and its settings. False when there is no such account."""
    with transaction(db) as connection:
        connection.execute("delete from preferences where key = ?", [account_key(name)])
        connection.execute("delete from sessions where account = ?", [name])
        return connection.execute("delete from accounts where name = ?", [name]).rowcount == 1


def open_account_hash(db: Database, name: str) -> str | None:
    """Return the password's hash of an account that is open; None when there is none."""
    row = db.execute("select hash from accounts where name = ? and disabled is null", [name]).fetchone()
    return str(row[0]) if row else None


def account_key(name: str) -> str:
    """Return `Person.key` of an account."""
    return digest_of(f"account {name}")


# --- sessions ------------------------------------------------------------------------------------------


def start_session(db: Database, token: str, who: str | Person, expires: datetime, now: datetime) -> None:
    """Let the browser that holds `token` in, as an account by its name or as a person whom a provider has named.

    Sessions that have expired go at the same time.
    """
    row = [who, "", "", "", ""] if isinstance(who, str) else [None, who.role, who.unit, who.name, who.key]
    with transaction(db) as connection:
        connection.execute("delete from sessions where expires <= ?", [to_text(now)])
        connection.execute(
            "insert into sessions (token, account, role, unit, name, key, expires) values (?, ?, ?, ?, ?, ?, ?)",
            [digest_of(token), *row, to_text(expires)],
        )


def person_of_session(db: Database, token: str, now: datetime) -> Person | None:
    """Return who holds `token`; None when nobody does, the time is over, or the account is closed."""
    row = db.execute(
        """select s.account, coalesce(a.role, s.role), coalesce(a.unit, s.unit), s.name, s.key
           from sessions s left join accounts a on a.name = s.account
           where s.token = ? and s.expires > ? and a.disabled is null""",
        [digest_of(token), to_text(now)],
    ).fetchone()
    if row is None:
        return None
    account = row[0]
    key = account_key(account) if account else row[4]
    return Person(role=Role(row[1]), unit=row[2], name=account or row[3], key=key)


def end_session(db: Database, token: str) -> None:
    """Let the browser that holds `token` in no more."""
    with transaction(db) as connection:
        connection.execute("delete from sessions where token = ?", [digest_of(token)])


# --- waits after wrong passwords -----------------------------------------------------------------------


def claim_try(db: Database, keys: dict[str, int], now: datetime) -> timedelta:
    """Count one try of a password against each of `keys` (name or address to free tries); return the wait before it.

    A try counts as wrong until `forgive` says otherwise, so that many at the same time are not all let through. One
    that must wait is not counted.
    """
    with transaction(db) as connection:
        connection.execute("delete from login_waits where tried < ?", [to_text(now - FORGET)])
        longest = max((_wait(connection, key, now) for key in keys), default=timedelta())
        if longest > timedelta():
            return longest
        for key, free in keys.items():
            digest = digest_of(key)
            row = connection.execute("select failures from login_waits where key = ?", [digest]).fetchone()
            failures = (row[0] if row else 0) + 1
            until = to_text(now + wait_after(failures, free))
            connection.execute(
                """insert into login_waits values (?, ?, ?, ?) on conflict (key) do update set
                   failures = excluded.failures, until = excluded.until, tried = excluded.tried""",
                [digest, failures, until, to_text(now)],
            )
    return timedelta()


def _wait(connection: sqlite3.Connection, key: str, now: datetime) -> timedelta:
    row = connection.execute("select until from login_waits where key = ?", [digest_of(key)]).fetchone()
    return max(time_of(row[0]) - now, timedelta()) if row else timedelta()


def forgive(db: Database, account: str, address: str) -> None:
    """Forget the wrong tries of an account that has logged in, and its last one of the address."""
    with transaction(db) as connection:
        connection.execute("delete from login_waits where key = ?", [digest_of(account)])
        sql = "update login_waits set failures = max(failures - 1, 0), until = tried where key = ?"
        connection.execute(sql, [digest_of(address)])


# --- logins at a provider ------------------------------------------------------------------------------


_BEGUN = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class BegunLogin:
    """A login that a provider is to finish: what its answer must fit."""

    nonce: str
    verifier: str
    target: str


def begin_login(db: Database, state: str, visitor: str, login: BegunLogin, now: datetime) -> None:
    """Remember for ten minutes a login that the browser with the cookie `visitor` has begun."""
    with transaction(db) as connection:
        connection.execute("delete from logins where expires <= ?", [to_text(now)])
        connection.execute(
            "insert into logins values (?, ?, ?, ?, ?, ?)",
            [digest_of(state), digest_of(visitor), login.nonce, login.verifier, login.target, to_text(now + _BEGUN)],
        )


def take_login(db: Database, state: str, visitor: str, now: datetime) -> BegunLogin | None:
    """Return the login that `state` belongs to, once; None when this browser has begun none like that."""
    with transaction(db) as connection:
        row = connection.execute(
            "delete from logins where state = ? and visitor = ? and expires > ? returning nonce, verifier, target",
            [digest_of(state), digest_of(visitor), to_text(now)],
        ).fetchone()
    return BegunLogin(nonce=row[0], verifier=row[1], target=row[2]) if row else None


# --- each person's own settings ------------------------------------------------------------------------


def read_preferences(db: Database, key: str) -> Preferences:
    """Return what the person has chosen."""
    row = db.execute("select keys, language, unit from preferences where key = ?", [key]).fetchone()
    return Preferences(keys=bool(row[0]), language=row[1], unit=row[2]) if row else Preferences()


def save_preferences(db: Database, key: str, chosen: Preferences) -> None:
    """Keep what the person has chosen."""
    with transaction(db) as connection:
        connection.execute(
            """insert into preferences values (?, ?, ?, ?) on conflict (key) do update set
               keys = excluded.keys, language = excluded.language, unit = excluded.unit""",
            [key, int(chosen.keys), chosen.language, chosen.unit],
        )
