"""The benches' own web: feeds of 20 entries and pages of about 174 kB on loopback, in a process of its own.

    python -m bench.small_web --feeds 1000 --pages 5000 --naming 0.05 --port 0

    with small_web(feeds=1000, pages=5000, naming=0.05) as web:
        web.feeds, web.pages, web.naming, web.hosts

It answers some 10,000 requests a second, so what is measured is who asks. Feed N and page N stand on host N modulo the
number of hosts; the entries of feed N lead to pages 20 N to 20 N + 19, and a page answers whatever its number. Feeds
send an ETag and answer 304; robots.txt and its like are 404. Everything is made from a number, so each run of a bench
reads the same bytes. The text is written for this purpose.
"""

import argparse
import asyncio
import html
import json
import random
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache

TOWN = "Växjö"
ENTRIES = 20
PAGE_BYTES = 174_000
NEWEST = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
LAYOUTS = 24
KINDS = ("rss",) * 46 + ("full",) * 25 + ("atom",) * 20 + ("rdf",) * 5 + ("latin-1",) * 4
"""What feeds are, of a hundred: summaries only, whole texts, Atom, RDF, and summaries in Latin-1."""

SENTENCES = (
    "Nämnden beslutade på måndagen att skjuta upp ärende {n} till våren.",
    "Bygget kostar {n} miljoner kronor enligt den nya beräkningen.",
    "Trafiken leds om medan ledningarna byts, och arbetet väntas ta {n} dagar.",
    "Skolan får fler platser när den nya delen öppnar efter sommaren.",
    "Enligt förvaltningen har {n} synpunkter kommit in under samrådet.",
    "Räddningstjänsten var på plats inom tio minuter och ingen människa kom till skada.",
    "Det är ett stort steg för föreningen, säger ordföranden.",
    "Biblioteket håller öppet längre på torsdagar från och med nästa månad.",
    "Kostnaden delas mellan regionen och de kommuner som är med i förbundet.",
    "Vattnet i sjön är renare än på länge, visar årets {n} prover.",
    "Polisen söker vittnen till händelsen, som inträffade sent på kvällen.",
    "Företaget räknar med att anställa {n} personer de närmaste åren.",
    "Förslaget ska nu ut på remiss, och svaren väntas före jul.",
    "Bussarna går var tionde minut under rusningen, mot var tjugonde i dag.",
    "Priset delas ut vid en ceremoni i museets nya hörsal.",
    "Majoriteten säger att beslutet var väntat, medan oppositionen vill se siffrorna först.",
)
NAMING = "Räddningstjänsten i {town} ryckte ut till en brand i en verkstad på måndagen."


@dataclass(frozen=True, slots=True)
class SmallWeb:
    """A web that is being served."""

    hosts: tuple[str, ...]
    """Host and port of each of its sites."""
    feeds: tuple[str, ...]
    pages: tuple[str, ...]
    naming: frozenset[str]
    """Those of the pages whose text names the town."""
    pid: int
    """Its process: not counted in what is measured."""


def names_town(number: int, share: float) -> bool:
    """Return whether a page names the town: evenly spread, so that any long stretch of pages holds its share."""
    return int((number + 1) * share + 1e-9) > int(number * share + 1e-9)


@contextmanager
def small_web(
    *, feeds: int = 1000, pages: int = 5000, naming: float = 0.05, hosts: int = 50, town: str = TOWN
) -> Iterator[SmallWeb]:
    """Serve the web in a process of its own while the block runs."""
    numbers = ("--feeds", feeds, "--pages", pages, "--naming", naming, "--hosts", hosts, "--town", town)
    command = [sys.executable, "-m", "bench.small_web", *map(str, numbers)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True) as server:
        try:
            assert server.stdout is not None
            port = json.loads(server.stdout.readline())["port"]
            sites = tuple(f"{address}:{port}" for address in addresses(hosts))
            urls = tuple(f"http://{sites[number % hosts]}/page/{number}.html" for number in range(pages))
            yield SmallWeb(
                hosts=sites,
                feeds=tuple(f"http://{sites[number % hosts]}/feed/{number}.xml" for number in range(feeds)),
                pages=urls,
                naming=frozenset(url for number, url in enumerate(urls) if names_town(number, naming)),
                pid=server.pid,
            )
        finally:
            server.terminate()


