"""What cannot wait for the morning: found, remembered and told through the same outbox as letters."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

import msgspec
from sqlite_utils import Database

from monitor.config import Home
from monitor.config.delivery import read_hours
from monitor.core.alerts import Alert, AlertRules, Arrival, Urgent, alerts_due
from monitor.core.recipients import Edition, Recipient
from monitor.core.times import local_day
from monitor.core.urls import host_of, safe_url
from monitor.deliver.channels import Message, Point
from monitor.deliver.render import render_notice
from monitor.models import Clock, NeedRule, Period
from monitor.steps.group import STORY_OPEN
from monitor.steps.judge import judged_stories
from monitor.steps.outgoing import MAIL, WEBHOOK, Channels, Sleep, key_of
from monitor.steps.publish import period_of
from monitor.steps.send import Outcome, Result, Sending, hand_over, outcome_of
from monitor.store import articles as article_store
from monitor.store import digests as digest_store
from monitor.store import outbox
from monitor.store.outbox import Parcel, State

_HISTORY = timedelta(weeks=8)
_FRESH = timedelta(hours=6)
"""So long an alert that could not be sent is worth another attempt."""
_REMEMBERED = timedelta(days=60)
_HOUR = timedelta(hours=1)


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """An alert's message as it is kept, so that every attempt says the same."""

    subject: str
    text: str
    points: tuple[tuple[str, str, str], ...] = ()


def send_alerts(home: Home, db: Database, clock: Clock, *, pretend: bool = False, sleep: Sleep = time.sleep) -> Sending:
    """Tell what cannot wait, and try again what could not be told. With `pretend`, only say what would be told."""
    now = clock()
    people = recipients_of_alerts(home)
    if not people:
        return Sending(item="alerts")
    found = find_alerts(home, db, now)
    if pretend:
        would = ((alert, _content(home, alert, now).subject) for alert in found)
        outcomes = tuple(
            outcome_of(_parcel(home, alert.key, person), Result.WOULD, subject=subject)
            for alert, subject in would
            for person in people
        )
        return Sending(item="alerts", outcomes=outcomes)
    for alert in found:
        content = msgspec.json.encode(_content(home, alert, now)).decode()
        outbox.save_alert(db, alert.key, now, content, [_parcel(home, alert.key, person) for person in people])
    with Channels(home, clock, sleep) as channels:
        outcomes = tuple(
            outcome
            for told in outbox.told_since(db, now - _FRESH)
            for outcome in _tell(home, db, clock, channels, told.key)
        )
    return Sending(item="alerts", outcomes=outcomes)


def find_alerts(home: Home, db: Database, now: datetime) -> tuple[Alert, ...]:
    """Return what should be told now."""
    names = {source.url: source.name for source in home.known_sources}
    arrivals = [
        Arrival(seen_at=seen, title=title, url=url, source=names.get(source, source))
        for seen, title, url, source in outbox.arrivals_since(db, now - _HOUR)
    ]
    return alerts_due(
        now=now,
        zone=home.settings.zone,
        rules=_rules(home),
        urgent=urgent_stories(home, db, now),
        arrivals=arrivals,
        hours=_hours_before(db, now),
        told=outbox.told_since(db, now - _REMEMBERED),
    )


def urgent_stories(home: Home, db: Database, now: datetime) -> list[Urgent]:
    """Return what has come in since the latest letter and needs an answer. What people have marked, they know."""
    period = Period(start=period_of(home, now).end, end=now + timedelta(seconds=1))
    new = article_store.articles_between(db, period.start, period.end)
    if not new:
        return []
    names = {source.url: source.name for source in home.known_sources}
    articles = article_store.articles_between(db, period.start - STORY_OPEN, period.end)
    found = []
    for story in judged_stories(home, db, articles, period=period, made_at=now):
        if story.need and story.need.rule is not NeedRule.MARKED:
            asking = next((article for article in story.articles if article.url == story.need.url), story.lead)
            source = names.get(asking.source, host_of(asking.source))
            found.append(Urgent(story=story.id, title=asking.title, url=asking.url, source=source, need=story.need))
    return sorted(found, key=lambda urgent: (urgent.need.due, urgent.story))


def recipients_of_alerts(home: Home) -> tuple[Recipient, ...]:
    """Return who is told at once."""
    settings = home.settings.alerts
    whole = Edition()
    return (
        *(Recipient(address=address, channel=MAIL, edition=whole) for address in settings.to),
        *(Recipient(address=name, channel=WEBHOOK, edition=whole) for name in settings.webhooks),
    )


def _rules(home: Home) -> AlertRules:
    settings = home.settings.alerts
    begin, end = read_hours(settings.quiet) if settings.quiet else (None, None)
    return AlertRules(per_day=settings.per_day, quiet_from=begin, quiet_to=end, fewest=settings.fewest)


def _hours_before(db: Database, now: datetime) -> list[int]:
    """Return how many articles came in each whole hour before the last, as far back as the home was watching."""
    began = digest_store.first_polled(db)
    if began is None:
        return []
    until = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0) - _HOUR
    since = max(began, until - _HISTORY).replace(minute=0, second=0, microsecond=0)
    counts = outbox.arrivals_by_hour(db, since, until)
    hours = max(0, int((until - since) / _HOUR))
    return [counts.get(f"{since + number * _HOUR:%Y-%m-%dT%H}", 0) for number in range(hours)]


def _parcel(home: Home, key: str, recipient: Recipient) -> Parcel:
    item = f"alert {key}"
    return Parcel(
        item=item,
        channel=recipient.channel,
        recipient=recipient.address,
        edition=recipient.edition.name,
        key=key_of(home.settings, item, recipient),
    )


def _content(home: Home, alert: Alert, now: datetime) -> Content:
    settings = home.settings
    subject, text = render_notice(
        "alert",
        {"alert": alert},
        language=settings.language,
        zone=settings.zone,
        today=local_day(now, settings.zone),
        home_reports=home.reports,
    )
    urgent = alert.urgent
    found = [(urgent.title, urgent.url, urgent.source)] if urgent else []
    found += [(arrival.title, arrival.url, arrival.source) for arrival in alert.arrivals]
    return Content(subject=subject, text=text, points=tuple(found))


def _tell(home: Home, db: Database, clock: Clock, channels: Channels, key: str) -> Sequence[Outcome]:
    """Tell one alert to those it is queued for and who still are to be told; who has got it is not mentioned."""
    content = msgspec.json.decode(outbox.alert_content(db, key), type=Content)
    people = {(person.channel, person.address): person for person in recipients_of_alerts(home)}
    return [
        hand_over(db, clock, channels.of(person), parcel, partial(_message, home, parcel, content))
        for parcel in outbox.parcels_of(db, f"alert {key}")
        if parcel.state is not State.SENT and (person := people.get((parcel.channel, parcel.recipient)))
    ]


def _message(home: Home, parcel: Parcel, content: Content) -> Message:
    return Message(
        key=parcel.key,
        to=parcel.recipient if parcel.channel == MAIL else "",
        subject=content.subject,
        text=content.text,
        points=tuple(Point(text=text, url=safe_url(url), source=source) for text, url, source in content.points),
        web=home.settings.digest.web,
    )
