"""Stories: which articles are one event."""

from collections.abc import Sequence
from datetime import datetime

from sqlite_utils import Database

from monitor.core.stories import Folded
from monitor.models import Story
from monitor.store.articles import read_articles
from monitor.store.db import to_text, transaction


def ungrouped(db: Database) -> list[int]:
    """Return the rows of articles that are in no story yet, oldest news first."""
    sql = """select a.id from articles a left join story_articles s on s.article = a.id
             where s.article is null order by a.at, a.id"""
    return [row[0] for row in db.execute(sql).fetchall()]


def grouped_since(db: Database, moment: datetime) -> list[int]:
    """Return the rows of articles in stories that are open: their news is not older than `moment`."""
    sql = (
        """select a.id from articles a join story_articles s on s.article = a.id where a.at >= ? order by a.at, a.id"""
    )
    return [row[0] for row in db.execute(sql, [to_text(moment)]).fetchall()]


def save_folded(db: Database, folded: Sequence[Folded], now: datetime) -> int:
    """Put articles into stories; return how many stories are new. One transaction."""
    new = 0
    with transaction(db) as connection:
        for fold in folded:
            story = None
            if fold.into is not None:
                row = connection.execute("select story from story_articles where article = ?", [fold.into]).fetchone()
                story = row[0]
            if story is None:
                story = connection.execute("insert into stories (made) values (?)", [to_text(now)]).lastrowid
                new += 1
            connection.execute(
                "insert into story_articles values (?, ?, ?, ?)", [fold.id, story, int(fold.copy), fold.reason]
            )
    return new


def read_stories(db: Database, articles: Sequence[int]) -> tuple[Story, ...]:
    """Return the stories of these articles, each with these articles only, the earliest first."""
    if not articles:
        return ()
    values = read_articles(db, articles)
    members: dict[int, list[int]] = {}
    copies: dict[int, set[str]] = {}
    for id_, story, copy in db.execute("select article, story, copy from story_articles").fetchall():
        if id_ in values:
            members.setdefault(story, []).append(id_)
            if copy:
                copies.setdefault(story, set()).add(values[id_].url)
    return tuple(
        Story(
            id=story,
            articles=tuple(sorted((values[id_] for id_ in ids), key=lambda article: (article.at, article.url))),
            copies=frozenset(copies.get(story, ())),
        )
        for story, ids in sorted(members.items())
    )


def list_stories(db: Database, limit: int = -1) -> list[dict[str, object]]:
    """Return stories, the newest news first, as they are printed, with the articles of each."""
    rows = db.query(
        """select s.story id, max(a.at) newest, count(*) articles, count(distinct a.source) sources
           from story_articles s join articles a on a.id = s.article
           group by s.story order by newest desc, s.story desc limit ?""",
        [limit],
    )
    stories = []
    for row in rows:
        members = db.query(
            """select a.url, a.title, a.published, a.source, s.copy, s.reason from story_articles s
               join articles a on a.id = s.article where s.story = ? order by a.at, a.id""",
            [row["id"]],
        )
        members_list = list(members)
        stories.append({**row, "title": members_list[0]["title"], "members": members_list})
    return stories
