"""Digest -> outbox -> people: letters and alerts go out once, and what could not go is told and tried again."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import partial
from pathlib import Path
from urllib.parse import quote

import msgspec
from sqlite_utils import Database

from monitor.config import Home
from monitor.config.delivery import read_time
from monitor.core.digest import Digest
from monitor.core.recipients import Due, Edition, Gate, Recipient, Review, gate, share_out
from monitor.core.text import clean_line
from monitor.core.urls import safe_url
from monitor.deliver.channels import Channel, Fate, Message, Point, Receipt
from monitor.deliver.files import write_digest
from monitor.deliver.render import SCHEMA, RenderedDigest, render_digest
from monitor.errors import DeliveryError, UsageError
from monitor.models import Clock
from monitor.steps.outgoing import MAIL, Channels, Sleep, key_of, recipients_of
from monitor.steps.publish import period_of
from monitor.store import digests as digest_store
from monitor.store import outbox
from monitor.store.outbox import Parcel, State

_KEEP = timedelta(days=90)
_ROLE_LIMIT = 60
_UNSUBSCRIBE = "/utskick/avsluta/"

_STATES = {
    Fate.SENT: State.SENT,
    Fate.LATER: State.WAITING,
    Fate.REFUSED: State.REFUSED,
    Fate.UNKNOWN: State.SENDING,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """The letter of a day as the store has it."""

    day: date
    digest: Digest
    made: datetime


class Result(StrEnum):
    """What became of one recipient's letter in this run."""

    SENT = "sent"
    ALREADY = "already sent"
    FAILED = "not sent"
    UNSURE = "perhaps sent"
    GIVEN_UP = "given up"
    SPARED = "not today"
    WOULD = "would be sent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One recipient's line in the report of a run."""

    recipient: str
    channel: str
    edition: str
    result: Result
    subject: str = ""
    reason: str = ""

    @property
    def failed(self) -> bool:
        """Whether somebody waits for what did not go."""
        return self.result in {Result.FAILED, Result.UNSURE, Result.GIVEN_UP}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """What a run of `send` did."""

    item: str
    outcomes: tuple[Outcome, ...] = ()
    waits_until: datetime | None = None
    """In the reviewed mode: nothing goes before this moment without a review."""


def letter_of(home: Home, db: Database, now: datetime) -> Letter:
    """Return the letter that is due at `now`. Raises UsageError when it has not been made."""
    return letter_of_day(db, period_of(home, now).end.astimezone(home.settings.zone).date())


def letter_of_day(db: Database, day: date) -> Letter:
    """Return the letter of a day. Raises UsageError when it has not been made, or cannot be read."""
    stored = digest_store.read_digest(db, day)
    if stored is None:
        raise UsageError(f"the letter of {day} has not been made, so nothing was sent. Make it with: monitor digest")
    data, made = stored
    try:
        if json.loads(data)["schema"] != SCHEMA:
            raise UsageError(f"the letter of {day} was made by another version. Make it again with: monitor digest")
        return Letter(day=day, digest=msgspec.json.decode(data, type=Digest), made=made)
    except (msgspec.ValidationError, ValueError, KeyError, TypeError) as error:
        raise UsageError(f"the letter of {day} cannot be read: {error}. Make it again with: monitor digest") from error


# --- the letter ------------------------------------------------------------------------------------------


def send_letter(
    home: Home, db: Database, clock: Clock, *, pretend: bool = False, again: bool = False, sleep: Sleep = time.sleep
) -> Sending:
    """Send the letter that is due to everybody who has not got it. With `pretend`, only say what would go where.

    `again` also tries what was given up. Raises UsageError when there is no letter or nobody to get one.
    """
    now = clock()
    letter = letter_of(home, db, now)
    item = f"letter {letter.day}"
    review = outbox.review_of(db, letter.day, letter.made)
    until = _review_until(home, letter.day)
    if gate(now=now, until=until, review=review) is Gate.WAIT:
        return Sending(item=item, waits_until=until)
    recipients = recipients_of(home.settings)
    if not recipients:
        raise UsageError("nobody is to get the letter: write [[recipients]] or [[webhooks]] in monitor.toml")
    due, spared = share_out(
        letter.digest,
        recipients,
        answers=letter.digest.needs.number if letter.digest.needs else 0,
        weekends=home.settings.digest.weekends == "daily",
        ended=outbox.ended_mailings(db),
    )
    press = _Press(home, db, item, review)
    not_today = tuple(outcome_of(press.parcel(one.recipient), Result.SPARED, reason=one.why) for one in spared)
    if pretend:
        states = {parcel.key: parcel for parcel in outbox.parcels_of(db, item)}
        would = tuple(press.foretell(one, states) for one in due)
        return Sending(item=item, outcomes=would + not_today)
    outbox.queue(db, [press.parcel(one.recipient) for one in due], now)
    if again:
        outbox.try_again(db, item)
    parcels = {parcel.key: parcel for parcel in outbox.parcels_of(db, item)}
    with Channels(home, clock, sleep) as channels:
        handed = tuple(
            hand_over(
                db, clock, channels.of(one.recipient), parcels[press.key(one.recipient)], partial(press.print, one)
            )
            for one in due
        )
    outbox.forget(db, now - _KEEP)
    return Sending(item=item, outcomes=handed + not_today)


def _review_until(home: Home, day: date) -> datetime | None:
    until = home.settings.review.until
    return datetime.combine(day, read_time(until), home.settings.zone) if until else None


