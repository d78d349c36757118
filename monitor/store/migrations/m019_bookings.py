"""m019: what was used of a service that allows only so much: calls, hashtags, money."""

from sqlite_utils import Database

from monitor.store.migrations.registry import migrations, run


@migrations()
def m019_bookings(db: Database) -> None:
    """One row for each use, written before the service is asked."""
    run(
        db,
        """create table bookings (
               id integer primary key,
               account text not null,            -- the service, shared by all its lines of feeds.txt
               at text not null,                 -- UTC
               amount integer not null,          -- in the account's own unit: calls, millionths of a krona
               item text not null default ''     -- what is counted once: a hashtag
           ) strict""",
        "create index bookings_by_account on bookings (account, at)",
    )
