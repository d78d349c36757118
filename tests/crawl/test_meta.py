"""Threads and Instagram, against fakes that search, page, count and refuse as they are documented to."""

from datetime import timedelta
from typing import Any

import pytest

from monitor.crawl.base import Polled
from monitor.crawl.ledger import RunLedger
from monitor.errors import ConfigError
from monitor.models import Allowance, PollOutcome
from spiders.instagram import InstagramSpider
from spiders.threads import ThreadsSpider
from tests.crawl.kinds import NOW, Fake, poll, said
from tests.loopback import Answer

TOKEN = {"MONITOR_META": "EAA-hemlig"}
NO_PERMISSION = {"error": {"message": "(#10) Application does not have permission", "code": 10, "fbtrace_id": "A"}}
OLD_TOKEN = {"error": {"message": "Error validating access token", "type": "OAuthException", "code": 190}}


def always(answer: Answer) -> Fake:
    return Fake(lambda _path, _asked: answer)


# --- Threads -------------------------------------------------------------------------------------------

THREADS = "https://graph.threads.net/v1.0/keyword_search"
T_LINE: dict[str, Any] = {"token": "env:MONITOR_META", "review": "2026-10-01", "known": "Sverige"}


def threads(path: str, asked: dict[str, str]) -> Answer:
    """Posts of others about Katrineholm and Sweden, as an approved app finds them."""
    assert path == "/v1.0/keyword_search"
    post = {"text": f"Om {asked['q']}", "permalink": "https://www.threads.com/@konto/post/a", "id": asked["q"]}
    return said({"data": [post] if asked["q"] in {"Sverige", "Katrineholm"} else []})


def ask_threads(fake: Fake, **more: Any) -> Polled:
    return poll(ThreadsSpider, fake, THREADS, environment=TOKEN, **{**T_LINE, **more})


def test_threads_is_searched_word_by_word_once_others_posts_were_found() -> None:
    fake = Fake(threads)
    first = ask_threads(fake, words=("Katrineholm", "Djulö"))
    assert [asked["q"] for asked in fake.queries] == ["Sverige", "Katrineholm", "Djulö"]
    assert fake.queries[1]["search_type"] == "RECENT"
    assert fake.queries[1]["since"] == str(int((NOW - timedelta(days=2)).timestamp()))
    assert "username" not in fake.queries[1]["fields"]
    assert {request.headers["Authorization"] for request in fake.requests} == {b"Bearer EAA-hemlig"}
    assert [entry.key for entry in first.entries] == ["Katrineholm"]
    assert "hemlig" not in repr(first) + " ".join(fake.asked)
    again = ask_threads(fake, cursor=first.cursor, query="Djulö")
    assert [asked["q"] for asked in fake.queries[3:]] == ["Djulö"]
    assert again.poll.outcome is PollOutcome.EMPTY


def test_an_app_that_finds_only_its_own_posts_is_blocked_and_not_silent() -> None:
    polled = ask_threads(always(said({"data": []})))
    assert polled.poll.outcome is PollOutcome.BLOCKED
    assert 'the known hit "Sverige" was not found' in polled.poll.reason
    assert polled.cursor is None


def test_a_full_answer_says_that_there_may_be_more() -> None:
    post = {"text": "Katrineholm", "permalink": "https://www.threads.com/@konto/post/a"}
    full = always(said({"data": [post | {"id": str(number)} for number in range(100)]}))
    assert ask_threads(full).poll.reason == "Threads gives 100 posts a search: there may be more"


def test_searches_are_counted_for_24_hours_but_for_those_that_find_nothing() -> None:
    ledger = RunLedger()
    day = Allowance("threads", 2_200, NOW - timedelta(days=1))
    fake = Fake(threads)
    proven = ask_threads(fake, ledger=ledger, words=("Katrineholm", "Djulö")).cursor
    assert ledger.used(day) == 2
    ledger.book(day, 2_198, NOW)
    spent = ask_threads(fake, ledger=ledger, cursor=proven).poll
    assert (spent.outcome, len(fake.asked)) == (PollOutcome.TRANSIENT, 3)
    assert "the 2200 searches are used" in spent.reason
    assert "2200 searches" in ask_threads(fake, ledger=ledger).poll.reason
    assert ask_threads(fake, ledger=ledger, cursor=proven, now=NOW + timedelta(hours=25)).entries


# --- Instagram -----------------------------------------------------------------------------------------

INSTAGRAM = "https://graph.facebook.com/v26.0/"
I_LINE: dict[str, Any] = {"token": "env:MONITOR_META", "review": "2026-10-01", "account": "17841405309211844"}
NUMBERS = {"sverige": "100", "katrineholm": "200", "djulö": "300"}


class Instagram:
    """Hashtags with their numbers, and so many posts of the last day each."""

    def __init__(self, **posts: int) -> None:
        self.posts = {NUMBERS[tag]: count for tag, count in posts.items()}
        self.fake = Fake(self.answer)

    def answer(self, path: str, asked: dict[str, str]) -> Answer:
        assert asked["user_id"] == "17841405309211844"
        if path == "/v26.0/ig_hashtag_search":
            return said({"data": [{"id": NUMBERS[asked["q"]]}]})
        number = path.split("/")[2]
        first = int(asked.get("after", "0"))
        last = min(first + int(asked["limit"]), self.posts.get(number, 0))
        posts = [
            {"id": f"{number}-{place}", "caption": "Katrineholm", "permalink": "https://www.instagram.com/p/a/"}
            for place in range(first, last)
        ]
        more = {"next": f"https://graph.facebook.com{path}?access_token=EAA-hemlig&after={last}"}
        paging = {"cursors": {"after": str(last)}} | (more if last < self.posts.get(number, 0) else {})
        return said({"data": posts, "paging": paging})


