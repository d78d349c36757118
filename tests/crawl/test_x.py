"""X, against a fake that searches, pages, charges and refuses as it is documented to; and the cap (decision 0021)."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from monitor.core.posts.x import moment_of
from monitor.crawl.base import Polled
from monitor.crawl.ledger import Ledger, RunLedger
from monitor.errors import ConfigError
from monitor.models import Allowance, Cursor, PollOutcome
from monitor.store.db import open_database
from monitor.store.ledger import StoredLedger
from spiders.x import XSpider
from tests.crawl.kinds import NOW, Fake, poll, said
from tests.loopback import Answer

ADDRESS = "https://api.x.com/2/tweets/search/recent"
TOKEN = {"MONITOR_X_TOKEN": "AAAA-hemlig-token"}
LINE: dict[str, Any] = {"token": "env:MONITOR_X_TOKEN", "decision": "KS 2026/123", "cap": "100"}
STOCKHOLM = ZoneInfo("Europe/Stockholm")


def number(moment: datetime, place: int = 0) -> str:
    """Return the id that X gives to a post made at a moment."""
    epoch = datetime(2010, 11, 4, 1, 42, 54, 657_000, tzinfo=UTC)
    return str((((moment - epoch) // timedelta(milliseconds=1)) << 22) + place)


class X:
    """Recent search over posts, newest first; counts what it charges for."""

    def __init__(self, *posts: str, now: datetime = NOW) -> None:
        self.posts = sorted(posts, key=int, reverse=True)
        self.now = now
        self.charged = 0
        self.fake = Fake(self.answer)

    def answer(self, path: str, asked: dict[str, str]) -> Answer:
        assert path == "/2/tweets/search/recent"
        most = int(asked["max_results"])
        since = int(asked.get("since_id", "0"))
        if not 10 <= most <= 100 or len(asked["query"]) > 512:
            return said({"errors": [{"message": "The value is not valid"}], "title": "Invalid Request"}, 400)
        for bound in (asked.get("since_id"), asked.get("until_id")):
            if bound and (moment_of(bound) or NOW) < self.now - timedelta(days=7):
                return said({"errors": [{"message": "'since_id' must be younger"}], "title": "Invalid Request"}, 400)
        start = datetime.fromisoformat(asked.get("start_time", "2000-01-01T00:00:00Z"))
        if "start_time" in asked and start < self.now - timedelta(days=7):
            return said({"errors": [{"message": "'start_time' must be younger"}], "title": "Invalid Request"}, 400)
        until = int(asked.get("next_token") or asked.get("until_id") or 10**20)
        found = [post for post in self.posts if since < int(post) < until and (moment_of(post) or NOW) >= start]
        page = found[:most]
        self.charged += len(page)
        meta: dict[str, object] = {"result_count": len(page)}
        if page:
            meta |= {"newest_id": page[0], "oldest_id": page[-1]}
        if len(found) > most:
            meta["next_token"] = page[-1]
        posts = [{"id": post, "text": f"Katrineholm {post}", "created_at": "2026-11-24T05:00:00.000Z"} for post in page]
        return said({"meta": meta} | ({"data": posts} if posts else {}))


def ask(x: X | Fake, cursor: Cursor | None = None, ledger: Ledger | None = None, **options: Any) -> Polled:
    fake, now = (x.fake, x.now) if isinstance(x, X) else (x, NOW)
    return poll(XSpider, fake, ADDRESS, now=now, cursor=cursor, ledger=ledger, environment=TOKEN, **{**LINE, **options})


def minutes(*back: int) -> list[str]:
    return [number(NOW - timedelta(minutes=minute)) for minute in back]


# --- what is asked, and where the next poll goes on ----------------------------------------------------


def test_a_first_poll_asks_for_a_day_and_the_next_for_what_is_new() -> None:
    x = X(*minutes(10, 50), number(NOW - timedelta(days=3)))
    first = ask(x, query="Katrineholm")
    assert [entry.key for entry in first.entries] == minutes(10, 50)
    assert first.entries[0].url == f"https://x.com/i/web/status/{minutes(10)[0]}"
    assert x.fake.queries[0]["start_time"] == "2026-11-23T05:30:00Z"
    assert x.fake.requests[0].headers["Authorization"] == b"Bearer AAAA-hemlig-token"
    assert x.fake.requests[0].meta["dont_redirect"]
    assert x.fake.requests[0].meta["dont_retry"]
    x.posts.insert(0, minutes(1)[0])
    second = ask(x, first.cursor, query="Katrineholm")
    assert [entry.key for entry in second.entries] == minutes(1)
    assert x.fake.queries[1]["since_id"] == minutes(10)[0]
    assert ask(x, second.cursor, query="Katrineholm").poll.outcome is PollOutcome.NOT_MODIFIED
    assert ask(X()).poll.outcome is PollOutcome.EMPTY


def test_the_home_s_words_are_asked_for_in_swedish_posts_and_no_account_is() -> None:
    x = X()
    poll(XSpider, x.fake, ADDRESS, environment=TOKEN, words=("Katrineholm", "Stora Malm"), **LINE)
    (asked,) = x.fake.queries
    assert asked["query"] == '("Katrineholm" OR "Stora Malm" OR #Katrineholm) -is:retweet lang:sv'
    assert "expansions" not in asked
    assert "author" not in asked["tweet.fields"]


def test_pages_are_read_to_the_end_and_what_one_poll_cannot_read_is_read_by_the_next_without_paying_twice() -> None:
    x = X(*minutes(*range(1, 701)))
    first = ask(x)
    assert len(first.entries) == 500
    assert first.poll.reason == "there is more: the next poll goes on with it"
    x.posts.insert(0, number(NOW - timedelta(seconds=5)))
    second = ask(x, first.cursor)
    assert len(second.entries) == 201
    assert x.charged == 701
    assert second.poll.reason == ""
    assert ask(x, second.cursor).entries == ()


def test_a_failure_in_the_middle_loses_nothing() -> None:
    x = X(*minutes(*range(1, 251)))
    whole = x.fake.answer
    x.fake.answer = lambda path, asked: Answer(b"", 503) if "next_token" in asked else whole(path, asked)
    first = ask(x)
    assert len(first.entries) == 100
    assert first.poll.reason == "not all of it could be read: the site answered with an error (HTTP 503)"
    x.fake.answer = whole
    assert len(ask(x, first.cursor).entries) == 150


def test_what_x_no_longer_searches_is_not_asked_for() -> None:
    x = X(number(NOW - timedelta(days=8)), *minutes(5))
    old = {"since": number(NOW - timedelta(days=9))}
    assert [entry.key for entry in ask(x, old).entries] == minutes(5)
    assert x.fake.queries[0]["start_time"] == "2026-11-17T05:35:00Z"
    opened = old | {"newest": number(NOW - timedelta(days=8)), "until": number(NOW - timedelta(days=8, hours=1))}
    lost = ask(x, opened)
    assert [entry.key for entry in lost.entries] == minutes(5)
    assert "were left open and can be read no more" in lost.poll.reason


# --- refusals ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"decision": " "}, "X is off until the municipality has decided"),
        ({"cap": "0"}, "write cap= with kronor a month"),
        ({"token": ""}, "write token=env:MONITOR_NAME"),
        ({"query": "a" * 513}, "no query of more than 512"),
    ],
)
def test_x_is_off_without_a_decision_a_cap_and_a_token(options: dict[str, Any], said: str) -> None:
    x = X(*minutes(1))
    with pytest.raises(ConfigError, match=said):
        ask(x, **options)
    assert x.fake.asked == []


def test_a_refusal_is_told_in_the_words_of_x_and_says_when_to_come_again() -> None:
    problem = {"title": "Unauthorized", "type": "about:blank", "status": 401, "detail": "Unauthorized"}
    limit = Answer(b"Too Many Requests", 429, {"x-rate-limit-reset": str(int(NOW.timestamp()) + 600)})
    for answer, outcome, reason in (
        (said(problem, 401), PollOutcome.BLOCKED, "the site asks for a login (HTTP 401): Unauthorized"),
        (said({"title": "CreditsDepleted", "detail": "No credits."}, 402), PollOutcome.BLOCKED,
         "the site asks for payment (HTTP 402): No credits."),
        (said({"errors": [{"message": "Bad query"}]}, 400), PollOutcome.UNREADABLE,
         "the site answered with an error (HTTP 400): Bad query"),
        (limit, PollOutcome.BLOCKED, "the site says we ask too often (HTTP 429)"),
        (Answer(b"<!doctype html><html><body>Log in</body></html>"), PollOutcome.BLOCKED, "X answered with no JSON"),
        (said({"title": "Oj", "detail": "Not now"}), PollOutcome.UNREADABLE, "no list of posts: Not now"),
        (Answer(b"", 302, {"Location": "https://evil.example/"}), PollOutcome.UNREADABLE, "leads elsewhere"),
    ):  # fmt: skip
        polled = ask(Fake(lambda _path, _asked, answer=answer: answer))  # type: ignore[misc]
        assert polled.poll.outcome is outcome
        assert reason in polled.poll.reason
        assert "hemlig" not in json.dumps(polled.poll.reason)
    assert ask(Fake(lambda _path, _asked: limit)).poll.retry_after == NOW + timedelta(minutes=10)


@pytest.mark.parametrize("wrong", [{"price": "0.005"}, {"cap": "-1"}, {"cap": "mycket"}, {"price": "inf"}])
def test_a_price_in_dollars_or_no_price_at_all_is_refused(wrong: dict[str, Any]) -> None:
    x = X(*minutes(1))
    with pytest.raises(msgspec.ValidationError):
        ask(x, **wrong)
    with pytest.raises((msgspec.ValidationError, ValueError)):
        ask(x, **(wrong | dict.fromkeys(wrong, "nan")))
    assert x.fake.asked == []


# --- the cap -------------------------------------------------------------------------------------------


def test_less_is_asked_for_when_little_is_left_and_nothing_when_too_little() -> None:
    x = X(*minutes(*range(1, 500)))
    ledger = RunLedger()
    polled = ask(x, ledger=ledger, cap="3", price="0.1")
    assert [asked["max_results"] for asked in x.fake.queries] == ["30"]
    assert len(polled.entries) == 30
    assert polled.poll.reason.endswith(
        "not asked: X may cost 3 kronor a month, 3.00 are spent, and an answer can cost 1.00"
    )
    assert polled.poll.retry_after == datetime(2026, 11, 30, 23, tzinfo=UTC)
    other = ask(x, ledger=ledger, cap="2.9", price="0.1", query="Flen")
    assert (other.poll.outcome, x.charged) == (PollOutcome.TRANSIENT, 30)


def test_only_the_posts_that_came_are_counted_and_all_that_could_come_when_the_answer_is_lost() -> None:
    x = X(*minutes(1, 2, 3))
    ledger = RunLedger()
    ask(x, ledger=ledger, cap="10", price="0.1")
    refused = said({"title": "Unauthorized"}, 401)
    ask(Fake(lambda _path, _asked: refused), ledger=ledger, cap="10", price="0.1")  # costs nothing, so is not counted
    assert ledger.used(Allowance("x", 0, NOW - timedelta(days=20))) == 300_000
    ask(Fake(lambda _path, _asked: Answer(b"", 500)), ledger=ledger, cap="10", price="0.1")
    assert "10.00 are spent" in ask(x, ledger=ledger, cap="10", price="0.1").poll.reason


class Crash(BaseException):
    """The program is killed."""


STEPS = st.tuples(
    st.sampled_from([0, 1, 5, 300, 700]),  # hours since the step before
    st.integers(0, 250),  # new posts
    st.sampled_from(["well", "lost", "garbage", "refused", "crash before the answer", "crash after it", "not saved"]),
    st.sampled_from([("Katrineholm", 60.0), ("Flen", 40.0)]),  # two lines, each with its cap
    st.integers(0, 55),  # minutes that the request waits for its turn
)


KATRINEHOLM = ("Katrineholm", 60.0)


@given(st.lists(STEPS, min_size=1, max_size=8))
@example([(0, 250, "well", KATRINEHOLM, 55), (1, 250, "well", KATRINEHOLM, 0)])  # answered in the next month
@example([(0, 250, "crash after it", KATRINEHOLM, 0), (0, 250, "crash after it", KATRINEHOLM, 0)])
@settings(max_examples=20, deadline=None)
def test_no_sequence_of_polls_failures_and_crashes_passes_the_cap(steps: list[tuple[int, int, str, tuple[str, float], int]]) -> None:  # fmt: skip  # noqa: E501
    price = 0.25
    db = open_database(":memory:")  # type: ignore[arg-type]
    ledger = StoredLedger(db)
    cursors: dict[str, Cursor] = {}
    bills: dict[tuple[int, int], float] = {}
    x = X(now=datetime(2026, 10, 31, 22, 30, tzinfo=UTC))
    for hours, new, end, (query, cap), waits in steps:
        x.now += timedelta(hours=hours)
        x.posts = [number(x.now - timedelta(seconds=place)) for place in range(new)] + x.posts
        fake = Fake(charging(x, end, bills, price, timedelta(minutes=waits)))
        try:
            polled = poll(
                XSpider, fake, ADDRESS, now=x.now, cursor=cursors.get(query), ledger=ledger, environment=TOKEN,
                **{**LINE, "cap": str(cap), "price": str(price), "query": query},
            )  # fmt: skip
        except Crash:
            continue
        if end != "not saved" and polled.cursor is not None:
            cursors[query] = polled.cursor
    db.close()
    assert all(bill <= 60.0 for bill in bills.values()), bills


def charging(
    x: X, end: str, bills: dict[tuple[int, int], float], price: float, waits: timedelta
) -> Callable[[str, dict[str, str]], Answer]:
    """Answer as X, write its bill for the month in which it answers, and fail in the way asked for."""

    def answer(path: str, asked: dict[str, str]) -> Answer:
        if end == "crash before the answer":
            raise Crash
        if end == "refused":
            return said({"title": "Too Many Requests"}, 429)
        before = x.charged
        given = x.answer(path, asked)
        month = (x.now + waits).astimezone(STOCKHOLM)
        key = (month.year, month.month)
        bills[key] = bills.get(key, 0) + (x.charged - before) * price
        if end == "crash after it":
            raise Crash
        if end == "lost":
            raise OSError("the line broke")
        return Answer(b"garbage") if end == "garbage" else given

    return answer


def test_the_token_is_in_no_address() -> None:
    x = X(*minutes(1))
    polled = ask(x)
    assert "hemlig" not in repr(polled)
    assert all("hemlig" not in url and not dict(parse_qsl(urlsplit(url).query)).get("token") for url in x.fake.asked)
