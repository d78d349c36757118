"""Search at Bluesky against a fake of its server; and where the password and the session go."""

import json
from datetime import timedelta
from typing import Any

import pytest

from monitor.crawl.base import Polled
from monitor.models import PollOutcome
from spiders.bluesky import BlueskySpider
from tests.crawl.data_server import ACCOUNT, LOG_IN, PASSWORD, V2, XRPC, DataServer
from tests.crawl.kinds import NOW, poll, said
from tests.loopback import Answer


def ask(server: DataServer, cursor: Any = None, secret: str = PASSWORD, **options: str) -> Polled:
    """Poll the server with the account's app password, or as `options` say."""
    given: Any = {"account": ACCOUNT, "password": "env:MONITOR_BLUESKY"} | options
    return poll(BlueskySpider, server.fake, server.url, cursor=cursor, environment={"MONITOR_BLUESKY": secret}, **given)


def keys(polled: Polled) -> list[int]:
    return [int(entry.key.rpartition("/")[2]) for entry in polled.entries]


def with_posts(count: int) -> DataServer:
    server = DataServer()
    for number in range(1, count + 1):
        server.post(number, ago=timedelta(seconds=10_000 - number))
    return server


def test_without_a_password_nobody_is_asked_and_the_source_says_what_to_write() -> None:
    server = with_posts(1)
    for lacking in ({"account": ""}, {"password": ""}):
        polled = ask(server, **lacking)
        assert polled.poll.outcome is PollOutcome.UNREADABLE
        assert polled.poll.reason == (
            "only who is logged in may search Bluesky: write account=... password=file:secrets/bluesky"
        )
    assert server.fake.asked == []


def test_one_log_in_and_the_searches_with_its_session() -> None:
    server = with_posts(2)
    polled = ask(server, query="Katrineholm; Katrineholms kommun", lang="sv")
    paths = [url.partition("?")[0].rpartition("/")[2] for url in server.fake.asked]
    assert paths == [LOG_IN, "app.bsky.feed.searchPosts", "app.bsky.feed.searchPosts"]
    assert server.fake.queries[1:] == [
        {"q": words, "sort": "latest", "limit": "100", "lang": "sv"} for words in ("Katrineholm", "Katrineholms kommun")
    ]
    assert keys(polled) == [2, 1]
    assert (polled.poll.outcome, polled.poll.pause) == (PollOutcome.OK, timedelta(minutes=30))
    assert "ey.session" not in json.dumps(polled.cursor)


def test_the_words_of_the_home_are_searched_and_several_are_a_phrase() -> None:
    server = with_posts(0)
    environment = {"MONITOR_BLUESKY": PASSWORD}
    words = ("Katrineholm", "Katrineholms kommun", "Djulö", "Valla")
    options: Any = {"account": ACCOUNT, "password": "env:MONITOR_BLUESKY"}
    poll(BlueskySpider, server.fake, server.url, words=words, environment=environment, **options)
    assert [asked["q"] for asked in server.fake.queries[1:]] == ["Katrineholm", '"Katrineholms kommun"', "Djulö"]


def test_then_what_is_newer_is_read_and_a_day_behind_it() -> None:
    server = with_posts(1)
    first = ask(server)
    server.post(2, ago=timedelta(0))
    server.post(3, ago=timedelta(hours=20))
    server.post(4, ago=timedelta(days=3))
    later = ask(server, first.cursor)
    assert server.fake.queries[-1]["since"] == "2026-11-23T02:43:21Z"
    assert sorted(keys(later)) == [1, 2, 3]
    assert later.cursor == {"since": {"Katrineholm": NOW.isoformat()}, "proven": ""}
    server.posts.clear()
    assert ask(server, later.cursor).poll.outcome is PollOutcome.NOT_MODIFIED
    assert ask(server).poll.outcome is PollOutcome.EMPTY


