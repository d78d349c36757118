"""Local accounts: logging in and out, waits, sessions, and what becomes of forged cookies."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from sqlite_utils import Database

from monitor.core.logins import FREE_FOR_ACCOUNT
from monitor.models import Role
from monitor.store import accounts as account_store
from monitor.store.db import open_database
from monitor.web import passwords
from tests.conftest import NOW
from tests.web.browser import Browser, bare_home

PASSWORD = "fyra ord utan mening"  # noqa: S105 (of accounts that live as long as a test)
WEAK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""What another version might have recommended; quick in a test."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return bare_home(tmp_path, 'login = "accounts"\nunits = ["Skola", "Kommunikation"]')


@pytest.fixture
def accounts(folder: Path) -> Iterator[Database]:
    db = open_database(folder / "monitor.db")
    for role in Role:
        account_store.add_account(db, role.value, WEAK.hash(PASSWORD), NOW, role=role, unit="Skola")
    yield db
    db.close()


@pytest.fixture
def browser(folder: Path, accounts: Database) -> Iterator[Browser]:
    with Browser(folder) as opened:
        yield opened


def log_in(browser: Browser, name: str, password: str = PASSWORD, target: str = "/arkiv") -> int:
    answer = browser.post("/logga-in", {"name": name, "password": password, "till": target}, form="/logga-in")
    return answer.status_code


def test_who_is_not_logged_in_is_led_to_the_login_and_back(browser: Browser) -> None:
    answer = browser.get("/arkiv?q=skola")
    assert (answer.status_code, answer.headers["location"]) == (303, "/logga-in?till=%2Farkiv%3Fq%3Dskola")
    page = browser.get(answer.headers["location"])
    assert 'value="/arkiv?q=skola"' in page.text
    answer = browser.post("/logga-in", {"name": " Editor ", "password": PASSWORD, "till": "/arkiv?q=skola"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/arkiv?q=skola")
    assert "Skola, <form" in browser.get("/arkiv").text


def test_the_session_is_a_new_secret_of_which_the_database_knows_only_the_digest(
    browser: Browser, accounts: Database
) -> None:
    browser.get("/logga-in")
    before = browser.client.cookies["monitor"]
    assert log_in(browser, "editor") == 303
    token = browser.client.cookies["monitor"]
    assert token != before
    assert len(token) >= 43
    stored = accounts.execute("select token from sessions").fetchall()
    assert stored == [(account_store.digest_of(token),)]
    cookie = browser.page.headers["set-cookie"] if browser.page else ""
    for part in ("HttpOnly", "SameSite=lax", "Path=/", "Max-Age=36000"):
        assert part in cookie
    assert "Secure" not in cookie  # plain http on this machine


def test_over_https_the_cookie_is_bound_to_the_host(tmp_path: Path) -> None:
    folder = bare_home(tmp_path, 'login = "accounts"', '[digest]\nweb = "https://bevakning.kommun.example"')
    with Browser(folder, address="http://bevakning.kommun.example") as browser:
        cookie = browser.get("/logga-in").headers["set-cookie"]
    assert cookie.startswith("__Host-monitor=")
    assert "Secure" in cookie
    assert "Domain" not in cookie


def test_logging_out_is_a_form_and_ends_the_session(browser: Browser, accounts: Database) -> None:
    log_in(browser, "editor")
    token = browser.client.cookies["monitor"]
    assert browser.get("/logga-ut").status_code == 405
    assert browser.post("/logga-ut", form="/arkiv").headers["location"] == "/logga-in"
    assert accounts.execute("select count(*) from sessions").fetchone()[0] == 0
    browser.client.cookies["monitor"] = token
    assert browser.get("/arkiv").status_code == 303


def test_an_unknown_name_and_a_wrong_password_get_the_same_words(browser: Browser) -> None:
    assert log_in(browser, "editor", "fel") == 403
    wrong = browser.page.text if browser.page else ""
    assert log_in(browser, "nobody", "fel") == 403
    unknown = browser.page.text if browser.page else ""
    assert "Namnet eller lösenordet är fel." in wrong
    assert wrong.replace("editor", "X") == unknown.replace("nobody", "X")
    assert "fel lösenord" not in wrong


def test_an_unknown_name_costs_a_hash_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    monkeypatch.setattr(passwords, "_HASHER", Recorder(seen))
    assert not passwords.is_password(None, "x")
    assert not passwords.is_password("$argon2id$damaged", "x")
    assert seen[0].startswith("$argon2id$v=19$m=65536,t=3,p=4$")


class Recorder:
    """Notes the hashes that are compared, and compares."""

    def __init__(self, seen: list[str]) -> None:
        self._seen = seen

    def verify(self, stored: str, password: str) -> bool:
        self._seen.append(stored)
        return PasswordHasher().verify(stored, password)


def test_waits_grow_with_each_wrong_password_and_stop_the_right_one_too(folder: Path, accounts: Database) -> None:
    now, waits = NOW, []
    for _ in range(FREE_FOR_ACCOUNT + 5):
        wait = account_store.claim_try(accounts, {"account editor": FREE_FOR_ACCOUNT}, now)
        if wait:
            waits.append(wait.total_seconds())
            now += wait
            assert not account_store.claim_try(accounts, {"account editor": FREE_FOR_ACCOUNT}, now)
    assert waits == [5, 10, 20, 40]
    with Browser(folder, now=now) as browser:
        log_in(browser, "editor", "fel")
        assert log_in(browser, "editor") == 429
        page = browser.page
        assert page is not None
        assert "För många försök. Vänta" in page.text
        assert int(page.headers["retry-after"]) >= 40
    with Browser(folder, now=now + timedelta(hours=1)) as browser:
        assert log_in(browser, "editor") == 303
    assert accounts.execute("select failures from login_waits").fetchall() == [(0,)]  # the address's


def test_one_address_cannot_try_many_names(folder: Path, accounts: Database) -> None:
    for number in range(21):
        account_store.claim_try(accounts, {f"account {number}": 4, "address testclient": 20}, NOW)
    with Browser(folder) as browser:
        assert log_in(browser, "editor") == 429


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example", "/\\evil.example", "/logga-ut", "javascript:x", "/a\nb", ""]
)
def test_the_login_leads_to_no_other_site(browser: Browser, target: str) -> None:
    log_in(browser, "editor", target=target)
    assert browser.page is not None
    assert browser.page.headers["location"] == "/"


@pytest.mark.parametrize("change", ["closed", "removed", "password", "expired"])
def test_a_session_ends_with_its_account_its_password_or_its_time(
    folder: Path, browser: Browser, accounts: Database, change: str
) -> None:
    log_in(browser, "editor")
    assert browser.get("/arkiv").status_code == 200
    ends: dict[str, Callable[[], object]] = {
        "closed": lambda: account_store.disable_account(accounts, "editor", NOW),
        "removed": lambda: account_store.remove_account(accounts, "editor"),
        "password": lambda: account_store.set_hash(accounts, "editor", WEAK.hash("y"), end_sessions=True),
        "expired": lambda: accounts.execute("update sessions set expires = '2026-11-24T05:30:00+00:00'"),
    }
    ends[change]()
    assert browser.get("/arkiv").status_code == 303
    if change == "closed":
        assert log_in(browser, "editor") == 403
        account_store.disable_account(accounts, "editor", None)
        assert log_in(browser, "editor") == 303


def test_another_role_counts_from_the_next_page_on(browser: Browser, accounts: Database) -> None:
    log_in(browser, "reader")
    account_store.change_account(accounts, "reader", unit="Kommunikation", role=Role.EDITOR)
    assert "Kommunikation, <form" in browser.get("/arkiv").text


def test_a_hash_with_old_parameters_is_made_anew_and_the_session_stays(browser: Browser, accounts: Database) -> None:
    log_in(browser, "editor")
    stored = account_store.open_account_hash(accounts, "editor") or ""
    assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert browser.get("/arkiv").status_code == 200


@pytest.mark.parametrize("cookie", ["x", "", "å" * 10, "a" * 3000, "' or 1=1 --"])
def test_a_forged_cookie_is_nobody(browser: Browser, cookie: str) -> None:
    answer = browser.client.get("/arkiv", headers={"Cookie": f"monitor={cookie}".encode()})
    assert answer.status_code == 303


def test_a_form_sent_after_the_session_ended_shows_the_text_again(browser: Browser, accounts: Database) -> None:
    log_in(browser, "editor")
    browser.get("/installningar")
    accounts.execute("delete from sessions")
    answer = browser.post("/installningar", {"anteckning": "en <b>lång</b> text"})
    assert answer.status_code == 403
    assert "Du är inte inloggad längre" in answer.text
    assert "en &lt;b&gt;lång&lt;/b&gt; text" in answer.text


def test_the_own_settings_are_kept_with_the_account(browser: Browser) -> None:
    log_in(browser, "editor")
    assert "Din enhet är Skola" in browser.get("/installningar").text
    answer = browser.post("/installningar", {"sprak": "en", "enhet": "Kommunikation"})
    assert answer.headers["location"] == "/installningar?sparat"
    page = browser.get("/installningar?sparat").text
    assert "Your settings are saved" in page
    assert 'data-keys="off"' in page
    assert "Your unit is Skola" in page
    assert '<html lang="en">' in page
    browser.post("/installningar", {"sprak": "xx", "tangenter": "1"})
    page = browser.get("/installningar").text
    assert 'data-keys="on"' in page
    assert '<html lang="sv">' in page


def test_passwords_are_for_local_accounts_only(tmp_path: Path) -> None:
    with Browser(bare_home(tmp_path)) as browser:
        assert browser.get("/logga-in?till=/arkiv").headers["location"] == "/arkiv"
        answer = browser.post("/logga-in", {"name": "editor", "password": PASSWORD}, form="/installningar")
    assert answer.status_code == 403
    assert "Här används inga lösenord." in answer.text
    assert PASSWORD not in answer.text
