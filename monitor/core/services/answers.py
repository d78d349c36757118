"""JSON as services really send it: missing or null fields, numbers for texts, one object for a list of them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from monitor.core.text import MAX_TITLE, clean_line
from monitor.models import Entry, FeedReading, Outcome, Refused

MAX_BODY = 8_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerPage:
    """One page of what a service answered."""

    entries: tuple[Entry, ...]
    more: bool = False
    """Whether another page follows."""
    next: str = ""
    """What the service calls the next page, where it names it: an id, a cursor."""
    left_out: int = 0
    """Hits that are there and are not for us to read."""
    reason: str = ""
    """What is missing of it."""


def read_json(body: bytes, service: str) -> Any:
    """Return what the JSON of `service` holds, or Refused with the beginning of what came instead."""
    if len(body) > MAX_BODY:
        return Refused(f"the answer of {service} is larger than {MAX_BODY // 1_000_000} MB")
    try:
        return json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        said = clean_line(body[:800].decode("utf-8", "replace"), 120)
        return Refused(f"{service} answered with no JSON that can be read: {said or 'nothing'}")


def field(value: object, *path: str) -> Any:
    """Return what stands at `path` inside objects, or None."""
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def text_field(value: object, *path: str, limit: int = MAX_TITLE) -> str:
    """Return a text or number at `path` as one line, else ""."""
    found = field(value, *path)
    return clean_line(str(found), limit) if isinstance(found, str | int | float) and not isinstance(found, bool) else ""


def number_field(value: object, *path: str) -> int:
    """Return a whole number at `path`, also when it is written as a text, else 0."""
    found = text_field(value, *path)
    return int(found) if found.isascii() and found.isdecimal() and len(found) < 10 else 0


def objects(value: object, *path: str) -> list[Mapping[str, Any]]:
    """Return the objects at `path`: of a list those that are objects, of a single one itself, else none."""
    found = field(value, *path)
    found = found if isinstance(found, list) else [found]
    return [item for item in found if isinstance(item, Mapping)]


def refuse(reason: str) -> FeedReading:
    """Return the reading of an answer that holds nothing."""
    return FeedReading(outcome=Outcome.REFUSED, reason=reason)
