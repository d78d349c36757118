"""A change that a person makes in the browser -> the home's file and the log, both or neither."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import msgspec
from sqlite_utils import Database

from monitor.config import SETTINGS_FILE, Home
from monitor.config.saving import Changed, Edit, FileText, save_file
from monitor.config.settings import check_settings
from monitor.core.matching import build_matcher
from monitor.errors import ConfigError
from monitor.models import Refused
from monitor.steps import area_of, watch_of
from monitor.store import file_changes, trials

TRIED = 2_000
"""Articles and entries that a trial looks at, the newest: a person waits for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """Who changes something, as a role, and when."""

    role: str
    at: datetime


class _NotWritten(Exception):  # noqa: N818 (rolls the log's row back; never leaves this module)
    def __init__(self, outcome: Changed | Refused) -> None:
        self.outcome = outcome


def save_change(
    home: Home, db: Database, file: str, fingerprint: str, edit: Edit, *, who: Who, what: str, before: str, after: str
) -> FileText | Changed | Refused:
    """Change a file of the home and write who changed what into the log. Raises ConfigError, StoreError."""

    def write() -> FileText:
        done = save_file(home.path / file, fingerprint, edit)
        if not isinstance(done, FileText):
            raise _NotWritten(done)
        return done

    try:
        return file_changes.record_change(
            db, role=who.role, at=who.at, file=file, what=what, before=before, after=after, write=write
        )
    except _NotWritten as refused:
        return refused.outcome


def settings_edit(path: Path, edits: Sequence[Callable[[str], str | Refused]]) -> Edit:
    """Return an edit of monitor.toml that makes all of `edits`, and refuses what the program would not start with."""

    def edit(text: str) -> str | Refused:
        for change in edits:
            changed = change(text)
            if isinstance(changed, Refused):
                return changed
            text = changed
        try:
            check_settings(path / SETTINGS_FILE, text)
        except ConfigError as error:
            return Refused(f"{error.where}: {error.what}" if error.where else error.what)
        return text

    return edit


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What other search words would do with what is stored."""

    looked: int
    going: tuple[tuple[int, str], ...]
    """Row and headline of articles that would not be taken any more."""
    coming: tuple[str, ...]
    """Headlines of entries that would be taken, judged on what their source says of them."""


def try_words(
    home: Home, db: Database, since: datetime, *, names: Sequence[str], require: Sequence[str], exclude: Sequence[str]
) -> Trial:
    """Judge what was stored since then with other search words. Changes nothing."""
    matching = msgspec.structs.replace(home.settings.matching, require=tuple(require), exclude=tuple(exclude))
    settings = msgspec.structs.replace(home.settings, names=tuple(names), matching=matching)
    old, new = build_matcher(watch_of(home)), build_matcher(watch_of(replace(home, settings=settings)))
    areas = {source.url: area_of(home, source) for source in home.sources}
    articles = trials.articles_since(db, since, TRIED)
    entries = trials.entries_without_article(db, since, TRIED)
    going = tuple(
        (said.id, said.title)
        for said in articles
        if not new.find(said.title, said.text, source_area=areas.get(said.source, ""))
    )
    coming = tuple(
        said.title
        for said in entries
        if new.find(said.title, said.text, source_area=areas.get(said.source, ""))
        and not old.find(said.title, said.text, source_area=areas.get(said.source, ""))
    )
    return Trial(looked=len(articles) + len(entries), going=going, coming=coming)
