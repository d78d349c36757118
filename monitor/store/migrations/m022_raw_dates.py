"""m022: dates as they are written."""

from sqlite_utils import Database

from monitor.store.migrations.registry import migrations, run


@migrations()
def m022_raw_dates(db: Database) -> None:
    """How an article's date is written, also when it is not believed. Entries have kept theirs from the beginning."""
    run(db, "alter table articles add column published_raw text not null default ''")
