"""JSON of services: whatever comes, it is read or refused in words."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.services.answers import MAX_BODY, number_field, objects, read_json, text_field
from monitor.core.services.gdelt import read_gdelt
from monitor.core.services.google_news import read_google_news
from monitor.core.services.police import read_events
from monitor.core.services.radio import read_episodes, read_milliseconds
from monitor.core.services.riksdag import MAX_HITS, read_documents
from monitor.models import Outcome, Refused

NOW = datetime(2026, 11, 24, 5, 30, tzinfo=UTC)
WEEK = timedelta(days=7)


def packed(value: Any) -> bytes:
    return json.dumps(value).encode()


def test_what_is_no_json_is_refused_with_its_beginning() -> None:
    assert read_json(b'\xef\xbb\xbf{"a": 1}', "Tjänsten") == {"a": 1}
    refused = read_json(b"Too many requests", "Tjänsten")
    assert refused == Refused("Tjänsten answered with no JSON that can be read: Too many requests")
    assert read_json(b"", "Tjänsten") == Refused("Tjänsten answered with no JSON that can be read: nothing")
    assert "larger" in read_json(b" " * (MAX_BODY + 1), "Tjänsten").reason


def test_odd_shapes_are_read_as_what_they_mean() -> None:
    value = {"a": {"b": 17, "c": True, "d": None}, "one": {"x": 1}, "many": [{"x": 1}, "not", {"x": 2}]}
    assert text_field(value, "a", "b") == "17"
    assert [text_field(value, "a", name) for name in "cde"] == ["", "", ""]
    assert (number_field(value, "a", "b"), number_field({"n": "12"}, "n"), number_field({"n": "x"}, "n")) == (17, 12, 0)
    assert len(objects(value, "one")) == 1
    assert len(objects(value, "many")) == 2
    assert objects(value, "none") == []


# --- Polisen -------------------------------------------------------------------------------------------

EVENT = {
    "id": 105469,
    "datetime": "2026-11-23 14:32:20 +01:00",
    "name": "23 november 14.32, Trafikolycka, Katrineholm",
    "summary": "Två bilar har kört ihop.",
    "url": "/aktuellt/handelser/2026/november/23/23-november-14.32-trafikolycka-katrineholm/",
    "type": "Trafikolycka",
    "location": {"name": "Katrineholm", "gps": "58.99,16.20"},
}


def test_an_event_is_a_whole_text_with_its_place_and_without_a_position() -> None:
    reading = read_events(packed([EVENT]), ["katrineholm"], NOW)
    (entry,) = reading.entries
    assert reading.outcome is Outcome.OK
    assert (entry.key, entry.title) == ("105469", "Trafikolycka, Katrineholm")
    assert entry.content == "Två bilar har kört ihop."
    assert entry.published == datetime(2026, 11, 23, 13, 32, 20, tzinfo=UTC)
    assert entry.url.startswith("https://polisen.se/aktuellt/handelser/")
    assert entry.whole
    assert "58.99" not in repr(entry)


def test_events_elsewhere_and_events_without_an_id_are_left_out_and_odd_ones_told() -> None:
    elsewhere = EVENT | {"id": 2, "location": {"name": "Flen"}}
    bare = EVENT | {"id": 3, "name": None, "summary": None, "url": "https://polisen.se/a", "datetime": "snart"}
    reading = read_events(packed([elsewhere, EVENT | {"id": None}, "odd", bare]), ["Katrineholm"], NOW)
    assert [(entry.key, entry.title, entry.published) for entry in reading.entries] == [
        ("3", "Trafikolycka, Katrineholm", None)
    ]
    assert (reading.outcome, reading.reason) == (Outcome.PARTIAL, "events that cannot be read: 1 of 4")


@pytest.mark.parametrize("body", [b"", b"{}", b'{"Message": "An error has occurred."}', b"<html>"])
def test_an_answer_of_polisen_that_is_no_list_is_refused(body: bytes) -> None:
    assert read_events(body, ["Katrineholm"], NOW).outcome is Outcome.REFUSED


# --- Riksdagen -----------------------------------------------------------------------------------------

DOCUMENT = {
    "id": "HD02123",
    "dok_id": "HD02123",
    "titel": "Järnvägen genom Katrineholm",
    "undertitel": "av en riksdagsledamot",
    "datum": "2026-11-20",
    "publicerad": "2026-11-20 10:12:13",
    "summary": "Sträckan &amp; stationen.",
    "dokument_url_html": "//data.riksdagen.se/dokument/HD02123.html",
}


def listed(documents: Any, **more: str) -> bytes:
    said = {"@traffar": "1", "@sida": "1", "@sidor": "1"} | {f"@{name}": value for name, value in more.items()}
    return packed({"dokumentlista": said | ({} if documents is None else {"dokument": documents})})


def test_documents_are_read_as_a_list_as_a_single_one_and_as_none() -> None:
    for documents in ([DOCUMENT], DOCUMENT):
        page = read_documents(listed(documents), NOW)
        assert not isinstance(page, Refused)
        (entry,) = page.entries
        assert (entry.key, entry.title) == ("HD02123", "Järnvägen genom Katrineholm")
        assert entry.url == "https://data.riksdagen.se/dokument/HD02123.html"
        assert entry.summary == "av en riksdagsledamot\nSträckan & stationen."
        assert entry.published == datetime(2026, 11, 20, 10, 12, 13, tzinfo=UTC)
    empty = read_documents(listed(None, traffar="0"), NOW)
    assert not isinstance(empty, Refused)
    assert empty.entries == ()
    without = read_documents(listed({"dok_id": "X"}), NOW)
    assert not isinstance(without, Refused)
    assert without.entries == ()


def test_another_page_follows_until_the_last_that_the_service_gives() -> None:
    def more(**said: str) -> bool:
        page = read_documents(listed(DOCUMENT, nasta_sida="http://data.riksdagen.se/?utformat=htm", **said), NOW)
        return not isinstance(page, Refused) and page.more

    assert more(sida="1", sidor="7")
    assert not more(sida="7", sidor="7")
    assert not more(sida="100", sidor="900")
    last = read_documents(listed(DOCUMENT, sida="1", sidor="7"), NOW)
    assert not isinstance(last, Refused)
    assert not last.more


def test_a_search_that_was_ignored_is_told_by_its_hits() -> None:
    refused = read_documents(listed(DOCUMENT, traffar=str(MAX_HITS + 1)), NOW)
    assert isinstance(refused, Refused)
    assert "not understood" in refused.reason
    for body in (b"[]", b'{"dokumentlista": []}', b"<html>"):
        assert isinstance(read_documents(body, NOW), Refused)


# --- Sveriges Radio ------------------------------------------------------------------------------------


def test_of_an_episode_title_address_and_time_are_read_and_nothing_else() -> None:
    fresh = {
        "id": 17,
        "title": "Katrineholm bygger",
        "description": "Den hemliga texten.",
        "url": "https://sverigesradio.se/avsnitt/17",
        "publishdateutc": "/Date(1795417200000)/",
        "program": {"name": "P4 Sörmland"},
    }
    old = fresh | {"id": 18, "publishdateutc": "/Date(1571227200000)/"}
    odd = [fresh | {"id": None}, fresh | {"id": 19, "publishdateutc": "i går"}, None]
    said = {"pagination": {"page": 1, "totalpages": 2}, "episodes": [fresh, old, *odd]}
    page = read_episodes(packed(said), NOW, WEEK)
    assert not isinstance(page, Refused)
    (entry,) = page.entries
    assert (entry.key, entry.title, entry.url) == ("17", "Katrineholm bygger", "https://sverigesradio.se/avsnitt/17")
    assert "hemliga" not in repr(entry)
    assert page.more
    for body in (b"{}", b"x", b'{"episodes": null}'):
        assert isinstance(read_episodes(body, NOW, WEEK), Refused)


def test_milliseconds_of_dot_net_are_read() -> None:
    assert read_milliseconds("/Date(1571227200000)/") == datetime(2019, 10, 16, 12, tzinfo=UTC)
    assert read_milliseconds("/Date(1571227200000+0200)/") == datetime(2019, 10, 16, 12, tzinfo=UTC)
    assert read_milliseconds("/Date(999999999999999)/") is None
    assert read_milliseconds("2026-11-23") is None


# --- searches ------------------------------------------------------------------------------------------

HITS = """<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>"Katrineholm"</title>
<item><title>Ny skola - igen - Bladet &amp; Co</title><link>https://news.google.com/rss/articles/CBMi1?oc=5</link>
<guid isPermaLink="false">CBMi1</guid><pubDate>Mon, 23 Nov 2026 12:00:00 GMT</pubDate>
<description>&lt;a href="x"&gt;Ny skola&lt;/a&gt;</description>
<source url="https://bladet.se">Bladet &amp; Co</source></item>
<item><title>Utan källa</title><link>https://news.google.com/rss/articles/CBMi2</link></item>
<item><title></title><link>https://news.google.com/rss/articles/CBMi3</link></item></channel></rss>"""


