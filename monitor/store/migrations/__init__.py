"""The schema, step by step. Append only: a step that has been released is never changed.

sqlite-utils runs each step in a transaction of its own and remembers it in `_sqlite_migrations`. Steps register when
their module is imported, so the modules stand here in order.
"""

from monitor.store.migrations.registry import migrations  # isort: split

from monitor.store.migrations import m001_journey  # isort: split
from monitor.store.migrations import m007_people  # isort: split
from monitor.store.migrations import m012_accounts  # isort: split
from monitor.store.migrations import m013_cases  # isort: split
from monitor.store.migrations import m014_archive  # isort: split
from monitor.store.migrations import m015_erasures  # isort: split
from monitor.store.migrations import m016_health  # isort: split
from monitor.store.migrations import m017_cursors  # isort: split
from monitor.store.migrations import m018_candidates

__all__ = [
    "m001_journey", "m007_people", "m012_accounts", "m013_cases", "m014_archive", "m015_erasures", "m016_health",
    "m017_cursors", "m018_candidates", "migrations",
]  # fmt: skip
