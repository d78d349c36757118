"""What a service allows to be used of it, counted before it is asked and by all lines of feeds.txt together."""

from datetime import datetime
from typing import Protocol

from monitor.models import Allowance


class Ledger(Protocol):
    """Remembers what was used. A booking is stored before `book` returns, so that no crash forgets it."""

    def used(self, allowance: Allowance) -> int:
        """Return how much of an allowance is used."""

    def book(self, allowance: Allowance, amount: int, at: datetime, item: str = "") -> int | None:
        """Write down that `amount` is about to be used, and return the booking's number; None when it is too much.

        An `item` is booked once in the time that the allowance looks back: again, it costs nothing.
        """

    def settle(self, booking: int, amount: int) -> None:
        """Lower a booking to what was really used; it never grows."""


class RunLedger:
    """Remembers for one run only: for a crawl without a database."""

    def __init__(self) -> None:
        self._rows: list[tuple[str, datetime, int, str]] = []

    def used(self, allowance: Allowance) -> int:
        """Return how much of an allowance is used."""
        return sum(amount for account, at, amount, _ in self._rows if _counts(allowance, account, at))

    def book(self, allowance: Allowance, amount: int, at: datetime, item: str = "") -> int | None:
        """Write down that `amount` is about to be used, and return the booking's number; None when it is too much."""
        for number, (account, when, _, known) in enumerate(self._rows):
            if item and known == item and _counts(allowance, account, when):
                return number
        if self.used(allowance) + amount > allowance.most:
            return None
        self._rows.append((allowance.account, at, amount, item))
        return len(self._rows) - 1

    def settle(self, booking: int, amount: int) -> None:
        """Lower a booking to what was really used; it never grows."""
        account, at, booked, item = self._rows[booking]
        self._rows[booking] = (account, at, min(booked, amount), item)


def _counts(allowance: Allowance, account: str, at: datetime) -> bool:
    return account == allowance.account and at >= allowance.since
