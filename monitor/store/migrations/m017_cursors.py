"""m017: what a source kind remembers between polls; entries that are whole texts, or what a search service found."""

from sqlite_utils import Database

from monitor.store.migrations.registry import migrations, run


@migrations()
def m017_cursors(db: Database) -> None:
    """A cursor per source, saved with its poll; entries that need no page, what they link to, and their echoes."""
    run(
        db,
        "alter table sources add column cursor text not null default '{}'",  # JSON, as the kind wrote it
        "alter table entries add column whole integer not null default 0",
        "alter table entries add column links text not null default '[]'",  # JSON list of addresses
        "alter table entries add column echo text not null default ''",  # core.echoes: publisher, headline and day
        "create index entries_by_echo on entries (echo) where echo != ''",
        "alter table pages add column through_search integer not null default 0",  # only a search service's link
    )
