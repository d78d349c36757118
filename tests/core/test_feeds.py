"""Feeds of all kinds and makes. Each file in `feeds/` has a golden reading beside it, checked by hand once."""

import json
import time
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.bounds import MAX_ELEMENTS
from monitor.core.feeds import MAX_BODY, MAX_ENTRIES, MAX_MARKS, read_feed
from monitor.core.text import MAX_TITLE, MAX_URL
from monitor.models import Entry, FeedReading, Outcome

FEEDS = Path(__file__).parent / "feeds"
URL = "https://blad.example/rss/feed.xml"
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def rss(items: str, head: str = "") -> bytes:
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Blad</title>{head}{items}</channel></rss>'.encode()


def only_entry(reading: FeedReading) -> Entry:
    assert len(reading.entries) == 1
    return reading.entries[0]


@pytest.mark.parametrize("path", sorted(path for path in FEEDS.iterdir() if path.is_file()), ids=lambda path: path.name)
def test_a_feed_reads_as_its_golden_file_says(path: Path) -> None:
    reading = read_feed(path.read_bytes(), URL, "", NOW)
    golden = json.loads((FEEDS / "golden" / f"{path.name}.json").read_text(encoding="utf-8"))
    said = json.loads(json.dumps(asdict(reading), default=str))
    for entry in said["entries"]:  # what other kinds fill, a feed does not
        assert [entry.pop(name) for name in ("whole", "publisher", "links")] == [False, "", []]
    assert said == golden


@pytest.mark.parametrize(
    ("head", "pause"),
    [
        ("<ttl>60</ttl>", timedelta(hours=1)),
        ("<ttl>often</ttl>", None),
        (
            "<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>",
            timedelta(hours=12),
        ),
        ("<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>", timedelta(days=1)),
        ("<sy:updatePeriod>sometimes</sy:updatePeriod>", None),
        ("", None),
    ],
)
def test_how_often_a_feed_says_that_it_changes_is_read(head: str, pause: timedelta | None) -> None:
    body = rss("", head).replace(b"<rss ", b'<rss xmlns:sy="http://purl.org/rss/1.0/modules/syndication/" ')
    assert read_feed(body, URL).pause == pause


def test_every_golden_file_has_its_feed() -> None:
    assert {path.stem for path in (FEEDS / "golden").iterdir()} == {
        path.name for path in FEEDS.iterdir() if path.is_file()
    }


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "the source answered with an empty page"),
        (b" \n\xef\xbb\xbf", "the source answered with an empty page"),
        (b"<!doctype html><html><title>Logga in</title>", "the source answered with an HTML page, not a feed"),
        (b"<!-- x --><div>Kakor?</div>", "the source answered with an HTML page, not a feed"),
        (b"/etc/passwd", "the source answered with something that is no feed"),
        (b"<sitemap><url/></sitemap>", "the source answered with something that is no feed"),
        (b"\x89PNG\r\n\x1a\n\x00\x01", "the source answered with something that is no feed"),
        (b'{"items": ', "the source answered with JSON that cannot be read"),
        (b"[" * 100_000, "the source answered with JSON that cannot be read"),
        (b'{"error": "no"}', "the source answered with JSON that is no JSON Feed"),
        (b"[1]", "the source answered with JSON that is no JSON Feed"),
        (b"<rss>" + b" " * MAX_BODY, "the feed is larger than 5 MB"),
        (b"<rss><channel><image><width><x>8</width></image></channel></rss>", "the feed cannot be read: TypeError"),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_what_is_no_feed_is_refused_with_a_sentence(body: bytes, reason: str) -> None:
    assert read_feed(body, URL) == FeedReading(outcome=Outcome.REFUSED, reason=reason)


def test_a_feed_with_the_doctype_of_a_page_is_a_feed() -> None:
    body = b'<!DOCTYPE html PUBLIC "x"><!-- y --><rss version="2.0"><channel><title>Blad</title></channel></rss>'
    assert read_feed(body, URL) == FeedReading(outcome=Outcome.OK, title="Blad")


def test_a_json_feed_without_items_is_empty_not_broken() -> None:
    body = b'{"version": "https://jsonfeed.org/version/1", "title": 2026}'
    assert read_feed(body, URL) == FeedReading(outcome=Outcome.OK, title="2026")


def test_only_the_first_entries_of_an_endless_feed_are_read() -> None:
    reading = read_feed(rss("".join(f"<item><title>{n}</title></item>" for n in range(MAX_ENTRIES + 7))), URL)
    assert (reading.outcome, len(reading.entries)) == (Outcome.PARTIAL, MAX_ENTRIES)
    assert reading.reason == "only the first 1000 of 1007 entries were read"
    assert reading.entries[-1].title == "999"


