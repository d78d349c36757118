"""Fixtures that every test may use: a set clock, an empty database, a home on disk, a small web on loopback."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import settings
from sqlite_utils import Database

from monitor.models import Clock
from monitor.store.db import open_database
from tests.loopback import Web

# This machine may be slow or busy: a deadline would fail a property that holds.
settings.register_profile("monitor", deadline=None)
settings.load_profile("monitor")

NOW = datetime(2026, 11, 24, 5, 30, tzinfo=UTC)
"""Tuesday 24 November 2026, 06.30 in Stockholm."""


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def clock() -> Clock:
    return lambda: NOW


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    database = open_database(tmp_path / "monitor.db")
    yield database
    database.close()


@pytest.fixture
def web() -> Iterator[Web]:
    with Web() as server:
        yield server


@pytest.fixture
def make_home(tmp_path: Path, web: Web) -> Callable[..., Path]:
    """Write a home for Katrineholm that may fetch from the loopback web; return its folder."""

    def make(*lines: str, settings: str = "") -> Path:
        folder = tmp_path / "home"
        folder.mkdir(exist_ok=True)
        write_home(folder, web, *lines, settings=settings)
        return folder

    return make


def write_home(folder: Path, web: Web, *lines: str, settings: str = "") -> None:
    """Write the two files of a home for Katrineholm that may fetch from `web`; `settings` go into `[crawl]`."""
    (folder / "monitor.toml").write_text(
        'municipality = "Katrineholm"\ncode = "0483"\norganisation = "Katrineholms kommun"\n'
        f'[crawl]\ncontact = "test@kommun.example"\ndelay = 0\nallow_hosts = ["{web.host}"]\n{settings}\n',
        encoding="utf-8",
    )
    (folder / "feeds.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
