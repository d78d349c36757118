"""Article -> Story: what is new or changed is folded into the stories that are open."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache

from sqlite_utils import Database

from monitor.core.stories import OPEN, Likeness, Pair, Rarity, Vector, compare, fold, sketch
from monitor.models import Clock
from monitor.store import articles as article_store
from monitor.store import sketches as sketch_store
from monitor.store import stories as story_store

STORY_OPEN = OPEN
"""How long after its newest article a story takes in more."""

SETTLED = timedelta(hours=36)
"""How far from new articles in time others are folded anew: so that the order in which a day's came does not matter.
What a letter has shown or a person has decided stays in any case."""

_BATCH = 500
_CACHE_KB = 24_000
"""The index of a large home's open days is read and written all over."""
_VECTORS = 4_000


def group(db: Database, clock: Clock) -> tuple[int, int]:
    """Fold the articles that are new or have changed; return how many they were and how many stories are new."""
    queue = sketch_store.queued(db)
    if not queue:
        return 0, 0
    now = clock()
    db.execute(f"pragma cache_size = -{_CACHE_KB}")
    moments = _sketch(db, queue)
    spans = sketch_store.merge_spans(moments, SETTLED)
    free = story_store.free_articles(db, queue, spans)
    rarity = sketch_store.count_words(db, max(moments).timestamp())
    alike, at, ids = _compare(db, sorted(free), rarity)
    fixed = story_store.stories_of(db, [id_ for id_ in ids.values() if id_ not in free])
    stories = {key: fixed[id_] for key, id_ in ids.items() if id_ in fixed}
    new = story_store.save_folds(db, fold(at, alike, stories), ids=ids, free=free, queue=queue, now=now)
    sketch_store.forget_sketches(db, now)
    return len(queue), new


def _sketch(db: Database, queue: Sequence[int]) -> list[datetime]:
    """Sketch the queued articles; return when they were news."""
    moments = []
    for start in range(0, len(queue), _BATCH):
        chosen = queue[start : start + _BATCH]
        values = article_store.read_articles(db, chosen)
        keys = sketch_store.article_keys(db, chosen)
        sketch_store.save_sketches(db, {id_: sketch(values[id_], keys[id_]) for id_ in chosen})
        moments += [values[id_].at for id_ in chosen]
    return moments


def _compare(
    db: Database, free: Sequence[int], rarity: Rarity
) -> tuple[dict[Pair, Likeness], dict[str, float], dict[str, int]]:
    """Compare each free article with those it may be like; return what is alike, when each was news, and their rows.

    Articles are read one by one and soon forgotten: a month of news does not fit into memory.
    """

    @lru_cache(maxsize=_VECTORS)
    def vector(id_: int) -> Vector | None:
        found = sketch_store.read_sketches(db, [id_]).get(id_)
        return Vector(found, rarity) if found else None

    alike: dict[Pair, Likeness] = {}
    at: dict[str, float] = {}
    ids: dict[str, int] = {}
    done: set[tuple[int, int]] = set()
    for id_ in free:
        one = vector(id_)
        if one is None:  # its sketch is gone: it stays alone where it is
            continue
        at[one.sketch.key], ids[one.sketch.key] = one.sketch.at, id_
        for candidate in sketch_store.find_candidates(db, id_, one.sketch, rarity):
            pair_ids = (min(id_, candidate), max(id_, candidate))
            other = vector(candidate)
            if other is None or pair_ids in done:
                continue
            done.add(pair_ids)
            likeness = compare(one, other)
            if likeness.score:
                at[other.sketch.key], ids[other.sketch.key] = other.sketch.at, candidate
                alike[_pair(one, other)] = likeness
    return alike, at, ids


def _pair(one: Vector, other: Vector) -> Pair:
    first, second = sorted((one.sketch.key, other.sketch.key))
    return first, second
