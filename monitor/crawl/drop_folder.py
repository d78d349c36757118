"""A folder into which people put files: each is taken once, and what was taken or refused can be looked at after."""

import stat
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor.core.text import clean_line
from monitor.files import write_whole

TAKEN = "taken"
REFUSED = "refused"
MAX_FILES = 50
MAX_BYTES = 20_000_000
AT_REST = timedelta(seconds=10)
"""A file that was written to a moment ago may be half written: it is left for the next run."""

_PASSING = (".part", ".tmp", ".crdownload", ".partial", ".swp")


@dataclass(frozen=True, slots=True, kw_only=True)
class Drop:
    """One file, and what stands in it; None when it is too large."""

    path: Path
    body: bytes | None

    @property
    def shown(self) -> str:
        """The name as it may be shown: names of files are hostile too."""
        return clean_line(self.path.name.encode("utf-8", "replace").decode(), 80)


class DropFolder:
    """One folder of the home. Everything raises OSError with what the file system says."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def prepare(self) -> None:
        """Make sure that files can be put away: before anything is read, so that nothing is read twice."""
        for name in (TAKEN, REFUSED):
            place = self.path / name
            place.mkdir(exist_ok=True)
            if place.is_symlink():
                raise NotADirectoryError(f"{name} is a link to somewhere else")

    def waiting(self, now: datetime) -> list[Drop]:
        """Return the files at rest, oldest name first, at most fifty. Links and hidden files are no drops."""
        found = []
        for path in sorted(self.path.iterdir()):
            about = path.lstat()
            changed = datetime.fromtimestamp(about.st_mtime, UTC)
            passing = path.name.startswith((".", "~")) or path.name.lower().endswith(_PASSING)
            if not stat.S_ISREG(about.st_mode) or passing or now - changed < AT_REST:
                continue
            found.append(Drop(path=path, body=path.read_bytes() if about.st_size <= MAX_BYTES else None))
            if len(found) == MAX_FILES:
                break
        return found

    def put_away(self, taken: Iterable[Path], refused: Iterable[tuple[Path, str]]) -> None:
        """Move files that were taken, and those that were refused with a file that says why beside them."""
        for path in taken:
            self._move(path, TAKEN)
        for path, reason in refused:
            moved = self._move(path, REFUSED)
            write_whole(moved.with_name(f"{moved.stem[:60]}.reason.txt"), f"{reason}\n")

    def _move(self, path: Path, to: str) -> Path:
        target = self.path / to / path.name
        number = 1
        while target.exists():
            number += 1
            target = self.path / to / f"{path.stem[:50]}-{number}{path.suffix[:10]}"
        path.rename(target)
        return target
