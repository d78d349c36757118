"""Counts for the statistics. No question here has a dimension for authors or private persons."""

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlite_utils import Database

from monitor.core.statistics import CaseTimes
from monitor.models import Period, PollOutcome
from monitor.store.db import time_of, to_text, to_time


def count_topics(db: Database, period: Period, own: Sequence[str]) -> list[tuple[str, int, int]]:
    """Return (topic, articles, stories) of a span, without the municipality's `own` sources."""
    rows = db.execute(
        f"""select d.topic, count(*), count(distinct m.story)
            from archive d left join story_articles m on m.article = d.article
            where d.doc >= ? and d.doc < ? and not d.hidden and d.source not in ({_marks(own)})
            group by d.topic""",  # noqa: S608 (only marks)
        [*_numbers(period), *own],
    )
    return [(topic, articles, stories) for topic, articles, stories in rows.fetchall()]


def count_sources(db: Database, period: Period, own: Sequence[str]) -> list[tuple[str, int]]:
    """Return (source, articles) of a span, the most first."""
    rows = db.execute(
        f"""select d.source, count(*) articles from archive d
            where d.doc >= ? and d.doc < ? and not d.hidden and d.source not in ({_marks(own)})
            group by d.source order by articles desc, d.source""",  # noqa: S608 (only marks)
        [*_numbers(period), *own],
    )
    return [(source, articles) for source, articles in rows.fetchall()]


def count_asked(db: Database, period: Period) -> list[tuple[str, int]]:
    """Return (topic, stories that needed an answer) of a span: those for which the monitoring opened a case."""
    rows = db.execute(
        """select coalesce((select d.topic from story_articles m join archive d on d.article = m.article
                            where m.story = c.story limit 1), '') topic, count(distinct c.story)
           from cases c where c.received >= ? and c.received < ? and c.opened_by = 'monitor' and c.story is not null
           group by topic""",
        [to_text(period.start), to_text(period.end)],
    )
    return [(topic, stories) for topic, stories in rows.fetchall()]


def case_times(db: Database, period: Period) -> list[CaseTimes]:
    """Return owner and times of the cases that came in within a span."""
    rows = db.execute(
        "select owner, received, due, answered from cases where received >= ? and received < ?",
        [to_text(period.start), to_text(period.end)],
    )
    return [
        CaseTimes(unit=owner, received=time_of(received), due=to_time(due), answered=to_time(answered))
        for owner, received, due, answered in rows.fetchall()
    ]


def fetched_days(db: Database, days: Sequence[date], zone: ZoneInfo) -> frozenset[date]:
    """Return those of `days` on which any source was read. Polls are purged; the count of a day's polls stays."""
    healthy = [outcome.value for outcome in PollOutcome if outcome.healthy]
    sql = f"""select exists (select 1 from polls where at >= ? and at < ? and outcome in ({_marks(healthy)}))
                  or exists (select 1 from source_days where day = ? and healthy > 0)"""  # noqa: S608 (only marks)
    found = set()
    for day in days:
        start = datetime(day.year, day.month, day.day, tzinfo=zone)
        end = date.fromordinal(day.toordinal() + 1)
        span = [to_text(start), to_text(datetime(end.year, end.month, end.day, tzinfo=zone))]
        if db.execute(sql, [*span, *healthy, day.isoformat()]).fetchone()[0]:
            found.add(day)
    return frozenset(found)


def _numbers(period: Period) -> list[int]:
    """Return the row numbers of the archive between which a span lies (m014)."""
    return [int(moment.timestamp()) // 60 * 65_536 for moment in (period.start, period.end)]


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))
