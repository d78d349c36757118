"""A home as one file, made while others write, and back: whole, or not at all."""

import io
import json
import os
import signal
import sqlite3
import subprocess
import sys
import tarfile
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from monitor.config import Home, read_home
from monitor.errors import StoreError, UsageError
from monitor.models import Case
from monitor.steps.backup import back_up, read_backup, restore
from monitor.store.cases import open_case
from monitor.store.copies import check_copy, copy_database
from monitor.store.db import open_database
from tests.command import call

MakeHome = Callable[..., Path]
LATER = datetime(2026, 11, 25, 6, 0, tzinfo=UTC)


@pytest.fixture
def home(make_home: MakeHome) -> Home:
    path = make_home("https://bladet.example/feed name=Bladet")
    (path / "reports" / "out").mkdir(parents=True)
    (path / "reports" / "out" / "2026-11-24.html").write_text("<p>brev</p>")
    (path / "reports" / "topics.toml").write_text("# own\n")
    (path / "secrets").mkdir()
    (path / "secrets" / "token").write_text("hemligt")
    (path / "secrets" / "token").chmod(0o600)
    fill(path, 3)
    return read_home(path)


def fill(path: Path, number: int) -> None:
    db = open_database(path / "monitor.db")
    for _ in range(number):
        open_one(db)
    db.close()


def open_one(db: Database) -> Case:
    draft = Case(number="", title="Samtal", received=LATER)
    saved = open_case(db, draft, role="kommunikatör", now=LATER, zone=UTC)  # type: ignore[arg-type]  # any zone does
    assert isinstance(saved, Case)
    return saved


def cases(path: Path) -> int:
    with closing(sqlite3.connect(path / "monitor.db")) as db:
        return int(db.execute("select count(*) from cases").fetchone()[0])


def test_a_home_comes_back_as_it_was_without_its_secrets(home: Home, tmp_path: Path, now: datetime) -> None:
    made = back_up(home, now)
    assert made.path.parent == home.path / "backups"
    assert (made.municipality, made.made) == ("Katrineholm", "2026-11-24T05:30:00+00:00")
    back = tmp_path / "back"
    restore(made.path, back, LATER)
    assert cases(back) == 3
    for name in ("monitor.toml", "feeds.txt", "reports/out/2026-11-24.html", "reports/topics.toml"):
        assert (back / name).read_bytes() == (home.path / name).read_bytes()
    assert not (back / "secrets").exists()
    assert [file.name for file in back.iterdir() if file.name.startswith(".")] == []
    check_copy(back / "monitor.db")
    assert read_home(back).settings == home.settings


def test_a_home_that_stands_there_is_replaced_only_when_it_is_said(home: Home, now: datetime) -> None:
    made = back_up(home, now)
    fill(home.path, 2)
    with pytest.raises(UsageError, match="a home already"):
        restore(made.path, home.path, LATER)
    assert cases(home.path) == 5
    (home.path / "feeds.txt").write_text("# gone\n")
    restore(made.path, home.path, LATER, replace=True)
    assert cases(home.path) == 3
    assert "Bladet" in (home.path / "feeds.txt").read_text()


def test_who_reads_the_database_meanwhile_sees_the_old_or_the_new(home: Home, now: datetime) -> None:
    made = back_up(home, now)
    fill(home.path, 2)
    reader = open_database(home.path / "monitor.db")
    restore(made.path, home.path, LATER, replace=True)
    assert reader.execute("select count(*) from cases").fetchone()[0] == 3
    reader.close()


def test_a_copy_made_while_others_write_is_whole_and_of_one_moment(home: Home, tmp_path: Path) -> None:
    stop = threading.Event()
    saved = []

    def work() -> None:
        db = open_database(home.path / "monitor.db")
        while not stop.is_set():
            saved.append(open_one(db).number)
        db.close()

    person = threading.Thread(target=work)
    person.start()
    try:
        for number in range(4):
            before = len(saved)
            copy_database(home.path / "monitor.db", tmp_path / f"copy{number}.db")
            with closing(sqlite3.connect(tmp_path / f"copy{number}.db")) as db:
                found = [row[0] for row in db.execute("select number from cases order by id")]
            assert found[3:] == saved[: len(found) - 3]
            assert len(found) - 3 >= before - 1  # nothing that was acknowledged before is missing
    finally:
        stop.set()
        person.join()


def test_only_the_newest_copies_are_kept(home: Home, now: datetime) -> None:
    for days in range(4):
        back_up(home, now + timedelta(days=days), keep=2)
    assert [path.name for path in sorted((home.path / "backups").iterdir())] == [
        "monitor-20261126T053000Z.tar.gz",
        "monitor-20261127T053000Z.tar.gz",
    ]


