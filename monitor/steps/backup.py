"""Home -> one file, while everything goes on; and back.

In it are the database as it stood at one moment, monitor.toml, feeds.txt, the letters and the home's own templates.
Secrets are not: a copy travels to places where they have no business. Nor are the files in drop folders.
"""

import json
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from monitor import __version__
from monitor.config import SETTINGS_FILE, SOURCES_FILE, Home
from monitor.errors import UsageError
from monitor.files import part_beside, put_in_place, write_whole
from monitor.store.copies import check_copy, copy_database, is_readable, put_back

FOLDER = "backups"
DATABASE = "monitor.db"
ABOUT = "backup.json"
SCHEMA = "town-monitor/backup/1"
_LEVEL = 3
"""Of gzip: texts shrink to a quarter, several times as fast as at the highest."""
_FILES = (SETTINGS_FILE, SOURCES_FILE)
_REPORTS = "reports"


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """A copy of a home."""

    path: Path
    made: str
    """When, as ISO 8601."""
    municipality: str
    files: int
    bytes: int


def back_up(home: Home, now: datetime, target: Path | None = None, keep: int = 0) -> Backup:
    """Write a copy of the home to `target`, else into its own `backups`, where with `keep` only so many stay.

    Raises StoreError when the database cannot be copied or the copy is not whole, and OSError.
    """
    folder = home.path / FOLDER
    path = target or folder / f"monitor-{now:%Y%m%dT%H%M%SZ}.tar.gz"
    path.parent.mkdir(parents=True, exist_ok=True)
    with part_beside(path.with_name(DATABASE)) as copy, part_beside(path) as packed:
        copy_database(home.database, copy)
        files = [(DATABASE, copy), *_files_of(home)]
        with tarfile.open(packed, "w:gz", compresslevel=_LEVEL) as archive:
            _add(archive, ABOUT, write_about(home, now))
            for name, file in files:
                archive.add(file, name, recursive=False)
        packed.chmod(0o600)
        backup = read_backup(packed)  # what cannot be read back is no copy
        put_in_place(packed, path)
    if keep and target is None:
        for old in sorted(folder.glob("monitor-*.tar.gz"))[:-keep]:
            old.unlink()
    return Backup(path=path, made=backup.made, municipality=backup.municipality, files=backup.files, bytes=backup.bytes)


def write_about(home: Home, now: datetime) -> bytes:
    """Return what a copy says of itself."""
    about = {
        "schema": SCHEMA,
        "made": now.isoformat(timespec="seconds"),
        "municipality": home.settings.municipality,
        "program": __version__,
    }
    return json.dumps(about, ensure_ascii=False, indent=1).encode()


def _files_of(home: Home) -> Iterator[tuple[str, Path]]:
    for name in _FILES:
        if (home.path / name).is_file():
            yield name, home.path / name
    for path in sorted(home.reports.rglob("*")):
        if path.is_file() and not path.is_symlink() and not path.name.startswith("."):
            yield path.relative_to(home.path).as_posix(), path


def _add(archive: tarfile.TarFile, name: str, body: bytes) -> None:
    import io  # noqa: PLC0415

    member = tarfile.TarInfo(name)
    member.size, member.mode = len(body), 0o600
    archive.addfile(member, io.BytesIO(body))


# --- and back -------------------------------------------------------------------------------------------


def read_backup(path: Path) -> Backup:
    """Read a copy from its first byte to its last. Raises UsageError when it is none, or is cut off."""
    with _opened(path) as archive:
        members = [(member.name, member.size) for member in _members(archive)]
        about = _about(archive)
    if DATABASE not in dict(members):
        raise UsageError(f"{path} is no backup of a home: it has no database")
    return Backup(
        path=path,
        made=str(about.get("made", "")),
        municipality=str(about.get("municipality", "")),
        files=len(members) - 1,
        bytes=path.stat().st_size,
    )


def restore(path: Path, folder: Path, now: datetime, *, replace: bool = False) -> Backup:
    """Make the home in `folder` what it was when the copy was made; files that are not in the copy stay.

    The database comes last and in one transaction: killed in between, the home has its old one, and the next try
    completes it. With `replace` a home may stand there already. Raises UsageError, StoreError, OSError.
    """
    backup = read_backup(path)
    database = folder / DATABASE
    if not replace and (database.exists() or (folder / SETTINGS_FILE).exists()):
        raise UsageError(f"{folder} is a home already. Choose another folder, or say --replace")
    folder.mkdir(parents=True, exist_ok=True)
    with _opened(path) as archive, part_beside(database) as copy:
        contents = {member.name: member for member in _members(archive)}
        copy.write_bytes(_read(archive, contents.pop(DATABASE)))
        check_copy(copy)
        del contents[ABOUT]
        for name, member in contents.items():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            write_whole(target, _read(archive, member))
        if database.exists() and is_readable(database):
            put_back(copy, database)
        else:
            _put_aside(database, now)
            put_in_place(copy, database)
    return backup


def _put_aside(database: Path, now: datetime) -> None:
    """Keep what is left of a database that cannot be read, with its log, for who wants to look into it."""
    for end in ("-shm", "-wal", ""):
        path = database.with_name(database.name + end)
        if path.exists():
            path.rename(path.with_name(f"{DATABASE}.damaged-{now:%Y%m%dT%H%M%SZ}{end}"))


@contextmanager
def _opened(path: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(path, "r:gz") as archive:
            yield archive
    except (tarfile.TarError, EOFError, OSError, ValueError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise UsageError(f"{path} is no backup, or is cut off: {error}") from error


def _members(archive: tarfile.TarFile) -> list[tarfile.TarInfo]:
    """Return the files of a copy. Raises UsageError when one has a name or kind that no copy of ours has."""
    members = archive.getmembers()
    for member in members:
        parts = PurePosixPath(member.name).parts
        ours = member.name in {DATABASE, ABOUT, *_FILES} or (len(parts) > 1 and parts[0] == _REPORTS)
        if not member.isreg() or not ours or ".." in parts or "\\" in member.name:
            raise UsageError(f"the backup holds {member.name!r}, which no backup of a home does: it was not restored")
    return members


def _about(archive: tarfile.TarFile) -> dict[str, Any]:
    try:
        about = json.loads(_read(archive, archive.getmember(ABOUT)))
    except (KeyError, ValueError) as error:
        raise UsageError("this is no backup of a home") from error
    if not isinstance(about, dict) or about.get("schema") != SCHEMA:
        raise UsageError("this backup is of another version of the program")
    return about


def _read(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = archive.extractfile(member)
    if file is None:
        raise UsageError(f"the backup holds {member.name!r}, which is no file")
    return file.read()
