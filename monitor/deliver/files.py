"""Write a letter's files so that a reader never sees half of one."""

from datetime import date
from pathlib import Path
from typing import Protocol

from monitor.errors import DeliveryError
from monitor.files import write_whole

FORMS = (".json", ".txt", ".html")
"""The files of a letter, in the order in which they are written."""


class Rendered(Protocol):
    """A letter in its three forms."""

    @property
    def html(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def json(self) -> str: ...


def write_digest(folder: Path, day: date, rendered: Rendered) -> Path:
    """Write `folder/DAY.json`, `.txt` and last `.html`; return the path of that. Raises DeliveryError.

    Who looks whether there is a letter looks for the last one.
    """
    forms = dict(zip(FORMS, (rendered.json, rendered.text, rendered.html), strict=True))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for suffix, content in forms.items():
            write_whole(folder / f"{day.isoformat()}{suffix}", content)
    except OSError as error:
        raise DeliveryError(f"{folder}: the letter could not be written: {error.strerror or error}") from error
    return folder / f"{day.isoformat()}.html"