def test_a_copy_that_is_cut_off_or_is_none_is_refused_before_anything_is_written(
    home: Home, tmp_path: Path, now: datetime
) -> None:
    made = back_up(home, now)
    whole = made.path.read_bytes()
    for name, body in (("half", whole[: len(whole) // 2]), ("none", b"x" * 100), ("empty", b"")):
        path = tmp_path / name
        path.write_bytes(body)
        with pytest.raises(UsageError, match="no backup"):
            restore(path, tmp_path / "back", LATER)
    assert not (tmp_path / "back").exists()


def pack(path: Path, **files: bytes) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for name, body in files.items():
            member = tarfile.TarInfo(name.replace("__", "/"))
            member.size = len(body)
            archive.addfile(member, io.BytesIO(body))
    return path


ABOUT = json.dumps({"schema": "town-monitor/backup/1"}).encode()


@pytest.mark.parametrize("name", ["../monitor.toml", "/etc/passwd", "reports/../../x", "secrets/token", "x\\y"])
def test_a_copy_with_a_file_that_no_copy_has_is_refused(tmp_path: Path, name: str) -> None:
    path = pack(tmp_path / "evil", **{"backup.json": ABOUT, "monitor.db": b"", name: b"x"})
    with pytest.raises(UsageError, match="no backup of a home does"):
        restore(path, tmp_path / "back", LATER)
    assert not (tmp_path / "back").exists()


def test_a_copy_of_another_version_or_without_a_database_is_refused(tmp_path: Path) -> None:
    other = pack(tmp_path / "other", **{"backup.json": b'{"schema": "x"}', "monitor.db": b""})
    with pytest.raises(UsageError, match="another version"):
        read_backup(other)
    with pytest.raises(UsageError, match="no backup of a home"):
        read_backup(pack(tmp_path / "bare", **{"monitor.db": b""}))
    with pytest.raises(UsageError, match="no database"):
        read_backup(pack(tmp_path / "none", **{"backup.json": ABOUT}))


def test_a_database_of_a_newer_version_or_of_another_program_is_not_restored(tmp_path: Path, home: Home) -> None:
    with closing(sqlite3.connect(tmp_path / "other.db")) as db:
        db.execute("create table t (x)")
    with pytest.raises(StoreError, match="no database of this program"):
        check_copy(tmp_path / "other.db")
    copy_database(home.database, tmp_path / "copy.db")
    with closing(sqlite3.connect(tmp_path / "copy.db")) as db:
        db.execute("insert into _sqlite_migrations (migration_set, name, applied_at) values ('monitor', 'm999', '')")
        db.commit()
    with pytest.raises(StoreError, match="newer version"):
        check_copy(tmp_path / "copy.db")
    (tmp_path / "junk.db").write_bytes(b"junk" * 5000)
    with pytest.raises(StoreError, match="is no database"):
        check_copy(tmp_path / "junk.db")


def test_without_a_database_there_is_nothing_to_copy(make_home: MakeHome, now: datetime) -> None:
    with pytest.raises(StoreError, match="no database to copy"):
        back_up(read_home(make_home("")), now)


def test_what_is_left_of_a_damaged_database_is_put_aside(home: Home, now: datetime) -> None:
    made = back_up(home, now)
    home.database.write_bytes(b"this is no database" * 1000)
    result = call("restore", made.path, "--home", home.path, "--replace")
    assert result.code == 0, result
    assert "could not be copied first" in result.err
    assert cases(home.path) == 3
    assert len(list(home.path.glob("monitor.db.damaged-*"))) == 1
    assert "whole" in call("doctor", "--home", home.path).out


def test_by_command_what_stands_there_is_copied_first(home: Home, tmp_path: Path) -> None:
    made = tmp_path / "copy.tar.gz"
    assert "read back and whole" in call("backup", "--home", home.path, "--to", made).out
    fill(home.path, 4)
    result = call("restore", made, "--home", home.path, "--replace")
    assert "What stood there is in" in result.out
    assert cases(home.path) == 3
    (kept,) = (home.path / "backups").iterdir()
    assert call("restore", kept, "--home", tmp_path / "other").code == 0
    assert cases(tmp_path / "other") == 7
    assert call("restore", kept, "--home", tmp_path / "other").code == 2


KILLED = """
import os, pathlib, signal, sys
from datetime import datetime, UTC
from monitor.steps import backup
def die(*_args): os.kill(os.getpid(), signal.SIGKILL)
name, archive, folder = sys.argv[1:]
setattr(backup, name, die)
backup.restore(pathlib.Path(archive), pathlib.Path(folder), datetime.now(UTC), replace=True)
"""


@pytest.mark.parametrize("point", ["check_copy", "write_whole", "put_back"])
def test_killed_while_restoring_the_home_has_its_old_database_and_the_next_try_completes_it(
    home: Home, now: datetime, point: str
) -> None:
    made = back_up(home, now)
    fill(home.path, 2)
    command = [sys.executable, "-c", KILLED, point, str(made.path), str(home.path)]
    assert subprocess.run(command, check=False, timeout=60).returncode == -signal.SIGKILL
    assert cases(home.path) == 5
    check_copy(home.database)
    restore(made.path, home.path, LATER, replace=True)
    assert cases(home.path) == 3


def test_a_copy_is_for_its_owner_alone(home: Home, now: datetime) -> None:
    before = os.umask(0o022)
    try:
        made = back_up(home, now)
    finally:
        os.umask(before)
    assert made.path.stat().st_mode & 0o077 == 0
