"""What a platform says when it refuses: the sentence and the code in its JSON, whichever of the usual shapes it has.

Google      {"error": {"code": 403, "message": "...", "errors": [{"reason": "quotaExceeded", "message": "..."}]}}
Meta        {"error": {"message": "...", "type": "OAuthException", "code": 190, "fbtrace_id": "..."}}
X           {"title": "Unauthorized", "detail": "...", "status": 401}; {"errors": [{"message": "..."}], "title": ...}
Reddit      {"message": "Forbidden", "error": 403}; {"error": "invalid_grant"}
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from monitor.core.gate import admitted
from monitor.core.markup import plain_text
from monitor.core.services.answers import field, objects, text_field
from monitor.core.text import clean_line

MAX_BODY = 100_000
MAX_WORDS = 200


@dataclass(frozen=True, slots=True)
class Told:
    """What a refusal says of itself; both "" when it says nothing that can be read."""

    words: str = ""
    code: str = ""
    """A name ("quotaExceeded") or a number ("190")."""


@admitted
def read_told(body: bytes) -> Told:
    """Return what a refusal says. Never raises."""
    try:
        said = json.loads(body.decode("utf-8-sig")) if len(body) <= MAX_BODY else None
    except (ValueError, RecursionError):
        return Told()
    words = next(filter(None, _sentences(said)), "")
    codes = (
        text_field(part, name) for part in [*_errors(said), *objects(said, "error")] for name in ("reason", "code")
    )
    return Told(clean_line(plain_text(words), MAX_WORDS), next(filter(None, codes), ""))


def _errors(said: Any) -> Iterator[Any]:
    for value in (field(said, "error", "errors"), field(said, "errors")):
        yield from objects(value)


def _sentences(said: Any) -> Iterator[str]:
    yield text_field(said, "error", "message")
    yield from (text_field(part, "message") for part in _errors(said))
    yield from (text_field(said, name) for name in ("detail", "message", "title", "error_description", "error"))
