"""m016: the health of sources, reservations, and what may be kept of each."""

from sqlite_utils import Database

from monitor.store.migrations.registry import migrations, run


@migrations()
def m016_health(db: Database) -> None:
    """Since when a source is as it is, where it moved, what it reserves; what sites said for programs; days unread."""
    run(
        db,
        "alter table sources add column since text",  # when `last` became well, or failing in another way
        "alter table sources add column state text not null default ''",
        "alter table sources add column strain integer not null default 0",  # weights of the failures in a row
        "alter table sources add column pause integer",  # seconds it asks to be left alone between good answers
        "alter table sources add column moved_to text not null default ''",
        "alter table sources add column moved_times integer not null default 0",  # the same answer in a row
        "alter table sources add column moved_since text",
        "alter table sources add column followed integer not null default 0",  # moved_to is asked, not url
        "alter table sources add column reserved text not null default ''",
        "alter table sources add column store text not null default 'text'",  # feeds.txt: link, excerpt or text
        "alter table sources add column keep_days integer not null default 0",
        "alter table sources add column important integer not null default 0",
        "alter table pages add column store text not null default 'text'",  # what the page itself allows to be kept
        """create table source_days (
            source text not null references sources (url),
            day text not null,           -- YYYY-MM-DD in UTC
            polls integer not null,
            healthy integer not null,
            new integer not null,        -- entries, without those of the first poll
            primary key (source, day)
        ) strict, without rowid""",
        "create index source_days_by_day on source_days (day)",
        # robots.txt and /.well-known/tdmrep.json as they were answered: asked again after a day at most.
        """create table site_files (
            url text primary key,
            asked text not null,
            status integer,              -- null when there was no answer
            reason text not null,
            body blob not null
        ) strict, without rowid""",
        # Reading a rhythm must not fetch the rows: they carry whole texts.
        "create index entries_by_arrival on entries (source, first_seen, baseline, published)",
    )
