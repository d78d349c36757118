"""A folder of the home into which people put files."""

import os
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.crawl.drop_folder import MAX_BYTES, MAX_FILES
from monitor.models import PollOutcome
from spiders.folder import FolderSpider
from tests.command import monitor
from tests.crawl.kinds import NOW, Fake, poll
from tests.loopback import Answer

LIST = "rubrik;text;datum\nNy skola;Katrineholms kommun bygger en skola.;\n".encode("cp1252")
NOBODY = Fake(lambda _path, _asked: Answer())


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inkorg"
    folder.mkdir()
    return folder


def put(folder: Path, name: str, body: bytes = LIST, *, age: timedelta = timedelta(minutes=1)) -> Path:
    path = folder / name
    path.write_bytes(body)
    moment = (NOW - age).timestamp()
    os.utime(path, (moment, moment))
    return path


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_a_file_is_moved_only_once_its_entries_are_saved(inbox: Path) -> None:
    put(inbox, "klipp.csv")
    put(inbox, "fel.csv", b"namn\nA\n")
    polled = poll(FolderSpider, NOBODY, "inkorg", home=inbox.parent)
    assert [entry.title for entry in polled.entries] == ["Ny skola"]
    assert polled.poll.outcome is PollOutcome.OK
    assert "fel.csv was refused: no row has a title" in polled.poll.reason
    assert names(inbox) == ["fel.csv", "klipp.csv", "refused", "taken"]
    assert polled.saved
    polled.saved()
    assert names(inbox) == ["refused", "taken"]
    assert names(inbox / "taken") == ["klipp.csv"]
    assert names(inbox / "refused") == ["fel.csv", "fel.reason.txt"]
    assert "no row has a title" in (inbox / "refused" / "fel.reason.txt").read_text()
    assert poll(FolderSpider, NOBODY, "inkorg", home=inbox.parent).poll.outcome is PollOutcome.NOT_MODIFIED


def test_a_file_of_the_same_name_takes_no_others_place(inbox: Path) -> None:
    for _ in range(3):
        put(inbox, "klipp.csv")
        saved = poll(FolderSpider, NOBODY, "inkorg", home=inbox.parent).saved
        assert saved
        saved()
    assert names(inbox / "taken") == ["klipp-2.csv", "klipp-3.csv", "klipp.csv"]


def test_half_written_hidden_and_linked_files_are_left(inbox: Path, tmp_path: Path) -> None:
    put(inbox, "ny.csv", age=timedelta(seconds=3))
    put(inbox, ".dold.csv")
    put(inbox, "~$klipp.csv")
    put(inbox, "klipp.csv.part")
    (inbox / "mapp.csv").mkdir()
    (inbox / "lank.csv").symlink_to(put(tmp_path, "hemligt.csv"))
    polled = poll(FolderSpider, NOBODY, "inkorg", home=tmp_path)
    assert (polled.entries, polled.saved) == ((), None)
    assert poll(FolderSpider, NOBODY, "inkorg", home=tmp_path, now=NOW + timedelta(seconds=10)).entries


def test_hostile_names_and_huge_files_do_no_harm(inbox: Path) -> None:
    strange = os.fsdecode("\u202egnp.exe\n\x1b[31m".encode() + b"\xff" + "å".encode() * 100 + b".csv")
    put(inbox, strange)
    put(inbox, strange.replace("gnp", "fel"), b"namn\nA\n")
    with put(inbox, "stor.csv").open("r+b") as file:
        file.truncate(MAX_BYTES + 1)
    os.utime(inbox / "stor.csv", (0, 0))
    polled = poll(FolderSpider, NOBODY, "inkorg", home=inbox.parent)
    assert len(polled.entries) == 1
    assert "stor.csv was refused: the file is larger than 20 MB" in polled.poll.reason
    assert not set("\u202e\n\x1b") & set(polled.poll.reason)
    assert polled.poll.reason.encode()
    assert polled.saved
    polled.saved()
    assert names(inbox) == ["refused", "taken"]


def test_fifty_files_are_read_at_once_and_the_rest_next_time(inbox: Path) -> None:
    for number in range(MAX_FILES + 1):
        put(inbox, f"{number:02}.csv", f"title\nRubrik {number}\n".encode())
    assert len(poll(FolderSpider, NOBODY, "inkorg", home=inbox.parent).entries) == MAX_FILES


def test_a_folder_that_cannot_be_used_is_told(inbox: Path) -> None:
    missing = poll(FolderSpider, NOBODY, "annan", home=inbox.parent)
    assert missing.poll.outcome is PollOutcome.UNREADABLE
    assert "the folder annan cannot be used: No such file or directory" in missing.poll.reason
    put(inbox, "klipp.csv")
    (inbox / "taken").symlink_to(inbox.parent)
    linked = poll(FolderSpider, NOBODY, "inkorg", home=inbox.parent)
    assert "a link to somewhere else" in linked.poll.reason
    (inbox / "taken").unlink()
    put(inbox, "fel.json", b"{")
    (inbox / "klipp.csv").unlink()
    alone = poll(FolderSpider, NOBODY, "inkorg", home=inbox.parent)
    assert alone.poll.outcome is PollOutcome.UNREADABLE
    assert "fel.json was refused" in alone.poll.reason


def test_what_was_put_there_is_news_at_the_first_run_already(make_home: Callable[..., Path]) -> None:
    home = make_home("folder ./inkorg")
    (home / "inkorg").mkdir()
    put(home / "inkorg", "klipp.csv")
    assert monitor("crawl", "--home", home).code == 0
    assert names(home / "inkorg" / "taken") == ["klipp.csv"]
    put(home / "inkorg", "mer.csv", LIST.replace(b"skola", b"bro"))
    assert monitor("crawl", "--home", home).code == 0, "a folder is read in every run"
    assert monitor("read", "--home", home).code == 0
    with sqlite3.connect(home / "monitor.db") as db:
        rows = db.execute("select title, outcome, baseline from articles order by title").fetchall()
    assert rows == [("Ny bro", "ok", 0), ("Ny skola", "ok", 0)]
