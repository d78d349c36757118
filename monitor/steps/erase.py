"""A person's name -> gone from the database and from the letters on disk; what was done is told in figures."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from monitor.config import SETTINGS_FILE, SOURCES_FILE, Home
from monitor.config.text_files import read_text
from monitor.core.erasing import Name
from monitor.errors import StoreError
from monitor.files import write_whole
from monitor.store import erasures as erasure_store
from monitor.store.erasures import Found, Way

TEXTS = frozenset({".html", ".txt", ".json", ".xml", ".csv", ".atom", ".md", ".svg", ".eml"})


@dataclass(slots=True)
class Traces:
    """Where a name stands: in the database, in the letters on disk, and where only a person may take it out."""

    found: Found
    files: list[str] = field(default_factory=list)
    """Files under reports/out that hold it."""
    by_hand: list[str] = field(default_factory=list)
    """Files of the home that people write: monitor.toml, feeds.txt."""

    @property
    def rows(self) -> int:
        """How many rows and files can go."""
        return self.found.rows.total() + len(self.files)


def find_traces(home: Home, db: Database, name: Name) -> Traces:
    """Return where `name` stands. Changes nothing."""
    return Traces(
        found=erasure_store.find_person(db, name),
        files=[str(path.relative_to(home.path)) for path in _letters(home) if name.stands_in(_text(path))],
        by_hand=_by_hand(home, name),
    )


def erase_person(home: Home, db: Database, name: Name, *, way: Way, decision: str, role: str, at: datetime) -> Traces:
    """Take `name` out: the letters on disk first, then the database in one transaction, then its file written anew.

    Stopped in between, what is left is found again by the next try. Raises StoreError with what is left.
    """
    files = []
    for path in _letters(home):
        text = _text(path)
        if name.stands_in(text):
            try:
                write_whole(path, name.hide(text).encode())
            except OSError as error:
                what = f"{path}: cannot be written: {error.strerror or error}. The database was not changed"
                raise StoreError(what) from error
            files.append(str(path.relative_to(home.path)))
    found = erasure_store.erase_person(db, name, way=way, decision=decision, role=role, at=at, files=len(files))
    return Traces(found=found, files=files, by_hand=_by_hand(home, name))


def _letters(home: Home) -> list[Path]:
    return sorted(path for path in (home.reports / "out").rglob("*") if path.suffix in TEXTS and path.is_file())


def _text(path: Path) -> str:
    return path.read_bytes().decode("utf-8", "replace")


def _by_hand(home: Home, name: Name) -> list[str]:
    files = [home.path / file for file in (SETTINGS_FILE, SOURCES_FILE)]
    return [file.name for file in files if file.exists() and name.stands_in(read_text(file))]
