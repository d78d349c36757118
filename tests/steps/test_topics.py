"""Topics of stories are judged once, and again when something changes."""

from collections.abc import Callable
from pathlib import Path

from sqlite_utils import Database

from monitor.config import read_home
from monitor.models import Clock
from monitor.steps.topics import judge_topics
from monitor.store.archive import Order, Wish, find_articles
from tests.core.articles import make_article
from tests.store.test_archive import save


def test_topics_follow_their_lists_and_purged_stories_keep_theirs(
    db: Database, make_home: Callable[..., Path], clock: Clock
) -> None:
    folder = make_home()
    row = save(db, make_article("Förskolan stängs", "Förskolan i Katrineholm stänger. Barnen flyttas till en skola."))
    db.execute("insert into stories (id, made) values (1, '')")
    db.execute("insert into story_articles (article, story, copy, reason) values (?, 1, 0, '')", [row])

    def topic() -> tuple[str, str]:
        (hit,) = find_articles(db, Wish(), order=Order.NEWEST, limit=5)
        return hit.topic, hit.unit

    assert judge_topics(read_home(folder), db, clock) == 1
    assert topic()[0] == "school"
    assert judge_topics(read_home(folder), db, clock) == 0
    own = '[[topic]]\nkey = "roof"\nname = "Tak"\nunit = "Fastighet"\nwords = ["förskol*"]\n'
    (folder / "topics.toml").write_text(own, encoding="utf-8")
    assert judge_topics(read_home(folder), db, clock) == 1
    assert topic() == ("roof", "Fastighet")
    db.execute("update articles set text = '', lead = ''")
    (folder / "topics.toml").write_text(own.replace("förskol", "simhall"), encoding="utf-8")
    judge_topics(read_home(folder), db, clock)
    assert topic() == ("roof", "Fastighet")
    db.execute("update articles set text = 'ord'")
    judge_topics(read_home(folder), db, clock)
    assert topic() == ("", "")