class _Press:
    """Makes the messages of one letter; each edition is rendered once."""

    def __init__(self, home: Home, db: Database, item: str, review: Review | None) -> None:
        self._home = home
        self._db = db
        self._item = item
        self._review = review
        self._rendered: dict[str, RenderedDigest] = {}
        # A letter that was taken back has gone out under its name: this one is another.
        before = outbox.times_set_aside(db, item)
        self._name = item.replace("letter", "digest") + (f" {before + 1}" if before else "")

    def key(self, recipient: Recipient) -> str:
        return key_of(self._home.settings, self._name, recipient)

    def parcel(self, recipient: Recipient) -> Parcel:
        return Parcel(
            item=self._item,
            channel=recipient.channel,
            recipient=recipient.address,
            edition=recipient.edition.name,
            key=self.key(recipient),
        )

    def render(self, due: Due) -> RenderedDigest:
        edition = replace(due.recipient.edition, review=self._review)
        if edition.name not in self._rendered:
            self._rendered[edition.name] = render_edition(self._home, due.digest, edition)
        return self._rendered[edition.name]

    def print(self, due: Due) -> Message:
        recipient, rendered = due.recipient, self.render(due)
        mailed = recipient.channel == MAIL
        return Message(
            key=self.key(recipient),
            to=recipient.address if mailed else "",
            name=recipient.name if mailed else "",
            subject=rendered.subject,
            text=rendered.text,
            html=rendered.html,
            points=() if recipient.edition.short else points_of(due.digest),
            web=self._home.settings.digest.web,
            unsubscribe=_unsubscribe(self._home, self._db, recipient.address) if mailed else (),
            data={} if mailed else {"edition": recipient.edition.name, **json.loads(rendered.json)},
        )

    def foretell(self, due: Due, queued: Mapping[str, Parcel]) -> Outcome:
        parcel = queued.get(self.key(due.recipient), self.parcel(due.recipient))
        result = Result.WOULD
        if parcel.state is State.SENT:
            result = Result.ALREADY
        elif parcel.given_up:
            result = Result.GIVEN_UP
        subject = self.render(due).subject
        return outcome_of(parcel, result, subject=subject, reason="" if result is Result.ALREADY else parcel.reason)


def render_edition(home: Home, digest: Digest, edition: Edition) -> RenderedDigest:
    """Render one edition of a letter in the words and with the templates of the home."""
    return render_digest(digest, language=home.settings.language, home_reports=home.reports, edition=edition)


def points_of(digest: Digest) -> tuple[Point, ...]:
    """Return the stories of a letter as lines for a chat, in its order."""
    leads = [item.lead for item in digest.stories] + [item.lead for item in digest.also]
    return tuple(Point(text=lead.title, url=safe_url(lead.url), source=lead.source) for lead in leads)


def _unsubscribe(home: Home, db: Database, address: str) -> tuple[str, ...]:
    settings = home.settings
    by_mail = f"mailto:{settings.mail.reply_to or settings.mail.sender}?subject={quote('avsluta')}"
    web = settings.digest.web.rstrip("/")
    if settings.mail.unsubscribe != "web" or not web.startswith("https://"):
        return (by_mail,)
    return (f"{web}{_UNSUBSCRIBE}{outbox.token_of(db, address)}", by_mail)


# --- handing over ----------------------------------------------------------------------------------------


def hand_over(db: Database, clock: Clock, channel: Channel, parcel: Parcel, make: Callable[[], Message]) -> Outcome:
    """Deliver one parcel unless it has been; mark it before and after. What goes wrong here stops no other."""
    if parcel.state is State.SENT:
        return outcome_of(parcel, Result.ALREADY)
    if parcel.given_up:
        return outcome_of(parcel, Result.GIVEN_UP, reason=f"{parcel.reason}; after mending: monitor send --again")
    try:
        message = make()
    except DeliveryError as error:
        return outcome_of(parcel, Result.FAILED, reason=str(error))
    if not outbox.claim(db, parcel, clock()):
        return outcome_of(parcel, Result.ALREADY, subject=message.subject)
    try:
        receipt = channel.deliver(message)
    except DeliveryError as error:
        receipt = Receipt(Fate.REFUSED, str(error))
    outbox.settle(db, parcel, _STATES[receipt.fate], receipt.reason)
    result = {Fate.SENT: Result.SENT, Fate.UNKNOWN: Result.UNSURE}.get(receipt.fate, Result.FAILED)
    return outcome_of(parcel, result, subject=message.subject, reason=receipt.reason)


def outcome_of(parcel: Parcel, result: Result, *, subject: str = "", reason: str = "") -> Outcome:
    """Return a parcel's line in the report."""
    return Outcome(
        recipient=parcel.recipient, channel=parcel.channel, edition=parcel.edition,
        result=result, subject=subject, reason=reason,
    )  # fmt: skip


# --- the reviewed mode -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Approved:
    """A letter that a person has reviewed, written anew with that said."""

    day: date
    role: str
    path: Path


def approve(home: Home, db: Database, clock: Clock, role: str = "") -> Approved:
    """Remember that `role`, else `[review] role`, has reviewed the letter that is due, and write it so.

    Raises UsageError when there is no letter, no role, or the letter has gone out already.
    """
    now = clock()
    letter = letter_of(home, db, now)
    role = clean_line(role or home.settings.review.role, _ROLE_LIMIT)
    if not role:
        raise UsageError('who reviews? Write it in monitor.toml: [review] role = "kommunikatör", or give --role')
    gone = [parcel for parcel in outbox.parcels_of(db, f"letter {letter.day}") if parcel.state is not State.WAITING]
    if gone:
        raise UsageError(f"the letter of {letter.day} has gone to {len(gone)} already and said that nobody reviewed it")
    review = Review(role=role, at=now)
    rendered = render_edition(home, letter.digest, Edition(review=review))
    path = write_digest(home.reports / "out", letter.day, rendered)
    outbox.save_review(db, letter.day, letter.made, review)
    return Approved(day=letter.day, role=role, path=path)
