"""One request to the miniature web, and answers in JSON."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from monitor.demo.render import Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request, read to its end."""

    method: str = "GET"
    path: str
    query: Mapping[str, list[str]] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    """By name in small letters."""
    body: bytes = b""

    def ask(self, name: str, default: str = "") -> str:
        """Return the first value of a parameter."""
        return self.query.get(name, [default])[0]

    def number(self, name: str, default: int = 0) -> int:
        """Return a parameter that is a number, else `default`."""
        return whole_number(self.ask(name)) or default


def whole_number(text: str) -> int:
    """Return a number in digits; 0 for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 30 else 0


def say(content: Any, status: int = 200, headers: tuple[tuple[str, str], ...] = ()) -> Answer:
    """Return an answer in JSON."""
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    return Answer(status=status, content_type="application/json; charset=utf-8", body=body, headers=headers)
