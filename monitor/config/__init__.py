"""A home's two files, read into frozen settings: monitor.toml and feeds.txt.

A communications officer edits them in Notepad. A wrong monitor.toml stops the command with file, key and what to do;
a wrong line in feeds.txt is told with its number and stops nothing else.
"""

from dataclasses import dataclass
from pathlib import Path

from monitor.config.settings import NO_DECISION, SETTINGS_FILE, Settings, read_settings, read_usable_settings
from monitor.config.sources import (
    LOCAL_KINDS,
    SOURCES_FILE,
    append_groups,
    append_source,
    known_kinds,
    parse_sources,
    read_sources,
)
from monitor.errors import ConfigError
from monitor.models import Source

SEEN = "seen:"
"""The source of what persons add by hand (`monitor add --item`): no line of feeds.txt, and never polled."""
_SEEN_NAMES = {"sv": "Sett av en person"}

__all__ = [
    "LOCAL_KINDS",
    "NO_DECISION",
    "SEEN",
    "SETTINGS_FILE",
    "SOURCES_FILE",
    "Home",
    "Settings",
    "append_groups",
    "append_source",
    "known_kinds",
    "parse_sources",
    "read_home",
    "read_settings",
    "read_sources",
    "read_usable_settings",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """A folder with settings, sources, a database and reports."""

    path: Path
    settings: Settings
    sources: tuple[Source, ...] = ()
    problems: tuple[str, ...] = ()
    """Wrong lines of feeds.txt, each a sentence with its line number."""

    @property
    def seen(self) -> Source:
        """The source of what persons add by hand, named in the letter's language."""
        return Source(url=SEEN, kind="seen", name=_SEEN_NAMES.get(self.settings.language, "Seen by a person"))

    @property
    def known_sources(self) -> tuple[Source, ...]:
        """Everything that a text may have come from."""
        return (*self.sources, self.seen)

    @property
    def database(self) -> Path:
        """Where the home's database lies."""
        return self.path / "monitor.db"

    @property
    def reports(self) -> Path:
        """Folder of the home's own templates; letters are written to its `out`."""
        return self.path / "reports"


def read_home(path: Path) -> Home:
    """Read the home at `path`. Raises ConfigError when monitor.toml is missing or wrong."""
    if not path.is_dir():
        raise ConfigError(path, "", "no such folder. Make a home with: monitor init MUNICIPALITY DIR")
    settings = read_settings(path / SETTINGS_FILE)
    sources_file = path / SOURCES_FILE
    if not sources_file.exists():
        return Home(
            path=path, settings=settings, problems=(f"{sources_file}: the file is missing: no sources to read",)
        )
    sources, problems = read_sources(sources_file)
    return Home(path=path, settings=settings, sources=sources, problems=problems)
