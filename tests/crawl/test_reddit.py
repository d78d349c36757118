"""Reddit, against a fake that hands out tokens, searches and refuses as it is documented to."""

import base64
from typing import Any

import msgspec
import pytest

from monitor.config.secrets import Secrets
from monitor.crawl.base import Polled
from monitor.errors import ConfigError
from monitor.models import PollOutcome
from spiders.reddit import RedditSpider
from tests.core.posts.test_reddit import POST, listing
from tests.crawl.kinds import Fake, poll, said
from tests.loopback import Answer

ADDRESS = "https://oauth.reddit.com/r/sweden+svenskpolitik/search"
KEYS = {"MONITOR_REDDIT_ID": "app-id", "MONITOR_REDDIT_SECRET": "app-hemlig"}
LINE: dict[str, Any] = {
    "client": "env:MONITOR_REDDIT_ID",
    "secret": "env:MONITOR_REDDIT_SECRET",
    "approval": "2026-10-01, 4711",
    "account": "kommunen",
}
TOKEN = said({"access_token": "eyJ-hemlig", "token_type": "bearer", "expires_in": 86400, "scope": "*"})


class Reddit:
    """Posts, a hundred a page; a token for whoever has the right key."""

    def __init__(self, posts: int, **headers: str) -> None:
        self.posts = [POST | {"name": f"t3_{number}"} for number in range(posts)]
        self.headers = headers
        self.fake = Fake(self.answer)

    def answer(self, path: str, asked: dict[str, str]) -> Answer:
        if path == "/api/v1/access_token":
            return TOKEN
        first = int(asked.get("after", "t3_-1").removeprefix("t3_")) + 1
        page = self.posts[first : first + int(asked["limit"])]
        more = first + len(page) < len(self.posts)
        body = listing(*page, after=str(page[-1]["name"]) if more else None)
        return Answer(body, 200, {"Content-Type": "application/json", **self.headers})


def ask(fake: Fake, **options: Any) -> Polled:
    return poll(RedditSpider, fake, ADDRESS, environment=KEYS, **{**LINE, **options})


def test_a_token_is_asked_for_with_the_key_and_the_posts_with_the_token() -> None:
    reddit = Reddit(2)
    polled = ask(reddit.fake)
    first, second = reddit.fake.requests
    assert (first.url, first.method, first.body) == (
        "https://www.reddit.com/api/v1/access_token", "POST", b"grant_type=client_credentials",
    )  # fmt: skip
    assert first.headers["Authorization"] == b"Basic " + base64.b64encode(b"app-id:app-hemlig")
    assert second.headers["Authorization"] == b"Bearer eyJ-hemlig"
    assert second.headers["User-Agent"] == b"server:town-monitor:v0.1 (by /u/kommunen)"
    assert all(request.meta["dont_redirect"] for request in reddit.fake.requests)
    asked = reddit.fake.queries[1]
    assert (asked["q"], asked["restrict_sr"], asked["t"], asked["sort"]) == ('"Katrineholm"', "1", "week", "new")
    assert [entry.key for entry in polled.entries] == ["t3_0", "t3_1"]
    assert "hemlig" not in repr(polled) + " ".join(reddit.fake.asked)


def test_three_pages_are_read_and_what_is_missing_is_told() -> None:
    reddit = Reddit(250)
    assert len(ask(reddit.fake).entries) == 250
    long = ask(Reddit(350).fake)
    assert (len(long.entries), long.poll.reason) == (
        300, "there are more than 300 posts of the week: the oldest were not read",
    )  # fmt: skip


def test_no_call_is_made_when_reddit_says_that_none_is_left() -> None:
    reddit = Reddit(250, **{"X-Ratelimit-Remaining": "0.0", "X-Ratelimit-Reset": "37"})
    polled = ask(reddit.fake)
    assert len(reddit.fake.asked) == 2
    assert len(polled.entries) == 100
    assert "the service allows no more calls just now" in polled.poll.reason


def test_the_whole_of_reddit_may_be_searched_and_a_query_be_given() -> None:
    reddit = Reddit(1)
    poll(RedditSpider, reddit.fake, "https://oauth.reddit.com/search", environment=KEYS, query="title:Flen", **LINE)
    assert reddit.fake.queries[1]["q"] == "title:Flen"
    assert "restrict_sr" not in reddit.fake.queries[1]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"approval": ""}, "Reddit is off until it has approved this use"),
        ({"account": ""}, "Reddit wants it in the User-Agent"),
        ({"client": ""}, "write client=env:MONITOR_NAME"),
        ({"secret": ""}, "write secret=env:MONITOR_NAME"),
    ],
)
def test_reddit_is_off_without_an_approved_key(options: dict[str, Any], told: str) -> None:
    fake = Reddit(1).fake
    with pytest.raises(ConfigError, match=told):
        ask(fake, **options)
    assert fake.asked == []


def test_the_account_is_a_name_and_no_other_header() -> None:
    with pytest.raises(msgspec.ValidationError):
        ask(Reddit(1).fake, account="x) Mozilla/5.0")


def test_a_refusal_is_told_in_the_words_of_reddit() -> None:
    def after_token(answer: Answer) -> Fake:
        return Fake(lambda path, _asked: TOKEN if path.endswith("access_token") else answer)

    for fake, outcome, reason in (
        (Fake(lambda _path, _asked: said({"message": "Unauthorized", "error": 401}, 401)), PollOutcome.BLOCKED,
         "the site asks for a login (HTTP 401): Unauthorized"),
        (Fake(lambda _path, _asked: said({"error": "invalid_grant"})), PollOutcome.UNREADABLE, "invalid_grant"),
        (after_token(said({"message": "Forbidden", "error": 403}, 403)), PollOutcome.BLOCKED, "(HTTP 403): Forbidden"),
        (after_token(Answer(b"<!doctype html><html>blocked</html>", 403)), PollOutcome.BLOCKED, "HTTP 403"),
        (after_token(Answer(b"<!doctype html><html></html>")), PollOutcome.BLOCKED, "no JSON"),
        (after_token(said({"kind": "Listing"})), PollOutcome.UNREADABLE, "no list of posts"),
    ):  # fmt: skip
        polled = ask(fake).poll
        assert polled.outcome is outcome
        assert reason in polled.reason
    often = ask(after_token(Answer(b"", 429, {"X-Ratelimit-Reset": "60"}))).poll
    assert often.retry_after is not None


def test_a_service_that_repeats_its_token_brings_it_into_no_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    held: list[str] = []
    monkeypatch.setattr(Secrets, "hold", lambda _self, secret: held.append(secret))
    ask(Reddit(1).fake)
    assert held == [base64.b64encode(b"app-id:app-hemlig").decode(), "eyJ-hemlig"]
