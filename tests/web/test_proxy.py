"""A proxy that says who is asking, and those who pretend to be it."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from monitor.config import read_home
from monitor.web.app import make_app
from tests.conftest import NOW
from tests.web.browser import bare_home

SETTINGS = """login = "proxy"
[web.proxy]
peers = ["10.0.0.5"]
roles = { "Alla" = "reader", "Kommunikation" = "editor" }
units = { "Kommunikation" = "Kommunikation" }
"""
GOOD = [("X-Remote-User", "u-17"), ("X-Remote-Groups", "Alla, Kommunikation")]


def asked(
    folder: Path, headers: list[tuple[str, str]], peer: str = "10.0.0.5", path: str = "/arkiv"
) -> tuple[int, str]:
    app = make_app(read_home(bare_home(folder, SETTINGS)), lambda: NOW)
    with TestClient(app, base_url="http://localhost", client=(peer, 1), follow_redirects=False) as client:
        answer = client.get(path, headers=headers)
    return answer.status_code, answer.text


def test_the_proxy_says_who_it_is(tmp_path: Path) -> None:
    status, page = asked(tmp_path, GOOD)
    assert status == 200
    assert "Kommunikation</div>" in page
    assert "u-17" not in page
    assert "logga ut" not in page


def test_from_any_other_address_the_headers_count_for_nothing(tmp_path: Path) -> None:
    assert asked(tmp_path, GOOD, peer="10.0.0.6")[0] == 303
    forwarded = [*GOOD, ("X-Forwarded-For", "10.0.0.5"), ("Forwarded", "for=10.0.0.5")]
    assert asked(tmp_path, forwarded, peer="10.0.0.6")[0] == 303


@pytest.mark.parametrize(
    "headers",
    [
        [],
        GOOD[:1],
        GOOD[1:],
        [*GOOD, GOOD[0]],
        [*GOOD, ("x-remote-groups", "Kommunikation")],
        [("X-Remote-User", " "), GOOD[1]],
        [GOOD[0], ("X-Remote-Groups", "Kommunikationer,alla")],
    ],
)
def test_who_is_not_named_once_and_in_a_known_group_is_nobody(tmp_path: Path, headers: list[tuple[str, str]]) -> None:
    assert asked(tmp_path, headers)[0] == 303
    assert "Inloggningen görs innan du når sidorna" in asked(tmp_path, headers, path="/logga-in")[1]
