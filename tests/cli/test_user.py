"""`monitor user` and where `monitor serve` may listen."""

from pathlib import Path

import pytest

from monitor.cli.serve import is_loopback
from monitor.store.accounts import list_accounts, open_account_hash, person_of_session, start_session
from monitor.store.db import open_database
from monitor.web.passwords import is_password
from tests.command import call
from tests.conftest import NOW
from tests.web.browser import bare_home

PASSWORD = "fyra ord utan mening"  # noqa: S105 (of accounts that live as long as a test)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return bare_home(tmp_path, 'login = "accounts"\nunits = ["Skola"]')


def test_an_account_is_made_changed_closed_and_removed(folder: Path) -> None:
    made = call("user", "add", "Skolan", "--role", "editor", "--unit", "Skola", "--home", folder, stdin=PASSWORD + "\n")
    assert (made.code, made.out) == (0, "skolan can log in as editor\n")
    db = open_database(folder / "monitor.db")
    assert is_password(open_account_hash(db, "skolan"), PASSWORD)
    assert call("user", "add", "skolan", "--home", folder, stdin=PASSWORD).code == 2
    start_session(db, "token", "skolan", NOW.replace(year=2027), NOW)
    assert call("user", "change", "skolan", "--role", "reader", "--home", folder).code == 0
    person = person_of_session(db, "token", NOW)
    assert person is not None
    assert (person.role, person.unit) == ("reader", "Skola")
    assert call("user", "passwd", "skolan", "--home", folder, stdin="fem andra ord utan mening").code == 0
    assert person_of_session(db, "token", NOW) is None
    assert call("user", "disable", "skolan", "--home", folder).out == "skolan is closed and logged out\n"
    listed = call("user", "list", "--json", "--home", folder).out
    assert '"state": "closed"' in listed
    assert "hash" not in listed
    assert call("user", "disable", "skolan", "--undo", "--home", folder).code == 0
    assert "open" in call("user", "list", "--home", folder).out
    assert call("user", "remove", "skolan", "--home", folder).code == 0
    assert list_accounts(db) == []
    db.close()


@pytest.mark.parametrize(
    ("words", "stdin", "said"),
    [
        (("add", "två ord"), PASSWORD, "a name has letters"),
        (("add", "skolan"), "kort", "at least 12 characters"),
        (("add", "skolan", "--unit", "Vård"), PASSWORD, "is not one of [web] units: Skola"),
        (("passwd", "nobody"), PASSWORD, "there is no account nobody"),
        (("change", "nobody", "--role", "reader"), "", "there is no account nobody"),
        (("disable", "nobody"), "", "there is no account nobody"),
        (("remove", "nobody"), "", "there is no account nobody"),
    ],
)
def test_what_cannot_be_done_is_said(folder: Path, words: tuple[str, ...], stdin: str, said: str) -> None:
    result = call("user", *words, "--home", folder, stdin=stdin)
    assert result.code == 2
    assert said in result.err


def test_an_account_in_a_home_without_that_login_is_made_and_said_to_be_idle(tmp_path: Path) -> None:
    result = call("user", "add", "skolan", "--home", bare_home(tmp_path), stdin=PASSWORD)
    assert result.code == 0
    assert 'write login = "accounts" under [web]' in result.err


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::", "example"])
def test_without_a_login_only_this_machine_is_served(tmp_path: Path, host: str) -> None:
    result = call("serve", "--home", bare_home(tmp_path), "--host", host)
    assert result.code == 2
    assert "without a login only this machine may be served" in result.err


def test_what_is_this_machine() -> None:
    assert all(is_loopback(host) for host in ("127.0.0.1", "127.9.9.9", "::1", "localhost"))
    assert not any(is_loopback(host) for host in ("0.0.0.0", "::", "10.0.0.1", "localhost.example", ""))
