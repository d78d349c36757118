"""Plain feeds are read as feedparser reads them; every other feed is left to it."""

from collections.abc import Callable
from datetime import UTC, datetime
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core import feeds
from monitor.core.plain_feeds import read_plainly
from monitor.models import FeedReading

NOW = datetime(2026, 11, 24, 6, tzinfo=UTC)
RSS = (
    '<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:media="http://search.yahoo.com/mrss/" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/" '
    'xmlns:fb="http://rssnamespace.org/feedburner/ext/1.0"><channel>{}</channel></rss>'
)
ATOM = '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="sv_SE">{}</feed>'


def read(markup: str) -> FeedReading:
    return feeds.read_feed(markup.encode(), "https://blad.example/feed", "application/xml", NOW)


def read_by_feedparser(markup: str) -> FeedReading:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(feeds, "read_plainly", lambda _markup: None)
        return read(markup)


def assert_same(markup: str) -> None:
    assert read(markup) == read_by_feedparser(markup)


words = st.lists(
    st.sampled_from(
        [
            *("Badhuset byggs om", "i Mjölby", "5 < 6", "<p>En text</p>", "<b>fet", "&amp;", "&eacute;", "&nosuch;"),
            *("]]>", "Ã¥ter", "\u0096", "\u00a0", "é", "  ", "\n", "https://blad.example/a?b=1&c=2", "123", ""),
            "<script>x</script>",
        ]
    ),
    max_size=4,
).map(" ".join)


def element(name: str, content: st.SearchStrategy[str] = words, **attributes: list[str]) -> st.SearchStrategy[str]:
    def written(text: str, packed: bool, chosen: dict[str, str]) -> str:
        inside = f"<![CDATA[{text}]]>" if packed and "]]>" not in text else escape(text)
        given_ = "".join(f" {key.replace('_', ':')}={quoteattr(value)}" for key, value in chosen.items() if value)
        return f"<{name}{given_}>{inside}</{name}>"

    chosen = st.fixed_dictionaries({key: st.sampled_from(["", *values]) for key, values in attributes.items()})
    return st.builds(written, content, st.booleans(), chosen)


dates = st.sampled_from(["Tue, 24 Nov 2026 05:00:00 GMT", "2026-11-24T05:00:00Z", "i går", ""])
links = st.sampled_from(["https://blad.example/1", "/2", "https://blad.example/?a=1&amp;b=2", "blad", ""])
TYPES = ["text", "html", "xhtml", "text/html", "TEXT/HTML", "image/png"]
rss_items = st.lists(
    st.one_of(
        element("title"), element("title", type=["html"]), element("link", links), element("guid", links),
        element("guid", links, isPermaLink=["true", "false"]), element("pubDate", dates), element("description"),
        element("content:encoded"), element("dc:creator"), element("dc:date", dates), element("category"),
        element("media:title"), element("media:content", url=["https://blad.example/i.jpg"]), element("author"),
        element("fb:origLink", links), element("unknown"), element("comments", links), element("source"),
        element("enclosure", st.just(""), url=["https://blad.example/p.mp3"]),
        element("atom:link", st.just(""), href=["https://blad.example/5"], rel=["self", "alternate"]),
        st.just("<!-- a remark --><?a b?>text between"),
    ), max_size=7,
).map(lambda parts: f"<item>{''.join(parts)}</item>")  # fmt: skip
channels = st.lists(
    st.one_of(
        rss_items, rss_items, element("title"), element("language", st.just("sv-se")), element("ttl", st.just("60")),
        element("sy:updatePeriod", st.just("daily")), element("sy:updateFrequency", st.just("2")), element("docs"),
        element("description"),
        element("link", links), element("image", st.just("")), element("textInput"),
        st.just("<image><url>https://blad.example/b.png</url><title>En bild</title></image>"),
        st.just("<image><name>namn</name><title>En bild</title></image>"),
    ), max_size=6,
).map(lambda parts: RSS.format("".join(parts)))  # fmt: skip
atom_entries = st.lists(
    st.one_of(
        element("title", type=TYPES), element("id", links), element("summary", type=TYPES, xml_lang=["en"]),
        element("content", type=TYPES, src=["https://blad.example/x"]), element("published", dates), element("rights"),
        element("updated", dates), element("category", st.just(""), term=["Nyheter"]),
        element("link", st.just(""), href=["https://blad.example/1", "/a"], rel=["alternate", "self"], type=TYPES),
        st.just("<author><name>Redaktionen</name><uri>https://blad.example</uri></author>"),
        st.just("<author><title>Redaktionen</title></author>"), st.just('<title type="xhtml"><div>Nytt</div></title>'),
    ), max_size=6,
).map(lambda parts: f"<entry>{''.join(parts)}</entry>")  # fmt: skip
atoms = st.lists(
    st.one_of(
        atom_entries, atom_entries, element("title", type=TYPES), element("id", links), element("icon", links),
        element("link", st.just(""), href=["https://blad.example/"], rel=["self"]), element("updated", dates),
    ), max_size=5,
).map(lambda parts: ATOM.format("".join(parts)))  # fmt: skip


