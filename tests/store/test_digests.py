"""The digests that were made."""

from datetime import date, timedelta

from sqlite_utils import Database

from monitor.deliver.render import render_digest
from monitor.models import Period
from monitor.store.digests import incomplete_days, past_digests, read_digest, save_digest, shown_urls
from tests.golden.digest.days import MADE_AT, PERIOD, empty_day, normal_day


def save(db: Database, days: int, data: str, *, complete: bool = True) -> None:
    back = timedelta(days=days)
    period = Period(start=PERIOD.start - back, end=PERIOD.end - back)
    day = date(2026, 11, 24) - back
    save_digest(db, day, period=period, made_at=MADE_AT - back, complete=complete, data=data, articles=[])


def test_past_digests_are_listed_newest_first_and_the_newest_with_what_stood_in_them(db: Database) -> None:
    full, empty = render_digest(normal_day()).json, render_digest(empty_day()).json
    save(db, 2, full)
    save(db, 0, full, complete=False)
    save(db, 1, empty)
    past = past_digests(db, 3, titled=2)
    assert [(one.day.day, one.complete, one.articles) for one in past] == [
        (24, False, 23), (23, True, 0), (22, True, None),
    ]  # fmt: skip
    assert past[0].title.startswith("Förskola stängdes efter fuktlarm")
    assert past[1].title == past[2].title == ""
    assert len(past_digests(db, 2)) == 2


def test_a_digest_is_read_as_it_was_saved(db: Database) -> None:
    save(db, 0, "{}")
    assert read_digest(db, date(2026, 11, 24)) == ("{}", MADE_AT)
    assert read_digest(db, date(2026, 11, 25)) is None


def test_what_earlier_letters_showed_is_looked_up_from_a_moment_on(db: Database) -> None:
    save(db, 1, "{}", complete=False)
    assert shown_urls(db, date(2026, 11, 24), PERIOD.start) == frozenset()
    assert incomplete_days(db, date(2026, 11, 23)) == {"2026-11-23"}
    assert incomplete_days(db, date(2026, 11, 24)) == frozenset()
