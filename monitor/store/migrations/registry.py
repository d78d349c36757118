"""Where the steps of the schema register, in the order in which their modules are imported."""

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

migrations = Migrations("monitor")


def run(db: Database, *statements: str) -> None:
    """Run the statements of one step."""
    for statement in statements:
        db.execute(statement)
