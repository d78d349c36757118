"""The outbox: marked before, marked after, never twice."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from monitor.core.alerts import Told
from monitor.core.recipients import Review
from monitor.store import outbox
from monitor.store.db import lasting, open_database
from monitor.store.outbox import TRIES, Parcel, State

DAY = date(2026, 11, 24)
ITEM = "letter 2026-11-24"


def parcel(who: str = "a@kommun.example", item: str = ITEM) -> Parcel:
    return Parcel(item=item, channel="mail", recipient=who, edition="whole", key=f"{item} {who}")


@pytest.fixture
def queued(db: Database, now: datetime) -> Parcel:
    outbox.queue(db, [parcel()], now)
    return only(db)


def only(db: Database, item: str = ITEM) -> Parcel:
    (one,) = outbox.parcels_of(db, item)
    return one


def test_queueing_again_changes_nothing(db: Database, now: datetime, queued: Parcel) -> None:
    outbox.claim(db, queued, now)
    outbox.settle(db, queued, State.SENT, "250 OK")
    outbox.queue(db, [parcel(), parcel("b@kommun.example")], now + timedelta(hours=1))
    first, second = outbox.parcels_of(db, ITEM)
    assert (first.state, first.reason) == (State.SENT, "250 OK")
    assert (second.recipient, second.state) == ("b@kommun.example", State.WAITING)


def test_what_has_been_sent_cannot_be_claimed(db: Database, now: datetime, queued: Parcel) -> None:
    assert outbox.claim(db, queued, now)
    outbox.settle(db, queued, State.SENT, "")
    assert not outbox.claim(db, queued, now)
    assert not only(db).given_up


def test_a_program_killed_while_sending_leaves_a_parcel_that_may_have_arrived(
    db: Database, now: datetime, queued: Parcel, tmp_path: Path
) -> None:
    assert outbox.claim(db, queued, now)
    later = open_database(tmp_path / "monitor.db")  # as another process sees it
    left = only(later)
    assert (left.state, left.tries, left.key) == (State.SENDING, 1, queued.key)
    assert outbox.claim(later, left, now)
    later.close()


def test_what_may_have_arrived_or_was_refused_is_tried_three_times(db: Database, now: datetime, queued: Parcel) -> None:
    for _ in range(TRIES):
        assert outbox.claim(db, queued, now)
        outbox.settle(db, queued, State.REFUSED, "550 no")
    assert only(db).given_up
    assert not outbox.claim(db, queued, now)
    outbox.try_again(db, ITEM)
    assert not only(db).given_up
    assert outbox.claim(db, queued, now)


def test_what_was_certainly_not_delivered_is_tried_for_ever(db: Database, now: datetime, queued: Parcel) -> None:
    for _ in range(TRIES + 5):
        assert outbox.claim(db, queued, now)
        outbox.settle(db, queued, State.WAITING, "server down")
    assert only(db).tries == 0


def test_old_parcels_and_alerts_are_forgotten(db: Database, now: datetime, queued: Parcel) -> None:
    outbox.save_alert(db, "story 1", now, "{}", [parcel(item="alert story 1")])
    late = now + timedelta(days=1)
    outbox.queue(db, [parcel(item="letter 2026-11-25")], late)
    assert outbox.forget(db, late) == 2
    assert outbox.parcels_of(db, ITEM) == []
    assert outbox.told_since(db, now - timedelta(days=1)) == []
    assert len(outbox.parcels_of(db, "letter 2026-11-25")) == 1


def test_a_review_is_of_one_making_of_the_letter(db: Database, now: datetime) -> None:
    review = Review(role="pressjour", at=now)
    outbox.save_review(db, DAY, now, review)
    assert outbox.review_of(db, DAY, now) == review
    assert outbox.review_of(db, DAY, now + timedelta(minutes=1)) is None
    again = Review(role="kommunikatör", at=now + timedelta(minutes=2))
    outbox.save_review(db, DAY, now + timedelta(minutes=1), again)
    assert outbox.review_of(db, DAY, now + timedelta(minutes=1)) == again


def test_a_token_ends_the_mailing_of_one_recipient(db: Database, now: datetime) -> None:
    token = outbox.token_of(db, "a@kommun.example")
    other = outbox.token_of(db, "b@kommun.example")
    assert token != other
    assert outbox.token_of(db, "A@Kommun.example") == token
    assert outbox.recipient_of(db, token) == "a@kommun.example"
    assert outbox.recipient_of(db, "guess") is None
    assert outbox.ended_mailings(db) == frozenset()
    assert outbox.end_mailing(db, token, now)
    assert outbox.end_mailing(db, token, now)
    assert not outbox.end_mailing(db, "guess", now)
    assert outbox.ended_mailings(db) == {"a@kommun.example"}
    assert outbox.resume_mailing(db, "a@kommun.example")
    assert not outbox.resume_mailing(db, "b@kommun.example")
    assert outbox.ended_mailings(db) == frozenset()


def test_an_alert_is_remembered_with_its_parcels(db: Database, now: datetime) -> None:
    outbox.save_alert(db, "story 1", now, '{"subject": "x"}', [parcel(item="alert story 1")])
    assert outbox.told_since(db, now) == [Told(key="story 1", at=now)]
    assert outbox.told_since(db, now + timedelta(seconds=1)) == []
    assert outbox.alert_content(db, "story 1") == '{"subject": "x"}'
    assert only(db, "alert story 1").state is State.WAITING


def test_parcels_are_written_to_the_disk_itself_and_other_rows_as_before(
    db: Database, now: datetime, queued: Parcel
) -> None:
    assert db.execute("pragma synchronous").fetchone()[0] == 1
    with lasting(db):
        assert db.execute("pragma synchronous").fetchone()[0] == 2
    assert db.execute("pragma synchronous").fetchone()[0] == 1