def test_the_end_of_a_feed_that_is_cut_is_still_read() -> None:
    items = "".join(f"<item><title>{n}</title></item>" for n in range(MAX_ENTRIES + 7))
    assert read_feed(rss(items + "<title>Bladet</title>"), URL).title == "Bladet"


def test_entries_that_are_never_ended_are_cut_too() -> None:
    reading = read_feed(rss("<item><title>x" * (20 * MAX_ENTRIES)), URL)
    assert reading.outcome is Outcome.PARTIAL
    assert "of 20000 entries" in reading.reason


def test_a_tag_with_a_crowd_of_attributes_is_read_without_them_and_this_is_told() -> None:
    crowd = " ".join(f"a{n}='x'" for n in range(20_000))
    reading = read_feed(rss(f"<item {crowd}><title>Rubrik</title></item>"), URL)
    assert (reading.outcome, only_entry(reading).title) == (Outcome.PARTIAL, "Rubrik")
    assert "attributes" in reading.reason


def test_a_feed_of_too_many_elements_is_refused_before_it_is_parsed() -> None:
    reading = read_feed(rss(f"<item><title>x</title></item>{'<b/>' * (MAX_ELEMENTS + 1)}"), URL)
    assert (reading.outcome, reading.reason) == (
        Outcome.REFUSED,
        f"the feed cannot be read: it has more than {MAX_ELEMENTS} elements",
    )


