"""What a run puts in order by itself, what `doctor` tells, and what `doctor --repair` mends."""

import fcntl
import logging
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from monitor.config import Home, read_home
from monitor.errors import StoreError
from monitor.models import Entry, Poll, PollOutcome, Source
from monitor.steps.recover import running
from monitor.steps.repair import find_trouble
from monitor.steps.send import Result, send_letter
from monitor.store import intake, outbox
from monitor.store import runs as run_store
from monitor.store.db import open_database, transaction
from monitor.store.digests import digest_days
from monitor.store.runs import RunOutcome
from tests.command import call
from tests.deliver.homes import store_letter, write_home
from tests.deliver.post_office import PostOffice
from tests.golden.digest import days

NOW = datetime(2026, 11, 24, 5, 45, tzinfo=UTC)
SOURCE = Source(url="https://bladet.example/feed", kind="feed")
MakeHome = Callable[..., Path]


@pytest.fixture
def home(make_home: MakeHome) -> Home:
    return read_home(make_home(f"{SOURCE.url} name=Bladet"))


@pytest.fixture
def held(home: Home) -> Database:
    """The home's own database with a source whose two pages wait."""
    db = open_database(home.database)
    intake.register_sources(db, [SOURCE])
    entries = [Entry(key=key, url=f"https://bladet.example/{key}", title=key) for key in "ab"]
    intake.save_poll(db, Poll(source=SOURCE.url, at=NOW, outcome=PollOutcome.OK), entries)
    return db


def clock() -> datetime:
    return NOW


def troubles(home: Home, db: Database) -> list[str]:
    return [trouble.what for trouble in find_trouble(home, db, clock, alone=True)]


def mend(home: Home, db: Database) -> None:
    for trouble in find_trouble(home, db, clock, alone=True):
        if trouble.mend:
            trouble.mend()


# --- runs and their leases ------------------------------------------------------------------------------


def test_what_a_run_is_fetching_no_other_takes_until_it_ends(held: Database) -> None:
    first = run_store.begin_run(held, "crawl", NOW)
    second = run_store.begin_run(held, "crawl", NOW)
    (taken,) = intake.wanted_pages(held, SOURCE.url, 1, NOW, first)
    (other,) = intake.wanted_pages(held, SOURCE.url, 9, NOW, second)
    assert taken != other
    assert len(intake.wanted_pages(held, SOURCE.url, 9, NOW, first)) == 1
    assert intake.wanted_pages(held, SOURCE.url, 9, NOW) == []
    intake.save_no_mention(held, [(taken, NOW)], "no name")
    run_store.end_run(held, second, RunOutcome.DONE, NOW)
    assert intake.wanted_pages(held, SOURCE.url, 9, NOW, first) == [other]


def test_a_run_that_was_killed_is_ended_by_the_next_which_has_its_pages_at_once(
    home: Home, held: Database, caplog: pytest.LogCaptureFixture
) -> None:
    dead = run_store.begin_run(held, "crawl", NOW - timedelta(hours=1))
    wanted = intake.wanted_pages(held, SOURCE.url, 9, NOW, dead)
    with caplog.at_level(logging.WARNING), running(home, held, clock, "run") as number:
        assert intake.wanted_pages(held, SOURCE.url, 9, NOW, number) == wanted
    assert "the crawl of 2026-11-24T04:45:00+00:00 broke off" in caplog.text
    assert run_store.open_runs(held) == []
    (broken,) = run_store.broken_runs(held, NOW - timedelta(days=1))
    assert (broken.id, broken.outcome) == (dead, RunOutcome.BROKE_OFF)
    assert len(intake.wanted_pages(held, SOURCE.url, 9, NOW)) == 2


def test_a_run_that_fails_says_so_and_holds_nothing(home: Home, held: Database) -> None:
    def fail() -> None:
        with running(home, held, clock, "run") as number:
            intake.wanted_pages(held, SOURCE.url, 9, NOW, number)
            raise StoreError("the disk is full")

    with pytest.raises(StoreError, match="the disk is full"):
        fail()
    assert held.execute("select outcome from runs").fetchall() == [("failed",)]
    assert len(intake.wanted_pages(held, SOURCE.url, 9, NOW)) == 2


def test_runs_are_forgotten_after_a_quarter(held: Database) -> None:
    run_store.end_run(held, run_store.begin_run(held, "run", NOW), RunOutcome.DONE, NOW)
    run_store.begin_run(held, "run", NOW + run_store.KEPT + timedelta(seconds=1))
    assert held.execute("select count(*) from runs").fetchone()[0] == 1


def test_a_second_try_that_was_put_off_while_the_clock_ran_ahead_is_made(held: Database) -> None:
    (first, _) = intake.wanted_pages(held, SOURCE.url, 9, NOW)
    with transaction(held) as connection:
        sql = "update pages set state = 'unavailable', retry = '2036-01-01T00:00:00+00:00' where id = ?"
        connection.execute(sql, [first.id])
    assert first in intake.wanted_pages(held, SOURCE.url, 9, NOW)


# --- doctor ---------------------------------------------------------------------------------------------


