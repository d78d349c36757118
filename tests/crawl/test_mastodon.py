"""Hashtags and searches at an instance of Mastodon, against a fake of one; and where a token goes."""

from datetime import timedelta
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

from monitor.crawl.base import Polled
from monitor.models import PollOutcome
from spiders.mastodon import MastodonSpider, hashtag, hashtags
from tests.crawl.instance import Instance
from tests.crawl.kinds import NOW, Fake, poll, said
from tests.loopback import Answer

TOKEN = "hemlig-nyckel-1234"  # noqa: S105 (of a fake)
WITH_TOKEN = {"token": "env:MONITOR_MASTODON"}


def ask(instance: Instance, cursor: Any = None, **options: str) -> Polled:
    """Poll the instance for the hashtag #katrineholm, or as `options` say."""
    given: Any = {"tags": "katrineholm"} | options
    environment = {"MONITOR_MASTODON": TOKEN}
    return poll(MastodonSpider, instance.fake, instance.host + "/", cursor=cursor, environment=environment, **given)


def since(polled: Polled) -> dict[str, str]:
    """Return the newest id that is remembered of each hashtag and search."""
    remembered: Any = polled.cursor
    ids: dict[str, str] = remembered["since"]
    return ids


def keys(polled: Polled) -> list[int]:
    return [int(entry.key.rpartition("/")[2]) for entry in polled.entries]


def with_posts(count: int) -> Instance:
    instance = Instance()
    for number in range(1, count + 1):
        instance.post("katrineholm", number)
    return instance


def test_the_hashtags_of_a_home_are_its_words_also_without_rings_and_dots() -> None:
    assert hashtag("Katrineholms kommun") == "katrineholmskommun"
    assert hashtags(["Växjö", "#Mora", "112", "!"]) == ["växjö", "vaxjo", "mora"]
    instance = Instance()
    polled = poll(MastodonSpider, instance.fake, instance.host, words=("Växjö", "Braås", "Ingelstad", "Rottne"))
    assert [unquote(urlsplit(url).path.rpartition("/")[2]) for url in instance.fake.asked] == [
        "växjö", "vaxjo", "braås", "braas", "ingelstad",
    ]  # fmt: skip
    assert polled.poll.outcome is PollOutcome.EMPTY
    assert polled.poll.pause == timedelta(minutes=30)


def test_at_first_the_newest_forty_are_read_and_then_what_is_newer() -> None:
    instance = with_posts(100)
    first = ask(instance)
    assert keys(first) == list(range(100, 60, -1))
    assert len(instance.fake.asked) == 1
    assert first.cursor == {"since": {"#katrineholm": instance.posts["katrineholm"][-1]["id"]}, "proven": ""}
    later = ask(instance, first.cursor)
    assert instance.fake.queries[1]["since_id"] < since(first)["#katrineholm"]
    assert later.poll.outcome is PollOutcome.OK
    assert later.cursor == first.cursor


def test_a_post_that_came_in_behind_is_found_within_a_day() -> None:
    instance = with_posts(1)
    first = ask(instance)
    instance.post("katrineholm", 0)
    assert sorted(keys(ask(instance, first.cursor))) == [0, 1]


def test_nothing_new_is_told_as_that_and_not_as_an_empty_source() -> None:
    instance = with_posts(1)
    first = ask(instance)
    instance.posts["katrineholm"].clear()
    assert ask(instance, first.cursor).poll.outcome is PollOutcome.NOT_MODIFIED
    assert ask(instance).poll.outcome is PollOutcome.EMPTY


def test_many_new_posts_are_read_page_by_page_and_what_is_too_much_is_told() -> None:
    instance = with_posts(1)
    first = ask(instance)
    for number in range(2, 102):
        instance.post("katrineholm", number)
    polled = ask(instance, first.cursor)
    assert sorted(keys(polled)) == list(range(1, 102))
    assert polled.poll.reason == ""
    assert "max_id" in instance.fake.queries[2]
    for number in range(102, 302):
        instance.post("katrineholm", number)
    flood = ask(instance, polled.cursor)
    assert len(flood.entries) == 120
    assert flood.poll.reason == "there were more than 120 new posts: the oldest of them were not read"


def test_a_page_that_fails_is_read_again_at_the_next_poll() -> None:
    instance = with_posts(1)
    first = ask(instance)
    for number in range(2, 62):
        instance.post("katrineholm", number)
    instance.remaining = 1
    broken = ask(instance, first.cursor)
    assert len(broken.entries) == 40
    assert broken.poll.reason.startswith("not all of it could be read: the service allows no more calls just now")
    assert broken.cursor == first.cursor
    instance.remaining = 300
    assert len(keys(ask(instance, broken.cursor))) == 61


