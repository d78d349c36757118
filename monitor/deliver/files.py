"""Write a letter's files so that a reader never sees half of one."""

import os
from datetime import date
from pathlib import Path
from typing import Protocol

from monitor.errors import DeliveryError


class Rendered(Protocol):
    """A letter in its three forms."""

    @property
    def html(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def json(self) -> str: ...


def write_digest(folder: Path, day: date, rendered: Rendered) -> Path:
    """Write `folder/DAY.html`, `.txt` and `.json`; return the path of the first. Raises DeliveryError."""
    forms = {".json": rendered.json, ".txt": rendered.text, ".html": rendered.html}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for suffix, content in forms.items():
            write_whole(folder / f"{day.isoformat()}{suffix}", content)
    except OSError as error:
        raise DeliveryError(f"{folder}: the letter could not be written: {error.strerror or error}") from error
    return folder / f"{day.isoformat()}.html"


def write_whole(path: Path, content: str) -> None:
    """Write `content` beside `path` and put it in place in one move, so that a crash leaves the old file or the new."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with beside.open("w", encoding="utf-8", newline="\n") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