def test_many_posts_are_read_page_by_page_and_what_is_too_much_is_told() -> None:
    server = with_posts(1)
    first = ask(server)
    server = with_posts(250)
    polled = ask(server, first.cursor)
    assert (len(polled.entries), polled.poll.reason) == (250, "")
    assert [asked.get("cursor") for asked in server.fake.queries[1:]] == [None, "100", "200"]
    flood = ask(with_posts(400), first.cursor)
    assert flood.poll.reason == "there were more than 300 new posts: the oldest of them were not read"
    assert len(ask(with_posts(400)).entries) == 100


def test_the_second_way_to_search_is_asked_by_its_own_names_and_the_first_says_when_it_is_gone() -> None:
    server = with_posts(1)
    assert keys(ask(server, method="v2", lang="sv")) == [1]
    assert server.fake.queries[1] == {"query": "Katrineholm", "sort": "recent", "limit": "100", "languages": "sv"}
    server.methods = (V2,)
    gone = ask(server)
    assert gone.poll.outcome is PollOutcome.UNREADABLE
    assert gone.poll.reason == "Bluesky no longer knows this search (HTTP 501): write method=v2"


def test_a_session_that_runs_out_is_renewed_once_and_a_search_that_is_not_understood_is_told() -> None:
    server = with_posts(150)
    first = ask(server)
    calls: list[str] = []
    answer = server.answer

    def expiring(path: str, asked: dict[str, str]) -> Answer:
        calls.append(path)
        if len(calls) == 3:
            server.expire()
        return answer(path, asked)

    server.fake.answer = expiring
    assert len(ask(server, first.cursor).entries) == 150
    assert calls.count(XRPC + LOG_IN) == 2
    server.fake.answer = answer
    server.broken = said({"error": "InvalidRequest", "message": "bad"}, 400)
    before = len(server.sessions)
    wrong = ask(server)
    assert wrong.poll.reason.startswith("Bluesky does not understand the search (HTTP 400): look at query=")
    assert len(server.sessions) == before + 2


def test_a_wrong_password_is_a_block_that_does_not_show_it() -> None:
    server = with_posts(1)
    polled = ask(server, secret="wxyz-fel-losenord")  # noqa: S106 (of a fake)
    assert (polled.poll.outcome, polled.poll.status) == (PollOutcome.BLOCKED, 401)
    assert polled.poll.reason == "Bluesky does not accept account and password (HTTP 401): make an app password"
    assert len(server.fake.asked) == 1


def test_a_known_hit_that_is_missing_is_a_block() -> None:
    server = with_posts(1)
    silent = ask(server, known="ett känt inlägg")
    assert silent.poll.outcome is PollOutcome.BLOCKED
    assert server.fake.queries[-1]["q"] == '"ett känt inlägg"'
    proven = ask(server, known="Katrineholm")
    assert keys(proven) == [1]
    before = len(server.fake.asked)
    ask(server, proven.cursor, known="Katrineholm")
    assert len(server.fake.asked) == before + 2


@pytest.mark.parametrize(
    ("answer", "outcome", "said_in_words"),
    [
        (Answer(b"<html><h1>403 Forbidden</h1></html>", 403), PollOutcome.BLOCKED, "refuses us"),
        (Answer(b"<!doctype html><html>"), PollOutcome.BLOCKED, "no JSON"),
        (Answer(b"{}", 429, {"ratelimit-reset": "1795498800"}), PollOutcome.BLOCKED, "too often"),
        (Answer(b"", 502), PollOutcome.TRANSIENT, "HTTP 502"),
        (said({"error": "InternalServerError"}), PollOutcome.UNREADABLE, "InternalServerError"),
        (said({"posts": []}), PollOutcome.EMPTY, ""),
    ],
)
def test_a_refusal_is_no_empty_list(answer: Answer, outcome: PollOutcome, said_in_words: str) -> None:
    server = DataServer(broken=answer)
    polled = ask(server, query="a;b")
    assert polled.poll.outcome is outcome
    assert said_in_words in polled.poll.reason
    if answer.status == 429:
        assert polled.poll.retry_after == NOW + timedelta(minutes=10)
        assert len(server.fake.asked) == 2


def test_a_log_in_that_cannot_be_had_is_told() -> None:
    server = DataServer()
    server.fake.answer = lambda _path, _asked: Answer(b"", 503)
    assert ask(server).poll.outcome is PollOutcome.TRANSIENT
