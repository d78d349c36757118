"""The schema, step by step. Append only: a step that has been released is never changed.

sqlite-utils runs each step in a transaction of its own and remembers it in `_sqlite_migrations`. Steps register when
their module is imported: the numbers in the modules' names keep them in order.
"""

from monitor.store.migrations import (
    m001_journey,
    m007_people,
    m012_accounts,
    m013_cases,
    m014_archive,
    m015_erasures,
    m016_health,
    m017_cursors,
    m018_candidates,
    m019_bookings,
    m022_raw_dates,
    m023_runs,
    m026_retention,
    m027_plans,
    m028_backfill,
    m029_social_purge,
    m030_search_pages,
)
from monitor.store.migrations.registry import migrations

__all__ = [
    "m001_journey",
    "m007_people",
    "m012_accounts",
    "m013_cases",
    "m014_archive",
    "m015_erasures",
    "m016_health",
    "m017_cursors",
    "m018_candidates",
    "m019_bookings",
    "m022_raw_dates",
    "m023_runs",
    "m026_retention",
    "m027_plans",
    "m028_backfill",
    "m029_social_purge",
    "m030_search_pages",
    "migrations",
]
