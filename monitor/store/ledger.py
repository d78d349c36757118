"""What was used of services that allow only so much, in the home's database (decision 0021)."""

from datetime import datetime, timedelta

from sqlite_utils import Database

from monitor.models import Allowance
from monitor.store.db import lasting, to_text

KEPT = timedelta(days=400)
"""Far longer than any allowance looks back: a clock that was wrong for a day makes nothing be forgotten."""


class StoredLedger:
    """The `Ledger` of a crawl. Each booking is a transaction of its own that survives a power cut."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def used(self, allowance: Allowance) -> int:
        """Return how much of an allowance is used."""
        rows = self.db.execute(
            "select coalesce(sum(amount), 0) from bookings where account = ? and at >= ?",
            [allowance.account, to_text(allowance.since)],
        )
        return int(rows.fetchone()[0])

    def book(self, allowance: Allowance, amount: int, at: datetime, item: str = "") -> int | None:
        """Write down that `amount` is about to be used, and return the booking's number; None when it is too much."""
        with lasting(self.db) as connection:
            if item:
                known = connection.execute(
                    "select id from bookings where account = ? and at >= ? and item = ?",
                    [allowance.account, to_text(allowance.since), item],
                ).fetchone()
                if known:
                    return int(known[0])
            if self.used(allowance) + amount > allowance.most:
                return None
            connection.execute("delete from bookings where at < ?", [to_text(at - KEPT)])
            booked = connection.execute(
                "insert into bookings (account, at, amount, item) values (?, ?, ?, ?)",
                [allowance.account, to_text(at), amount, item],
            )
            return booked.lastrowid

    def settle(self, booking: int, amount: int) -> None:
        """Lower a booking to what was really used; it never grows."""
        with lasting(self.db) as connection:
            connection.execute("update bookings set amount = min(amount, ?) where id = ?", [amount, booking])
