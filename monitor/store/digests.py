"""The digests that were made, and how many articles each day had."""

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlite_utils import Database

from monitor.models import Period
from monitor.store.db import time_of, to_text, transaction


def save_digest(
    db: Database, day: date, *, period: Period, made_at: datetime, data: str, articles: Sequence[int]
) -> None:
    """Save the digest of `day` in place of an earlier one of that day, with the articles that it covers."""
    key = day.isoformat()
    with transaction(db) as connection:
        connection.execute(
            """insert into digests values (?, ?, ?, ?, ?) on conflict (day) do update set
                   starts = excluded.starts, ends = excluded.ends, made = excluded.made, data = excluded.data""",
            [key, to_text(period.start), to_text(period.end), to_text(made_at), data],
        )
        connection.execute("delete from digest_articles where day = ?", [key])
        connection.executemany("insert into digest_articles values (?, ?)", [(article, key) for article in articles])


def article_times(db: Database, since: datetime, until: datetime) -> list[tuple[datetime, bool]]:
    """Return the time of every article of a span, and whether its headline or lead names the place."""
    rows = db.execute(
        """select a.at, exists (select 1 from mentions m where m.article = a.id
               and (m.place_in = 'title' or (m.place_in = 'text' and m.start < length(a.lead))))
           from articles a where a.at >= ? and a.at < ?""",
        [to_text(since), to_text(until)],
    )
    return [(time_of(at), bool(prominent)) for at, prominent in rows.fetchall()]


def first_polled(db: Database) -> datetime | None:
    """Return when the home's first source was first read; None when none ever was."""
    row = db.execute("select min(first_polled) from sources").fetchone()
    return time_of(row[0]) if row[0] else None


def digest_days(db: Database) -> list[str]:
    """Return the days that have a digest, newest first."""
    return [row[0] for row in db.execute("select day from digests order by day desc").fetchall()]


def local_day(moment: datetime, zone: ZoneInfo) -> date:
    """Return the local calendar day of a moment."""
    return moment.astimezone(zone).date()
