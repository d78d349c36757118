"""The miniature web's server, asked as a crawler asks. One port a site: that way of serving needs 127.0.0.1 only."""

import gzip
import http.client
import json
import socket
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from monitor.demo import Addresses, serve, sites
from monitor.demo.content import SERVICES
from monitor.demo.server import PortTakenError
from tests.demo.free_ports import find_free_base

SITES = {site.key: site for site in sites()}


@dataclass
class Reply:
    """An answer, read to its end."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes


@pytest.fixture(scope="module")
def addresses() -> Iterator[Addresses]:
    found = Addresses(port=find_free_base(), many_hosts=False)
    with serve(found):
        yield found


def ask(addresses: Addresses, key: str, path: str, method: str = "GET", **headers: str) -> Reply:
    host, port = addresses.bind(SITES[key].host)
    connection = http.client.HTTPConnection(host, port, timeout=5)
    try:
        connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        response = connection.getresponse()
        return Reply(response.status, response.headers, response.read())
    finally:
        connection.close()


def hangs_up(talk: socket.socket) -> bool:
    """Whether the other side ends the connection without an answer."""
    try:
        return talk.recv(100) == b""
    except ConnectionError:
        return True


def test_every_feed_and_every_page_answers(addresses: Addresses) -> None:
    for site in sites():
        if site.behaviour != "answers" or site.feed in SERVICES:
            continue
        assert ask(addresses, site.key, site.feed_path).status == 200
        assert ask(addresses, site.key, "/").status == 200
        for article in site.articles:
            reply = ask(addresses, site.key, article.path)
            assert reply.status == article.status
            assert reply.headers["Content-Type"].startswith("text/html")


def test_a_known_etag_is_answered_with_304_and_nothing_more(addresses: Addresses) -> None:
    path = SITES["djuloposten"].feed_path
    first = ask(addresses, "djuloposten", path)
    again = ask(addresses, "djuloposten", path, If_None_Match=first.headers["ETag"])
    assert (again.status, again.body) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert ask(addresses, "djuloposten", path, If_None_Match='"other", ' + first.headers["ETag"]).status == 304
    assert ask(addresses, "djuloposten", path, If_None_Match='"other"').status == 200


def test_a_known_date_is_answered_with_304_unless_an_etag_says_otherwise(addresses: Addresses) -> None:
    path = SITES["djuloposten"].feed_path
    changed = ask(addresses, "djuloposten", path).headers["Last-Modified"]
    assert ask(addresses, "djuloposten", path, If_Modified_Since=changed).status == 304
    both = ask(addresses, "djuloposten", path, If_Modified_Since=changed, If_None_Match='"other"')
    assert both.status == 200


def test_sites_give_the_validators_that_they_say(addresses: Addresses) -> None:
    for site in sites():
        if site.behaviour == "answers" and site.feed not in SERVICES:
            headers = ask(addresses, site.key, site.feed_path).headers
            assert ("ETag" in headers) is (site.validators in {"both", "etag"})
            assert ("Last-Modified" in headers) is (site.validators in {"both", "modified"})


def test_a_packed_answer_has_an_etag_of_its_own(addresses: Addresses) -> None:
    path = SITES["rikskuriren"].feed_path
    plain = ask(addresses, "rikskuriren", path)
    packed = ask(addresses, "rikskuriren", path, Accept_Encoding="gzip, br")
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    assert packed.headers["ETag"] != plain.headers["ETag"]
    again = ask(addresses, "rikskuriren", path, Accept_Encoding="gzip", If_None_Match=packed.headers["ETag"])
    assert again.status == 304


def test_the_latin_1_paper_is_latin_1_in_feed_and_page(addresses: Addresses) -> None:
    feed = ask(addresses, "djuloposten", SITES["djuloposten"].feed_path)
    assert feed.headers["Content-Type"] == "application/rss+xml; charset=iso-8859-1"
    assert feed.body.startswith(b'<?xml version="1.0" encoding="iso-8859-1"?>')
    assert "Djulöposten".encode("latin-1") in feed.body
    page = ask(addresses, "djuloposten", "/artikel/forskola-stangdes-efter-fuktlarm")
    assert b"F&ouml;rskolan Bl&aring;stj&auml;rnan" in page.body
    assert page.body.isascii()


def test_the_society_writes_utf_16(addresses: Addresses) -> None:
    feed = ask(addresses, "hembygdsnytt", SITES["hembygdsnytt"].feed_path)
    assert feed.body[:2] in {b"\xff\xfe", b"\xfe\xff"}
    assert "glasplåtar" in feed.body.decode("utf-16")


def test_the_json_feed_is_json(addresses: Addresses) -> None:
    feed = ask(addresses, "flenswebb", "/feed.json")
    assert feed.headers["Content-Type"] == "application/feed+json; charset=utf-8"
    assert json.loads(feed.body)["version"] == "https://jsonfeed.org/version/1.1"


def test_the_news_sitemap_is_one_and_its_pages_name_no_feed(addresses: Addresses) -> None:
    feed = ask(addresses, "kolsnarenstidning", "/nyhetskarta.xml")
    assert feed.headers["Content-Type"] == "application/xml; charset=utf-8"
    assert feed.body.count(b"<news:publication_date>2026-11-23T") == 3
    assert b"alternate" not in ask(addresses, "kolsnarenstidning", "/").body


def test_the_society_has_a_list_of_its_news_and_no_feed(addresses: Addresses) -> None:
    page = ask(addresses, "batlaget", SITES["batlaget"].feed_path)
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert page.body.count(b'<div class="nyhet">') == len(SITES["batlaget"].articles)
    assert b"alternate" not in page.body


def test_a_locked_page_holds_its_teaser_only(addresses: Addresses) -> None:
    path = "/sverige/2026/11/23/kommunerna-som-slutade-hyra-skoterskor"
    page = ask(addresses, "rikskuriren", path).body.decode()
    assert '"isAccessibleForFree": false' in page
    assert "I Katrineholm, Hudiksvall och Ystad" in page
    assert "korttidsboendet" not in page
    assert "korttidsboendet" not in ask(addresses, "rikskuriren", SITES["rikskuriren"].feed_path).body.decode()


def test_robots_txt_closes_a_folder_and_is_missing_elsewhere(addresses: Addresses) -> None:
    rules = ask(addresses, "julitabladet", "/robots.txt")
    assert rules.headers["Content-Type"].startswith("text/plain")
    assert b"Disallow: /plus/" in rules.body
    assert b"Sitemap: http://127.0.0.1:" in rules.body
    assert ask(addresses, "djuloposten", "/robots.txt").status == 404


def test_one_site_refuses_and_one_is_down(addresses: Addresses) -> None:
    assert ask(addresses, "sormlandsmorgon", "/rss.xml").status == 403
    with pytest.raises(ConnectionRefusedError):
        ask(addresses, "bygdenspodd", "/avsnitt.xml")


def test_an_unknown_address_is_404_and_a_query_is_not_looked_at(addresses: Addresses) -> None:
    assert ask(addresses, "virendirekt", "/finns-inte").status == 404
    assert ask(addresses, "virendirekt", "/2026/11/23/rondell-osterleden?utm_source=rss").status == 200


def test_the_amp_copy_points_to_the_article(addresses: Addresses) -> None:
    page = ask(addresses, "virendirekt", "/2026/11/23/rondell-osterleden/amp").body.decode()
    article = addresses.base(SITES["virendirekt"].host) + "/2026/11/23/rondell-osterleden"
    assert f'<link rel="canonical" href="{article}">' in page


def test_head_gives_the_head_alone(addresses: Addresses) -> None:
    reply = ask(addresses, "virendirekt", "/", method="HEAD")
    assert (reply.status, reply.body) == (200, b"")
    assert int(reply.headers["Content-Length"]) > 0


def test_a_connection_is_kept_for_the_next_request(addresses: Addresses) -> None:
    host, port = addresses.bind(SITES["virendirekt"].host)
    connection = http.client.HTTPConnection(host, port, timeout=5)
    for path in ("/", "/feed", "/robots.txt"):
        connection.request("GET", path)
        assert connection.getresponse().read()
    connection.close()


def test_a_request_with_a_body_is_read_to_its_end(addresses: Addresses) -> None:
    host, port = addresses.bind(SITES["virendirekt"].host)
    connection = http.client.HTTPConnection(host, port, timeout=5)
    for _ in range(2):
        connection.request("POST", "/feed", body=b"a=1")
        assert connection.getresponse().read().startswith(b"<?xml")
    connection.close()
    with socket.create_connection((host, port), timeout=5) as talk:
        talk.sendall(b"POST / HTTP/1.1\r\nContent-Length: 1000000\r\n\r\n")
        assert hangs_up(talk)


def test_what_is_no_request_ends_the_connection_and_nothing_else(addresses: Addresses) -> None:
    place = addresses.bind(SITES["virendirekt"].host)
    with socket.create_connection(place, timeout=5) as talk:
        talk.sendall(b"\x16\x03\x01 hello\r\n\r\n")
        assert talk.recv(100).startswith(b"HTTP/1.1 404")
    with socket.create_connection(place, timeout=5) as talk:
        talk.sendall(b"GET / HTTP/1.1\r\nX: " + b"x" * 70_000)
        assert hangs_up(talk)
    assert ask(addresses, "virendirekt", "/").status == 200


def test_a_port_that_is_taken_is_said(addresses: Addresses) -> None:
    with pytest.raises(PortTakenError, match="is taken by another program"), serve(addresses):
        raise AssertionError("the web must not be served twice")
