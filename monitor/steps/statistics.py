"""Gather what the statistics of a span of days tell."""

from datetime import date, timedelta

from sqlite_utils import Database

from monitor.config import Home
from monitor.core.statistics import (
    SourceCount,
    Statistics,
    Week,
    missing_days,
    mondays,
    period_between,
    topic_counts,
    unit_times,
)
from monitor.core.urls import host_of
from monitor.models import SourceClass
from monitor.steps.judge import topics_of
from monitor.store import digests as digest_store
from monitor.store import statistics as statistics_store

_WEEK = timedelta(days=7)


def gather(home: Home, db: Database, first: date, end: date, today: date) -> Statistics:
    """Return the statistics from `first` up to, not with, `end`. What is to come is no part of it."""
    zone = home.settings.zone
    end = max(first, min(end, today + timedelta(days=1)))
    own = [source.url for source in home.sources if source.source_class is SourceClass.OWN]
    began_at = digest_store.first_polled(db)
    began = began_at.astimezone(zone).date() if began_at else None
    days = [first + timedelta(days=number) for number in range((end - first).days)]
    missing = missing_days(
        first,
        end,
        began=began,
        incomplete={date.fromisoformat(day) for day in digest_store.incomplete_days(db, first)},
        fetched=statistics_store.fetched_days(db, days, zone),
    )
    period = period_between(first, end, zone)
    articles, _, stories = digest_store.count_articles(db, period, own)
    asked = dict(statistics_store.count_asked(db, period))
    names = {topic.key: topic.name for topic in topics_of(home.path).lists}
    titles = {source.url: source.name for source in home.known_sources}
    return Statistics(
        period=period,
        weeks=tuple(
            _week(home, db, own, began=began, monday=monday, first=first, end=end, today=today, missing=missing)
            for monday in mondays(first, end)
        ),
        articles=articles,
        stories=stories,
        asked=sum(asked.values()),
        topics=topic_counts(statistics_store.count_topics(db, period, own), asked, names),
        units=unit_times(statistics_store.case_times(db, period), zone),
        sources=tuple(
            SourceCount(name=titles.get(url) or host_of(url) or url, articles=number)
            for url, number in statistics_store.count_sources(db, period, own)
        ),
        missing=missing,
        began=began,
    )


def _week(
    home: Home, db: Database, own: list[str], *, began: date | None, monday: date, first: date, end: date, today: date,
    missing: frozenset[date],
) -> Week:  # fmt: skip
    start, stop = max(monday, first), min(monday + _WEEK, end)
    if began is None or stop <= began:
        return Week(monday=monday, articles=None, stories=None, whole=False)
    articles, _, stories = digest_store.count_articles(db, period_between(start, stop, home.settings.zone), own)
    return Week(
        monday=monday,
        articles=articles,
        stories=stories,
        missing=tuple(sorted(day for day in missing if start <= day < stop)),
        whole=start == monday and stop == monday + _WEEK and stop <= today and start >= began,
    )
