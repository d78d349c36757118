"""Corrections: what staff said of a hit. Append only; an undone one keeps its row."""

from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from monitor.core.matching import Correction, Judgement
from monitor.core.urls import identity_key
from monitor.models import Article
from monitor.store.articles import read_articles
from monitor.store.db import to_text, transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectedHit:
    """An article, and what the same rules have taken besides."""

    id: int
    article: Article
    story: int | None
    judgement: Judgement | None
    """What holds of it now."""
    rules: tuple[str, ...]
    others: tuple[tuple[int, str, str, str], ...]
    """Row, headline, source and time of each article that no other rule took, newest first."""
    number: int
    """How many there are of these."""


OTHERS = 10


def read_hit(db: Database, id_: int, since: datetime) -> CorrectedHit | None:
    """Return the article in this row with what only its rules took since then; None when there is none."""
    article = read_articles(db, [id_]).get(id_)
    if article is None:
        return None
    rules = tuple(sorted({mention.rule for mention in article.place.mentions}))
    marks = ", ".join("?" * len(rules))
    others = db.execute(
        f"""select a.id, a.title, a.source, a.at from articles a
            where a.at >= ? and a.id != ? and not a.hidden
              and exists (select 1 from mentions m where m.article = a.id)
              and not exists (select 1 from mentions m where m.article = a.id and m.rule not in ({marks}))
            order by a.at desc, a.id desc""",  # noqa: S608 (only placeholders)
        [to_text(since), id_, *rules],
    ).fetchall()
    said = db.execute("select judgement from corrections where article = ? and undone is null", [id_]).fetchone()
    story = db.execute("select story from story_articles where article = ?", [id_]).fetchone()
    return CorrectedHit(
        id=id_,
        article=article,
        story=story[0] if story else None,
        judgement=Judgement(said[0]) if said else None,
        rules=rules,
        others=tuple(tuple(row) for row in others[:OTHERS]),
        number=len(others),
    )


def correct(db: Database, url: str, judgement: Judgement, *, role: str, at: datetime) -> bool:
    """Save what was said of the article at `url`; what is wrong or double is hidden. False when there is none."""
    row = _row_at(db, url)
    return row is not None and correct_row(db, row, judgement, role=role, at=at)


def correct_row(db: Database, id_: int, judgement: Judgement, *, role: str, at: datetime) -> bool:
    """Save what was said of the article in row `id_`, in place of what was said before. False when there is none."""
    with transaction(db) as connection:
        if connection.execute("select 1 from articles where id = ?", [id_]).fetchone() is None:
            return False
        connection.execute("update corrections set undone = ? where article = ? and undone is null", [to_text(at), id_])
        connection.execute(
            "insert into corrections (article, judgement, role, at) values (?, ?, ?, ?)",
            [id_, judgement.value, role, to_text(at)],
        )
        connection.execute("update articles set hidden = ? where id = ?", [judgement.hides, id_])
    return True


def undo(db: Database, url: str, at: datetime) -> bool:
    """Take back what was said of the article at `url`; it is shown again. False when nothing was said."""
    row = _row_at(db, url)
    return row is not None and undo_row(db, row, at)


def undo_row(db: Database, id_: int, at: datetime) -> bool:
    """Take back what was said of the article in row `id_`; it is shown again. False when nothing was said."""
    with transaction(db) as connection:
        changed = connection.execute(
            "update corrections set undone = ? where article = ? and undone is null", [to_text(at), id_]
        ).rowcount
        connection.execute("update articles set hidden = 0 where id = ?", [id_])
    return changed > 0


def _row_at(db: Database, url: str) -> int | None:
    row = db.execute("select id from articles where key = ?", [identity_key(url)]).fetchone()
    return int(row[0]) if row else None


def list_corrections(db: Database) -> list[dict[str, object]]:
    """Return the corrections that hold, newest first, as they are printed."""
    return list(
        db.query(
            """select c.at, c.judgement, c.role, a.url, a.title, a.kind, a.reason, a.id article, a.source
               from corrections c join articles a on a.id = c.article
               where c.undone is null order by c.at desc, c.id desc"""
        )
    )


def read_corrections(db: Database) -> list[Correction]:
    """Return the corrections that hold as labelled examples, oldest first."""
    rows = db.execute("select article, judgement from corrections where undone is null order by id").fetchall()
    articles = read_articles(db, [row[0] for row in rows])
    return [Correction(place=articles[id_].place, judgement=Judgement(judgement)) for id_, judgement in rows]