def test_a_hit_of_google_news_has_the_papers_headline_and_site_and_its_own_link_stays() -> None:
    page = read_google_news(HITS.encode(), "https://news.google.com/rss/search", NOW)
    assert not isinstance(page, Refused)
    first, second = page.entries
    assert (first.key, first.title, first.summary) == ("CBMi1", "Ny skola - igen", "Bladet & Co")
    assert first.url == "https://news.google.com/rss/articles/CBMi1?oc=5"
    assert (first.publisher, first.links) == ("https://bladet.se/", ("https://bladet.se/",))
    assert first.published == datetime(2026, 11, 23, 12, tzinfo=UTC)
    assert (second.title, second.publisher, second.links) == ("Utan källa", second.url, ())


@pytest.mark.parametrize("body", [b"", b"<html><body>Consent</body></html>", b"\x00", b"<rss", b" " * 5_000_001])
def test_what_is_no_rss_of_google_news_is_refused(body: bytes) -> None:
    page = read_google_news(body, "https://news.google.com/rss/search", NOW)
    assert isinstance(page, Refused) or page.entries == ()


def test_hits_of_gdelt_are_read_and_a_full_answer_says_that_there_may_be_more() -> None:
    hit = {"url": "https://bladet.se/a", "title": "Ny skola , ny väg ( klar )", "seendate": "20261123T101500Z"}
    page = read_gdelt(packed({"articles": [hit, {"url": "javascript:x"}]}), NOW)
    assert not isinstance(page, Refused)
    (entry,) = page.entries
    assert (entry.title, entry.published) == ("Ny skola, ny väg (klar)", datetime(2026, 11, 23, 10, 15, tzinfo=UTC))
    assert page.reason == ""
    full = read_gdelt(packed({"articles": [hit] * 250}), NOW)
    assert not isinstance(full, Refused)
    assert full.reason == "GDELT gives 250 hits at most: there may be more"


