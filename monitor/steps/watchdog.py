"""Is there a letter today? If not, people are told: no mail is read as no news.

Needs no database and no whole settings: what keeps the letter from being made must not keep this from being told.
"""

import fcntl
import shutil
import time
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from monitor.config import SETTINGS_FILE, Home, read_usable_settings
from monitor.core.recipients import Edition, Recipient
from monitor.deliver.channels import Fate, Message
from monitor.deliver.render import render_notice
from monitor.errors import ConfigError, DeliveryError, UsageError
from monitor.files import write_whole
from monitor.models import Clock
from monitor.steps.outgoing import MAIL, Channels, Sleep, key_of, recipients_of
from monitor.steps.publish import period_of
from monitor.steps.send import Outcome, Result

_FULL = 20_000_000
"""Free bytes below which SQLite soon fails."""
_LONG = timedelta(hours=20)
_SATURDAY = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What the watchdog found and did."""

    day: date
    built: bool
    told_before: bool = False
    cause: str = ""
    outcomes: tuple[Outcome, ...] = ()


def watch(path: Path, clock: Clock, *, pretend: bool = False, sleep: Sleep = time.sleep) -> Watched:
    """Tell people by mail when the letter that is due does not lie in the home's `reports/out`.

    Raises ConfigError when too little of monitor.toml can be read to know the mail server, and UsageError when
    nobody is to be told.
    """
    settings, wrong = read_usable_settings(path / SETTINGS_FILE)
    home = Home(path=path, settings=settings)
    now = clock()
    day = period_of(home, now).end.astimezone(settings.zone).date()
    out = home.reports / "out"
    if (out / f"{day}.html").is_file():
        return Watched(day=day, built=True)
    kind, detail = _cause(home, now, wrong)
    marker = out / f".told-{day}"
    if marker.exists():
        return Watched(day=day, built=False, told_before=True, cause=kind)
    people = _people(home, day)
    subject, text = render_notice(
        "watchdog",
        {"day": day, "kind": kind, "detail": detail, "latest": _latest(out)},
        language=settings.language,
        zone=settings.zone,
        today=day,
        home_reports=None,  # a wrong template of the home's own may be the very cause
    )
    if pretend:
        outcomes = tuple(_outcome(person, Result.WOULD, subject) for person in people)
        return Watched(day=day, built=False, cause=kind, outcomes=outcomes)
    with Channels(home, clock, sleep) as channels:
        notice = Message(key=f"no digest {day}", subject=subject, text=text)
        outcomes = tuple(_tell(home, channels, person, notice) for person in people)
    if outcomes and not any(outcome.failed for outcome in outcomes):
        _remember(marker)
    return Watched(day=day, built=False, cause=kind, outcomes=outcomes)


def _people(home: Home, day: date) -> tuple[Recipient, ...]:
    """Return who is told: those who are named for it, else everybody who would have got a letter."""
    settings = home.settings
    if settings.watchdog.to:
        return tuple(Recipient(address=address, channel=MAIL) for address in settings.watchdog.to)
    everybody = recipients_of(settings)
    if not everybody:
        raise UsageError("nobody is to be told: write [watchdog] to = [...] or [[recipients]] in monitor.toml")
    if day.weekday() >= _SATURDAY and settings.digest.weekends != "daily":
        return ()
    waiting = {
        (person.channel, person.address): replace(person, edition=Edition())
        for person in everybody
        if day.weekday() in person.weekdays
    }
    return tuple(waiting.values())


def _tell(home: Home, channels: Channels, person: Recipient, notice: Message) -> Outcome:
    to = person.address if person.channel == MAIL else ""
    message = replace(notice, key=key_of(home.settings, notice.key, person), to=to)
    try:
        receipt = channels.of(person).deliver(message)
    except DeliveryError as error:
        return _outcome(person, Result.FAILED, notice.subject, str(error))
    result = {Fate.SENT: Result.SENT, Fate.UNKNOWN: Result.UNSURE}.get(receipt.fate, Result.FAILED)
    return _outcome(person, result, notice.subject, receipt.reason)


def _outcome(person: Recipient, result: Result, subject: str, reason: str = "") -> Outcome:
    return Outcome(
        recipient=person.address, channel=person.channel, edition="watchdog",
        result=result, subject=subject, reason=reason,
    )  # fmt: skip


def _cause(home: Home, now: datetime, wrong: ConfigError | None) -> tuple[str, object]:
    """Return why there may be no letter, as a kind that the notice has words for, and what belongs to it."""
    if wrong is not None:
        return "settings", f"{wrong.where}: {wrong.what}"
    if shutil.disk_usage(home.path).free < _FULL:
        return "disk", ""
    if _is_running(home.path / "monitor.lock"):
        return "running", ""
    touched = _last_touched(home, now)
    if touched is not None and now - touched > _LONG:
        return "not run", touched
    return "unknown", ""


def _is_running(lock: Path) -> bool:
    try:
        with lock.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def _last_touched(home: Home, now: datetime) -> datetime | None:
    """Return when the database was last written, by its files alone."""
    files = (home.database, home.database.with_name(f"{home.database.name}-wal"))
    times = [datetime.fromtimestamp(file.stat().st_mtime, tz=now.tzinfo) for file in files if file.exists()]
    return max(times, default=None)


def _latest(out: Path) -> date | None:
    days = sorted(file.stem for file in out.glob("[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9].html"))
    return date.fromisoformat(days[-1]) if days else None


def _remember(marker: Path) -> None:
    """Leave a mark that people have been told. On a full disk there is none, and they may be told twice."""
    try:
        marker.parent.mkdir(parents=True, exist_ok=True)
        write_whole(marker, "")
    except OSError:
        return
