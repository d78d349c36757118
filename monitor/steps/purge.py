"""Old text -> gone, by the days in `[retention]`."""

from datetime import timedelta

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
        sources=home.sources,
        decision=keeping.decision,
    )
    return retention.purge(db, now, limits, pretend=pretend)
