"""Secrets in a crawl: where a kind has them from, and the requests that carry them (decision 0020)."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from scrapy import Request

from monitor.errors import ConfigError

_NONE: Mapping[str, str] = {}
_MARK = "carries_secret"
"""Marks a request that carries a secret."""


def secret_request(url: str, *, headers: Mapping[str, str] = _NONE, said: object = None) -> Request:
    """Return a request with a secret in a header, or in what is `said` in JSON by POST.

    It goes to the host that the line names, by https, and nowhere else: no redirect is followed.
    """
    sent = dict(headers) | ({"Content-Type": "application/json"} if said is not None else {})
    meta = {_MARK: True, "dont_redirect": True}
    body = "" if said is None else json.dumps(said)
    return Request(url, method="GET" if said is None else "POST", headers=sent, body=body, meta=meta)


def carries_secret(request: Request) -> bool:
    """Whether a request was made to carry a secret."""
    return bool(request.meta.get(_MARK))


class Secrets(Protocol):
    """What lines of feeds.txt refer to as `token=env:...` or `token=file:...`."""

    def read(self, reference: str, key: str) -> str:
        """Return the secret that option `key` refers to. Raises ConfigError, which does not show it."""

    def hold(self, secret: str) -> None:
        """Take note of a secret that a service has handed out (a session's token), so that it is hidden too."""

    def hide(self, text: str) -> str:
        """Return a text without the secrets that were read."""


class NoSecrets:
    """For a crawl whose sources need none."""

    def read(self, reference: str, key: str) -> str:  # noqa: ARG002
        """Raise ConfigError."""
        raise ConfigError(Path(), key, "there are no secrets here")

    def hold(self, secret: str) -> None:
        """Take no note."""

    def hide(self, text: str) -> str:
        """Return the text."""
        return text
