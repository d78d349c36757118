"""Change a home's file and keep every byte that is not concerned, whatever Notepad has saved it.

The file is the truth: a person may have it open in an editor meanwhile. Who saves says which file was read, by its
fingerprint; another one is refused, with the text that stands there now.
"""

import codecs
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from monitor.errors import ConfigError
from monitor.files import write_whole
from monitor.models import Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class FileText:
    """A file as it was read. Line ends stay as they are in `text`; an empty `fingerprint` says there is no file."""

    text: str
    encoding: str = "utf-8"
    mark: bytes = b""
    """The byte order mark in front."""
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class Changed:
    """The file is another one than the one that was read: nothing was written."""

    now: FileText


Edit = Callable[[str], str | Refused]
"""Text of a file -> the text that is to stand there, or why not."""


def read_file(path: Path) -> FileText:
    """Read a file for editing, decoded as `read_text` does. Raises ConfigError when that would lose a byte."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return FileText(text="")
    except OSError as error:
        raise ConfigError(path, "", f"cannot be read: {error.strerror or error}") from error
    mark, encoding = _encoding_of(raw)
    body = raw[len(mark) :]
    text = body.decode(encoding, "replace")
    if text.encode(encoding, "replace") != body:
        raise ConfigError(path, "", "has bytes that are no text. Open it in Notepad and save it as UTF-8")
    return FileText(text=text, encoding=encoding, mark=mark, fingerprint=hashlib.sha256(raw).hexdigest())


def _encoding_of(raw: bytes) -> tuple[bytes, str]:
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if raw.startswith(mark):
            return mark, encoding
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return b"", "cp1252"
    return b"", "utf-8"


def save_file(path: Path, fingerprint: str, edit: Edit) -> FileText | Changed | Refused:
    """Write what `edit` makes of the file that has `fingerprint`; return what now stands there.

    The new file is written beside the old one and put in its place: a power cut leaves the one or the other, whole.
    Raises ConfigError when it cannot be written.
    """
    path = path.resolve()  # a link stays a link
    before = read_file(path)
    if before.fingerprint != fingerprint:
        return Changed(before)
    edited = edit(before.text)
    if isinstance(edited, Refused):
        return edited
    try:
        raw = before.mark + edited.encode(before.encoding)
    except UnicodeEncodeError as error:
        letter = edited[error.start]
        return Refused(f'"{letter}" cannot be written in {path.name} as it is saved now. Save it as UTF-8 first')
    try:
        write_whole(path, raw)
    except OSError as error:
        raise ConfigError(path, "", f"cannot be written: {error.strerror or error}. Nothing was changed") from error
    return read_file(path)


def line_end(text: str) -> str:
    """Return how the lines of a text end: as its first one does."""
    return "\r\n" if text.partition("\n")[0].endswith("\r") else "\n"
