"""m026: the class of each source, the words that stay of a text, and by which decision something went."""

from sqlite_utils import Database

from monitor.store.migrations.registry import migrations, run


@migrations()
def m026_retention(db: Database) -> None:
    """Classes, quotes, and a log of deletions that says of what class, how old and by which decision."""
    run(
        db,
        "alter table sources add column class text not null default 'other'",  # models.SourceClass
        "alter table articles add column quote text not null default ''",  # what is kept of the text when it goes
        "alter table deletions add column class text not null default ''",
        "alter table deletions add column before text",  # what was older than this
        "alter table deletions add column decision text not null default ''",  # its number
        # The purge of a night looks at what still has words, not at everything that ever had.
        "create index articles_with_words on articles (at) where text != '' or lead != ''",
        """create index entries_with_words on entries (coalesce(published, first_seen))
           where summary != '' or content != ''""",
        "create index entries_with_headline on entries (coalesce(published, first_seen)) where title != ''",
    )
