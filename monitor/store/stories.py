"""Stories: which articles are one event, why, and what people have decided about it."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from monitor.core.stories import Fold
from monitor.core.urls import identity_key
from monitor.models import Need, NeedRule, Story, Tone
from monitor.store.articles import read_articles
from monitor.store.db import time_of, to_text, transaction


def free_articles(
    db: Database, ids: Iterable[int], spans: Iterable[tuple[datetime, datetime]]
) -> dict[int, int | None]:
    """Return the articles that folding may move, each with its story: `ids`, and those whose news is in the spans.

    An article stays where it is when a letter has shown it there or a person has put it there.
    """
    free = {}
    fixed = """exists (select 1 from story_pins p where p.article = a.id)
        or (s.story is not null and exists (select 1 from digest_articles d where d.article = a.id))"""
    for id_ in ids:
        sql = f"""select s.story, {fixed} from articles a left join story_articles s on s.article = a.id
                  where a.id = ?"""  # noqa: S608 (a constant)
        story, stays = db.execute(sql, [id_]).fetchone()
        if not stays:
            free[id_] = story
    for start, end in spans:
        sql = f"""select a.id, s.story from articles a join story_articles s on s.article = a.id
                  where a.at >= ? and a.at < ? and not ({fixed})"""  # noqa: S608 (a constant)
        free.update(dict(db.execute(sql, [to_text(start), to_text(end)]).fetchall()))
    return free


def stories_of(db: Database, ids: Sequence[int]) -> dict[int, int]:
    """Return the story of each article that is in one."""
    found: dict[int, int] = {}
    for start in range(0, len(ids), 500):
        chosen = list(ids[start : start + 500])
        marks = ", ".join("?" * len(chosen))
        found.update(dict(db.execute(f"select article, story from story_articles where article in ({marks})", chosen)))  # noqa: S608
    return found


def save_folds(
    db: Database,
    folds: Sequence[Fold],
    *,
    ids: Mapping[str, int],
    free: Mapping[int, int | None],
    queue: Sequence[int],
    now: datetime,
) -> int:
    """Put the free articles where folding put them; return how many stories are new. One transaction.

    `ids` are the rows of the articles by key. A story without fixed articles keeps the number that its oldest article
    had, if no other story has taken it: numbers stay as they are when nothing has changed.
    """
    taken = {fold.story for fold in folds if fold.story is not None}
    new = 0
    with transaction(db) as connection:
        for fold in folds:
            story = fold.story
            if story is None:
                had = (free[ids[key]] for key in fold.keys)
                story = next((number for number in had if number is not None and number not in taken), None)
            if story is None:
                story = int(connection.execute("insert into stories (made) values (?)", [to_text(now)]).lastrowid or 0)
                new += 1
            taken.add(story)
            for key in fold.keys:
                if ids[key] in free:
                    connection.execute(
                        "insert or replace into story_articles (article, story, copy, reason, near, evidence)"
                        " values (?, ?, ?, ?, ?, ?)",
                        [ids[key], story, *_told(fold, key, ids)],
                    )
        _follow_emptied(connection, {story for story in free.values() if story is not None}, free)
        connection.executemany("delete from story_queue where article = ?", [(id_,) for id_ in queue])
    return new


def _told(fold: Fold, key: str, ids: Mapping[str, int]) -> tuple[int, str, int | None, str]:
    near = fold.near.get(key)
    if near is None:
        return 0, "", None, ""
    other, likeness = near
    return int(key in fold.copies), likeness.reason, ids[other], json.dumps(asdict(likeness), ensure_ascii=False)


def _follow_emptied(connection: Any, stories: Iterable[int], free: Mapping[int, int | None]) -> None:
    """Let the number of a story that has lost all its articles lead to where the first of them went."""
    first: dict[int, int] = {}
    for id_, story in sorted(free.items()):
        if story is not None:
            first.setdefault(story, id_)
    for story in sorted(stories):
        connection.execute(
            """update stories set merged = (select story from story_articles where article = ?)
               where id = ? and not exists (select 1 from story_articles where story = ?)""",
            [first[story], story, story],
        )


# --- what people decide --------------------------------------------------------------------------------


def split_story(db: Database, articles: Sequence[int], *, role: str, now: datetime, note: str = "") -> int:
    """Make the articles, all of one story, a story of their own; return it. Folding keeps to it ever after.

    Raises ValueError when they are not of one story, or are all of it.
    """
    stories = set(stories_of(db, articles).values())
    if len(stories) != 1:
        raise ValueError("the articles to split off must be in one story")
    (story,) = stories
    if not set(_members(db, story)) - set(articles):
        raise ValueError("that is the whole story: nothing would be left")
    with transaction(db) as connection:
        new = int(connection.execute("insert into stories (made) values (?)", [to_text(now)]).lastrowid or 0)
        _pin(connection, story)
        _put(connection, articles, new)
        _log(connection, now=now, role=role, action="split", story=story, other=new, articles=articles, note=note)
    return new


def merge_stories(db: Database, story: int, other: int, *, role: str, now: datetime, note: str = "") -> None:
    """Make two stories one, `story`; the number of the other leads to it. Raises ValueError when they are one."""
    articles = _members(db, other)
    if story == other or not articles or not _members(db, story):
        raise ValueError("two different stories that have articles are needed")
    with transaction(db) as connection:
        _pin(connection, story)
        _pin(connection, other)
        _put(connection, articles, story)
        connection.execute("update stories set merged = ? where id = ?", [story, other])
        _log(connection, now=now, role=role, action="merge", story=story, other=other, articles=articles, note=note)


def move_articles(
    db: Database, articles: Sequence[int], story: int, *, role: str, now: datetime, note: str = ""
) -> None:
    """Move articles to a story. What they leave and what they come to stay as they are ever after."""
    if not _members(db, story):
        raise ValueError(f"there is no story {story}")
    with transaction(db) as connection:
        for left in sorted({story, *stories_of(db, articles).values()}):
            _pin(connection, left)
        _put(connection, articles, story)
        _log(connection, now=now, role=role, action="move", story=story, other=None, articles=articles, note=note)


def free_story(db: Database, story: int, *, role: str, now: datetime, note: str = "") -> None:
    """Give a story back to folding: what no letter has shown may be moved again."""
    articles = _members(db, story)
    with transaction(db) as connection:
        connection.executemany("delete from story_pins where article = ?", [(id_,) for id_ in articles])
        connection.executemany("insert or ignore into story_queue values (?)", [(id_,) for id_ in articles])
        _log(connection, now=now, role=role, action="free", story=story, other=None, articles=articles, note=note)


def set_tone(db: Database, story: int, tone: Tone, *, role: str, now: datetime, note: str = "") -> None:
    """Save what a person says of how a story describes the municipality."""
    with transaction(db) as connection:
        connection.execute("update stories set tone = ? where id = ?", [tone.value, story])
        _log(connection, now=now, role=role, action=f"tone {tone}", story=story, other=None, articles=(), note=note)


def mark_story(db: Database, story: int, due: datetime | None, *, role: str, now: datetime, note: str = "") -> None:
    """Save that a person says the story needs an answer by `due`, or with None that the mark is taken back."""
    with transaction(db) as connection:
        marked_by = role if due else ""
        connection.execute(
            "update stories set answer_by = ?, marked_by = ? where id = ?", [to_text(due), marked_by, story]
        )
        action = "mark" if due else "unmark"
        _log(connection, now=now, role=role, action=action, story=story, other=None, articles=(), note=note)


def judged_by_people(db: Database, stories: Sequence[int]) -> tuple[dict[int, Tone], dict[int, Need]]:
    """Return the tones that people have set, and the stories that they have marked as in need of an answer."""
    tones: dict[int, Tone] = {}
    marks: dict[int, Need] = {}
    for start in range(0, len(stories), 500):
        chosen = list(stories[start : start + 500])
        sql = f"select id, tone, answer_by, marked_by from stories where id in ({', '.join('?' * len(chosen))})"  # noqa: S608
        for id_, tone, answer_by, marked_by in db.execute(sql, chosen).fetchall():
            tones[id_] = Tone(tone)
            if answer_by:
                marks[id_] = Need(rule=NeedRule.MARKED, role=marked_by, due=time_of(answer_by))
    return tones, marks


def decisions(db: Database, story: int) -> list[dict[str, Any]]:
    """Return what people have decided about a story, oldest first."""
    sql = "select at, role, action, story, other, articles, note from story_decisions where story = ? or other = ?"
    return list(db.query(f"{sql} order by id", [story, story]))


def revisions_of(db: Database, article: int) -> list[dict[str, str]]:
    """Return the earlier wordings of an article, the newest first, each with when the next one was seen."""
    return list(
        db.query("select at, title, text from revisions where article = ? order by at desc, id desc", [article])
    )


def _members(db: Database, story: int) -> list[int]:
    rows = db.execute("select article from story_articles where story = ? order by article", [story]).fetchall()
    return [row[0] for row in rows]


def _pin(connection: Any, story: int) -> None:
    connection.execute("insert or ignore into story_pins select article from story_articles where story = ?", [story])


def _put(connection: Any, articles: Sequence[int], story: int) -> None:
    for id_ in articles:
        connection.execute("update story_articles set story = ?, reason = ? where article = ?", [story, BY_HAND, id_])


BY_HAND = "put here by hand"


def _log(
    connection: Any,
    *,
    now: datetime,
    role: str,
    action: str,
    story: int,
    other: int | None,
    articles: Sequence[int],
    note: str,
) -> None:
    connection.execute(
        "insert into story_decisions (at, role, action, story, other, articles, note) values (?, ?, ?, ?, ?, ?, ?)",
        [to_text(now), role, action, story, other, json.dumps(list(articles)), note],
    )


# --- reading -------------------------------------------------------------------------------------------


def current_story(db: Database, story: int) -> int | None:
    """Return the number under which a story is found today, or None when there never was such a story."""
    for _ in range(100):
        row = db.execute("select merged from stories where id = ?", [story]).fetchone()
        if row is None or row[0] is None or _members(db, story):
            return story if row else None
        story = row[0]
    return story


def row_of(db: Database, url: str) -> int | None:
    """Return the row of the article with this address, or None when there is none."""
    row = db.execute("select id from articles where key = ? or url = ?", [identity_key(url), url]).fetchone()
    return int(row[0]) if row else None


def members_of(db: Database, stories: Iterable[int]) -> list[int]:
    """Return the rows of the articles of these stories; not those that staff hid as wrong hits."""
    sql = (
        "select s.article from story_articles s join articles a on a.id = s.article where s.story = ? and not a.hidden"
    )
    return sorted(row[0] for story in set(stories) for row in db.execute(sql, [story]).fetchall())


def rows_by_url(db: Database, stories: Sequence[int]) -> dict[str, int]:
    """Return the row of each article of these stories, by its address."""
    rows: dict[str, int] = {}
    for start in range(0, len(stories), 500):
        chosen = list(stories[start : start + 500])
        sql = f"""select a.url, a.id from story_articles s join articles a on a.id = s.article
                  where s.story in ({", ".join("?" * len(chosen))})"""  # noqa: S608 (only placeholders)
        rows.update(db.execute(sql, chosen).fetchall())
    return rows


def read_stories(db: Database, articles: Sequence[int]) -> tuple[Story, ...]:
    """Return the stories of these articles, each with these articles only, the earliest first."""
    if not articles:
        return ()
    values = read_articles(db, articles)
    members: dict[int, list[int]] = {}
    copies: dict[int, set[str]] = {}
    reasons: dict[int, dict[str, str]] = {}
    for start in range(0, len(articles), 500):
        chosen = list(articles[start : start + 500])
        sql = f"""select article, story, copy, reason from story_articles
                  where article in ({", ".join("?" * len(chosen))})"""  # noqa: S608 (only placeholders)
        for id_, story, copy, reason in db.execute(sql, chosen).fetchall():
            members.setdefault(story, []).append(id_)
            url = values[id_].url
            if copy:
                copies.setdefault(story, set()).add(url)
            if reason:
                reasons.setdefault(story, {})[url] = reason
    return tuple(
        Story(
            id=story,
            articles=tuple(sorted((values[id_] for id_ in ids), key=lambda article: (article.at, article.url))),
            copies=frozenset(copies.get(story, ())),
            reasons=reasons.get(story, {}),
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
