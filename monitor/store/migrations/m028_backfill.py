"""m028: which archive files have been read."""

from sqlite_utils import Database

from monitor.store.migrations.registry import migrations, run


@migrations()
def m028_backfill(db: Database) -> None:
    """A row for each archive file that is done, so that it is read once."""
    run(
        db,
        """create table archive_files (
            key text primary key,        -- of its size, its first and last bytes and the names that were looked for
            name text not null,
            size integer not null,
            records integer not null,
            finds integer not null,
            articles integer not null,   -- new in the home
            at text not null
        ) strict, without rowid""",
    )
