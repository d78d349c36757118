"""What a service allows to be used of it (decision 0021): the store's ledger, and the one of a single run."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.crawl.ledger import Ledger, RunLedger
from monitor.models import Allowance
from monitor.store.db import open_database
from monitor.store.ledger import KEPT, StoredLedger

NOW = datetime(2026, 11, 24, 5, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture(params=["of the store", "of one run"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    if request.param == "of one run":
        yield RunLedger()
        return
    db = open_database(tmp_path / "monitor.db")
    yield StoredLedger(db)
    db.close()


def calls(most: int, now: datetime = NOW) -> Allowance:
    return Allowance("calls", most, now - HOUR)


def test_what_is_booked_counts_until_the_allowance_no_longer_looks_back_so_far(ledger: Ledger) -> None:
    assert ledger.book(calls(3), 2, NOW) is not None
    assert ledger.book(calls(3), 2, NOW) is None
    assert ledger.book(calls(3), 1, NOW) is not None
    assert ledger.used(calls(3)) == 3
    assert ledger.book(Allowance("others", 3, NOW - HOUR), 3, NOW) is not None
    later = NOW + HOUR + timedelta(seconds=1)
    assert ledger.used(calls(3, later)) == 0
    assert ledger.book(calls(3, later), 3, later) is not None


def test_a_booking_is_lowered_to_what_was_used_and_never_grows(ledger: Ledger) -> None:
    booking = ledger.book(calls(10), 10, NOW)
    assert booking is not None
    ledger.settle(booking, 4)
    assert ledger.used(calls(10)) == 4
    ledger.settle(booking, 9)
    assert ledger.used(calls(10)) == 4


def test_an_item_is_booked_once(ledger: Ledger) -> None:
    first = ledger.book(calls(2), 1, NOW, "katrineholm")
    assert ledger.book(calls(2), 1, NOW, "katrineholm") == first
    assert ledger.book(calls(2), 1, NOW, "flen") is not None
    assert ledger.book(calls(2), 1, NOW, "vingåker") is None
    assert ledger.book(calls(2), 1, NOW, "flen") is not None
    later = NOW + HOUR + timedelta(seconds=1)
    assert ledger.book(calls(2, later), 1, later, "vingåker") is not None


def test_the_store_remembers_from_run_to_run_and_forgets_what_is_old(tmp_path: Path) -> None:
    db = open_database(tmp_path / "monitor.db")
    StoredLedger(db).book(calls(3), 3, NOW)
    db.close()
    db = open_database(tmp_path / "monitor.db")
    assert StoredLedger(db).book(calls(3), 1, NOW) is None
    later = NOW + KEPT + HOUR
    StoredLedger(db).book(calls(3, later), 1, later)
    assert [tuple(row) for row in db.execute("select account, amount from bookings")] == [("calls", 1)]
    db.close()
