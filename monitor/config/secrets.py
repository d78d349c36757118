"""Secrets by reference: a settings file says where a secret stands, never what it is (decision 0020).

`env:MONITOR_NAME` is a variable of the environment, `file:secrets/name` a file of the home, mode 600.
"""

import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from monitor.core.text import clean_line
from monitor.errors import ConfigError

FOLDER = "secrets"
HIDDEN = "(secret)"
_VARIABLE = re.compile(r"MONITOR_[A-Z0-9_]{1,60}")
_SHORTEST = 4


def read_secret(path: Path, home: Path, key: str) -> str:
    """Return the first line of a file that only its owner may read. Raises ConfigError."""
    file = home / path
    try:
        mode = file.stat().st_mode
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise ConfigError(file, key, f"others may read this secret. Write: chmod 600 {file.name}")
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(file, key, f"the secret cannot be read: {getattr(error, 'strerror', '') or error}") from error
    if not lines or not lines[0].strip():
        raise ConfigError(file, key, "the file is empty: write the secret on its first line")
    return lines[0].strip()


class Secrets:
    """Reads the secrets that lines of feeds.txt refer to, and blots out of a text those it has read."""

    def __init__(self, home: Path, environment: Mapping[str, str] = os.environ) -> None:
        self.home = home
        self.environment = environment
        self._read: set[str] = set()

    def read(self, reference: str, key: str = "token") -> str:
        """Return the secret; `key` is the option that refers to it. Raises ConfigError that does not show it."""
        where, _, name = reference.partition(":")
        if where == "env":
            secret = self._from_environment(name, key)
        elif where == "file":
            secret = read_secret(self._inside(name, key), self.home, key)
        else:
            # Not told: it may be the secret itself that somebody wrote there.
            what = f"write {key}=env:MONITOR_NAME or {key}=file:{FOLDER}/name; the secret itself does not belong there"
            raise ConfigError(self.home, key, what)
        if not (secret.isascii() and secret.isprintable()):
            raise ConfigError(self.home, key, f"{clean_line(reference, 80)} holds signs that no secret has")
        self._read.add(secret)
        return secret

    def hold(self, secret: str) -> None:
        """Take note of a secret that a service has handed out, so that it is hidden too."""
        self._read.add(secret)

    def hide(self, text: str) -> str:
        """Return a text without the secrets that were read, for logs and reasons."""
        for secret in sorted(self._read, key=len, reverse=True):
            if len(secret) >= _SHORTEST:
                text = text.replace(secret, HIDDEN)
        return text

    def _from_environment(self, name: str, key: str) -> str:
        if not _VARIABLE.fullmatch(name):
            raise ConfigError(self.home, key, f"env:{clean_line(name, 60)} must begin with MONITOR_, in capitals")
        if not (secret := self.environment.get(name, "").strip()):
            raise ConfigError(self.home, key, f"the environment has no {name}: set it for the account that runs this")
        return secret

    def _inside(self, name: str, key: str) -> Path:
        """Only files of one folder: whoever edits feeds.txt is not to read others' files off the machine."""
        parts = PurePosixPath(name).parts
        if len(parts) != 2 or parts[0] != FOLDER or ".." in parts:
            raise ConfigError(self.home, key, f"file:{clean_line(name, 80)} must be in the home's folder {FOLDER}/")
        return Path(name)
