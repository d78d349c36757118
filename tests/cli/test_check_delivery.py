"""What `monitor doctor` says of the ways out."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.cli.check_delivery import check_delivery
from monitor.config.delivery import PASSWORD
from tests.command import call
from tests.deliver.homes import PEOPLE, write_home
from tests.deliver.post_office import PostOffice, closed_port


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with PostOffice() as open_office:
        yield open_office


def wrong(home_path: Path, **settings: object) -> list[str]:
    home = write_home(home_path, **settings)  # type: ignore[arg-type]  # what a test wants to differ
    return [check for ok, check in check_delivery(home) if not ok]


def test_a_server_that_answers_is_fine_and_gets_no_letter(tmp_path: Path, office: PostOffice) -> None:
    home = write_home(tmp_path / "home", office.port)
    checks = list(check_delivery(home))
    assert all(ok for ok, _ in checks)
    assert checks[0][1] == f"mail server 127.0.0.1:{office.port} (none) answers"
    assert office.connections == 1
    assert office.arrived == []


def test_a_server_that_is_down_is_told_with_what_to_look_at(tmp_path: Path) -> None:
    (problem,) = wrong(tmp_path / "home", port=closed_port())
    assert "cannot be reached: Connection refused" in problem
    assert "Check host, port and security in [mail]" in problem


def test_a_missing_password_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(PASSWORD, raising=False)
    home = write_home(tmp_path / "home", 25)
    file = home.path / "monitor.toml"
    file.write_text(
        file.read_text(encoding="utf-8").replace("timeout = 2", 'timeout = 2\nuser = "u"'), encoding="utf-8"
    )
    result = call("doctor", "--home", home.path)
    assert result.code == 1
    assert f"the password is missing: set {PASSWORD}" in result.out


def test_a_home_without_recipients_needs_no_server(tmp_path: Path) -> None:
    assert wrong(tmp_path / "home", port=25, more="") == []


def test_a_webhook_whose_address_others_may_read_is_told(tmp_path: Path) -> None:
    hook = '[[webhooks]]\nname = "chatt"\nurl = "https://chatt.example/S3CRET"\n'
    home = write_home(tmp_path / "home", 25, more=hook)
    (home.path / "monitor.toml").chmod(0o644)
    problems = [check for ok, check in check_delivery(home) if not ok]
    assert any("others may read its address" in problem for problem in problems)
    assert "S3CRET" not in "".join(problems)
    (home.path / "monitor.toml").chmod(0o600)
    assert any(ok and "chatt" in check for ok, check in check_delivery(home))


def test_a_webhook_without_its_secret_is_told(tmp_path: Path) -> None:
    hook = '[[webhooks]]\nname = "chatt"\nurl_file = "nowhere"\n'
    assert any("webhook chatt" in problem for problem in wrong(tmp_path / "home", port=25, more=PEOPLE + hook))


def test_a_certificate_authority_that_is_not_there_is_told(tmp_path: Path, office: PostOffice) -> None:
    home = write_home(tmp_path / "home", office.port)
    file = home.path / "monitor.toml"
    text = file.read_text(encoding="utf-8").replace("timeout = 2", 'timeout = 2\nca_file = "our-ca.pem"')
    file.write_text(text, encoding="utf-8")
    result = call("doctor", "--home", home.path)
    assert "our-ca.pem: mail.ca_file: no such file" in result.out
