"""Logging in at a provider: a whole login, and every answer that must not let anybody in."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from monitor.config import read_home
from monitor.config.web import OIDC_SECRET
from monitor.errors import ConfigError
from monitor.store.db import open_database
from monitor.web.app import make_app
from tests.conftest import NOW
from tests.web.browser import Browser, bare_home
from tests.web.provider import CLIENT, FOREIGN, SECRET, Provider

SETTINGS = f"""login = "oidc"
units = ["Skola"]
[web.oidc]
issuer = "ISSUER"
client_id = "{CLIENT}"
roles = {{ "Monitor.Reader" = "reader", "Monitor.Editor" = "editor" }}
units = {{ "Unit.School" = "Skola" }}
"""
PUBLIC = '[digest]\nweb = "http://localhost"'


@pytest.fixture
def provider() -> Iterator[Provider]:
    with Provider() as running:
        yield running


@pytest.fixture
def folder(tmp_path: Path, provider: Provider, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(OIDC_SECRET, SECRET)
    return bare_home(tmp_path, SETTINGS.replace("ISSUER", provider.issuer), PUBLIC)


@pytest.fixture
def browser(folder: Path) -> Iterator[Browser]:
    with Browser(folder) as opened:
        yield opened


def begin(browser: Browser, provider: Provider, target: str = "/arkiv") -> str:
    """Press the button and visit the provider; return the state."""
    answer = browser.post("/logga-in/oidc", {"till": target}, form="/logga-in")
    assert answer.status_code == 303, answer.text
    asked = parse_qs(urlsplit(answer.headers["location"]).query)
    assert asked["response_type"] == ["code"]
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == ["http://localhost/logga-in/oidc/svar"]
    provider.authorize(asked)
    return asked["state"][0]


def come_back(browser: Browser, state: str, code: str = "code=good") -> httpx.Response:
    return browser.get(f"/logga-in/oidc/svar?{code}&state={state}")


def test_a_whole_login(browser: Browser, provider: Provider, folder: Path) -> None:
    state = begin(browser, provider, "/arkiv?q=skola")
    answer = come_back(browser, state)
    assert (answer.status_code, answer.headers["location"]) == (303, "/arkiv?q=skola")
    assert "Skola, <form" in browser.get("/arkiv").text
    db = open_database(folder / "monitor.db")
    ((role, unit, name, key),) = db.execute("select role, unit, name, key from sessions").fetchall()
    assert (role, unit, name) == ("editor", "Skola", "Skola")
    assert "s-1" not in key
    assert db.execute("select count(*) from logins").fetchone()[0] == 0
    db.close()
    assert browser.post("/logga-ut", form="/arkiv").status_code == 303
    assert browser.get("/arkiv").status_code == 303


def other_sender(provider: Provider) -> None:
    provider.claims["iss"] = "https://login.example"


def other_audience(provider: Provider) -> None:
    provider.claims["aud"] = "another-app"


def other_party(provider: Provider) -> None:
    provider.claims |= {"aud": [CLIENT, "another-app"], "azp": "another-app"}


def other_nonce(provider: Provider) -> None:
    provider.claims["nonce"] = "x"


def no_nonce(provider: Provider) -> None:
    provider.without = ("nonce",)


def no_subject(provider: Provider) -> None:
    provider.without = ("sub",)


def no_expiry(provider: Provider) -> None:
    provider.without = ("exp",)


def expired(provider: Provider) -> None:
    provider.claims["exp"] = int((NOW - timedelta(minutes=2)).timestamp())


def foreign_key(provider: Provider) -> None:
    provider.key = FOREIGN


def unsigned(provider: Provider) -> None:
    provider.algorithm = "none"


def other_algorithm(provider: Provider) -> None:
    provider.algorithm = "PS256"


def no_group(provider: Provider) -> None:
    provider.claims["roles"] = ["Other.App"]


def no_groups_at_all(provider: Provider) -> None:
    provider.without = ("roles",)


def odd_groups(provider: Provider) -> None:
    provider.claims["roles"] = {"Monitor.Editor": True}


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (other_sender, "Svaret kommer från en annan inloggningstjänst"),
        (other_audience, "avsett för ett annat program"),
        (other_party, "avsett för ett annat program"),
        (other_nonce, "Svaret hör till en annan inloggning"),
        (no_nonce, "Svaret hör till en annan inloggning"),
        (no_subject, "Något saknas i svaret"),
        (no_expiry, "Något saknas i svaret"),
        (expired, "Svaret är för gammalt"),
        (foreign_key, "Svaret är inte signerat av inloggningstjänsten"),
        (unsigned, "Svaret är inte signerat av inloggningstjänsten"),
        (other_algorithm, "Svaret är inte signerat av inloggningstjänsten"),
        (no_group, "inte med i någon grupp"),
        (no_groups_at_all, "inte med i någon grupp"),
        (odd_groups, "inte med i någon grupp"),
    ],
)
def test_a_wrong_answer_lets_nobody_in(
    browser: Browser, provider: Provider, fault: Callable[[Provider], None], sentence: str
) -> None:
    state = begin(browser, provider)
    fault(provider)
    answer = come_back(browser, state)
    assert answer.status_code == 403
    assert sentence in answer.text
    assert provider.tokens == 1
    assert browser.get("/arkiv").status_code == 303


def test_the_way_back_is_good_once_and_for_the_browser_that_began(browser: Browser, provider: Provider) -> None:
    state = begin(browser, provider)
    thief = browser.another()
    thief.get("/logga-in")
    assert thief.get(f"/logga-in/oidc/svar?code=good&state={state}").status_code == 403
    assert come_back(browser, "guessed").status_code == 403
    assert come_back(browser, state).status_code == 303
    again = come_back(browser, state)
    assert again.status_code == 403
    assert "påbörjades i en annan webbläsare eller för länge sedan" in again.text


def test_a_login_that_takes_too_long_begins_again(folder: Path, browser: Browser, provider: Provider) -> None:
    state = begin(browser, provider)
    cookie = browser.client.cookies["monitor"]
    with Browser(folder, now=NOW + timedelta(minutes=11)) as later:
        later.client.cookies["monitor"] = cookie
        assert come_back(later, state).status_code == 403


def test_a_stopped_login_and_a_refused_code_are_told(browser: Browser, provider: Provider) -> None:
    answer = come_back(browser, begin(browser, provider), "error=access_denied")
    assert "Inloggningen avbröts" in answer.text
    answer = come_back(browser, begin(browser, provider), "code=stolen")
    assert answer.status_code == 403
    assert "Inloggningstjänsten svarar inte som den ska" in answer.text


def test_a_provider_that_is_down_or_another_is_told(browser: Browser, provider: Provider) -> None:
    provider.down = True
    answer = browser.post("/logga-in/oidc", form="/logga-in")
    assert answer.status_code == 503
    assert "Inloggningstjänsten svarar inte som den ska" in answer.text
    provider.down, provider.said_issuer = False, "https://login.example"
    answer = browser.post("/logga-in/oidc", form="/logga-in")
    assert "Svaret kommer från en annan inloggningstjänst" in answer.text


def test_a_secret_is_demanded_at_start_and_only_its_owner_may_read_it(
    folder: Path, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(OIDC_SECRET)
    with pytest.raises(ConfigError, match=f"set {OIDC_SECRET}, or name a file with mode 600"):
        make_app(read_home(folder), lambda: NOW)
    secret = folder / "oidc-secret"
    secret.write_text(SECRET, encoding="utf-8")
    settings = SETTINGS.replace("ISSUER", provider.issuer) + 'client_secret_file = "oidc-secret"\n'
    bare_home(folder, settings, PUBLIC)
    secret.chmod(0o644)
    with pytest.raises(ConfigError, match="others may read this secret"):
        make_app(read_home(folder), lambda: NOW)
    secret.chmod(0o600)
    with Browser(folder) as browser:
        assert come_back(browser, begin(browser, provider)).status_code == 303
