"""Podcasts and press rooms as kinds."""

from datetime import timedelta

from monitor.models import PollOutcome, Validators
from spiders.podcast import PodcastSpider
from spiders.pressroom import PressroomSpider
from tests.crawl.kinds import NOW, Fake, poll
from tests.loopback import Answer

URL = "https://podden.se/feed"
PODCAST = 'xmlns:podcast="https://podcastindex.org/namespace/1.0"'


def episode(number: int, day: int = 23) -> str:
    return (
        f"<item><title>Avsnitt {number}</title><guid>{number}</guid><link>https://podden.se/{number}</link>"
        f"<pubDate>{day} Nov 2026 06:00:00 +0100</pubDate><description>Om skolan.</description>"
        f'<podcast:transcript url="https://podden.se/{number}.vtt" type="text/vtt"/></item>'
    )


def podcast(*episodes: str) -> Fake:
    feed = f'<rss version="2.0" {PODCAST}><channel><title>P</title>{"".join(episodes)}</channel></rss>'

    def answer(path: str, _asked: dict[str, str]) -> Answer:
        if path == "/feed":
            return Answer(feed.encode(), headers={"ETag": '"1"'})
        if path in {"/3.vtt", "/4.vtt"}:
            return Answer(b"", 404 if path == "/3.vtt" else 503)
        return Answer(b"WEBVTT\n\n00:01.000 --> 00:02.000\nHej Katrineholm.\n", headers={"Content-Type": "text/vtt"})

    return Fake(answer)


def test_the_transcript_of_a_new_episode_is_read_once() -> None:
    fake = podcast(episode(1), episode(2, day=1))
    first = poll(PodcastSpider, fake, URL)
    assert fake.asked == [URL, "https://podden.se/1.vtt"]
    assert {entry.key: (entry.content, entry.whole) for entry in first.entries} == {
        "1": ("Om skolan.\nHej Katrineholm.", True),
        "2": ("Om skolan.", False),
    }
    assert (first.cursor, first.poll.etag) == ({"settled": ["1"]}, '"1"')
    again = poll(PodcastSpider, fake, URL, cursor=first.cursor)
    assert [entry.key for entry in again.entries] == ["2"]
    assert len(fake.asked) == 3
    known = Validators(body_hash=first.poll.body_hash)
    assert poll(PodcastSpider, fake, URL, validators=known).poll.outcome is PollOutcome.NOT_MODIFIED
    assert [entry.whole for entry in poll(PodcastSpider, fake, URL, transcripts="0").entries] == [False, False]


def test_what_one_poll_cannot_ask_for_waits_for_the_next() -> None:
    fake = podcast(*(episode(number) for number in range(10, 25)))
    first = poll(PodcastSpider, fake, URL)
    assert len(fake.asked) == PodcastSpider.most_requests
    assert (first.poll.etag, first.poll.body_hash) == ("", "")
    second = poll(PodcastSpider, fake, URL, cursor=first.cursor, now=NOW + timedelta(hours=1))
    assert len(fake.asked) == 10 + 7
    assert second.poll.etag == '"1"'


def test_a_transcript_that_is_gone_is_settled_and_one_that_fails_is_tried_again() -> None:
    polled = poll(PodcastSpider, podcast(episode(3), episode(4)), URL)
    assert polled.cursor == {"settled": ["3"]}
    assert polled.poll.outcome is PollOutcome.OK
    assert "a transcript could not be read" in polled.poll.reason
    assert [entry.whole for entry in polled.entries] == [False, False]


def test_a_press_room_is_a_kind() -> None:
    body = "<rss><channel><title>Nyheter från Kommunen</title><item><title>A</title></item></channel></rss>"
    (entry,) = poll(PressroomSpider, Fake(lambda _path, _asked: Answer(body.encode())), "https://rum.se/rss").entries
    assert entry.summary == "Pressmeddelande från Kommunen."
