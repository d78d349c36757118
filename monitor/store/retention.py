"""What is too old goes; what went is counted, never described."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlite_utils import Database

from monitor.models import StorePolicy
from monitor.store.db import to_text, transaction

_ARTICLES = ("articles where at < ? and (text != '' or lead != '')", "update articles set text = '', lead = ''")
_ENTRIES = (
    "entries where coalesce(published, first_seen) < ? and (summary != '' or content != '')",
    "update entries set summary = '', content = ''",
)
_PAGES = (
    "pages where body is not null and expires <= ?",
    """update pages set body = null,
           reason = case state when 'kept' then 'its bytes expired before they were read' else reason end,
           state = case state when 'kept' then 'rejected' else state end""",
)

_Rule = tuple[str, tuple[str, str], list[str | None]]
"""Its name as it is logged; which rows, and what happens to them; the values for the marks."""


def purge(db: Database, now: datetime, text_before: datetime, *, pretend: bool = False) -> dict[str, int]:
    """Delete page bytes that have expired and article texts older than `text_before`; return rule -> rows.

    An article keeps its headline, address, source and mentions; its lead and text go. Texts of a source go sooner when
    its `keep_days` say so, and at once when it has become link only. With `pretend`, only count.
    """
    before = to_text(text_before)
    rules: list[_Rule] = [
        ("page bytes after [retention] pages_days", _PAGES, [to_text(now)]),
        ("article text after [retention] text_days", _ARTICLES, [before]),
        ("feed text after [retention] text_days", _ENTRIES, [before]),
        *_rules_of_sources(db, now),
    ]
    counts: dict[str, int] = {}
    with transaction(db) as connection:
        for rule, (chosen, change), values in rules:
            rows = connection.execute(f"select count(*) from {chosen}", values).fetchone()[0]  # noqa: S608 (constants)
            counts[rule] = counts.get(rule, 0) + rows
            if rows and not pretend:
                condition = chosen.partition(" where ")[2]
                connection.execute(f"{change} where {condition}", values)
                connection.execute(
                    "insert into deletions (at, rule, rows) values (?, ?, ?)", [to_text(now), rule, rows]
                )
    return counts


def _rules_of_sources(db: Database, now: datetime) -> Iterator[_Rule]:
    """Give the rules of the sources whose texts are kept shorter than the home's."""
    rows = db.execute(
        "select url, store, keep_days from sources where keep_days > 0 or store = ?", [StorePolicy.LINK]
    ).fetchall()
    for url, store, days in rows:
        link_only = store == StorePolicy.LINK
        before = to_text(now + timedelta(days=1) if link_only else now - timedelta(days=days))
        why = "of sources with store=link" if link_only else "after keep_days of its source"
        for what, (chosen, change) in (("article text", _ARTICLES), ("feed text", _ENTRIES)):
            yield f"{what} {why}", (f"{chosen} and source = ?", change), [before, url]