def addresses(hosts: int) -> list[str]:
    """Return so many addresses of this machine's loopback."""
    return [f"127.0.{number // 250}.{number % 250 + 2}" for number in range(hosts)]


# --- what stands there -----------------------------------------------------------------------------------


def make_text(number: int, sentences: int, naming: str = "") -> list[str]:
    """Return paragraphs of four sentences; with `naming`, that sentence begins the second."""
    chance = random.Random(number)  # noqa: S311 (the same text at each run is what is wanted)
    chosen = [chance.choice(SENTENCES).format(n=chance.randrange(2, 900)) for _ in range(sentences)]
    paragraphs = [" ".join(chosen[at : at + 4]) for at in range(0, sentences, 4)]
    if naming:
        paragraphs[1] = f"{naming} {paragraphs[1]}"
    return paragraphs


def title_of(number: int) -> str:
    """Return the headline of a page."""
    return f"Nämnden säger nej till förslag {number} om vägen"


@cache
def layout(number: int) -> tuple[bytes, bytes]:
    """Return what stands before and after the article in one of the designs: menus, scripts and teasers."""
    chance = random.Random(-number)  # noqa: S311
    ident = f"d{number}"
    menu = "".join(
        f'<li class="{ident}-menu__item menu__item--level-{at % 3}"><a href="/amne/{ident}/{at}?ref=meny&amp;pos={at}" '
        f'class="{ident}-menu__link" data-track="nav:{at}">Ämne {at} och nyheter</a></li>\n'
        for at in range(120 + 5 * number)
    )
    styles = "".join(
        f".{ident}-block--{at}{{margin:{at % 9}px auto;padding:{at % 5}rem;color:#{at * 4099 % 0xFFFFFF:06x}}}\n"
        for at in range(500)
    )
    teasers = "".join(
        f'<div class="{ident}-teaser teaser"><a href="/artikel/{ident}/{at}"><img src="/bild/{at}.jpg" alt="">'
        f'<h3 class="teaser__title">Mer att läsa om ämne {chance.randrange(900)}</h3></a>'
        f'<p class="teaser__text">Kort om {at}: beslut väntas.</p></div>\n'
        for at in range(80)
    )
    state = {f"block{at}": {"id": chance.randrange(10**9), "type": "teaser", "seen": False} for at in range(400)}
    before = (
        f"<style>{styles}</style>\n<script>window.dataLayer=[];</script></head>\n<body class='{ident}'>"
        f'<header><nav class="{ident}-menu"><ul>{menu}</ul></nav></header>\n<main class="{ident}-main">'
    )
    after = (
        f'</main><aside class="{ident}-related">{teasers}</aside>\n<footer class="{ident}-footer"><p>Utgivare: '
        f"redaktionen. Tipsa oss.</p></footer>\n<script>window.__STATE__={json.dumps(state)};</script>\n"
    )
    rest = PAGE_BYTES - len(before.encode()) - len(after.encode()) - 6_000
    script = "".join(f"function f{at}(a,b){{return a<b?b-a*{at}:f{at - 1}(b,a)}}\n" for at in range(1, rest // 38))
    return before.encode(), f"{after}<script>{script[:rest]}</script></body></html>".encode()


def make_page(number: int, share: float, town: str) -> tuple[bytes, bytes, bytes, bytes]:
    """Return the bytes of a page in parts: of most of them there is one copy in memory."""
    before, after = layout(number % LAYOUTS)
    title = title_of(number)
    at = (NEWEST - timedelta(minutes=number)).isoformat()
    text = make_text(number, 48, NAMING.format(town=town) if names_town(number, share) else "")
    told = json.dumps(
        {"@context": "https://schema.org", "@type": "NewsArticle", "headline": title, "datePublished": at}
    )
    head = (
        f'<!doctype html>\n<html lang="sv"><head><meta charset="utf-8"><title>{title} | Bladet</title>'
        f'<meta property="og:title" content="{title}"><meta property="og:type" content="article">'
        f'<meta property="article:published_time" content="{at}"><meta name="description" content="{text[0][:150]}">'
        f'<script type="application/ld+json">{told}</script>'
    )
    body = "".join(f"<p>{paragraph}</p>\n" for paragraph in text)
    article = (
        f'<article><h1>{title}</h1><p class="byline">Redaktionen</p><time datetime="{at}">{at[:16]}</time>\n'
        f'<div class="article__body">{body}</div></article>'
    )
    return head.encode(), before, article.encode(), after


def make_feed(number: int, links: Sequence[str]) -> bytes:
    """Return a feed of one of the kinds, with one entry for each link."""
    kind = KINDS[number * 37 % 100]
    base = links[0].rpartition("/page")[0]
    items = [_Item(number * ENTRIES + at, link, base) for at, link in enumerate(links)]
    if kind == "atom":
        entries = "\n".join(item.atom() for item in items)
        text = (
            f'<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom"><title>Bladet {number}'
            f"</title><id>{base}/feed/{number}.xml</id><updated>{NEWEST.isoformat()}</updated>"
            f'<link rel="self" href="{base}/feed/{number}.xml"/><link href="{base}/"/>\n{entries}</feed>'
        )
    elif kind == "rdf":
        entries = "\n".join(item.rdf() for item in items)
        text = (
            '<?xml version="1.0" encoding="utf-8"?>\n<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
            'xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
            f'<channel rdf:about="{base}/"><title>Bladet {number}</title><link>{base}/</link>'
            f"<description>Nyheter</description></channel>\n{entries}</rdf:RDF>"
        )
    else:
        entries = "\n".join(item.rss(whole=kind == "full") for item in items)
        code = "iso-8859-1" if kind == "latin-1" else "utf-8"
        text = (
            f'<?xml version="1.0" encoding="{code}"?>\n<rss version="2.0" '
            'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
            'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/">'
            f"<channel><title>Bladet {number}</title><link>{base}/</link><description>Nyheter</description>"
            f"<language>sv</language><lastBuildDate>{format_datetime(NEWEST)}</lastBuildDate>"
            f'<atom:link href="{base}/feed/{number}.xml" rel="self" type="application/rss+xml"/>\n{entries}'
            "</channel></rss>"
        )
    return text.encode("iso-8859-1" if kind == "latin-1" else "utf-8", "xmlcharrefreplace")


class _Item:
    """One entry of a feed, in each of the formats."""

    def __init__(self, number: int, link: str, base: str) -> None:
        self.title = title_of(number)
        self.link = link
        self.base = base
        self.number = number
        self.at = NEWEST - timedelta(minutes=number)
        self.summary = make_text(number, 4)[0]

    def rss(self, *, whole: bool) -> str:
        text = (
            "".join(f"<p>{html.escape(paragraph)}</p>\n" for paragraph in make_text(self.number, 48)) if whole else ""
        )
        picture = f'<figure><img src="{self.base}/bild/{self.number}.jpg" alt=""/></figure>'
        content = f"<content:encoded><![CDATA[{picture}{text}]]></content:encoded>" if whole else ""
        return (
            f'<item><title>{self.title}</title><link>{self.link}</link><guid isPermaLink="true">{self.link}</guid>'
            f"<dc:creator><![CDATA[Redaktionen]]></dc:creator><pubDate>{format_datetime(self.at)}</pubDate>"
            f"<category><![CDATA[Nyheter]]></category><category>Lokalt</category>"
            f"<description><![CDATA[<p>{self.summary}</p>]]></description>{content}"
            f'<media:content url="{self.base}/bild/{self.number}.jpg" medium="image"/></item>'
        )

    def atom(self) -> str:
        return (
            f'<entry><title>{self.title}</title><link rel="alternate" href="{self.link}"/><id>{self.link}</id>'
            f"<published>{self.at.isoformat()}</published><updated>{self.at.isoformat()}</updated>"
            f'<author><name>Redaktionen</name></author><category term="nyheter"/>'
            f'<summary type="html">&lt;p&gt;{self.summary}&lt;/p&gt;</summary></entry>'
        )

    def rdf(self) -> str:
        return (
            f'<item rdf:about="{self.link}"><title>{self.title}</title><link>{self.link}</link>'
            f"<description>{self.summary}</description><dc:date>{self.at.isoformat()}</dc:date>"
            f"<dc:creator>Redaktionen</dc:creator></item>"
        )


# --- serving it ------------------------------------------------------------------------------------------


class Site:
    """What all connections answer from."""

    def __init__(self, *, feeds: int, naming: float, town: str, sites: Sequence[str]) -> None:
        self.naming = naming
        self.town = town
        self.feeds = [
            make_feed(number, [page_url(sites, number * ENTRIES + at) for at in range(ENTRIES)])
            for number in range(feeds)
        ]

    def answer(self, head: bytes) -> list[bytes]:
        """Return the parts of the answer to a request."""
        path = head.split(b" ", 2)[1]
        kind, _, name = path[1:].partition(b"/")
        number = name.partition(b".")[0]
        if kind == b"feed" and number.isdigit() and int(number) < len(self.feeds):
            etag = b'"feed-' + number + b'"'
            if etag in head:
                return [b"HTTP/1.1 304 Not Modified\r\nETag: " + etag + b"\r\n\r\n"]
            return respond(b"application/rss+xml", b"ETag: " + etag + b"\r\n", self.feeds[int(number)])
        if kind == b"page" and number.isdigit():
            return respond(b"text/html; charset=utf-8", b"", *make_page(int(number), self.naming, self.town))
        return [b"HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nContent-Length: 0\r\n\r\n"]


def page_url(sites: Sequence[str], number: int) -> str:
    """Return the address of a page."""
    return f"http://{sites[number % len(sites)]}/page/{number}.html"


def respond(kind: bytes, more: bytes, *body: bytes) -> list[bytes]:
    """Return the parts of an answer with its head."""
    length = b"%d" % sum(map(len, body))
    head = b"HTTP/1.1 200 OK\r\nContent-Type: " + kind + b"\r\n" + more + b"Content-Length: " + length + b"\r\n\r\n"
    return [head, *body]


class Connection(asyncio.Protocol):
    """One connection, kept open for as long as the other side likes."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.waiting = b""
        self.transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where answers go."""
        assert isinstance(transport, asyncio.WriteTransport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer every request that is whole."""
        assert self.transport is not None
        *heads, self.waiting = (self.waiting + data).split(b"\r\n\r\n")
        for head in heads:
            self.transport.write(b"".join(self.site.answer(head)))


async def serve(site: Site, listening: Sequence[socket.socket]) -> None:
    """Serve until the process is told to end."""
    loop = asyncio.get_running_loop()
    servers = [await loop.create_server(lambda: Connection(site), sock=one, backlog=512) for one in listening]
    print(json.dumps({"port": listening[0].getsockname()[1]}), flush=True)
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    await ended.wait()
    for server in servers:
        server.close()


def listen(hosts: int, port: int) -> list[socket.socket]:
    """Return a socket for each host, all with one port; 0 lets the first one choose it."""
    sockets = []
    for address in addresses(hosts):
        sockets.append(socket.create_server((address, port), backlog=512))
        port = sockets[0].getsockname()[1]
    return sockets


def main() -> None:
    """Serve the web; the port is told as a line of JSON once everything is ready."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, usual in (("feeds", 1000), ("pages", 5000), ("hosts", 50), ("port", 0)):
        parser.add_argument(f"--{name}", type=int, default=usual)
    parser.add_argument("--naming", type=float, default=0.05, help="share of the pages that name the town")
    parser.add_argument("--town", default=TOWN)
    given = parser.parse_args()
    listening = listen(given.hosts, given.port)
    sites = [f"{address}:{listening[0].getsockname()[1]}" for address in addresses(given.hosts)]
    site = Site(feeds=given.feeds, naming=given.naming, town=given.town, sites=sites)
    for number in range(LAYOUTS):
        layout(number)
    with suppress(KeyboardInterrupt):
        asyncio.run(serve(site, listening))


if __name__ == "__main__":
    main()
