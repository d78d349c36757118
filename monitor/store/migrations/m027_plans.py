"""m027: indexes for the two questions that had none."""

from sqlite_utils import Database

from monitor.store.migrations.registry import migrations, run


@migrations()
def m027_plans(db: Database) -> None:
    """An article by its address, and what people decided about the other of two stories."""
    run(
        db,
        "create index articles_by_url on articles (url)",
        "create index story_decisions_by_other on story_decisions (other)",
    )
