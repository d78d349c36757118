"""What folding keeps of articles while their stories are open: sketches, the index they are found by, word counts."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec
from sqlite_utils import Database

from monitor.core.stories import OPEN, Rarity, Sketch, key_of
from monitor.core.stories.sketch import INDEXED_WORDS
from monitor.store.db import transaction

KEPT_DAYS = 14
"""Days for which sketches are kept: a story is open for seven, and an article may be found some days late."""
COUNTED_DAYS = 30
"""Days of news in which the rarity of words is counted."""

_DAY = 86_400
_ARTICLES = ""
"""The word that stands for every article in the word counts."""
_COMMON = 300
"""A word in more of the counted articles is not looked for."""
_CROWD = 80
_CHORUS = 25
"""A word that finds more than `_CROWD` articles within the open days, a run of words that finds more than `_CHORUS`, is
what everybody writes."""
_ENOUGH = 0.9
"""Least rarity of the words two articles must share to be compared at all, in words that no other article has."""
_SHINGLE = 0.4
"""What a common run of words counts as, in the same measure."""
_WORDS = 16
"""Words that are looked for, the rarest."""
_MOST = 6
_TIES = 40

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Sketch).decode


def queued(db: Database) -> list[int]:
    """Return the rows of articles that are new or have changed since stories were last folded, oldest news first."""
    # Cross join: else all articles are walked by time to find the few that wait.
    sql = "select a.id from story_queue q cross join articles a on a.id = q.article order by a.at, a.id"
    return [row[0] for row in db.execute(sql).fetchall()]


def article_keys(db: Database, ids: Sequence[int]) -> dict[int, str]:
    """Return the identity of each article."""
    keys = {}
    for start in range(0, len(ids), 500):
        chosen = list(ids[start : start + 500])
        sql = f"select id, key from articles where id in ({', '.join('?' * len(chosen))})"  # noqa: S608
        keys.update(dict(db.execute(sql, chosen).fetchall()))
    return keys


def save_sketches(db: Database, sketches: Mapping[int, Sketch]) -> None:
    """Save sketches in place of earlier ones of the same articles. One transaction."""
    earlier = read_sketches(db, sketches)
    words: Counter[tuple[int, str]] = Counter()
    for sketch in earlier.values():
        words.subtract((_day(sketch), word) for word in (*sketch.stems, _ARTICLES))
    for sketch in sketches.values():
        words.update((_day(sketch), word) for word in (*sketch.stems, _ARTICLES))
    with transaction(db) as connection:
        connection.executemany(
            "delete from story_keys where key = ? and day = ? and article = ?",
            [(key, _day(sketch), id_) for id_, sketch in earlier.items() for key in sketch.index_keys],
        )
        connection.executemany(
            "insert or replace into story_sketches values (?, ?, ?)",
            [(id_, _day(sketch), _encode(sketch)) for id_, sketch in sketches.items()],
        )
        connection.executemany(
            "insert or ignore into story_keys values (?, ?, ?)",
            sorted((key, _day(sketch), id_) for id_, sketch in sketches.items() for key in sketch.index_keys),
        )
        connection.executemany(
            """insert into story_words values (?, ?, ?)
               on conflict do update set articles = articles + excluded.articles""",
            sorted((day, word, number) for (day, word), number in words.items() if number),
        )


def read_sketches(db: Database, ids: Iterable[int]) -> dict[int, Sketch]:
    """Return the sketches that are kept of these articles."""
    wanted = list(ids)
    found = {}
    for start in range(0, len(wanted), 500):
        chosen = wanted[start : start + 500]
        sql = f"select article, data from story_sketches where article in ({', '.join('?' * len(chosen))})"  # noqa: S608
        found.update({id_: _decode(data) for id_, data in db.execute(sql, chosen).fetchall()})
    return found


def count_words(db: Database, newest: float) -> Rarity:
    """Return how rare words are in the news of the last days up to `newest`, in seconds since 1970."""
    last = int(newest // _DAY)
    span = [last - COUNTED_DAYS + 1, last]
    sql = "select word, sum(articles) from story_words where day between ? and ? group by word"
    having = dict(db.execute(sql, span).fetchall())
    return Rarity(articles=having.pop(_ARTICLES, 0), having=having)


def find_candidates(db: Database, id_: int, sketch: Sketch, rarity: Rarity) -> list[int]:
    """Return the articles that share enough rare words or runs of words with this one, within the open days."""
    # A word that only this article has finds nothing.
    words = [word for word in sketch.stems[:INDEXED_WORDS] if 1 < rarity.having.get(word, 0) <= _COMMON]
    rarest = sorted(words, key=lambda word: (-rarity.of(word), word))[:_WORDS]
    weights = {key_of(word): rarity.of(word) for word in rarest}
    crowds = dict.fromkeys(weights, _CROWD) | dict.fromkeys(sketch.index_shingles, _CHORUS)
    weights |= dict.fromkeys(sketch.index_shingles, _SHINGLE * rarity.highest)
    day, span = _day(sketch), OPEN // timedelta(days=1)
    shared: dict[int, float] = {}
    sql = "select article from story_keys where key = ? and day between ? and ? limit ?"
    for key, weight in weights.items():
        found = db.conn.execute(sql, (key, day - span, day + span, crowds[key] + 1)).fetchall()
        if len(found) <= crowds[key]:
            for (other,) in found:
                shared[other] = shared.get(other, 0.0) + weight
    shared.pop(id_, None)
    least = _ENOUGH * rarity.highest
    enough = sorted(((round(weight, 6), other) for other, weight in shared.items() if weight >= least), reverse=True)
    if len(enough) > _MOST:
        # Those that are as near as the last one are taken too: which came first must not decide.
        last = enough[_MOST - 1][0]
        enough = [item for item in enough if item[0] >= last][:_TIES]
    return [other for _, other in enough]


def forget_sketches(db: Database, now: datetime) -> None:
    """Delete what is kept of articles whose stories are no longer open."""
    day = int(now.timestamp() // _DAY)
    old = db.execute("select article, data from story_sketches where day < ?", [day - KEPT_DAYS]).fetchall()
    with transaction(db) as connection:
        for id_, data in old:
            sketch = _decode(data)
            connection.executemany(
                "delete from story_keys where key = ? and day = ? and article = ?",
                [(key, _day(sketch), id_) for key in sketch.index_keys],
            )
        connection.execute("delete from story_sketches where day < ?", [day - KEPT_DAYS])
        connection.execute("delete from story_words where day < ?", [day - COUNTED_DAYS])


def merge_spans(moments: Iterable[datetime], around: timedelta) -> list[tuple[datetime, datetime]]:
    """Return the spans of time within `around` of the moments, those that overlap as one."""
    spans: list[tuple[datetime, datetime]] = []
    for moment in sorted(moments):
        if spans and moment - around <= spans[-1][1]:
            spans[-1] = (spans[-1][0], moment + around)
        else:
            spans.append((moment - around, moment + around))
    return spans


def _day(sketch: Sketch) -> int:
    return int(sketch.at // _DAY)
