"""Files that are whole or not there, whatever stops the program: written beside, flushed, put in place in one move."""

import contextlib
import fcntl
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

PART = ".part"


def write_whole(path: Path, content: str | bytes) -> None:
    """Put `content` in the place of a file, with the mode and owner it had. Raises OSError; the old file stays then.

    A power cut leaves the old file or the new one, whole: the bytes are on the disk before the name points to them, and
    the folder, which holds the name, after.
    """
    raw = content.encode() if isinstance(content, str) else content
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}{PART}")
    try:
        with os.fdopen(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666), "wb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # says to `sweep` that the writer lives
            file.write(raw)
            file.flush()
            _dress_as(path, file.fileno())
            os.fsync(file.fileno())
            beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    keep_names(path.parent)


def _dress_as(path: Path, handle: int) -> None:
    with contextlib.suppress(FileNotFoundError):
        found = path.stat()
        os.fchmod(handle, found.st_mode & 0o7777)
        if (found.st_uid, found.st_gid) != (os.geteuid(), os.getegid()):
            os.fchown(handle, found.st_uid, found.st_gid)


def keep_names(folder: Path) -> None:
    """Have the disk know the names in a folder: what was renamed, made or removed there."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def left_behind(*folders: Path) -> Iterator[Path]:
    """Yield the half-written files of programs that were killed; one that is being written is not among them."""
    for folder in folders:
        for path in sorted(folder.glob(f".*{PART}")):
            with contextlib.suppress(OSError), path.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                yield path


def sweep(*folders: Path) -> list[Path]:
    """Remove what killed programs left half-written; return what went."""
    gone = list(left_behind(*folders))
    for path in gone:
        path.unlink(missing_ok=True)
    return gone
