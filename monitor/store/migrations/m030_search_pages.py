"""m030: an index of the pages that are known through a search service alone: every poll asks whether there are any."""

from sqlite_utils import Database

from monitor.store.migrations.registry import migrations, run


@migrations()
def m030_search_pages(db: Database) -> None:
    """Few pages or none."""
    run(db, "create index pages_through_search on pages (id) where through_search = 1")
