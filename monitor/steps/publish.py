"""Story -> Digest: composed by the core, rendered, written to the home's `reports/out/`."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlite_utils import Database

from monitor.config import Home
from monitor.core.digest import LATE, DayCount, Limits, belongs, compose, days_of, is_blind
from monitor.core.recipients import days_covered
from monitor.core.working_days import days_off
from monitor.deliver.archive import LISTED, write_archive
from monitor.deliver.files import write_digest
from monitor.deliver.render import render_digest
from monitor.models import Clock, Period, SourceClass
from monitor.steps import covered_sites
from monitor.steps.follow import follow
from monitor.steps.judge import judged_stories
from monitor.store import articles as article_store
from monitor.store import candidates as candidate_store
from monitor.store import cases as case_store
from monitor.store import digests as digest_store
from monitor.store import intake as intake_store
from monitor.store import stories as story_store
from monitor.store.db import transaction
from monitor.store.health import unread_days, with_rhythm


def period_of(home: Home, now: datetime) -> Period:
    """Return the period of the letter that is due at `now`: what ended at the last `[digest] at`.

    It is a day; on a Monday after a weekend without letters it is three.
    """
    settings = home.settings
    local = now.astimezone(settings.zone)
    end = datetime.combine(local.date(), settings.sends_at, settings.zone)
    if end > local:
        end = datetime.combine(local.date() - timedelta(days=1), settings.sends_at, settings.zone)
    days = days_covered(end.date(), weekends=settings.digest.weekends == "daily")
    start = datetime.combine(end.date() - timedelta(days=days), settings.sends_at, settings.zone)
    return Period(start=start, end=end)


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A digest that was written."""

    path: Path
    day: date
    articles: int
    stories: int
    complete: bool


def publish(home: Home, db: Database, clock: Clock, *, example: bool = False) -> Published:
    """Compose the digest of the period that has ended, and write it to `reports/out/`."""
    now = clock()
    settings = home.settings
    period = period_of(home, now)
    day = period.end.astimezone(settings.zone).date()
    shown = digest_store.shown_urls(db, day, period.start - LATE)
    covered = _articles_of(db, period, shown)
    members = story_store.members_of(db, story_store.stories_of(db, covered).values())
    judged = judged_stories(home, db, members, period=period, made_at=now)
    stories, followed = follow(home, db, judged, now)
    digest = compose(
        organisation=settings.organisation or settings.municipality,
        period=period,
        made_at=now,
        stories=stories,
        day_counts=_day_counts(home, db, period),
        sources=with_rhythm(db, intake_store.source_states(db, home.sources, counted=False), now, settings.zone),
        time_zone=settings.zone,
        shown=shown,
        holidays=days_off({period.start.year - 1, period.start.year, period.end.year}),
        watched=settings.digest.watched,
        judged=True,
        followed=followed,
        limits=Limits(stories=settings.digest.stories, also=settings.digest.also, late=settings.followup.late_shown),
        unread=(home.seen,),
        candidates=len(candidate_store.list_candidates(db, covered=covered_sites(home))),
        contact=settings.digest.contact or settings.crawl.contact,
        web=settings.digest.web,
        colour=settings.digest.colour,
        example=example,
    )
    rendered = render_digest(digest, language=settings.language, home_reports=home.reports)
    told = [item.case.number for item in digest.needs.items if item.case] if digest.needs else []
    # The store first: `monitor send` takes the letter from there, and who finds no file makes the letter again.
    with transaction(db):
        digest_store.save_digest(
            db, day, period=period, made_at=now, complete=not digest.incomplete, data=rendered.json, articles=covered
        )
        case_store.note_sent(db, told, day.isoformat(), now)
    path = write_digest(home.reports / "out", day, rendered)
    write_archive(
        home.reports / "out",
        digest_store.past_digests(db, LISTED + 1),
        organisation=digest.organisation,
        language=settings.language,
        web=settings.digest.web,
        home_reports=home.reports,
    )
    return Published(
        path=path, day=day, articles=digest.articles, stories=len(digest.stories) + len(digest.also),
        complete=not digest.incomplete,
    )  # fmt: skip


def _articles_of(db: Database, period: Period, shown: Collection[str]) -> list[int]:
    """Return the rows of the articles that are news of `period`."""
    ids = article_store.articles_between(db, period.start - LATE, period.end)
    values = article_store.read_articles(db, ids)
    return [id_ for id_ in ids if belongs(values[id_], period, shown)]


def _day_counts(home: Home, db: Database, period: Period) -> list[DayCount]:
    """Count the articles of the earlier days on which the home was watching."""
    began = digest_store.first_polled(db)
    zone = home.settings.zone
    before = days_of(period, zone).before
    incomplete = digest_store.incomplete_days(db, before[0].date)
    unread = unread_days(db, before[0].date)
    counts = []
    own = [source.url for source in home.sources if source.source_class is SourceClass.OWN]
    for day in before:
        if began is None or day.period.end <= began:
            continue
        articles, prominent, stories = digest_store.count_articles(db, day.period, own)
        told = day.period.end.astimezone(zone).date().isoformat() not in incomplete
        complete = told and not is_blind(unread.get(day.date, ()), home.sources)
        counts.append(
            DayCount(day=day.date, articles=articles, prominent=prominent, stories=stories, complete=complete)
        )
    return counts
