"""Films on YouTube: the feed of a channel, and the lists of the Data API."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.posts.youtube import number_of, read_channel, read_films
from monitor.core.services.answers import AnswerPage
from monitor.models import FeedReading, Outcome, Refused

NOW = datetime(2026, 11, 24, 5, 30, tzinfo=UTC)
URL = "https://www.youtube.com/feeds/videos.xml?channel_id=UCabcdefghijklmnopqrstuv"
FEED = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns:yt="http://www.youtube.com/xml/schemas/2015" xmlns:media="http://search.yahoo.com/mrss/"
      xmlns="http://www.w3.org/2005/Atom">
 <id>yt:channel:abcdefghijklmnopqrstuv</id><title>En kanal</title>
 <entry>
  <id>yt:video:dQw4w9WgXcQ</id><yt:videoId>dQw4w9WgXcQ</yt:videoId><title>Rundtur</title>
  <link rel="alternate" href="https://www.youtube.com/watch?v=dQw4w9WgXcQ"/>
  <author><name>En kanal</name></author><published>2026-11-23T14:10:00+00:00</published>
  <media:group><media:title>Rundtur</media:title>
   <media:description>Vi går genom Katrineholm.
Och vidare till Flen.</media:description>
   <media:community><media:statistics views="112"/></media:community></media:group>
 </entry>
</feed>"""
SNIPPET = {
    "publishedAt": "2026-11-23T14:10:00Z",
    "channelId": "UCabcdefghijklmnopqrstuv",
    "channelTitle": "En kanal",
    "title": "Rundtur &amp; fika",
    "description": "Vi går genom Katrineholm ...",
}


def packed(value: Any) -> bytes:
    return json.dumps(value).encode()


def films(items: Any, **more: Any) -> AnswerPage:
    read = read_films(packed({"items": items} | more), NOW)
    assert isinstance(read, AnswerPage)
    return read


def test_of_a_channel_the_description_is_the_whole_text() -> None:
    reading = read_channel(FEED.encode(), URL, "text/xml", NOW)
    (entry,) = reading.entries
    assert (reading.outcome, entry.key, entry.title) == (Outcome.OK, "yt:video:dQw4w9WgXcQ", "Rundtur")
    assert entry.content == "Vi går genom Katrineholm.\nOch vidare till Flen."
    assert entry.whole


@pytest.mark.parametrize(
    "identity",
    [
        {"id": {"kind": "youtube#video", "videoId": "dQw4w9WgXcQ"}, "snippet": SNIPPET},
        {"id": "UExabc", "snippet": SNIPPET | {"resourceId": {"videoId": "dQw4w9WgXcQ"}}},
        {"id": "dQw4w9WgXcQ", "snippet": SNIPPET},
    ],
)
def test_a_film_is_the_same_in_every_list_and_in_the_feed(identity: Any) -> None:
    (entry,) = films([identity]).entries
    assert (entry.key, number_of(entry), entry.title) == ("yt:video:dQw4w9WgXcQ", "dQw4w9WgXcQ", "Rundtur & fika")
    assert entry.url == "https://www.youtube.com/watch?v=dQw4w9WgXcQ"
    assert entry.published == datetime(2026, 11, 23, 14, 10, tzinfo=UTC)
    assert "kanal" not in repr(entry)
    assert "UCabc" not in repr(entry)


def test_what_is_no_film_is_left_out_and_another_page_told() -> None:
    odd = [{"id": {"kind": "youtube#channel", "channelId": "UC1"}}, {"id": "a b"}, "odd", {"id": "dQw4w9WgXcQ"}]
    assert films(odd).entries == ()
    assert films([], nextPageToken="CAUQAA").more


@pytest.mark.parametrize("body", [b"", b"[]", b'{"error": {"message": "Oj"}}', b'{"items": 1}', b"<html>"])
def test_what_is_no_list_of_films_is_refused(body: bytes) -> None:
    assert isinstance(read_films(body, NOW), Refused)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
        st.sampled_from(["items", "id", "videoId", "snippet", "resourceId", "title", "description", "publishedAt"]),
        inner, max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip


@given(st.binary(max_size=300) | JSON.map(packed))
def test_nothing_that_youtube_answers_makes_a_reader_raise(body: bytes) -> None:
    assert isinstance(read_films(body, NOW), AnswerPage | Refused)
    assert isinstance(read_channel(body, URL, "", NOW), FeedReading)