def ask_instagram(fake: Fake, **more: Any) -> Polled:
    return poll(InstagramSpider, fake, INSTAGRAM, environment=TOKEN, **{**I_LINE, **more})


def test_of_each_hashtag_the_number_is_asked_for_once_and_the_posts_each_time() -> None:
    service = Instagram(sverige=3, katrineholm=70)
    first = ask_instagram(service.fake)
    assert [url.partition("?")[0].removeprefix(INSTAGRAM) for url in service.fake.asked] == [
        "ig_hashtag_search", "100/recent_media", "ig_hashtag_search", "200/recent_media", "200/recent_media",
    ]  # fmt: skip
    assert len(first.entries) == 70
    assert "hemlig" not in repr(first) + " ".join(service.fake.asked)
    again = ask_instagram(service.fake, cursor=first.cursor)
    assert len(service.fake.asked) == 7
    assert len(again.entries) == 70


def test_more_posts_than_two_pages_are_told() -> None:
    polled = ask_instagram(Instagram(sverige=1, katrineholm=101).fake)
    assert polled.poll.reason == "#katrineholm has more than 100 posts a day: the oldest were not read"


def test_where_even_the_known_hashtag_is_empty_nothing_may_be_read() -> None:
    polled = ask_instagram(Instagram(katrineholm=5).fake)
    assert polled.poll.outcome is PollOutcome.BLOCKED
    assert 'the known hit "sverige" was not found' in polled.poll.reason


def test_thirty_hashtags_in_seven_days_are_counted_each_once() -> None:
    ledger = RunLedger()
    service = Instagram(sverige=1, katrineholm=1, djulö=1)
    proven = ask_instagram(service.fake, ledger=ledger, tags="#Katrineholm; Katrineholm").cursor
    week = Allowance("instagram", 30, NOW - timedelta(days=7))
    assert ledger.used(week) == 2
    for number in range(28):
        ledger.book(week, 1, NOW, f"annan{number}")
    asked = len(service.fake.asked)
    both = ask_instagram(service.fake, ledger=ledger, cursor=proven, tags="katrineholm;djulö")
    assert len(both.entries) == 1
    assert "not asked for #djulö: Instagram allows 30 different hashtags in seven days" in both.poll.reason
    assert len(service.fake.asked) == asked + 1
    full = RunLedger()
    for number in range(30):
        full.book(week, 1, NOW, f"annan{number}")
    assert "not asked for #sverige" in ask_instagram(service.fake, ledger=full).poll.reason


# --- both ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ask", [ask_threads, ask_instagram])
def test_both_are_off_without_a_review_and_a_token(ask: Any) -> None:
    for lacking, told in (
        ("review", "off until Meta's review has"),
        ("token", "write token=env:MONITOR_NAME"),
    ):
        fake = always(said({}))
        with pytest.raises(ConfigError, match=told):
            ask(fake, **{lacking: ""})
        assert fake.asked == []


def test_each_asks_for_what_it_needs_besides() -> None:
    with pytest.raises(ConfigError, match="words that surely stand in posts of others"):
        ask_threads(always(said({})), known="")
    with pytest.raises(ConfigError, match="the number of the professional account"):
        ask_instagram(always(said({})), account="@kommunen")
    with pytest.raises(ConfigError, match="a hashtag that has posts each day"):
        ask_instagram(always(said({})), known="#")


@pytest.mark.parametrize("ask", [ask_threads, ask_instagram])
@pytest.mark.parametrize(
    ("answer", "outcome", "told"),
    [
        (said(NO_PERMISSION, 400), PollOutcome.BLOCKED, "has the review approved it? (HTTP 400, code 10): (#10) Appl"),
        (said(OLD_TOKEN, 401), PollOutcome.BLOCKED, "the token does not hold any more: ask for a new one (HTTP 401"),
        (
            said({"error": {"message": "Limit", "code": 4}}, 403),
            PollOutcome.BLOCKED,
            "ask too often (HTTP 403, code 4",
        ),
        (said({"error": {"message": "Bad word", "code": 100}}, 400), PollOutcome.UNREADABLE, "(HTTP 400): Bad word"),
        (Answer(b"", 429, {"Retry-After": "60"}), PollOutcome.BLOCKED, "too often (HTTP 429)"),
        (Answer(b"<!doctype html><html>Log in</html>"), PollOutcome.BLOCKED, "no JSON"),
        (said({"data": None}), PollOutcome.UNREADABLE, "no list of"),
    ],
)
def test_a_refusal_says_what_is_wrong_and_is_no_empty_list(
    ask: Any, answer: Answer, outcome: PollOutcome, told: str
) -> None:
    polled = ask(always(answer)).poll
    assert polled.outcome is outcome
    assert told in polled.reason


@pytest.mark.parametrize("ask", [ask_threads, ask_instagram])
def test_what_fails_after_the_proof_loses_only_itself(ask: Any) -> None:
    good = threads if ask is ask_threads else Instagram(sverige=1, katrineholm=1).answer
    cursor = ask(Fake(good)).cursor

    def broken(path: str, asked: dict[str, str]) -> Answer:
        return Answer(b"", 503) if "recent_media" in path or "keyword_search" in path else good(path, asked)

    lost = ask(Fake(broken), cursor=cursor)
    assert lost.poll.outcome is PollOutcome.TRANSIENT
    assert lost.cursor == cursor
    number = ask(Fake(lambda _path, _asked: Answer(b"", 503)), cursor={**cursor, "ids": {}})
    assert number.poll.outcome is PollOutcome.TRANSIENT
