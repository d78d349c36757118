"""Podcast feeds and their transcripts."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.podcasts import MAX_TRANSCRIPT, read_offers, read_podcast, read_transcript
from monitor.models import Outcome, Refused

NOW = datetime(2026, 11, 24, 5, 30, tzinfo=UTC)
URL = "https://podden.se/feed"

FEED = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"
  xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:podcast="https://podcastindex.org/namespace/1.0">
<channel><title>Kommunpodden</title>
<item><title>Avsnitt 1</title><guid isPermaLink="false">ett</guid><link>https://podden.se/1</link>
  <pubDate>Mon, 23 Nov 2026 06:00:00 +0100</pubDate><description>Om skolan.</description>
  <content:encoded><![CDATA[<p>Om skolan i <b>Katrineholm</b>.</p>]]></content:encoded>
  <enclosure url="https://podden.se/1.mp3" type="audio/mpeg" length="1"/>
  <podcast:transcript url="/1.json" type="application/json"/>
  <podcast:transcript url="/1.vtt" type="text/vtt"/></item>
<item><title>Avsnitt 2</title><guid isPermaLink="false">tva</guid>
  <pubDate>Sun, 22 Nov 2026 06:00:00 +0100</pubDate>
  <itunes:summary>Om bron vid &lt;i&gt;sjön&lt;/i&gt;.</itunes:summary>
  <enclosure url="https://podden.se/2.mp3" type="audio/mpeg"/><podcast:transcript url="/2.x" type="text/x-odd"/></item>
<item><title>Avsnitt 3</title><description>Utan ljud.</description></item>
</channel></rss>"""


def test_an_episode_is_its_show_notes_and_one_without_a_page_is_whole() -> None:
    reading = read_podcast(FEED.encode(), URL, "", NOW)
    first, second, third = reading.entries
    assert (first.url, first.content, first.whole) == ("https://podden.se/1", "Om skolan i Katrineholm.", False)
    assert (second.url, second.content, second.whole) == ("https://podden.se/2.mp3", "Om bron vid sjön.", True)
    assert second.summary == "Om bron vid sjön."
    assert (third.url, third.content, third.whole) == ("", "Utan ljud.", True)
    assert read_podcast(b"<html>", URL).outcome is Outcome.REFUSED


def test_the_transcript_that_is_best_to_read_is_chosen() -> None:
    first, second, third = read_offers(FEED.encode(), URL)
    assert (first.key, first.transcript, first.transcript_type) == ("ett", "https://podden.se/1.vtt", "text/vtt")
    assert second.transcript == "https://podden.se/2.x"
    assert (third.key, third.transcript, third.enclosure) == ("Avsnitt 3", "", "")
    assert read_offers(b"", URL) == ()


VTT = """WEBVTT

NOTE Gjord av en maskin

STYLE
::cue { color: red }

1
00:00:01.000 --> 00:00:04.000 align:start
<v Programledaren>Välkomna till Katrineholm,</v>

00:04.500 --> 00:07.000
vi talar om <b>skolan</b>.
Och om bron.
"""
SRT = """1
00:00:01,000 --> 00:00:04,000
Välkomna till
Katrineholm.

2
00:00:05,000 --> 00:00:06,000
Hej!
""".replace("\n", "\r\n")


@pytest.mark.parametrize(
    ("body", "kind", "words"),
    [
        (VTT, "text/vtt", "Välkomna till Katrineholm, vi talar om skolan. Och om bron."),
        (SRT, "application/x-subrip", "Välkomna till Katrineholm.\nHej!"),
        ('{"segments": [{"speaker": "A", "body": "Hej"}, {"body": "då."}, 3]}', "application/json", "Hej då."),
        ("<p>Hej</p><p>då</p>", "text/html", "Hej\ndå"),
        ("\ufeffHej < då", "text/plain", "Hej < då"),
    ],
)
def test_a_transcript_is_read_without_times_and_speakers(body: str, kind: str, words: str) -> None:
    assert read_transcript(body.encode(), kind) == words


@pytest.mark.parametrize("body", [b"", b"{broken", b'{"segments": 1}', b"WEBVTT\n\n00:01.000 --> 00:02.000\n"])
def test_a_transcript_without_words_is_refused(body: bytes) -> None:
    assert read_transcript(body, "") == Refused("the transcript holds no words")
    assert isinstance(read_transcript(b" " * (MAX_TRANSCRIPT + 1), ""), Refused)


@given(st.binary(max_size=200), st.sampled_from(["", "text/vtt", "text/html", "application/json"]))
def test_no_bytes_make_a_reader_of_podcasts_raise(body: bytes, kind: str) -> None:
    read_podcast(body, URL)
    read_podcast(FEED.encode().replace(b"Om bron", body), URL)
    read_offers(b"<rss><item>" + body, URL)
    read_transcript(body, kind)
    read_transcript(b"00:01.000 --> 00:02.000\n" + body, kind)