def test_an_instance_that_says_too_often_is_asked_no_more_until_the_time_it_names() -> None:
    instance = with_posts(1)
    instance.remaining = 0
    polled = ask(instance, tags="katrineholm;flen;vingåker")
    assert len(instance.fake.asked) == 1
    assert polled.poll.outcome is PollOutcome.BLOCKED
    assert polled.poll.retry_after == NOW + timedelta(minutes=5)


def test_a_closed_instance_says_that_it_wants_a_token_and_a_wrong_token_is_never_shown() -> None:
    instance = with_posts(1)
    instance.closed = True
    shut = ask(instance)
    assert (shut.poll.outcome, shut.poll.status) == (PollOutcome.BLOCKED, 401)
    assert shut.poll.reason.startswith("the instance answers only who is logged in")
    wrong = ask(instance, **WITH_TOKEN)
    assert wrong.poll.reason == "the instance does not accept the token (HTTP 401): make a new one"
    assert TOKEN not in repr(wrong)
    instance.token = TOKEN
    assert keys(ask(instance, **WITH_TOKEN)) == [1]
    assert instance.fake.requests[-1].headers["Authorization"] == f"Bearer {TOKEN}".encode()


def test_full_text_is_searched_with_a_token_alone() -> None:
    instance = with_posts(3)
    refused = ask(instance, query="Inlägg")
    assert (refused.poll.outcome, instance.fake.asked) == (PollOutcome.UNREADABLE, [])
    assert refused.poll.reason.startswith("only who is logged in may search in full text: write token=env:")
    instance.token = TOKEN
    instance.post("flen", 4)
    found = ask(instance, query="Inlägg; finns inte", **WITH_TOKEN)
    assert sorted(keys(found)) == [1, 2, 3, 4]
    assert set(since(found)) == {"#katrineholm", "?Inlägg"}
    for number in range(10, 70):
        instance.post("flen", number)
    more = ask(instance, found.cursor, query="Inlägg", **WITH_TOKEN)
    assert len(more.entries) == 64
    assert [asked.get("offset") for asked in instance.fake.queries[-3:]] == [None, "40", "80"]
    instance.scopes = ("read:statuses",)
    lacking = ask(instance, query="Inlägg", **WITH_TOKEN)
    assert "the token lacks a permission (HTTP 403)" in lacking.poll.reason


def test_a_known_hit_that_is_missing_is_a_block_and_is_asked_for_until_it_was_found() -> None:
    instance = with_posts(0)
    instance.posts["sverige"] = []
    silent = ask(instance, known="#Sverige")
    assert silent.poll.outcome is PollOutcome.BLOCKED
    assert silent.poll.reason.startswith('the known hit "#Sverige" was not found')
    assert silent.cursor is None
    instance.post("sverige", 9)
    proven = ask(instance, known="#Sverige")
    assert proven.poll.outcome is PollOutcome.EMPTY
    assert len(instance.fake.asked) == 3
    ask(instance, proven.cursor, known="#Sverige")
    assert len(instance.fake.asked) == 4
    instance.token = TOKEN
    words = ask(instance, known="finns inte", query="Inlägg", **WITH_TOKEN)
    assert words.poll.outcome is PollOutcome.BLOCKED
    assert instance.fake.queries[-1]["q"] == "finns inte"


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (Answer(b"<!doctype html><html>Just a moment</html>"), PollOutcome.BLOCKED),
        (Answer(b"Forbidden", 403), PollOutcome.BLOCKED),
        (Answer(b"", 404), PollOutcome.GONE),
        (Answer(b"", 503), PollOutcome.TRANSIENT),
        (said({"error": "Something went wrong"}), PollOutcome.UNREADABLE),
        (said([]), PollOutcome.EMPTY),
    ],
)
def test_a_refusal_is_no_empty_list(answer: Answer, outcome: PollOutcome) -> None:
    fake = Fake(lambda _path, _asked: answer)
    assert poll(MastodonSpider, fake, "https://instans.example/").poll.outcome is outcome


def test_one_hashtag_that_fails_loses_only_itself_and_bots_are_read_when_the_line_says_so() -> None:
    instance = with_posts(1)
    instance.post("katrineholm", 2, account={"bot": True})

    def answer(path: str, asked: dict[str, str]) -> Answer:
        return Answer(b"", 500) if path.endswith("flen") else instance.answer(path, asked)

    instance.fake.answer = answer
    partly = ask(instance, tags="flen;katrineholm")
    assert keys(partly) == [1]
    assert partly.poll.reason == (
        "posts left out: 1 by bots; not all of it could be read: the site answered with an error (HTTP 500)"
    )
    assert keys(ask(instance, bots="yes")) == [2, 1]
