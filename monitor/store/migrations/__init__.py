"""The schema, step by step. Append only: a step that has been released is never changed.

sqlite-utils runs each step in a transaction of its own and remembers it in `_sqlite_migrations`. Steps register when
their module is imported, so the modules stand here in order.
"""

from monitor.store.migrations.registry import migrations  # isort: split

from monitor.store.migrations import m001_journey  # isort: split

from monitor.store.migrations import m007_people

__all__ = ["m001_journey", "m007_people", "migrations"]
