"""What a home keeps, for tests of the purge."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from monitor.config.settings import Retention
from monitor.models import Source, SourceClass
from monitor.store.retention import Gone, Limits, What


def limits(now: datetime, sources: Sequence[Source] = (), decision: str = "KS 2026/118") -> Limits:
    """Return what the shipped settings make old at `now`."""
    keeping = Retention()
    return Limits(
        texts={one: now - timedelta(days=keeping.days_of(one)) for one in SourceClass},
        polls=now - timedelta(days=keeping.polls_days),
        sources=sources,
        decision=decision,
    )


def rows(told: Iterable[Gone], what: What, rule: str = "[retention]", source_class: SourceClass | None = None) -> int:
    """Return how much went by a rule."""
    of_rule = (gone for gone in told if (gone.what, gone.rule) == (what, rule))
    return sum(gone.rows for gone in of_rule if source_class in (None, gone.source_class))
