"""m017: what a source kind remembers between polls, and entries that are whole texts."""

from sqlite_utils import Database

from monitor.store.migrations.registry import migrations, run


@migrations()
def m017_cursors(db: Database) -> None:
    """A cursor per source, saved with its poll; entries that need no page, and what they link to."""
    run(
        db,
        "alter table sources add column cursor text not null default '{}'",  # JSON, as the kind wrote it
        "alter table entries add column whole integer not null default 0",
        "alter table entries add column links text not null default '[]'",  # JSON list of addresses
    )
