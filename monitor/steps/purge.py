"""Old text -> gone, by the days in `[retention]`."""

from datetime import date, datetime, timedelta

from sqlite_utils import Database

from monitor.config import Home
from monitor.models import Clock, SourceClass
from monitor.store import retention


def purge(home: Home, db: Database, clock: Clock, *, pretend: bool = False) -> tuple[retention.Gone, ...]:
    """Take what is older than the home keeps; return what each rule took. With `pretend`, only count."""
    now = clock()
    keeping = home.settings.retention
    limits = retention.Limits(
        texts={one: now - timedelta(days=keeping.days_of(one)) for one in SourceClass},
        polls=now - timedelta(days=keeping.polls_days),
        letters=now - timedelta(days=keeping.letters_days) if keeping.letters_days else None,
        sources=home.sources,
        decision=keeping.decision,
    )
    told = retention.purge(db, now, limits, pretend=pretend)
    if limits.letters and not pretend:
        _remove_letters(home, limits.letters)
    if not pretend:
        _remove_results(home, now - timedelta(days=keeping.pages_days))
    return told


def _remove_results(home: Home, before: datetime) -> None:
    """Results of a backfill that nobody went on with hold whole texts: they are kept as long as pages."""
    for path in (home.path / "backfill").glob("*.parquet"):
        if path.stat().st_mtime < before.timestamp():
            path.unlink(missing_ok=True)


def _remove_letters(home: Home, before: datetime) -> None:
    for path in sorted((home.reports / "out").glob("????-??-??.*")):
        try:
            day = date.fromisoformat(path.name[:10])
        except ValueError:
            continue
        if day < before.date():
            path.unlink()
