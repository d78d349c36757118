"""Press rooms: RSS and Cision's JSON."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.pressrooms import issuer_of, read_pressroom
from monitor.models import Outcome

NOW = datetime(2026, 11, 24, 5, 30, tzinfo=UTC)
URL = "https://www.mynewsdesk.com/se/rss/source/1"


def rss(title: str, *items: str) -> bytes:
    body = "".join(f"<item>{item}</item>" for item in items)
    return f'<rss version="2.0"><channel><title>{title}</title>{body}</channel></rss>'.encode()


@pytest.mark.parametrize(
    ("title", "issuer"),
    [
        ("Pressmeddelanden från Katrineholms kommun", "Katrineholms kommun"),
        ("Senaste nyheter från Räddningstjänsten - Mynewsdesk", "Räddningstjänsten"),
        ("Bolaget AB | Pressmeddelanden", "Bolaget AB"),
        ("Press releases from Example Group – Cision", "Example Group"),
        ("Katrineholms kommun", "Katrineholms kommun"),
    ],
)
def test_a_room_tells_who_issues_by_its_title(title: str, issuer: str) -> None:
    assert issuer_of(title) == issuer


def test_each_release_names_its_issuer() -> None:
    item = "<title>Ny skola</title><link>https://m.se/a</link><description>&lt;p&gt;Den byggs.&lt;/p&gt;</description>"
    (entry,) = read_pressroom(rss("Pressmeddelanden från Katrineholms kommun", item), URL).entries
    assert entry.summary == "Pressmeddelande från Katrineholms kommun.\nDen byggs."
    (bare,) = read_pressroom(rss("", item), URL).entries
    assert bare.summary == "Den byggs."
    assert read_pressroom(b"<html>", URL).outcome is Outcome.REFUSED


def test_the_json_of_cision_is_read() -> None:
    release = {
        "EncryptedId": "ABC",
        "Title": "Bolaget bygger i Katrineholm",
        "Intro": "Ett <b>lager</b>.",
        "Body": "<p>Bolaget bygger ett lager.</p>",
        "PublishDate": "2026-11-23T08:00:00",
        "CisionWireUrl": "https://news.cision.com/a",
        "SourceName": "Bolaget AB",
    }
    odd = [{"Title": ""}, {"Title": "Utan adress"}, None, {"Title": "Bara adress", "CanonicalUrl": "https://b.se/x"}]
    reading = read_pressroom(json.dumps({"Releases": [release, *odd]}).encode(), "https://publish.se/f", now=NOW)
    entry, bare = reading.entries
    assert (entry.key, entry.url) == ("ABC", "https://news.cision.com/a")
    assert entry.summary == "Pressmeddelande från Bolaget AB.\nEtt lager."
    assert entry.content == "Pressmeddelande från Bolaget AB.\nBolaget bygger ett lager."
    assert entry.published == datetime(2026, 11, 23, 8, tzinfo=UTC)
    assert (bare.key, bare.summary) == ("https://b.se/x", "")
    assert read_pressroom(b"{", URL).outcome is Outcome.REFUSED
    assert read_pressroom(b'{"Releases": {}}', URL).outcome is Outcome.REFUSED


@given(st.binary(max_size=200))
def test_no_bytes_make_the_reader_of_a_press_room_raise(body: bytes) -> None:
    read_pressroom(body, URL)
    read_pressroom(b'{"Releases": [{"Title": "x", "Id": "' + body + b'"}]}', URL)
