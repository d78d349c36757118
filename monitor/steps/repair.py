"""What is wrong with a home, beyond what a run puts in order by itself: told by `doctor`, mended by its --repair."""

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from sqlite_utils import Database

from monitor.config import Home
from monitor.core.recipients import Edition
from monitor.deliver.files import FORMS, write_digest
from monitor.errors import StoreError
from monitor.files import keep_names
from monitor.models import Clock
from monitor.steps.recover import half_written, recover
from monitor.steps.send import letter_of_day, render_edition
from monitor.store import damage as damage_store
from monitor.store import digests as digest_store
from monitor.store import outbox
from monitor.store import runs as run_store
from monitor.store.db import transaction

AHEAD = timedelta(hours=4)
"""A letter whose period ends so long after now was made while the clock ran ahead. A smaller jump is let be: who has
the letter shall not get it twice."""
_FEW = 3
"""More letters ahead than these, and it is rather the clock of now that is wrong."""
RESTORE = "restore the latest copy: monitor restore FILE --replace"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """One thing that is wrong."""

    what: str
    mend: Callable[[], object] | None = None
    """Mends it, once. None: only a person can."""


def find_trouble(home: Home, db: Database, clock: Clock, *, alone: bool) -> Iterator[Trouble]:
    """Yield what is wrong. `alone`: the caller holds the home's locks, so that no run is going on."""
    now = clock()
    if alone:
        yield from _left_by_the_killed(home, db, now)
    yield from _damage(db)
    yield from _letter_without_file(home, db)
    yield from _letters_ahead(home, db, now)


def _left_by_the_killed(home: Home, db: Database, now: datetime) -> Iterator[Trouble]:
    dead = run_store.open_runs(db)
    parts = half_written(home)
    if dead:
        pages = sum(run.pages for run in dead)
        what = f"{len(dead)} runs broke off, the last at {dead[-1].began.isoformat()}; they had taken {pages} pages"
        yield Trouble(what=f"{what}. The next run puts that in order too", mend=lambda: recover(home, db, now))
    if parts:
        yield Trouble(
            what=f"{len(parts)} files that a killed program left half-written: {parts[0].name}",
            mend=lambda: recover(home, db, now),
        )


def _damage(db: Database) -> Iterator[Trouble]:
    damaged = damage_store.find_damage(db)
    if damaged:
        yield Trouble(what=f"the database is damaged: {damaged[0]}", mend=lambda: _write_indexes(db))
    derived, others = damage_store.find_loose(db)
    if derived:
        tables = ", ".join(f"{count} in {table}" for table, count in derived.items())
        yield Trouble(
            what=f"rows that point to nothing and can be made again: {tables}",
            mend=lambda: damage_store.drop_loose(db),
        )
    if others:
        tables = ", ".join(f"{count} in {table}" for table, count in others.items())
        yield Trouble(what=f"rows that point to nothing: {tables}. {RESTORE}")


def _write_indexes(db: Database) -> None:
    try:
        damage_store.write_indexes(db)
    except (StoreError, sqlite3.Error) as error:
        raise StoreError(f"the indexes could not be written anew ({error}): {RESTORE}") from error
    if left := damage_store.find_damage(db):
        raise StoreError(f"not only its indexes are damaged ({left[0]}): {RESTORE}")


def _letter_without_file(home: Home, db: Database) -> Iterator[Trouble]:
    days = digest_store.digest_days(db)
    out = home.reports / "out"
    if not days or all((out / f"{days[0]}{form}").is_file() for form in FORMS):
        return
    yield Trouble(
        what=f"the letter of {days[0]} is in the database and not whole in {out}",
        mend=lambda: _write_letter(home, db, date.fromisoformat(days[0])),
    )


def _write_letter(home: Home, db: Database, day: date) -> None:
    letter = letter_of_day(db, day)
    review = outbox.review_of(db, day, letter.made)
    write_digest(home.reports / "out", day, render_edition(home, letter.digest, Edition(review=review)))


def _letters_ahead(home: Home, db: Database, now: datetime) -> Iterator[Trouble]:
    ahead = digest_store.digests_after(db, now + AHEAD)
    behind = len(digest_store.digest_days(db)) - len(ahead)
    for day, made in ahead:
        told = f"the letter of {day} was made at {made.isoformat()}, and it is {now.isoformat()}"
        if len(ahead) > _FEW or not behind:
            yield Trouble(what=f"{told}: the machine's clock is wrong. Set it right")
            return
        yield Trouble(
            what=f"{told}: the clock ran ahead, or is wrong now. If it is right, the letter is taken back, and its day "
            "gets one of its own",
            mend=partial(withdraw, home, db, day),
        )


def withdraw(home: Home, db: Database, day: date) -> None:
    """Take back a letter that was made ahead of its time: its day gets one of its own, with a Message-ID of its own."""
    with transaction(db):
        digest_store.forget_digest(db, day)
        outbox.set_aside(db, f"letter {day}")
    for form in FORMS:
        (home.reports / "out" / f"{day}{form}").unlink(missing_ok=True)
    keep_names(home.reports / "out")
