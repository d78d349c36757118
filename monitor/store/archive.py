"""The archive: which articles hold what was asked for, newest or best first, and how many there are of each kind.

Every question goes through `archive`, a narrow row an article, and `archive_words`, the index of words. Their rows are
numbered in order of time (m014): the newest hits come first without sorting, and a month is a range of numbers.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlite_utils import Database

from monitor.core.search import Query
from monitor.models import PlaceKind, Tone
from monitor.store.db import time_of, to_time, transaction

COUNTED = 2_000
"""So many of the newest hits are counted by kind; when there are more, the page says so."""

_MINUTE = 65_536


class Order(StrEnum):
    """The order of hits."""

    NEWEST = "newest"
    BEST = "best"
    """Those whose headline holds the words first, then the others; each newest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is looked for. An empty field asks for anything."""

    query: Query | None = None
    sources: frozenset[str] | None = None
    """Addresses of sources; None for any."""
    without_sources: frozenset[str] = frozenset()
    topic: str = ""
    unit: str = ""
    place: str = ""
    place_kind: PlaceKind | None = None
    tone: Tone | None = None
    about: bool | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many hits there are, and of the newest of them how many of each kind."""

    hits: int
    """At most COUNTED + 1."""
    months: Counter[str] = field(default_factory=Counter)
    """By local month, "2026-11"."""
    values: Mapping[str, Counter[Any]] = field(default_factory=dict)
    """By facet: source, place, kind, about, topic, unit, tone."""

    @property
    def more(self) -> bool:
        """Whether there are more hits than were counted."""
        return self.hits > COUNTED


FACETS = ("source", "place", "kind", "about", "topic", "unit", "tone")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """An article that was found, with what its story is about."""

    id: int
    url: str
    title: str
    lead: str
    """Its lead; when its text is gone, the quote that stayed."""
    text: str
    source: str
    at: datetime
    published: datetime | None
    locked: bool
    about: bool
    place: str
    place_kind: PlaceKind
    topic: str
    unit: str
    tone: Tone
    story: int | None


