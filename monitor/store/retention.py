"""What is too old goes; what went is counted, never described."""

from datetime import datetime

from sqlite_utils import Database

from monitor.store.db import to_text, transaction


def purge(db: Database, now: datetime, text_before: datetime, *, pretend: bool = False) -> dict[str, int]:
    """Delete page bytes that have expired and article texts older than `text_before`; return rule -> rows.

    An article keeps its headline, address, source and mentions; its lead and text go. With `pretend`, only count.
    """
    rules = {
        "page bytes after [retention] pages_days": (
            "pages where body is not null and expires <= ?",
            """update pages set body = null,
                   reason = case state when 'kept' then 'its bytes expired before they were read' else reason end,
                   state = case state when 'kept' then 'rejected' else state end
               where body is not null and expires <= ?""",
            now,
        ),
        "article text after [retention] text_days": (
            "articles where at < ? and (text != '' or lead != '')",
            "update articles set text = '', lead = '' where at < ? and (text != '' or lead != '')",
            text_before,
        ),
        "feed text after [retention] text_days": (
            "entries where coalesce(published, first_seen) < ? and (summary != '' or content != '')",
            """update entries set summary = '', content = ''
               where coalesce(published, first_seen) < ? and (summary != '' or content != '')""",
            text_before,
        ),
    }
    counts: dict[str, int] = {}
    with transaction(db) as connection:
        for rule, (counted, change, before) in rules.items():
            rows = connection.execute(f"select count(*) from {counted}", [to_text(before)]).fetchone()[0]  # noqa: S608
            counts[rule] = rows
            if rows and not pretend:
                connection.execute(change, [to_text(before)])
                connection.execute(
                    "insert into deletions (at, rule, rows) values (?, ?, ?)", [to_text(now), rule, rows]
                )
    return counts
