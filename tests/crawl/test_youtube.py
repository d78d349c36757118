"""YouTube, against a fake of its feeds and of its Data API."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from monitor.crawl.base import Polled
from monitor.crawl.failures import RobotsForbidError
from monitor.crawl.ledger import Ledger, RunLedger
from monitor.errors import ConfigError
from monitor.models import PollOutcome
from spiders.youtube import YouTubeSpider
from tests.core.posts.test_youtube import FEED, URL
from tests.crawl.kinds import NOW, Fake, poll, said
from tests.loopback import Answer

API = "https://www.googleapis.com/youtube/v3/"
KEY = {"MONITOR_YOUTUBE_KEY": "AIza-hemlig"}
QUOTA = {
    "error": {
        "code": 403,
        "message": 'The request cannot be completed because you have exceeded your <a href="/x">quota</a>.',
        "errors": [{"domain": "youtube.quota", "reason": "quotaExceeded", "message": "..."}],
    }
}


def film(number: int, text: str) -> dict[str, Any]:
    return {"title": f"Film {number}", "description": text, "publishedAt": "2026-11-23T14:10:00Z"}


def data_api(path: str, asked: dict[str, str]) -> Answer:
    """Answer as the Data API does: a search cuts descriptions off, a list of videos does not."""
    if path == "/youtube/v3/search":
        found = [{"id": {"videoId": f"video{number:06}"}, "snippet": film(number, "Vi går ...")} for number in (1, 2)]
        return said({"items": found, "nextPageToken": "CAUQAA"})
    if path == "/youtube/v3/videos":
        return said({"items": [{"id": asked["id"].split(",")[0], "snippet": film(1, "Vi går i Katrineholm.")}]})
    listed = film(3, "Uppladdad") | {"resourceId": {"videoId": "video000003"}}
    return said({"items": [{"id": "UEx", "snippet": listed}]})


def ask(
    fake: Fake, url: str = f"{API}search", ledger: Ledger | None = None, now: datetime = NOW, **more: Any
) -> Polled:
    return poll(YouTubeSpider, fake, url, now=now, ledger=ledger, environment=KEY, **more)


def search(fake: Fake, **more: Any) -> Polled:
    return ask(fake, key="env:MONITOR_YOUTUBE_KEY", **more)


# --- the feed of a channel -----------------------------------------------------------------------------


def test_a_channel_s_feed_needs_no_key_and_a_404_of_it_passes() -> None:
    feed = Fake(lambda _path, _asked: Answer(FEED.encode(), 200, {"Content-Type": "text/xml"}))
    assert [entry.key for entry in ask(feed, URL).entries] == ["yt:video:dQw4w9WgXcQ"]
    gone = ask(Fake(lambda _path, _asked: Answer(b"", 404)), URL).poll
    assert (gone.outcome, gone.strain) == (PollOutcome.TRANSIENT, 1)
    assert "which happens at this site" in gone.reason


def test_where_the_list_without_shorts_is_not_there_the_one_with_them_is_read() -> None:
    def feeds(_path: str, asked: dict[str, str]) -> Answer:
        return Answer(b"", 404) if asked["playlist_id"].startswith("UULF") else Answer(FEED.encode())

    fake = Fake(feeds)
    address = "https://www.youtube.com/feeds/videos.xml?playlist_id=UULFabc"
    polled = ask(fake, address)
    assert [asked["playlist_id"] for asked in fake.queries] == ["UULFabc", "UUabc"]
    assert (polled.poll.outcome, polled.poll.source) == (PollOutcome.OK, address)


def test_where_robots_txt_forbids_the_feed_the_way_by_key_is_told() -> None:
    def forbid(_path: str, _asked: dict[str, str]) -> Answer:
        raise RobotsForbidError

    polled = ask(Fake(forbid), URL)
    assert polled.poll.outcome is PollOutcome.ROBOTS
    assert "robots.txt forbids us to read it: with a key, https://www.googleapis.com/" in polled.poll.reason


def test_robots_txt_is_obeyed_at_youtube_com_and_not_asked_for_at_the_data_api() -> None:
    assert YouTubeSpider.obeys_robots
    assert YouTubeSpider.api_hosts == {"www.googleapis.com"}


# --- the Data API --------------------------------------------------------------------------------------


def test_a_search_asks_once_for_all_words_and_then_for_the_whole_descriptions() -> None:
    fake = Fake(data_api)
    polled = search(fake, words=("Katrineholm", "Stora Malm"))
    first, second = fake.queries
    assert first["q"] == '"Katrineholm"|"Stora Malm"'
    assert (first["publishedAfter"], first["type"], first["order"]) == ("2026-11-17T05:30:00Z", "video", "date")
    assert second["id"] == "video000001,video000002"
    assert [entry.content for entry in polled.entries] == ["Vi går i Katrineholm.", "Vi går ..."]
    assert polled.poll.reason == "YouTube gives 50 hits a search: there may be more"
    assert {request.headers["X-Goog-Api-Key"] for request in fake.requests} == {b"AIza-hemlig"}
    assert "hemlig" not in repr(polled) + " ".join(fake.asked)


def test_without_the_whole_descriptions_the_short_ones_stay_and_it_is_told() -> None:
    fake = Fake(lambda path, asked: data_api(path, asked) if path.endswith("search") else Answer(b"", 500))
    polled = search(fake)
    assert len(polled.entries) == 2
    assert "descriptions are cut off: the site answered with an error (HTTP 500)" in polled.poll.reason
    nothing = search(Fake(lambda _path, _asked: said({"items": []})))
    assert nothing.poll.outcome is PollOutcome.EMPTY


def test_a_channel_is_read_by_its_list_of_uploads() -> None:
    fake = Fake(data_api)
    polled = search(fake, url=f"{API}playlistItems?playlistId=UUabc")
    assert [entry.key for entry in polled.entries] == ["yt:video:video000003"]
    assert fake.queries[0]["playlistId"] == "UUabc"
    refused = search(
        Fake(lambda _path, _asked: said({"error": {"message": "No."}}, 404)), url=f"{API}playlistItems?playlistId=U"
    )
    assert refused.poll.reason.endswith("(HTTP 404): No.")


def test_a_hundred_searches_a_pacific_day_are_counted_for_all_lines_together() -> None:
    fake = Fake(data_api)
    ledger = RunLedger()
    evening = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)  # 23.00 in California
    for number in range(100):
        search(fake, url=f"{API}search?{number}", ledger=ledger, now=evening)
    asked = len(fake.asked)
    spent = search(fake, url=f"{API}search?other", ledger=ledger, now=evening + timedelta(minutes=59)).poll
    assert (spent.outcome, len(fake.asked)) == (PollOutcome.TRANSIENT, asked)
    assert "the 100 searches are used that YouTube allows in a day" in spent.reason
    assert spent.retry_after == datetime(2026, 11, 24, 8, tzinfo=UTC)
    assert search(fake, ledger=ledger, now=evening + timedelta(minutes=61)).entries


def test_a_refusal_is_told_in_the_words_of_youtube_and_a_quota_comes_back_with_the_day() -> None:
    bad_key = {"error": {"code": 400, "message": "API key not valid.", "errors": [{"reason": "badRequest"}]}}
    for answer, outcome, reason in (
        (
            said(QUOTA, 403),
            PollOutcome.BLOCKED,
            "(HTTP 403): The request cannot be completed because you have exceeded",
        ),
        (said(bad_key, 400), PollOutcome.UNREADABLE, "(HTTP 400): API key not valid."),
        (Answer(b"<!doctype html><html></html>"), PollOutcome.BLOCKED, "no JSON"),
        (said({"items": None}), PollOutcome.UNREADABLE, "no list of films"),
        (Answer(b"", 429), PollOutcome.BLOCKED, "too often"),
    ):
        polled = search(Fake(lambda _path, _asked, answer=answer: answer)).poll  # type: ignore[misc]
        assert polled.outcome is outcome
        assert reason in polled.reason
    assert search(Fake(lambda _path, _asked: said(QUOTA, 403))).poll.retry_after == datetime(
        2026, 11, 24, 8, tzinfo=UTC
    )


@pytest.mark.parametrize(
    ("url", "options", "told"),
    [
        (f"{API}search", {}, "write key=env:MONITOR_NAME"),
        (f"{API}playlistItems", {"key": "env:MONITOR_YOUTUBE_KEY"}, "with the id of the channel's uploads"),
        ("https://www.youtube.com/@kanal", {"key": "env:MONITOR_YOUTUBE_KEY"}, "it is none of"),
    ],
)
def test_a_line_that_lacks_something_asks_nothing(url: str, options: dict[str, Any], told: str) -> None:
    fake = Fake(data_api)
    with pytest.raises(ConfigError, match=told):
        ask(fake, url, **options)
    assert fake.asked == []
