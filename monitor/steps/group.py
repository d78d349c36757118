"""Article -> Story: what is new is folded into the stories that are open."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlite_utils import Database

from monitor.core.stories import fold, sketch
from monitor.models import Clock
from monitor.store import articles as article_store
from monitor.store import stories as story_store

STORY_OPEN = timedelta(days=7)
"""How long after its newest article a story takes in more."""


def group(db: Database, clock: Clock) -> tuple[int, int]:
    """Fold articles that are in no story yet; return how many were folded and how many stories are new."""
    new = story_store.ungrouped(db)
    if not new:
        return 0, 0
    known = story_store.grouped_since(db, _oldest(db, new) - STORY_OPEN)
    values = article_store.read_articles(db, [*known, *new])
    folded = fold([sketch(id_, values[id_]) for id_ in new], [sketch(id_, values[id_]) for id_ in known])
    return len(new), story_store.save_folded(db, folded, clock())


def _oldest(db: Database, ids: Sequence[int]) -> datetime:
    return min(article.at for article in article_store.read_articles(db, ids).values())
