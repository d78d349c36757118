"""What the commands print and log of words that sources said: shown as they stand, and obeyed by no terminal."""

import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.cli.options import set_up_logs
from monitor.models import Entry, Poll, PollOutcome
from monitor.store.db import open_database
from monitor.store.intake import save_poll
from tests.command import call
from tests.conftest import NOW
from tests.core.articles import make_article
from tests.store.test_stories import fold, save

WORDS = "\x1b]0;x\x07[red]röd[/red] \x9b31m \u202egnp\u2028\r\nmonitor: all is well\ttrue"
SHOWN = r"\x1b]0;x\x07[red]röd[/red] \x9b31m \u202egnp\u2028\x0d"
"""The same as a person sees it, up to its line feed."""
COMMANDS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home whose database holds what the gate at its entrance would have taken out."""
    (tmp_path / "monitor.toml").write_text('municipality = "Katrineholm"\ncode = "0483"\n', encoding="utf-8")
    (tmp_path / "feeds.txt").write_text("https://blad.example/feed class=local-paper\n", encoding="utf-8")
    db = open_database(tmp_path / "monitor.db")
    save(db, [make_article("Katrineholm bygger", "Katrineholms kommun bygger en skola.")])
    fold(db, NOW)
    poll = Poll(source=db.execute("select url from sources").fetchone()[0], at=NOW, outcome=PollOutcome.OK)
    save_poll(db, poll, [Entry(key="1", title=WORDS)])
    db.execute("update articles set title = ?, lead = ?, url = url || ?", [WORDS, WORDS, WORDS])
    db.close()
    return tmp_path


@pytest.mark.parametrize("asked", [["articles"], ["stories"], ["entries"], ["search", "katrineholm"], ["story", "1"]])
def test_a_headline_is_printed_and_never_obeyed(home: Path, asked: list[str]) -> None:
    said = call(*asked, "--home", home)
    assert said.code == 0, said
    assert SHOWN in said.out
    assert not COMMANDS.search(said.out + said.err)


@pytest.mark.parametrize("asked", [["articles"], ["stories"], ["entries"], ["search", "katrineholm"]])
def test_json_holds_the_headline_and_no_command(home: Path, asked: list[str]) -> None:
    said = call(*asked, "--json", "--home", home)
    assert [row["title"] for row in said.json] == [WORDS]
    assert not COMMANDS.search(said.out)


def test_what_a_fault_tells_is_not_obeyed(home: Path) -> None:
    said = call("search", f'"{WORDS}', "--home", home)
    assert said.code == 0
    assert SHOWN in said.out
    assert not COMMANDS.search(call("story", "--move", WORDS, "--role", "x", "--home", home, "1").err)


# --- logs ----------------------------------------------------------------------------------------------


@pytest.fixture
def logs(capsys: pytest.CaptureFixture[str]) -> Iterator[pytest.CaptureFixture[str]]:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield capsys
    root.handlers[:] = before
    root.setLevel(level)


def test_a_record_is_one_line_whatever_it_tells(logs: pytest.CaptureFixture[str]) -> None:
    set_up_logs(lambda: NOW, verbose=True)
    logging.getLogger("monitor.test").warning("it said %s", WORDS, extra={"source": f"a{WORDS}"})
    (line,) = logs.readouterr().err.splitlines()
    assert re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} WARNING run=20261124T053000 source=a\\x1b", line)
    assert not COMMANDS.search(line)


def test_a_traceback_forges_no_record(logs: pytest.CaptureFixture[str]) -> None:
    set_up_logs(lambda: NOW, verbose=False)
    forged = "2026-11-24 06:30:00,000 ERROR run=1 source=- forged"
    try:
        int(f"{WORDS}\n{forged}", base=len(forged))
    except ValueError as error:
        error.args = (f"{WORDS}\n{forged}",)
        logging.getLogger("monitor.test").exception("broken")
    first, *rest = logs.readouterr().err.splitlines()
    assert first.endswith("source=- broken")
    assert rest
    assert all(line.startswith("  | ") and not COMMANDS.search(line) for line in rest)
