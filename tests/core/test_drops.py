"""Files that a person puts into a folder."""

import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.drops import MAX_BODY, MAX_ROWS, read_drop
from monitor.models import FeedReading, Outcome

NOW = datetime(2026, 11, 24, 5, 30, tzinfo=UTC)
SWEDISH = (
    "Länk;Rubrik;Text;Datum;Källa\r\n"
    'https://bladet.se/a?utm_source=x;Ny skola;"Den byggs; snart";2026-11-23 14:10;Bladet\r\n'
    ";;;;\r\n"
    "https://bladet.se/b;;;;\r\n"
    ';;"Ett inlägg i en sluten grupp om åäö";;Facebook\r\n'
    ";;;2026-11-23;Bladet\r\n"
)


def read(name: str, body: bytes) -> FeedReading:
    return read_drop(name, body, NOW, zone=ZoneInfo("Europe/Stockholm"))


@pytest.mark.parametrize(
    "body",
    [
        SWEDISH.encode("utf-8-sig"),
        SWEDISH.encode("cp1252"),
        SWEDISH.encode("utf-16"),
        f"sep=;\r\n{SWEDISH}".encode(),
    ],
)
def test_a_list_of_swedish_excel_is_read_in_each_of_its_encodings(body: bytes) -> None:
    reading = read("klipp.CSV", body)
    first, second, third = reading.entries
    assert (first.key, first.title, first.content) == ("https://bladet.se/a", "Ny skola", "Den byggs; snart")
    assert first.summary == "Bladet: Den byggs; snart"
    assert first.published == datetime(2026, 11, 23, 13, 10, tzinfo=UTC)
    assert (first.whole, second.whole, third.whole) == (True, False, True)
    assert (second.url, second.title) == ("https://bladet.se/b", "")
    assert (third.title, third.url) == ("Ett inlägg i en sluten grupp om åäö", "")
    assert (reading.outcome, reading.reason) == (Outcome.PARTIAL, "rows without title, text and web address: 1")


def test_commas_and_tabs_are_delimiters_too() -> None:
    assert read("a.csv", b"title,text\nEtt,Katrineholm\n").entries[0].content == "Katrineholm"
    assert read("a.csv", b"title\ttext\nEtt\tKatrineholm\n").entries[0].content == "Katrineholm"


def test_json_is_read_as_a_list_as_items_and_as_a_feed() -> None:
    item = {"URL": "https://bladet.se/a", "Title": "Ny skola", "text": "<p>Den byggs.</p>", "odd": [1]}
    for said in ([item], {"items": [item]}, item):
        (entry,) = read("a.json", json.dumps(said).encode()).entries
        assert (entry.url, entry.title, entry.content) == ("https://bladet.se/a", "Ny skola", "Den byggs.")
    feed = {"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "content_text": "Hej"}]}
    assert read("a.json", json.dumps(feed).encode()).entries[0].id == "1"


MAIL = (
    "From: En Person <person@exempel.se>\r\nTo: bevakning@kommunen.se\r\n"
    "Subject: =?utf-8?q?Nytt_om_Katrineholm_=C3=A5?=\r\n"
    "Date: Mon, 23 Nov 2026 14:10:00 +0100\r\nMessage-ID: <a@b>\r\nMIME-Version: 1.0\r\n"
)


def test_a_mail_is_one_whole_text_without_who_sent_it() -> None:
    body = f"{MAIL}Content-Type: text/plain; charset=utf-8\r\n\r\nSe https://bladet.se/a och https://bladet.se/a\r\n"
    (entry,) = read("a.eml", body.encode()).entries
    assert (entry.key, entry.title) == ("<a@b>", "Nytt om Katrineholm å")
    assert entry.content == "Se https://bladet.se/a och https://bladet.se/a"
    assert entry.links == ("https://bladet.se/a",)
    assert entry.published == datetime(2026, 11, 23, 13, 10, tzinfo=UTC)
    assert "exempel" not in repr(entry)
    page = f"{MAIL}Content-Type: text/html; charset=iso-8859-1\r\n\r\n".encode() + "<p>Hej då å</p>".encode("latin-1")
    assert read("a.eml", page).entries[0].content == "Hej då å"
    picture = f"{MAIL}Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA\r\n"
    assert read("a.eml", picture.encode()).entries[0].content == ""


@pytest.mark.parametrize(
    ("name", "body", "said"),
    [
        ("a.csv", b" ", "empty"),
        ("a.csv", b"sep=;\r\n", "empty"),
        ("a.csv", b"namn;ort\nA;B\n", "the columns are url, title, text, published, source"),
        ("a.csv", b'title\n"' + b"x" * 200_000, "cannot be read"),
        ("a.csv", b"title\n" + b"x\n" * MAX_ROWS, "split it"),
        ("a.json", b"{", "no JSON"),
        ("a.json", b"[]", "no row"),
        ("a.eml", b"\r\n\r\n\r\n ", "empty"),
        ("a.eml", b"X: y\r\n\r\n", "neither a subject nor a text"),
        ("a.pdf", b"%PDF", "there are: .csv, .json, .eml"),
        ("a.csv", b"x" * (MAX_BODY + 1), "larger"),
    ],
)
def test_a_file_that_holds_nothing_is_refused_with_what_to_do(name: str, body: bytes, said: str) -> None:
    reading = read(name, body)
    assert reading.outcome is Outcome.REFUSED
    assert said in reading.reason


def test_a_mail_that_breaks_the_parser_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object, **_more: object) -> None:
        raise IndexError

    monkeypatch.setattr("monitor.core.mails.reading.message_from_bytes", broken)
    assert read("a.eml", b"x").reason == "the mail cannot be read: IndexError"


@given(st.binary(max_size=300), st.sampled_from(["a.csv", "a.json", "a.eml"]))
def test_no_bytes_make_the_reader_of_files_raise(body: bytes, name: str) -> None:
    read(name, body)
    read(name, b"title;url;date\n" + body)
    read(name, b"Subject: " + body)