def _asked(wish: Wish, match: str, *, without: str = "") -> tuple[str, list[object]]:
    """Return "from ... where ..." for a wish, with its values. `match` "" asks for no words."""
    conditions = ["not d.hidden"]
    values: list[object] = []
    number = "d.doc"
    if match:
        # A left table of its own: found by its words, in order of number; the narrow row is then looked up.
        table = "archive_words w cross join archive d on d.doc = w.rowid"
        number = "w.rowid"
        conditions.insert(0, "archive_words match ?")
        values.append(f"({match}) NOT ({without})" if without else match)
    else:
        table = "archive d"
    if wish.sources is not None:
        conditions.append(f"d.source in ({', '.join('?' * len(wish.sources))})")
        values += sorted(wish.sources)
    if wish.without_sources:
        conditions.append(f"d.source not in ({', '.join('?' * len(wish.without_sources))})")
        values += sorted(wish.without_sources)
    for column, value in (
        ("topic", wish.topic),
        ("unit", wish.unit),
        ("place", wish.place),
        ("kind", wish.place_kind),
        ("tone", wish.tone),
    ):
        if value:
            conditions.append(f"d.{column} = ?")
            values.append(str(value))
    if wish.about is not None:
        conditions.append("d.about = ?")
        values.append(int(wish.about))
    for bound, compared in ((wish.since, ">="), (wish.until, "<")):
        if bound:
            conditions.append(f"{number} {compared} ?")
            values.append(int(bound.timestamp()) // 60 * _MINUTE)
    return f"from {table} where {' and '.join(conditions)}", values


def _numbers(db: Database, wish: Wish, match: str, *, limit: int, offset: int = 0, without: str = "") -> list[int]:
    asked, values = _asked(wish, match, without=without)
    number = "w.rowid" if match else "d.doc"
    sql = f"select {number} {asked} order by {number} desc limit ? offset ?"
    return [row[0] for row in db.execute(sql, [*values, limit, offset]).fetchall()]


def find_articles(db: Database, wish: Wish, *, order: Order, limit: int, offset: int = 0) -> list[Hit]:
    """Return the hits from `offset` on, at most `limit`."""
    match = wish.query.match if wish.query else ""
    first = wish.query.in_headline if wish.query else ""
    if order is Order.NEWEST or not first:
        return _read(db, _numbers(db, wish, match, limit=limit, offset=offset))
    numbers = _numbers(db, wish, first, limit=limit, offset=offset)
    if len(numbers) < limit:
        # The page reaches beyond those with the words in the headline.
        before = offset + len(numbers)
        if not numbers:
            asked, values = _asked(wish, first)
            before = db.execute(f"select count(*) {asked}", values).fetchone()[0]
        rest = max(0, offset - before)
        numbers += _numbers(db, wish, match, limit=limit - len(numbers), offset=rest, without=first)
    return _read(db, numbers)


def count_facets(db: Database, wish: Wish, months: Sequence[tuple[str, datetime]] = ()) -> Counts:
    """Count the newest hits by kind. `months` are names of months with the time at which each begins, oldest first."""
    asked, values = _asked(wish, wish.query.match if wish.query else "")
    order = "w.rowid" if wish.query else "d.doc"
    columns = ", ".join(f"d.{facet}" for facet in FACETS)
    sql = f"select d.doc, {columns} {asked} order by {order} desc limit ?"
    rows = db.execute(sql, [*values, COUNTED + 1]).fetchall()
    counted = rows[:COUNTED]
    columns_of = list(zip(*counted, strict=True)) if counted else [()] * (len(FACETS) + 1)
    return Counts(
        hits=len(rows),
        months=_by_month(columns_of[0], months),
        values={facet: Counter(column) for facet, column in zip(FACETS, columns_of[1:], strict=True)},
    )


def _by_month(numbers: Sequence[int], months: Sequence[tuple[str, datetime]]) -> Counter[str]:
    """Count document numbers, which come newest first, by the month they fall in."""
    counts: Counter[str] = Counter()
    left = [(name, int(start.timestamp()) // 60 * _MINUTE) for name, start in months]
    for number in numbers:
        while left and number < left[-1][1]:
            left.pop()
        if not left:
            break
        counts[left[-1][0]] += 1
    return counts


def first_and_last(db: Database) -> tuple[datetime, datetime] | None:
    """Return when the oldest and the newest article of the archive was news; None when there is none."""
    # Two questions: min and max in one would read the whole index.
    first = db.execute("select min(at) from articles").fetchone()[0]
    last = db.execute("select max(at) from articles").fetchone()[0]
    return (time_of(first), time_of(last)) if first else None


def _read(db: Database, numbers: Sequence[int]) -> list[Hit]:
    found = {}
    for start in range(0, len(numbers), 500):
        chosen = list(numbers[start : start + 500])
        sql = f"""select d.doc, a.id, a.url, a.title, coalesce(nullif(a.lead, ''), a.quote) lead, a.text, a.source,
                      a.at, a.published, a.access, a.about, a.place, a.kind, d.topic, d.unit, d.tone, m.story
                  from archive d join articles a on a.id = d.article left join story_articles m on m.article = a.id
                  where d.doc in ({", ".join("?" * len(chosen))})"""  # noqa: S608 (only placeholders)
        for row in db.query(sql, chosen):
            found[row["doc"]] = Hit(
                id=row["id"],
                url=row["url"],
                title=row["title"],
                lead=row["lead"],
                text=row["text"],
                source=row["source"],
                at=time_of(row["at"]),
                published=to_time(row["published"]),
                locked=row["access"] == "locked",
                about=bool(row["about"]),
                place=row["place"],
                place_kind=PlaceKind(row["kind"]),
                topic=row["topic"],
                unit=row["unit"],
                tone=Tone(row["tone"]),
                story=row["story"],
            )
    return [found[number] for number in numbers if number in found]


# --- topics of stories ---------------------------------------------------------------------------------


def queue_all_topics(db: Database, mark: str) -> bool:
    """Queue every story to be judged when topics were last judged by other lists than `mark` tells; say whether."""
    row = db.execute("select value from archive_state where name = 'topics'").fetchone()
    if row and row[0] == mark:
        return False
    db.execute("insert or ignore into archive_queue select distinct story from story_articles")
    db.execute("insert or replace into archive_state values ('topics', ?)", [mark])
    return True


def queued_stories(db: Database, limit: int) -> list[int]:
    """Return stories whose topic is to be judged, the newest first."""
    sql = "select story from archive_queue order by story desc limit ?"
    return [row[0] for row in db.execute(sql, [limit]).fetchall()]


def save_topics(db: Database, stories: Sequence[int], topics: Mapping[int, tuple[str, str]]) -> None:
    """Save topic and unit of stories, which leave the queue; those without a topic in `topics` keep what they have."""
    with transaction(db) as connection:
        connection.executemany(
            """update archive set topic = ?, unit = ?
               where article in (select article from story_articles where story = ?)""",
            [(topic, unit, story) for story, (topic, unit) in topics.items()],
        )
        connection.executemany("delete from archive_queue where story = ?", [(story,) for story in stories])
