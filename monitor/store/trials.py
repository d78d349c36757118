"""What a trial of other search words looks at: articles with their text, and entries that became no article."""

from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from monitor.store.db import to_text


@dataclass(frozen=True, slots=True)
class Said:
    """Words of an article or an entry."""

    id: int
    title: str
    text: str
    source: str


def articles_since(db: Database, since: datetime, limit: int) -> list[Said]:
    """Return the newest articles whose text is still kept."""
    sql = """select id, title, text, source from articles
             where at >= ? and text != '' and not hidden order by at desc, id desc limit ?"""
    return [Said(*row) for row in db.execute(sql, [to_text(since), limit]).fetchall()]


def entries_without_article(db: Database, since: datetime, limit: int) -> list[Said]:
    """Return the newest entries that became no article, with what their source says."""
    sql = """select e.id, e.title, e.summary || char(10) || e.content, e.source from entries e
             where e.first_seen >= ? and not exists (select 1 from articles a where a.page = e.page)
             order by e.first_seen desc, e.id desc limit ?"""
    return [Said(*row) for row in db.execute(sql, [to_text(since), limit]).fetchall()]
