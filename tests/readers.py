"""A good answer for every reader of bytes from outside, with room in it for what an evil one would say.

`tests/test_readers.py` finds the readers by itself and asks for a sample of each; bench/trust/readers.py breaks them.
"""

import base64
import csv
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import escape
from typing import Any

from monitor.core.listings import Selectors
from monitor.core.reservations import TdmRule

NOW = datetime(2026, 11, 24, 5, 30, tzinfo=UTC)
BASE = "https://www.a.example/nyheter/"
TEXT, ADDRESS, DATE = "Ny skola byggs i staden", "https://www.a.example/nyheter/2026/11/skola-1", "2026-11-23T14:10:00Z"

Writer = Callable[[str, str, str], bytes]
"""Writes an answer that says a text, links to an address and is of a date."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What one reader is given: `before`, the bytes, `after`. What a good answer says of it is in `tells`."""

    write: Writer
    after: tuple[object, ...] = ()
    before: tuple[object, ...] = ()
    tells: tuple[str, ...] = (TEXT, ADDRESS)

    @property
    def good(self) -> bytes:
        """An answer that is as it should be."""
        return self.write(TEXT, ADDRESS, DATE)

    def call(self, body: bytes) -> tuple[object, ...]:
        """Return the arguments with which the reader is called on `body`."""
        return (*self.before, body, *self.after)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _json(make: Callable[[str, str, str], Any]) -> Writer:
    return lambda text, url, date: json.dumps(make(text, url, date)).encode()


def _xml(template: str) -> Writer:
    """Fill in {text}, {url} and {date}, escaped."""
    return lambda text, url, date: _bytes(template.format(text=escape(text), url=escape(url), date=escape(date)))


RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:podcast="https://podcastindex.org/namespace/1.0">
<channel><title>{text}</title><link>{url}</link><language>sv</language>
<item><title>{text}</title><link>{url}</link><guid isPermaLink="false">1{text}</guid><pubDate>{date}</pubDate>
<description>{text}</description><content:encoded>&lt;p&gt;{text}&lt;/p&gt;</content:encoded>
<source url="{url}">{text}</source><enclosure url="{url}" type="audio/mpeg"/><itunes:summary>{text}</itunes:summary>
<podcast:transcript url="{url}" type="{text}"/></item>
<item><title>{text} 2</title><link>{url}/2</link><pubDate>{date}</pubDate><description>{text}</description></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/"><title>{text}</title>
<entry><id>yt:video:dQw4w9WgXcQ</id><title type="html">{text}</title><link rel="alternate" href="{url}"/>
<published>{date}</published><updated>{date}</updated><summary>{text}</summary><content type="html">{text}</content>
<media:group><media:title>{text}</media:title><media:description>{text}</media:description></media:group>
</entry></feed>"""
PAGE = """<!doctype html><html lang="sv"><head><title>{text}</title><link rel="canonical" href="{url}">
<meta property="og:title" content="{text}">
<meta property="og:url" content="{url}"><meta name="tdm-policy" content="{text}">
<meta property="article:published_time" content="{date}"><meta name="robots" content="noarchive, {text}">
<link rel="alternate" type="application/rss+xml" title="{text}" href="{url}">
<script type="application/ld+json">{{"@type":"NewsArticle","headline":"x","datePublished":"{date}"}}</script></head>
<body><article><h1>{text}</h1><time datetime="{date}">{date}</time>
<p>{text}. Kommunfullmäktige beslutade på måndagen att bygga en skola för fyrahundra elever vid torget.</p>
<p>{text}. Bygget börjar till våren och skolan ska stå klar om två år, säger kommunen i ett meddelande.</p>
<p>Läs mer <a href="{url}">{text}</a>. Kostnaden beräknas till tvåhundra miljoner kronor och tas av lån.</p>
</article></body></html>"""
LIST = (
    "<!doctype html><html><head><title>{text}</title></head><body><main><ul class='news'>"
    + "".join(
        "<li><article><h2><a href='{url}"
        + end
        + "'>{text}</a></h2><time datetime='{date}'>{date}</time><p>{text}</p></article></li>"
        for end in ("", "-b", "-c", "-d")
    )
    + "</ul></main></body></html>"
)
BOARD = """<!doctype html><html><head><title>Anslagstavla</title></head><body><h1>Anslagstavla</h1><table>
<tr><th>Rubrik</th><th>Anslagsdatum</th><th>Tas ned</th></tr>
<tr><td><a href="{url}">{text}</a></td><td>2026-11-20</td><td>2026-12-15</td></tr>
<tr><td><a href="{url}-b">{text} protokoll</a></td><td>{date}</td><td>{date}</td></tr></table></body></html>"""
OPML = """<?xml version="1.0"?><opml version="2.0"><head><title>{text}</title></head><body>
<outline text="{text}" title="{text}"><outline type="rss" text="{text}" title="{text}" xmlUrl="{url}" htmlUrl="{url}"/>
</outline><outline text="{text}" category="{text}" xmlUrl="{url}/2"/></body></opml>"""
SITEMAP = """<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>{url}</loc><lastmod>2026-11-23</lastmod>
<news:news><news:publication_date>2026-11-23</news:publication_date><news:title>{text}</news:title></news:news></url>
<url><loc>{url}/2</loc><lastmod>{date}</lastmod></url></urlset>"""
INDEX = """<?xml version="1.0"?><sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<sitemap><loc>{url}</loc><lastmod>{date}</lastmod></sitemap><sitemap><loc>{url}/2</loc></sitemap></sitemapindex>"""
VTT = "WEBVTT\n\n00:01.000 --> 00:04.000\n<v {text}>{text}\n\n00:05.000 --> 00:09.000\n{text} {url}\n"


def _word(text: str) -> str:
    return f"=?utf-8?b?{base64.b64encode(_bytes(text)).decode()}?="


def _mail(many: bool) -> Writer:
    def write(text: str, url: str, date: str) -> bytes:
        items = "".join(
            f'<div><h2><a href="{escape(url)}{end}">{escape(text)}</a></h2><p>{escape(text)}</p></div>'
            for end in ("", "-b", "-c", "-d")
        )
        body = items if many else f'<p>{escape(text)} <a href="{escape(url)}">{escape(url)}</a></p>'
        head = f"From: lista@a.example\r\nSubject: {_word(text)}\r\nMessage-ID: <{_word(text)}@a.example>\r\n"
        head += f"Date: {_word(date)}\r\n" + ("List-Id: <lista.a.example>\r\n" if many else "")
        head += "Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        return _bytes(head) + base64.encodebytes(_bytes(f"<html><body>{body}</body></html>"))

    return write


def _csv(text: str, url: str, date: str) -> bytes:
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=";").writerows(
        [["url", "title", "text", "published", "source"], [url, text, text, date, text]]
    )
    return _bytes(file.getvalue())


def _milliseconds(date: str) -> str:
    return "/Date(1795443000000)/" if date == DATE else "/Date(253402300799000)/"


def _rows(text: str, url: str, date: str) -> list[dict[str, str]]:
    return [{"url": url, "title": text, "text": text, "published": date, "source": text}]


def _feed_json(text: str, url: str, date: str) -> dict[str, Any]:
    item = {"id": f"1{text}", "url": url, "title": text, "summary": text, "content_html": text, "date_published": date}
    return {"version": "https://jsonfeed.org/version/1.1", "title": text, "language": text, "items": [item]}


def _cision(text: str, url: str, date: str) -> dict[str, Any]:
    release = {"EncryptedId": f"1{text}", "Title": text, "Intro": text, "Body": text, "PublishDate": date}
    return {"Releases": [{**release, "CisionWireUrl": url, "SourceName": text}]}


def _bluesky(text: str, url: str, date: str) -> dict[str, Any]:
    feature = {"$type": "app.bsky.richtext.facet#link", "uri": url}
    record = {
        "text": text,
        "createdAt": date,
        "facets": [{"index": {"byteStart": 0, "byteEnd": 5}, "features": [feature]}],
        "embed": {"$type": "app.bsky.embed.external", "external": {"uri": url, "title": text}},
        "labels": {"values": [{"val": text}]},
    }
    post = {"uri": "at://did:plc:x/app.bsky.feed.post/3k", "indexedAt": "2026-11-23T14:11:00Z", "record": record}
    return {"cursor": text, "posts": [post]}


def _status(text: str, url: str, date: str) -> list[dict[str, Any]]:
    card = {"url": url, "title": text}
    status = {"id": "1154", "uri": "https://m.example/users/x/statuses/1", "url": "https://m.example/@x/1"}
    said = {"created_at": date, "edited_at": date, "visibility": "public", "spoiler_text": text, "card": card}
    content = f'<p>{escape(text)} <a href="{escape(url)}">{escape(url)}</a></p>'
    odd = {"id": text, "uri": url, "url": url, "visibility": "public", "content": content, "created_at": date}
    return [{**status, **said, "content": content, "media_attachments": [{"description": text}]}, odd]


def _reddit(text: str, url: str, date: str) -> dict[str, Any]:
    moment = 1_795_443_000.0 if date == DATE else 10.0**11 - 1
    post = {"name": f"t3_{text}", "title": text, "selftext": text, "url": url, "created_utc": moment}
    odd = {**post, "name": "t3_1", "permalink": "/r/sweden/comments/1/"}
    return {"data": {"after": text, "children": [{"kind": "t3", "data": {**post, "permalink": url}},
                                                 {"kind": "t3", "data": odd}]}}  # fmt: skip


def _x(text: str, url: str, date: str) -> dict[str, Any]:
    post = {"id": "19891", "text": text, "created_at": date, "entities": {"urls": [{"expanded_url": url}]}}
    return {"data": [post], "meta": {"next_token": text, "result_count": 1}, "errors": [{"message": text}]}


def _films(text: str, _url: str, date: str) -> dict[str, Any]:
    snippet = {"publishedAt": date, "title": text, "description": text, "channelTitle": text}
    return {"nextPageToken": text, "items": [{"id": {"videoId": "dQw4w9WgXcQ"}, "snippet": snippet}]}


def _media(text: str, url: str, date: str) -> dict[str, Any]:
    paging = {"cursors": {"after": text}, "next": url}
    return {"data": [{"id": f"1{text}", "text": text, "permalink": url, "timestamp": date}], "paging": paging}


def _events(text: str, url: str, date: str) -> list[dict[str, Any]]:
    event = {"id": f"1{text}", "datetime": date, "name": text, "summary": text, "url": url, "type": text}
    return [{**event, "location": {"name": "Flen", "gps": "59.0,16.5"}}]


def _episodes(text: str, url: str, date: str) -> dict[str, Any]:
    episode = {"id": f"1{text}", "title": text, "url": url, "publishdateutc": _milliseconds(date)}
    sure = {**episode, "id": "2", "publishdateutc": _milliseconds(DATE)}
    return {"pagination": {"page": 1, "totalpages": 2}, "episodes": [episode, sure]}


def _documents(text: str, url: str, date: str) -> dict[str, Any]:
    document = {"dok_id": f"1{text}", "titel": text, "undertitel": text, "summary": text, "publicerad": date}
    return {"dokumentlista": {"@traffar": "1", "@sida": "1", "@sidor": "1",
                              "dokument": {**document, "dokument_url_html": url}}}  # fmt: skip


_feed = (BASE, "", NOW)
_selected = Selectors(item="li", title="a", date="time", link="a")

SAMPLES: dict[str, tuple[Sample, ...]] = {
    "discovery.read_front": (Sample(_xml(PAGE), (BASE, "text/html", f'<{ADDRESS}>; rel="alternate"')),),
    "discovery.read_sitemap_lines": (
        Sample(lambda _text, url, _date: _bytes(f"User-agent: *\nSitemap: {url}\n"), (BASE,), tells=(ADDRESS,)),
    ),
    "drops.read_drop": (
        Sample(_csv, (NOW,), ("lista.csv",)),
        Sample(_json(_rows), (NOW,), ("lista.json",)),
        Sample(_mail(many=False), (NOW,), ("brev.eml",)),
    ),
    "feeds.read_feed": (Sample(_xml(RSS), _feed), Sample(_xml(ATOM), _feed), Sample(_json(_feed_json), _feed)),
    "listings.read_listing": (
        Sample(_xml(LIST), (BASE, "text/html", NOW, _selected)),
        Sample(_xml(LIST), (BASE, "text/html", NOW)),
    ),
    "mails.reading.read_mail": (Sample(_mail(many=True), (NOW,)), Sample(_mail(many=False), (NOW,), tells=(TEXT,))),
    "notices.read_notices": (Sample(_xml(BOARD), (BASE, "text/html", NOW, "Anslagstavlan")),),
    "opml.read_opml": (Sample(_xml(OPML), (BASE,)),),
    "pages.extract.extract": (Sample(_xml(PAGE), (ADDRESS, "text/html", NOW)),),
    "podcasts.read_offers": (Sample(_xml(RSS), (BASE,)),),
    "podcasts.read_podcast": (Sample(_xml(RSS), _feed),),
    "podcasts.read_transcript": (
        Sample(_xml(VTT), ("text/vtt",), tells=(TEXT,)),
        Sample(_json(lambda text, _url, _date: {"segments": [{"body": text}]}), ("application/json",), tells=(TEXT,)),
        Sample(_xml("<p>{text}</p>"), ("text/html",), tells=(TEXT,)),
    ),
    "posts.bluesky.read_posts": (Sample(_json(_bluesky), (NOW,)),),
    "posts.bluesky.read_session": (
        Sample(_json(lambda text, _url, _date: {"accessJwt": "abc.def", "refreshJwt": text}), tells=(TEXT,)),
    ),
    "posts.mastodon.read_statuses": (
        Sample(_json(_status), ('<https://m.example/x?max_id=12%00%E2%80%AE>; rel="next"', NOW)),
    ),
    "posts.meta.read_media": (Sample(_json(_media), ("Threads", NOW)),),
    "posts.meta.read_hashtag": (Sample(_json(lambda _text, _url, _date: {"data": [{"id": "178"}]}), tells=("178",)),),
    "posts.reddit.read_posts": (Sample(_json(_reddit), (NOW,)),),
    "posts.reddit.read_token": (Sample(_json(lambda text, _url, _date: {"access_token": text}), tells=(TEXT,)),),
    "posts.told.read_told": (
        Sample(_json(lambda text, _url, _date: {"error": {"message": text, "code": text}}), tells=(TEXT,)),
        Sample(_json(lambda text, _url, _date: {"title": text}), tells=(TEXT,)),
    ),
    "posts.x.read_posts": (Sample(_json(_x), (NOW,)),),
    "posts.youtube.read_channel": (Sample(_xml(ATOM), _feed),),
    "posts.youtube.read_films": (Sample(_json(_films), (NOW,), tells=(TEXT,)),),
    "pressrooms.read_pressroom": (Sample(_xml(RSS), _feed), Sample(_json(_cision), _feed)),
    "reservations.judge_reservation": (
        Sample(
            _xml('<html><head><meta name="tdm-reservation" content="1"><meta name="tdm-policy" content="{text}">'),
            before=(BASE, {}, ()),
            tells=(TEXT,),
        ),
        Sample(lambda _text, _url, _date: b"", before=(BASE, {}, (TdmRule("/", True, f"\u202e\0{TEXT}"),)), tells=()),
    ),
    "reservations.read_tdm_file": (
        Sample(
            _json(lambda text, url, _date: [{"location": f"/{text}", "tdm-reservation": 1, "tdm-policy": url}]),
            tells=(f"/{TEXT}", ADDRESS),
        ),
    ),
    "services.gdelt.read_gdelt": (
        Sample(_json(lambda text, url, date: {"articles": [{"url": url, "title": text, "seendate": date}]}), (NOW,)),
    ),
    "services.google_news.read_google_news": (Sample(_xml(RSS), (BASE, NOW)),),
    "services.police.read_events": (Sample(_json(_events), (("Flen",), NOW)),),
    "services.radio.read_episodes": (Sample(_json(_episodes), (NOW, timedelta(days=7))),),
    "services.riksdag.read_documents": (Sample(_json(_documents), (NOW,)),),
    "sitemaps.read_index": (Sample(_xml(INDEX), (BASE, NOW), tells=(ADDRESS,)),),
    "sitemaps.read_sitemap": (Sample(_xml(SITEMAP), (BASE, NOW)),),
}
"""By the reader's name below monitor.core."""
