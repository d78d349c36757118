"""Old text -> gone, by the days in `[retention]`."""

from datetime import timedelta

from sqlite_utils import Database

from monitor.config import Home
from monitor.models import Clock
from monitor.store import retention


def purge(home: Home, db: Database, clock: Clock, *, pretend: bool = False) -> dict[str, int]:
    """Delete what is older than the home keeps; return how many rows each rule took. With `pretend`, only count."""
    now = clock()
    before = now - timedelta(days=home.settings.retention.text_days)
    return retention.purge(db, now, before, pretend=pretend)
