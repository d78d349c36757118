"""Secrets by reference (decision 0020)."""

from pathlib import Path

import pytest

from monitor.config.secrets import HIDDEN, Secrets
from monitor.errors import ConfigError


def secret_file(home: Path, mode: int = 0o600, text: str = "hemlig-1234\n") -> None:
    (home / "secrets").mkdir()
    file = home / "secrets" / "mastodon"
    file.write_text(text)
    file.chmod(mode)


def test_a_secret_is_read_from_the_environment_and_from_a_file_of_its_owner(tmp_path: Path) -> None:
    secret_file(tmp_path)
    secrets = Secrets(tmp_path, {"MONITOR_X_TOKEN": "abcd-5678"})
    assert secrets.read("env:MONITOR_X_TOKEN") == "abcd-5678"
    assert secrets.read("file:secrets/mastodon") == "hemlig-1234"
    assert secrets.hide("401 for hemlig-1234 and abcd-5678") == f"401 for {HIDDEN} and {HIDDEN}"


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("abcd-5678-the-token-itself", "the secret itself does not belong there"),
        ("", "write token=env:MONITOR_NAME"),
        ("env:HOME", "must begin with MONITOR_"),
        ("env:MONITOR_NONE", "the environment has no MONITOR_NONE"),
        ("env:MONITOR_ODD", "holds signs that no secret has"),
        ("file:/etc/passwd", "must be in the home's folder secrets/"),
        ("file:../x", "must be in the home's folder secrets/"),
        ("file:secrets/../monitor.toml", "must be in the home's folder secrets/"),
        ("file:secrets/..", "must be in the home's folder secrets/"),
        ("file:secrets/none", "the secret cannot be read: No such file"),
    ],
)
def test_a_reference_that_leads_nowhere_is_told_without_showing_a_secret(
    tmp_path: Path, reference: str, said: str
) -> None:
    with pytest.raises(ConfigError) as raised:
        Secrets(tmp_path, {"MONITOR_ODD": "a\nb"}).read(reference)
    assert said in str(raised.value)
    assert "5678" not in str(raised.value)


def test_a_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    secret_file(tmp_path, 0o644)
    with pytest.raises(ConfigError, match=r"others may read this secret\. Write: chmod 600 mastodon"):
        Secrets(tmp_path, {}).read("file:secrets/mastodon")


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    secret_file(tmp_path, text="\n")
    with pytest.raises(ConfigError, match="write the secret on its first line"):
        Secrets(tmp_path, {}).read("file:secrets/mastodon")


def test_what_a_service_hands_out_for_a_session_is_hidden_too(tmp_path: Path) -> None:
    secrets = Secrets(tmp_path, {})
    secrets.hold("jwt-9876")
    assert secrets.hide("expired: jwt-9876") == f"expired: {HIDDEN}"