def test_no_hit_of_gdelt_is_an_empty_object_and_an_error_is_a_sentence() -> None:
    empty = read_gdelt(b"{}", NOW)
    assert not isinstance(empty, Refused)
    assert empty.entries == ()
    refused = read_gdelt(b"Your query was too short or too long.\n", NOW)
    assert isinstance(refused, Refused)
    assert "Your query was too short or too long." in refused.reason
    assert isinstance(read_gdelt(b'{"status": "x"}', NOW), Refused)
    assert isinstance(read_gdelt(b"[]", NOW), Refused)


# --- anything ------------------------------------------------------------------------------------------

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(
        ["id", "dok_id", "dokumentlista", "dokument", "@traffar", "@sida", "titel", "episodes", "pagination", "page",
         "datetime", "location", "name", "url", "publishdateutc", "articles", "Releases", "Title"]
    ), inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


@given(st.binary(max_size=100) | JSON.map(packed))
def test_no_bytes_make_a_reader_of_a_service_raise(body: bytes) -> None:
    read_events(body, [""], NOW)
    read_documents(body, NOW)
    read_episodes(body, NOW, WEEK)
    read_gdelt(body, NOW)
    read_google_news(body, "https://news.google.com/rss/search", NOW)
    read_google_news(b"<rss><channel><item><title>x</title>" + body, "https://news.google.com/rss/search", NOW)
