"""`[web]` of monitor.toml: what is wrong is told with its key."""

from pathlib import Path

import pytest

from monitor.config import read_home
from monitor.errors import ConfigError
from monitor.models import Role
from tests.web.browser import bare_home

OIDC = 'login = "oidc"\n[web.oidc]\nissuer = "https://login.example"\nclient_id = "x"\nroles = { "g" = "reader" }\n'
PROXY = 'login = "proxy"\n[web.proxy]\npeers = ["127.0.0.1"]\nroles = { "g" = "reader" }\n'
PUBLIC = '[digest]\nweb = "https://bevakning.kommun.example"'


def test_without_settings_one_person_at_one_machine_is_administrator(tmp_path: Path) -> None:
    web = read_home(bare_home(tmp_path)).settings.web
    assert (web.login, web.role, web.units) == ("none", Role.ADMINISTRATOR, ())


@pytest.mark.parametrize(
    ("web", "key"),
    [
        ('login = "open"', "web.login"),
        ('role = "boss"', "web.role"),
        ("session_hours = 0", "web.session_hours"),
        ('units = ["A", "A"]', "web.units"),
        ('units = [" "]', "web.units"),
        ("hours = 1", "web.hours"),
        (OIDC.replace("https:", "http:"), "web.oidc.issuer"),
        (OIDC.replace('client_id = "x"\n', ""), "web.oidc.client_id"),
        (OIDC + 'scopes = "profile"', "web.oidc.scopes"),
        (OIDC.replace('roles = { "g" = "reader" }', ""), "web.oidc.roles"),
        (OIDC.replace('"reader"', '"boss"'), "web.oidc.roles"),
        ('units = ["A"]\n' + OIDC + 'units = { "g" = "B" }', "web.oidc.units"),
        (PROXY.replace('peers = ["127.0.0.1"]', ""), "web.proxy.peers"),
        (PROXY.replace("127.0.0.1", "proxy.example"), "web.proxy.peers"),
        (PROXY + 'user_header = "X User"', "web.proxy.user_header"),
    ],
)
def test_a_wrong_setting_is_told_with_its_key(tmp_path: Path, web: str, key: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_home(bare_home(tmp_path, web, PUBLIC))
    assert caught.value.where.startswith(key)


def test_a_provider_needs_the_address_to_come_back_to(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"digest\.web: is missing: the provider sends people back"):
        read_home(bare_home(tmp_path, OIDC))
    assert read_home(bare_home(tmp_path, OIDC, PUBLIC)).settings.web.oidc.roles == {"g": Role.READER}
