"""m029: one index for entries that still have words or a headline: two partial ones serve no question with "or"."""

from sqlite_utils import Database

from monitor.store.migrations.registry import migrations, run


@migrations()
def m029_social_purge(db: Database) -> None:
    """What the purge of posts asks: any words at all, older than a day."""
    run(
        db,
        "drop index entries_with_headline",
        """create index entries_with_anything on entries (coalesce(published, first_seen))
           where ((summary != '' or content != '') or title != '')""",
    )