@given(channels)
def test_any_rss_is_read_as_feedparser_reads_it(markup: str) -> None:
    assert_same(markup)


@given(atoms)
def test_any_atom_is_read_as_feedparser_reads_it(markup: str) -> None:
    assert_same(markup)


ITEM = (
    "<item><title>Badhuset &amp;amp; isen</title><link>https://blad.example/1?a=1&amp;amp;b=2</link>"
    '<guid isPermaLink="false">7</guid><description>&lt;p&gt;Kort&lt;/p&gt;</description>'
    "<content:encoded><![CDATA[<p>Helt</p>]]></content:encoded><pubDate>Tue, 24 Nov 2026 05:00:00 GMT</pubDate></item>"
)
ENTRY = (
    '<entry><id>tag:1</id><title type="html">Badhuset</title><link href="https://blad.example/1"/>'
    "<summary>Kort</summary><content>Helt</content><updated>2026-11-24T05:00:00Z</updated></entry>"
)

OWN_LINK = '<atom:link rel="self" type="application/rss+xml" href="https://blad.example/flode"/>'


@pytest.mark.parametrize(
    "markup",
    [
        RSS.format("<title>Ã¥</title>" + ITEM),
        ATOM.format(ENTRY),
        ATOM.format('<link href="https://blad.example/"/><link rel="self" href="https://blad.example/flode"/>' + ENTRY),
        RSS.format(""),
        RSS.format(ITEM * 2),
        RSS.format("<link>https://blad.example/</link>" + OWN_LINK + ITEM),
    ],
)
def test_a_plain_feed_needs_no_feedparser(markup: str) -> None:
    assert read_plainly(markup.encode()) is not None
    assert_same(markup)


def in_item(part: str) -> str:
    return RSS.format(f"<item><title>Nytt</title>{part}</item>")


@pytest.mark.parametrize(
    "markup",
    [
        "<rss><channel><title>Slut",
        '<!DOCTYPE rss [<!ENTITY a "b">]>' + RSS.format(ITEM),
        '<rss version="2.0"><channel/><channel/></rss>',
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>',
        '<feed xmlns="http://purl.org/atom/ns#"><title>Atom 0.3</title></feed>',
        '<rss version="2.0" other="x"><channel/></rss>',
        RSS.format('<image href="x"/>'),
        RSS.format("<sy:updateBase>x</sy:updateBase>"),
        in_item('<x:y xmlns:x="https://new.example/ns">z</x:y>'),
        in_item("<title>Två</title>"),
        in_item("<description>En <b>fet</b> text</description>"),
        in_item('<description type="text">Nytt</description>'),
        in_item("<category><b/></category>"),
        in_item("<link>https:///blad.example/1</link>"),
        in_item("<description>\u0096</description>"),
        in_item('<link href=""/>'),
        in_item('<guid other="x">7</guid>'),
        in_item('<link hreflang="sv" foo="x">https://blad.example/1</link>'),
        RSS.format('<item rdf="x"/>'),
        ATOM.format('<entry><content type="image/png">x</content></entry>'),
        RSS.replace("xmlns:fb", "xmlns:it").replace("rssnamespace.org", "other.example").format("<item><it:a/></item>"),
    ],
)
def test_what_is_unusual_is_left_to_feedparser(markup: str) -> None:
    assert read_plainly(markup.encode()) is None


@pytest.mark.parametrize("write", [RSS.format, ATOM.format])
def test_the_language_of_the_root_is_the_feeds(write: Callable[[str], str]) -> None:
    assert_same(write("").replace("<rss ", '<rss xml:lang="sv_FI" '))
