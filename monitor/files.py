"""Files that are whole or not there, whatever stops the program: written beside, flushed, put in place in one move."""

import contextlib
import fcntl
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

PART = ".part"


def write_whole(path: Path, content: str | bytes) -> None:
    """Put `content` in the place of a file, with the mode and owner it had. Raises OSError; the old file stays then."""
    with part_beside(path) as part:
        part.write_bytes(content.encode() if isinstance(content, str) else content)
        put_in_place(part, path)


@contextlib.contextmanager
def part_beside(path: Path) -> Iterator[Path]:
    """Give an empty hidden file beside `path` to be filled; it goes with the block, unless it was put in place.

    The lock on it says to `sweep` that its writer lives: the kernel frees it when the writer is killed.
    """
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}{PART}")
    with os.fdopen(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666), "wb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield part
        finally:
            part.unlink(missing_ok=True)


def put_in_place(part: Path, path: Path) -> None:
    """Give a whole file the name of another, and the mode and owner that the other had.

    A power cut leaves the old file or the new one: the bytes are on the disk before the name points to them, and the
    folder, which holds the name, after.
    """
    with part.open("rb") as file:
        _dress_as(path, file.fileno())
        os.fsync(file.fileno())
    part.replace(path)
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
