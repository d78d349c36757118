"""The commands that go out of the house, as cron and people call them."""

import fcntl
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.config import Home
from monitor.store.db import open_database
from tests.command import call
from tests.deliver.homes import ALL, PEOPLE, store_letter, write_home
from tests.deliver.post_office import PostOffice, closed_port
from tests.golden.digest import days

NOW = "2026-11-24T06:45:00+01:00"


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with PostOffice() as open_office:
        yield open_office


@pytest.fixture
def home(tmp_path: Path, office: PostOffice) -> Home:
    made = write_home(tmp_path / "home", office.port)
    with_letter(made)
    return made


def with_letter(home: Home) -> None:
    db = open_database(home.database)
    store_letter(db, days.normal_day())
    db.close()


def test_send_sends_once_and_says_so_in_a_line(home: Home, office: PostOffice) -> None:
    first = call("send", "--home", home.path, now=NOW)
    assert (first.code, first.out, first.err) == (0, "letter 2026-11-24: 3 sent\n", "")
    second = call("send", "--home", home.path, now=NOW)
    assert (second.code, second.out) == (0, "letter 2026-11-24: 3 already sent\n")
    assert sorted(office.to) == ALL


def test_a_dry_run_shows_what_would_go_where(home: Home, office: PostOffice) -> None:
    result = call("send", "--home", home.path, "--dry-run", now=NOW)
    assert result.code == 0
    for address in ALL:
        assert address in result.out
    assert "about Skola" in result.out
    assert "letter 2026-11-24: 3 would be sent" in result.out
    as_json = call("send", "--home", home.path, "--dry-run", "--json", now=NOW).json
    assert [one["result"] for one in as_json["outcomes"]] == ["would be sent"] * 3
    assert office.connections == 0


def test_a_recipient_that_fails_is_told_and_the_exit_code_is_1(home: Home, office: PostOffice) -> None:
    office.rcpt = lambda address: "550 No such user" if address.startswith("skola") else "250 OK"
    result = call("send", "--home", home.path, now=NOW)
    assert result.code == 1
    assert "2 sent, 1 not sent" in result.out
    assert (
        "monitor: not sent: skola@kommun.example (about Skola): the server does not take the recipient: 550"
        in result.err
    )
    office.rcpt = lambda _address: "250 OK"
    assert call("send", "--home", home.path, now=NOW).code == 0
    assert sorted(office.to) == ALL


def test_without_a_letter_send_says_so_and_the_exit_code_is_2(home: Home, office: PostOffice) -> None:
    result = call("send", "--home", home.path, now="2026-11-25T06:45:00+01:00")
    assert result.code == 2
    assert result.err == (
        "monitor: the letter of 2026-11-25 has not been made, so nothing was sent. Make it with: monitor digest\n"
    )
    assert office.connections == 0


def test_two_runs_at_once_do_not_send_at_once(home: Home, office: PostOffice) -> None:
    with (home.path / "send.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert call("send", "--home", home.path, now=NOW).code == 3
    assert office.connections == 0


def test_a_long_crawl_does_not_keep_the_letter_back(home: Home, office: PostOffice) -> None:
    with (home.path / "monitor.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert call("send", "--home", home.path, now=NOW).code == 0
    assert len(office.arrived) == 3


def test_a_letter_waits_for_its_approval(tmp_path: Path, office: PostOffice) -> None:
    home = write_home(tmp_path / "home", office.port, more=PEOPLE + '[review]\nuntil = "07.00"\nrole = "pressjour"\n')
    with_letter(home)
    waits = call("send", "--home", home.path, now=NOW)
    assert waits.code == 0
    assert "waits for a review until 07.00; approve it with: monitor approve" in waits.out
    approved = call("approve", "--home", home.path, now=NOW)
    assert approved.code == 0
    assert approved.out.startswith("reviewed by pressjour: ")
    assert call("send", "--home", home.path, now=NOW).code == 0
    assert "Granskat av pressjour" in office.arrived[0].body("plain")


def test_alerts_are_sent_without_a_letter(tmp_path: Path, office: PostOffice) -> None:
    home = write_home(tmp_path / "home", office.port, more='[alerts]\nto = ["jour@kommun.example"]\n')
    result = call("send", "--alerts", "--home", home.path, now=NOW)
    assert (result.code, result.out) == (0, "alerts: nothing to send\n")


def test_the_watchdog_tells_people_and_ends_with_1(home: Home, office: PostOffice) -> None:
    result = call("watchdog", "--home", home.path, now=NOW)
    assert result.code == 1
    assert "there is no letter of 2026-11-24 (cause: " in result.err
    assert sorted(office.to) == ALL
    again = call("watchdog", "--home", home.path, now=NOW)
    assert (again.code, again.out) == (1, "people have been told before\n")
    assert len(office.arrived) == 3


def test_the_watchdog_rests_when_there_is_a_letter(home: Home, office: PostOffice) -> None:
    (home.reports / "out").mkdir(parents=True)
    (home.reports / "out" / "2026-11-24.html").touch()
    result = call("watchdog", "--home", home.path, now=NOW)
    assert (result.code, result.out) == (0, "the letter of 2026-11-24 is there\n")
    assert office.connections == 0


def test_a_watchdog_that_cannot_send_says_so(tmp_path: Path) -> None:
    home = write_home(tmp_path / "home", closed_port())
    result = call("watchdog", "--home", home.path, now=NOW)
    assert result.code == 1
    assert "cannot be reached: Connection refused" in result.err


def test_a_watchdog_runs_where_every_other_command_stops(home: Home, office: PostOffice) -> None:
    file = home.path / "monitor.toml"
    file.write_text(file.read_text(encoding="utf-8") + "[retention]\ntext_days = -1\n", encoding="utf-8")
    assert call("send", "--home", home.path, now=NOW).code == 2
    assert call("watchdog", "--home", home.path, now=NOW).code == 1
    assert len(office.arrived) == 3


def test_nothing_secret_is_printed(tmp_path: Path, office: PostOffice) -> None:
    hook = '[[webhooks]]\nname = "chatt"\nurl = "https://127.0.0.1/S3CRET"\nkind = "teams"\n'
    home = write_home(tmp_path / "home", office.port, more=hook)
    with_letter(home)
    (home.path / "monitor.toml").chmod(0o644)
    assert "others may read its address" in call("send", "--home", home.path, now=NOW).err
    (home.path / "monitor.toml").chmod(0o600)
    result = call("send", "--home", home.path, "--verbose", now=NOW)
    assert result.code == 1
    assert "is not a public address" in result.err
    assert "S3CRET" not in result.out + result.err
    db = open_database(home.database)
    assert "S3CRET" not in json.dumps(list(db.query("select * from outbox")))
    db.close()