def test_doctor_tells_what_killed_runs_left_and_mends_it(home: Home, held: Database) -> None:
    number = run_store.begin_run(held, "crawl", NOW)
    intake.wanted_pages(held, SOURCE.url, 9, NOW, number)
    (home.path / ".feeds.txt.0a1b2c3d.part").write_text("half")
    said = call("doctor", "--home", home.path)
    assert "1 runs broke off" in said.out
    assert "2 pages" in said.out
    assert "half-written" in said.out
    assert "monitor doctor --repair" in said.out
    assert (home.path / ".feeds.txt.0a1b2c3d.part").exists()
    said = call("doctor", "--repair", "--home", home.path)
    assert said.out.count("mended: ") == 2, said
    assert not list(home.path.glob(".*.part"))
    said = call("doctor", "--home", home.path)
    assert "no run has left anything" in said.out
    assert "1 runs of the last week broke off" in said.out


def test_while_a_run_is_going_on_nothing_is_taken_for_left_and_nothing_is_mended(home: Home, held: Database) -> None:
    run_store.begin_run(held, "crawl", NOW)
    with (home.path / "monitor.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert "broke off, the last" not in call("doctor", "--home", home.path).out
        assert call("doctor", "--repair", "--home", home.path).code == 3


def damage_index(path: Path) -> None:
    """Let an index miss what its table has, as a lost write does."""
    with closing(sqlite3.connect(path)) as db:
        page, size = db.execute("select rootpage from sqlite_master where name = 'entries_by_page'").fetchone()[0], 4096
    body = bytearray(path.read_bytes())
    start = (page - 1) * size
    assert body[start] == 10  # a leaf of an index
    body[start + 3 : start + 5] = b"\x00\x00"  # no cells
    path.write_bytes(body)


def test_a_damaged_index_is_written_anew(home: Home, held: Database) -> None:
    held.close()
    damage_index(home.database)
    said = call("doctor", "--home", home.path)
    assert "the database is damaged" in said.out
    said = call("doctor", "--repair", "--home", home.path)
    assert "mended: the database is damaged" in said.out, said
    assert "the database is whole" in call("doctor", "--home", home.path).out


def test_what_cannot_be_mended_is_told_with_what_to_do(home: Home, held: Database) -> None:
    with transaction(held) as connection:
        connection.execute("insert into runs (command, began) values ('x', 'x')")
        connection.execute("delete from runs")
    held.execute("pragma foreign_keys = off")
    with transaction(held) as connection:
        connection.execute("delete from sources")
    held.close()
    said = call("doctor", "--repair", "--home", home.path)
    assert "rows that point to nothing" in said.out
    assert "monitor restore FILE --replace" in said.out
    assert said.code == 1


def test_rows_of_derived_tables_that_point_to_nothing_go(home: Home, held: Database) -> None:
    held.execute("pragma foreign_keys = off")
    with transaction(held) as connection:
        connection.execute("insert into digest_articles values (7, '2026-11-24')")
    held.execute("pragma foreign_keys = on")
    assert any("in digest_articles" in what for what in troubles(home, held))
    mend(home, held)
    assert troubles(home, held) == []


# --- letters --------------------------------------------------------------------------------------------


def test_a_letter_whose_files_are_not_whole_is_written_again(tmp_path: Path) -> None:
    home = write_home(tmp_path / "home", 25)
    db = open_database(home.database)
    store_letter(db, days.normal_day())
    out = home.reports / "out"
    assert any("is in the database and not whole" in what for what in troubles(home, db))
    mend(home, db)
    letter = (out / "2026-11-24.html").read_text(encoding="utf-8")
    assert letter.rstrip().endswith("</html>")
    (out / "2026-11-24.txt").unlink()
    mend(home, db)
    assert (out / "2026-11-24.txt").exists()
    assert troubles(home, db) == []
    shutil.rmtree(out)
    assert len(troubles(home, db)) == 1


def test_a_letter_made_while_the_clock_ran_ahead_is_taken_back_and_its_day_gets_one_of_its_own(tmp_path: Path) -> None:
    with PostOffice() as office:
        home = write_home(tmp_path / "home", office.port)
        db = open_database(home.database)
        store_letter(db, days.normal_day())
        tomorrow = datetime(2026, 11, 25, 5, 45, tzinfo=UTC)
        ahead = replace(days.normal_day(), day=date(2026, 11, 25))
        ahead = replace(ahead, period=replace(ahead.period, end=ahead.period.end + timedelta(days=1)))
        store_letter(db, ahead, made=tomorrow)
        send_letter(home, db, lambda: tomorrow)
        first = {str(message.read["Message-ID"]) for message in office.arrived}
        (trouble,) = [what for what in troubles(home, db) if "the clock ran ahead" in what]
        assert "2026-11-25" in trouble
        mend(home, db)
        assert digest_days(db) == ["2026-11-24"]
        assert not any("clock" in what for what in troubles(home, db))
        store_letter(db, ahead, made=tomorrow)
        sending = send_letter(home, db, lambda: tomorrow)
        assert {outcome.result for outcome in sending.outcomes} == {Result.SENT}
        second = {str(message.read["Message-ID"]) for message in office.arrived[3:]}
        assert len(office.arrived) == 6
        assert not first & second
        assert {outcome.result for outcome in send_letter(home, db, lambda: tomorrow).outcomes} == {Result.ALREADY}
        assert outbox.times_set_aside(db, "letter 2026-11-25") == 1


def test_when_all_letters_lie_ahead_it_is_the_clock_of_now_that_is_wrong(tmp_path: Path) -> None:
    home = write_home(tmp_path / "home", 25)
    db = open_database(home.database)
    store_letter(db, days.normal_day())
    found = list(find_trouble(home, db, lambda: NOW - timedelta(days=3000), alone=True))
    (ahead,) = [trouble for trouble in found if "clock" in trouble.what]
    assert "the machine's clock is wrong" in ahead.what
    assert ahead.mend is None
