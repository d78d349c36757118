"""Corrections: what staff said of a hit. Append only; an undone one keeps its row."""

from datetime import datetime

from sqlite_utils import Database

from monitor.core.matching import Correction, Judgement
from monitor.core.urls import identity_key
from monitor.store.articles import read_articles
from monitor.store.db import to_text, transaction


def correct(db: Database, url: str, judgement: Judgement, *, role: str, at: datetime) -> bool:
    """Save what was said of the article at `url`; what is wrong or double is hidden. False when there is none."""
    with transaction(db) as connection:
        row = connection.execute("select id from articles where key = ?", [identity_key(url)]).fetchone()
        if row is None:
            return False
        connection.execute(
            "update corrections set undone = ? where article = ? and undone is null", [to_text(at), row[0]]
        )
        connection.execute(
            "insert into corrections (article, judgement, role, at) values (?, ?, ?, ?)",
            [row[0], judgement.value, role, to_text(at)],
        )
        connection.execute("update articles set hidden = ? where id = ?", [judgement is not Judgement.RIGHT, row[0]])
    return True


def undo(db: Database, url: str, at: datetime) -> bool:
    """Take back what was said of the article at `url`; it is shown again. False when nothing was said."""
    with transaction(db) as connection:
        row = connection.execute("select id from articles where key = ?", [identity_key(url)]).fetchone()
        if row is None:
            return False
        changed = connection.execute(
            "update corrections set undone = ? where article = ? and undone is null", [to_text(at), row[0]]
        ).rowcount
        connection.execute("update articles set hidden = 0 where id = ?", [row[0]])
    return changed > 0


def list_corrections(db: Database) -> list[dict[str, object]]:
    """Return the corrections that hold, newest first, as they are printed."""
    return list(
        db.query(
            """select c.at, c.judgement, c.role, a.url, a.title, a.kind, a.reason
               from corrections c join articles a on a.id = c.article
               where c.undone is null order by c.at desc, c.id desc"""
        )
    )


def read_corrections(db: Database) -> list[Correction]:
    """Return the corrections that hold as labelled examples, oldest first."""
    rows = db.execute("select article, judgement from corrections where undone is null order by id").fetchall()
    articles = read_articles(db, [row[0] for row in rows])
    return [Correction(place=articles[id_].place, judgement=Judgement(judgement)) for id_, judgement in rows]
