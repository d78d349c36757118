"""Pages that list news, in several looks; menus are not taken for news."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.listings import MAX_BODY, Selectors, read_listing
from monitor.models import FeedReading, Outcome

NOW = datetime(2026, 11, 24, 5, 30, tzinfo=UTC)
URL = "https://byalaget.se/nyheter"
STOCKHOLM = ZoneInfo("Europe/Stockholm")

MENU = (
    '<div class="huvudmeny"><ul><li><a href="/bygga-och-bo">Bygga, bo och miljö</a></li>'
    '<li><a href="/barn-och-skola">Barn och utbildning i kommunen</a></li>'
    '<li><a href="/omsorg-och-stod">Omsorg och stöd för alla</a></li></ul></div>'
    '<nav><a href="/a-b-c">Nyheter från hela länet</a><a href="/d-e-f">Sport från hela länet</a></nav>'
)
FOOT = (
    '<footer><a href="/om-oss-alla">Om oss som skriver här</a><a href="/kontakta-oss-nu">Kontakta oss redan i dag</a>'
    '<a href="/kakor-pa-sidan">Så använder vi kakor här</a></footer>'
)


def read(body: str, selectors: Selectors | None = None, match: str = "") -> FeedReading:
    page = f"<!doctype html><html><head><title>T</title></head><body>{MENU}<main>{body}</main>{FOOT}</body></html>"
    return read_listing(page.encode(), URL, "text/html; charset=utf-8", NOW, selectors, match=match, zone=STOCKHOLM)


def cards() -> str:
    return "".join(
        f'<article class="card card-{n}"><a href="/n/{n}"><img alt=""></a>'
        f'<h2><a href="/n/{n}">Ny bro {n} i byn</a></h2>'
        f'<time datetime="2026-11-2{n}T10:00:00+01:00">förra veckan</time><p>Den är klar.</p>'
        f'<a href="/n/{n}">Läs mer här</a><a href="/tagg/bro">Broar</a></article>'
        for n in range(1, 4)
    )


def plain_list() -> str:
    return "<ul>" + "".join(
        f'<li>2026-11-2{n} <a href="/arkiv/{n}">Ny bro {n} i byn</a></li>' for n in range(1, 4)
    ) + "</ul>"  # fmt: skip


def table() -> str:
    return "<table>" + "".join(
        f'<tr><td>2{n} november 2026 kl. 10.00</td><td><a href="las.php?id={n}">Ny bro {n} i byn</a></td></tr>'
        for n in range(1, 4)
    ) + "</table>"  # fmt: skip


def old_style() -> str:
    return "<div>" * 60 + "".join(
        f'<p><time datetime="snart">strax</time><a href="/2026/11/2{n}/bro">Ny bro {n} i byn</a></p>'
        for n in range(1, 4)
    )  # fmt: skip


def wrapped() -> str:
    return '<div class="row">' + "".join(
        f'<div class="col-{n}"><a class="teaser" href="https://www.byalaget.se/2026/11/2{n}/bro">'
        f'<span class="datum">2{n} nov</span><h3>Ny bro {n} i byn</h3><p>Den är klar.</p></a></div>'
        for n in range(1, 4)
    ) + "</div>"  # fmt: skip


@pytest.mark.parametrize("look", [cards, plain_list, table, wrapped, old_style])
def test_a_list_is_found_in_each_look_with_its_dates_and_without_the_menu(look: object) -> None:
    assert callable(look)
    reading = read(look())
    assert reading.outcome is Outcome.OK
    assert [entry.title for entry in reading.entries] == ["Ny bro 1 i byn", "Ny bro 2 i byn", "Ny bro 3 i byn"]
    days = [entry.published.astimezone(STOCKHOLM).date().isoformat() for entry in reading.entries if entry.published]
    assert days == ["2026-11-21", "2026-11-22", "2026-11-23"]


def test_a_list_without_dates_is_taken_by_its_addresses_and_headlines() -> None:
    news = "".join(
        f'<div class="puff"><a href="/artikel/ny-bro-{n}">Nu är den nya bron i byn klar för trafik, del {n}</a></div>'
        for n in range(4)
    )
    reading = read(news)
    assert len(reading.entries) == 4
    assert {entry.published for entry in reading.entries} == {None}


def test_a_page_with_menus_only_is_no_list_and_says_what_to_do() -> None:
    plain = (
        "<ul>" + "".join(f'<li><a href="/{word}-och-mer-{word}">Allt om {word}</a></li>' for word in "abcd") + "</ul>"
    )
    for body in ("", plain, "<p>Välkommen.</p>", '<a href="/a">Läs mer om oss här</a>'):
        reading = read(body)
        assert reading.outcome is Outcome.REFUSED
        assert "describe it with item=" in reading.reason


def test_other_sites_pictures_and_the_page_itself_are_no_news() -> None:
    odd = "".join(
        f'<li>2026-11-23 <a href="{address}">En lång rubrik om byn</a></li>'
        for address in ("https://annan.se/a", "/a.jpg", "/nyheter#mer", "javascript:void(0)", "", "mailto:a@b.se")
    )
    assert read(f"<ul>{odd}</ul>").outcome is Outcome.REFUSED


def test_selectors_of_a_person_say_what_an_item_is() -> None:
    body = (
        '<div class="post"><b>Ny bro</b><i>23 nov</i><a class="mer" href="/a">Läs</a></div>'
        '<div class="post"><b>Ny väg</b><a class="mer" href="/b">Läs</a></div><div class="post">tom</div>'
        '<a class="ensam" href="/c">Bara en länk</a>'
    )
    chosen = Selectors(item=".post", title="b", date="i", link="a.mer")
    first, second = read(body, chosen).entries
    assert (first.title, first.url) == ("Ny bro", "https://byalaget.se/a")
    assert first.published == datetime(2026, 11, 22, 23, tzinfo=UTC)
    assert (second.title, second.published) == ("Ny väg", None)
    (alone,) = read(body, Selectors(item=".ensam")).entries
    assert (alone.title, alone.url) == ("Bara en länk", "https://byalaget.se/c")
    assert [entry.title for entry in read(body, chosen, match="/b").entries] == ["Ny väg"]


@pytest.mark.parametrize("selector", ["..", "div[", ":nonsense", "a:hover::before", "ns|a"])
def test_a_selector_that_cannot_be_understood_is_told(selector: str) -> None:
    reading = read(cards(), Selectors(item=selector))
    assert reading.outcome is Outcome.REFUSED
    assert "selector" in reading.reason


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("I dag 05.10", "2026-11-24T05:10"),
        ("igår", "2026-11-23T00:00"),
        ("24 december", "2025-12-24T00:00"),
        ("3 nov. kl. 10:15", "2026-11-03T10:15"),
        ("30 februari", ""),
    ],
)
def test_days_without_a_year_and_days_in_words_are_read(written: str, day: str) -> None:
    rows = "".join(
        f'<li><a href="/artikel/ny-bro-{n}">En lång rubrik om byn och dess bro</a> {written}</li>' for n in "abc"
    )
    published = read(f"<ul>{rows}</ul>").entries[0].published
    assert (f"{published.astimezone(STOCKHOLM):%Y-%m-%dT%H:%M}" if published else "") == day


def test_an_empty_or_huge_page_is_refused() -> None:
    for body in (b"", b" " * (MAX_BODY + 1), b"<!-- -->"):
        assert read_listing(body, URL, "", NOW).outcome is Outcome.REFUSED


@given(st.binary(max_size=200), st.sampled_from([None, Selectors(item="li", title="b")]))
def test_no_bytes_make_the_reader_of_a_list_raise(body: bytes, selectors: Selectors | None) -> None:
    read_listing(body, URL, "", NOW, selectors)
    read_listing(
        b"<ul>" + b"".join(b"<li><a href='/a-b-%d'>x y z %s</a></li>" % (n, body) for n in range(3)),
        URL,
        "",
        NOW,
        selectors,
    )
