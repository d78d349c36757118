"""Lists of feeds: read from other readers, written for them, hostile ones refused."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from monitor.core import opml
from monitor.core.opml import Outline, read_opml, write_opml
from monitor.models import Refused, Source

NOW = datetime(2026, 11, 24, 5, 30, tzinfo=UTC)
LIST = b"""<?xml version="1.0"?><opml version="1.1"><head><title>Min</title></head><body>
<outline text="Media"><outline text="Lokalt"><outline type="rss" text="Bladet" xmlUrl="https://bladet.se/rss"/></outline>
<outline title="Radio" text="r" xmlurl="https://radio.se/f"/></outline>
<outline text="Byn" type="rss" category="/Bloggar/" xmlUrl="https://byn.se/feed/"/>
<outline text="Igen" xmlUrl="https://bladet.se/rss"/><outline text="tom"/><outline xmlUrl="javascript:alert(1)"/>
</body></opml>"""


def test_nested_headings_become_groups_and_each_address_counts_once() -> None:
    assert read_opml(LIST) == (
        Outline(url="https://bladet.se/rss", title="Bladet", group="Media / Lokalt"),
        Outline(url="https://radio.se/f", title="Radio", group="Media"),
        Outline(url="https://byn.se/feed/", title="Byn", group="Bloggar"),
    )


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'<!DOCTYPE opml [<!ENTITY a "b">]><opml><body/></opml>', "entities"),
        ('<!DOCTYPE opml SYSTEM "http://x/"><opml/>'.encode("utf-16"), "document type"),
        (b"<rss/>", "no OPML"),
        (b"", "no OPML"),
        (b"<opml><body><outline text='a'/></body></opml>", "names no feed"),
        (b" " * (opml.MAX_BODY + 1), "larger"),
    ],
)
def test_what_is_no_list_or_hostile_is_refused_in_words(body: bytes, said: str) -> None:
    refused = read_opml(body)
    assert isinstance(refused, Refused)
    assert said in refused.reason


def test_a_list_without_end_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opml, "MAX_OUTLINES", 2)
    found = read_opml(LIST)
    assert not isinstance(found, Refused)
    assert len(found) == 2


def test_what_is_written_reads_back_with_its_groups_and_carries_no_secret() -> None:
    sources = [
        Source(url="https://bladet.se/rss", name="Bladet & co", group="Media"),
        Source(url="https://byn.se/feed/"),
        Source(
            url="https://a.se/sitemap.xml", kind="sitemap", name="A", group="Media", options={"token": "env:HEMLIG"}
        ),
        Source(url="https://privat.se/feed?access_token=abc123", name="Privat"),
    ]
    written = write_opml(sources, "Källor", NOW)
    assert etree.fromstring(written).get("version") == "2.0"
    assert b"HEMLIG" not in written
    assert b"abc123" not in written
    assert b'type="link"' in written
    assert read_opml(written) == (
        Outline(url="https://bladet.se/rss", title="Bladet & co", group="Media"),
        Outline(url="https://byn.se/feed/", title="https://byn.se/feed/"),
    )


@given(st.binary(max_size=200))
def test_any_bytes_are_a_list_or_refused(body: bytes) -> None:
    assert isinstance(read_opml(b"<opml><body>" + body), tuple | Refused)