def test_a_feed_of_nothing_but_signs_of_markup_is_refused_before_it_is_parsed() -> None:
    reading = read_feed(rss("<item><title>x</title></item>" + "<&" * (MAX_MARKS // 2)), URL)
    assert (reading.outcome, "signs of markup" in reading.reason) == (Outcome.REFUSED, True)


def test_tags_that_a_sloppy_feed_leaves_open_cost_it_nothing() -> None:
    items = "".join(f"<item><title>{n}</title><description>rad<br>två</description></item>" for n in range(400))
    assert len(read_feed(rss(items), URL).entries) == 400


def test_the_header_tells_the_charset_that_the_feed_does_not() -> None:
    body = "<rss><channel><item><title>Привет из города</title></item></channel></rss>".encode("koi8-r")
    assert only_entry(read_feed(body, URL, "text/xml; charset=KOI8-R")).title == "Привет из города"


def test_an_entry_keeps_its_identity_when_the_feed_moves() -> None:
    body = rss("<item><title>x</title><link>https://blad.example/1</link><guid>1</guid></item>")
    keys = {only_entry(read_feed(body, url)).key for url in (URL, "http://flyttad.example/feed/")}
    assert keys == {"1"}


@pytest.mark.parametrize(
    ("fields", "url"),
    [
        ("<link>/a</link><guid>https://blad.example/b</guid>", "https://blad.example/a"),
        ("<link></link><guid isPermaLink='false'>https://blad.example/b</guid>", "https://blad.example/b"),
        ("<guid>/b</guid>", "https://blad.example/b"),
        ("<guid>b</guid>", ""),
        ("<link>b</link><guid>b</guid>", ""),
        ("<link>mailto:a@blad.example</link><guid>https://blad.example/b</guid>", "https://blad.example/b"),
        ("<feedburner:origLink>https://blad.example/c</feedburner:origLink><link>/a</link>", "https://blad.example/c"),
        ("<link>https://www.google.com/url?url=https://annan.example/d</link>", "https://annan.example/d"),
        ("<atom:link rel='alternate' type='text/plain' href='/e.txt'/>", "https://blad.example/e.txt"),
        ("<enclosure url='https://blad.example/f.mp3' type='audio/mpeg'/>", ""),
    ],
)
def test_the_address_of_an_entry_is_the_page_it_speaks_of(fields: str, url: str) -> None:
    body = (
        '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" '
        'xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0">'
        f"<channel><item><title>x</title>{fields}</item></channel></rss>"
    )
    assert only_entry(read_feed(body.encode(), URL)).url == url


def test_an_entry_without_id_and_address_is_known_by_title_and_date_or_text() -> None:
    twice = "<item><title>Brand</title><pubDate>{0}</pubDate><description>{1}</description></item>"
    dates = "".join(twice.format(date, "x") for date in ("2026-11-22", "2026-11-23", "2026-11-22"))
    texts = "".join(twice.format("", text) for text in ("Hagen", "Nyhem", "Hagen"))
    assert [entry.key for entry in read_feed(rss(dates), URL).entries] == ["Brand 2026-11-22", "Brand 2026-11-23"]
    assert [entry.key for entry in read_feed(rss(texts), URL).entries] == ["Brand Hagen", "Brand Nyhem"]
    untitled = texts.replace("Brand", "").replace("<pubDate>", "<pubDate>i dag")
    assert [entry.key for entry in read_feed(rss(untitled), URL).entries] == ["i dag Hagen", "i dag Nyhem"]


def test_a_picture_in_the_content_is_not_text() -> None:
    entry = '<entry><title>x</title><content type="image/png">iVBORw0KGgo=</content></entry>'
    body = f'<feed xmlns="http://www.w3.org/2005/Atom">{entry}</feed>'.encode()
    assert only_entry(read_feed(body, URL)) == Entry(key="x", title="x")


def test_items_that_all_have_one_id_and_no_address_are_told_apart_by_their_titles() -> None:
    items = "".join(f"<item><title>{title}</title><guid>0</guid></item>" for title in ("Ett", "Två"))
    assert [entry.key for entry in read_feed(rss(items), URL).entries] == ["0 Ett", "0 Två"]


def test_a_time_without_zone_is_taken_in_the_zone_of_the_caller() -> None:
    body = rss("<item><title>x</title><pubDate>2026-07-01 12:00</pubDate></item>")
    there = only_entry(read_feed(body, URL, zone=ZoneInfo("Europe/Stockholm"))).published
    assert there == datetime(2026, 7, 1, 10, tzinfo=UTC)


def test_a_far_date_is_not_believed_but_kept_as_it_was_written() -> None:
    body = rss("<item><title>x</title><pubDate>2026-12-24T15:00:00Z</pubDate></item>")
    for now, published in ((NOW, None), (NOW + timedelta(days=30), datetime(2026, 12, 24, 15, tzinfo=UTC))):
        entry = only_entry(read_feed(body, URL, "", now))
        assert (entry.published, entry.published_raw) == (published, "2026-12-24T15:00:00Z")


def test_entities_of_the_document_are_neither_fetched_nor_multiplied() -> None:
    doctype = '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/hostname"><!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
    body = f"{doctype}<rss><channel><item><title>[&x;]</title></item><item><title>&b;</title></item></channel></rss>"
    assert [entry.title for entry in read_feed(body.encode(), URL).entries] == ["[&x;]", "&b;"]


# --- whatever the bytes -----------------------------------------------------------------------------------

_WORDS = (
    "<rss> </rss> <channel> <item> </item> <entry> <title> </title> <link> </link> <guid> <description> <![CDATA[ ]]> "
    "<content:encoded> <pubDate> 2026-11-23 &lt; &gt; &amp;auml; &#xd800; &#0; &nbsp; <!-- --> <p> <script> å \x00 "
    "\u202e javascript:x https://k.example/ xml:base='//x/' <?xml?> <width> <image> <svg> null , ] } "
    '{"version":"jsonfeed.org","items":[ {"id":1,"url":"x"}'
)
_SOUP = st.lists(st.sampled_from(_WORDS.split(" ")), max_size=25).map(" ".join)
_BODIES = st.one_of(
    st.binary(max_size=300),
    _SOUP.map(str.encode),
    _SOUP.map(lambda soup: rss(f"<item>{soup}</item>")),
    st.tuples(_SOUP, st.sampled_from(["utf-16", "utf-32-le", "cp1252", "utf-8-sig"])).map(
        lambda pair: pair[0].encode(pair[1], "replace")
    ),
)


@settings(deadline=None)
@given(_BODIES, st.sampled_from(["", "text/xml; charset=punycode", "text/html; charset=utf-16", "a; charset=x"]))
def test_any_bytes_give_an_outcome_and_clean_entries(body: bytes, content_type: str) -> None:
    reading = read_feed(body, URL, content_type, NOW)
    assert reading.outcome is not Outcome.REFUSED or (reading.reason and not reading.entries)
    assert bool(reading.reason) == (reading.outcome is not Outcome.OK)
    assert len({entry.key for entry in reading.entries}) == len(reading.entries)
    for entry in reading.entries:
        assert entry.key
        assert entry.url == "" or urlsplit(entry.url).scheme in {"http", "https"}
        assert len(entry.url) <= MAX_URL
        assert len(entry.title) <= MAX_TITLE
        assert entry.title or entry.summary or entry.url
        assert not set(entry.title + entry.id + entry.summary + entry.content) & set("\x00\u202e\x1b\ud800")
        assert entry.published is None or entry.published.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    "body",
    [
        b"<rss><channel>" + b"<feed xmlns='http://www.w3.org/2005/Atom'>" * 60_000,
        b"<?xml version='1.0'" + b" a='1'" * 40_000 + b"?><rss><channel><item><title>x</title></item></channel></rss>",
        b"<rss><channel>" + b"<b>" * 19_990,
    ],
)
def test_a_feed_that_is_built_to_be_slow_ends_soon_and_says_why(body: bytes) -> None:
    began = time.process_time()
    reading = read_feed(body, URL)
    assert time.process_time() - began < 5
    assert reading.reason
