"""m023: which run is at work, and which pages it has taken to fetch."""

from sqlite_utils import Database

from monitor.store.migrations.registry import migrations, run


@migrations()
def m023_runs(db: Database) -> None:
    """Every run with its end, so that one that was killed can be told; and the lease of a run on a page."""
    run(
        db,
        """create table runs (
            id integer primary key,
            command text not null,
            began text not null,
            ended text,                  -- null while it goes on, and for ever when it was killed: the next one tells
            outcome text not null default ''
        ) strict""",
        "create index runs_open on runs (id) where ended is null",
        # The run that is fetching the page. Ends with the page's outcome, with the run, or when the run is found dead.
        "alter table pages add column run integer references runs (id) on delete set null",
        "create index pages_by_run on pages (run) where run is not null",
    )
