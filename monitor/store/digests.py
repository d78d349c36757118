"""The digests that were made, and how many articles each day had."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlite_utils import Database

from monitor.core.digest.values import PastDigest
from monitor.models import Period
from monitor.store.db import time_of, to_text, transaction


def save_digest(
    db: Database, day: date, *, period: Period, made_at: datetime, complete: bool, data: str, articles: Sequence[int]
) -> None:
    """Save the digest of `day` in place of an earlier one of that day, with the articles that it covers."""
    key = day.isoformat()
    row = [key, to_text(period.start), to_text(period.end), to_text(made_at), int(complete), data]
    with transaction(db) as connection:
        connection.execute(
            """insert into digests (day, starts, ends, made, complete, data) values (?, ?, ?, ?, ?, ?)
               on conflict (day) do update set starts = excluded.starts, ends = excluded.ends,
                   made = excluded.made, complete = excluded.complete, data = excluded.data""",
            row,
        )
        connection.execute("delete from digest_articles where day = ?", [key])
        connection.executemany("insert into digest_articles values (?, ?)", [(article, key) for article in articles])


def incomplete_days(db: Database, since: date) -> frozenset[str]:
    """Return the days from `since` on whose digest said that sources were missing."""
    sql = "select day from digests where day >= ? and not complete"
    return frozenset(row[0] for row in db.execute(sql, [since.isoformat()]).fetchall())


def read_digest(db: Database, day: date) -> tuple[str, datetime] | None:
    """Return the digest of `day` as JSON and when it was made; None when there is none."""
    row = db.execute("select data, made from digests where day = ? and data != 'null'", [day.isoformat()]).fetchone()
    return (str(row[0]), time_of(row[1])) if row else None


def shown_urls(db: Database, before: date, since: datetime) -> frozenset[str]:
    """Return the addresses of the articles from `since` on that digests of days before `before` covered."""
    sql = """select a.url from articles a where a.at >= ?
             and exists (select 1 from digest_articles d where d.article = a.id and d.day < ?)"""
    return frozenset(row[0] for row in db.execute(sql, [to_text(since), before.isoformat()]).fetchall())


def count_articles(db: Database, period: Period, own: Sequence[str] = ()) -> tuple[int, int, int]:
    """Return how many articles a span has, how many of them name the place in headline or lead, and their stories.

    Those of the municipality's `own` sources are not counted: the letter counts what others write.
    """
    marks = ", ".join("?" * len(own))
    row = db.execute(
        f"""select count(*), coalesce(sum(a.prominent), 0), count(distinct s.story)
           from articles a left join story_articles s on s.article = a.id
           where a.at >= ? and a.at < ? and not a.hidden and a.source not in ({marks})""",  # noqa: S608 (only marks)
        [to_text(period.start), to_text(period.end), *own],
    ).fetchone()
    return int(row[0]), int(row[1]), int(row[2])


def first_polled(db: Database) -> datetime | None:
    """Return when the home's first source was first read; None when none ever was."""
    row = db.execute("select min(first_polled) from sources where kind != 'seen'").fetchone()
    return time_of(row[0]) if row[0] else None


def digest_days(db: Database) -> list[str]:
    """Return the days that have a digest, newest first; of one that was purged only its being complete is known."""
    sql = "select day from digests where data != 'null' order by day desc"
    return [row[0] for row in db.execute(sql).fetchall()]


def digests_after(db: Database, moment: datetime) -> list[tuple[date, datetime]]:
    """Return the days whose period ends after a moment, each with when its digest was made."""
    rows = db.execute("select day, made from digests where ends > ? order by day", [to_text(moment)]).fetchall()
    return [(date.fromisoformat(row[0]), time_of(row[1])) for row in rows]


def forget_digest(db: Database, day: date) -> None:
    """Take a digest back: what stood in it may stand in another."""
    with transaction(db) as connection:
        connection.execute("delete from digest_articles where day = ?", [day.isoformat()])
        connection.execute("delete from digests where day = ?", [day.isoformat()])


def past_digests(db: Database, limit: int, titled: int = 92) -> list[PastDigest]:
    """Return the newest digests, newest first; of the `titled` newest also what stands in them, which takes time."""
    told = {
        day: (articles, title or "")
        for day, articles, title in db.execute(
            """select day, json_extract(data, '$.figures[0].number'), json_extract(data, '$.top.title')
               from digests order by day desc limit ?""",
            [titled],
        ).fetchall()
    }
    past = []
    sql = "select day, made, complete from digests where data != 'null' order by day desc limit ?"
    for day, made, complete in db.execute(sql, [limit]).fetchall():
        articles, title = told.get(day, (None, ""))
        past.append(
            PastDigest(
                day=date.fromisoformat(day),
                made_at=time_of(made),
                complete=bool(complete),
                articles=articles,
                title=title,
            )
        )
    return past
