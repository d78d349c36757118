"""A page's bytes give its article, and whatever was lost is said."""

import copy
import json
from datetime import UTC, datetime

import pytest
import trafilatura
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from monitor.core.bounds import MAX_NODES
from monitor.core.pages.extract import MAX_HEARD, extract
from monitor.core.text import MAX_TEXT
from monitor.models import Access, AuthorRole, Outcome, PageReading

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
URL = "https://www.ortenstidning.example/nyheter/bron-byggs-om"
TITLE = "Bron över ån byggs om"
LEAD = "Kommunen river den gamla bron i Katrineholm och bygger en ny, som ska stå färdig till hösten."
TEXT = (
    "Kommunstyrelsen beslutade på tisdagen att bron över ån ska byggas om under nästa år.",
    "Arbetet beräknas ta fem månader, och trafiken leds om förbi den gamla stationen under tiden.",
    "– Bron är från 1931 och klarar inte dagens tunga fordon, säger kommunens tekniska chef.",
    "Kostnaden beräknas till 34 miljoner kronor, varav staten betalar en tredjedel.",
)
MENU = "<nav><ul>" + "".join(f'<li><a href="/{n}">Avdelning {n}</a></li>' for n in range(20)) + "</ul></nav>"
DESCRIBED = {
    "@type": "NewsArticle",
    "headline": TITLE,
    "datePublished": "2026-11-23T06:30:00+01:00",
    "author": {"@type": "Person", "name": "Rapport Ören"},
    "isAccessibleForFree": True,
}


def page(body: str = "", *, head: str = "", described: dict[str, object] | None = None, title: str = TITLE) -> bytes:
    script = f'<script type="application/ld+json">{json.dumps(described)}</script>' if described else ""
    paragraphs = "".join(f"<p>{text}</p>" for text in TEXT)
    body = body or f'<h1>{title}</h1><p class="preamble">{LEAD}</p><div class="text">{paragraphs}</div>'
    return (
        f'<!DOCTYPE html><html lang="sv"><head><meta charset="utf-8"><title>{title} | Ortens Tidning</title>{head}'
        f"{script}</head><body>{MENU}<main><article>{body}</article></main><footer><p>Ansvarig utgivare</p></footer>"
        "</body></html>"
    ).encode()


def read(body: bytes, content_type: str = "text/html; charset=utf-8") -> PageReading:
    return extract(body, URL, content_type, NOW)


def test_an_article_gives_all_that_it_says() -> None:
    assert read(page(described=DESCRIBED)) == PageReading(
        outcome=Outcome.OK,
        url=URL,
        title=TITLE,
        lead=LEAD,
        blocks=(LEAD, *TEXT),
        published=datetime(2026, 11, 23, 5, 30, tzinfo=UTC),
        published_from="json-ld",
        published_raw="2026-11-23T06:30:00+01:00",
        language="sv",
        access=Access.FREE,
        author_role=AuthorRole.PERSON,
    )


def test_the_name_of_the_author_is_nowhere_in_what_is_read() -> None:
    byline = '<p class="byline">Rapport Ören</p>'
    reading = read(page(described=DESCRIBED).replace(b"<h1>", byline.encode() + b"<h1>"))
    assert reading.author_role is AuthorRole.PERSON
    assert "Ören" not in reading.lead + reading.title


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16", "utf-8-sig"])
def test_the_encoding_of_the_page_does_not_matter(encoding: str) -> None:
    body = page().decode().replace("–", "-").replace('<meta charset="utf-8">', "").encode(encoding)
    assert extract(body, URL).title == TITLE
    assert extract(body, URL).lead == LEAD


def test_the_lead_is_what_the_page_marks_or_tells_if_it_speaks_of_the_text() -> None:
    plain = f"<h1>{TITLE}</h1>" + "".join(f"<p>{text}</p>" for text in TEXT)
    about = '<meta name="description" content="Bron över ån byggs om under nästa år.">'
    slogan = '<meta name="description" content="Nyheter från Flen, Vingåker och resten av länet varje dag.">'
    assert read(page(plain, head=about)).lead == "Bron över ån byggs om under nästa år."
    assert read(page(plain, head=slogan)).lead == TEXT[0]
    assert read(page('<p class="lead">Kort.</p>' + plain)).lead == TEXT[0]
    assert read(page('<div class="leaderboard">Annons för något annat här</div>' + plain)).lead == TEXT[0]


def test_a_table_is_read_as_words() -> None:
    rows = "".join(f"<tr><td>Väg {n}</td><td>avstängd till klockan {n} på natten</td></tr>" for n in range(1, 9))
    reading = read(page(f"<h1>{TITLE}</h1><p>{TEXT[0]}</p><table>{rows}</table><p>{TEXT[1]}</p>"))
    assert "Väg 3 avstängd till klockan 3 på natten" in " ".join(reading.blocks)
    assert "|" not in reading.text


def test_a_text_behind_a_wall_is_partial() -> None:
    reading = read(page(described={**DESCRIBED, "isAccessibleForFree": False}))
    assert (reading.outcome, reading.access) == (Outcome.PARTIAL, Access.LOCKED)
    assert "paywall" in reading.reason
    assert reading.blocks


@pytest.mark.parametrize(
    ("body", "content_type", "word"),
    [
        (b"%PDF-1.7", "", "PDF"),
        (b"", "text/html", "empty"),
        (b"\x89PNG", "image/png", "image"),
        (b"<p>" + b"x" * 8 * 1024 * 1024, "", "larger than 8 MB"),
        (bytes(range(1, 255)) * 20, "", "binary"),
        (b"{}", "", "JSON"),
        (b"<html><body></body></html>", "", "no text"),
        (b"<!-- x -->", "", "no text"),
        (b"<html><title>Just a moment...</title><p>Verify you are human</p>", "", "robots"),
    ],
)
def test_what_is_no_page_is_refused_with_a_sentence(body: bytes, content_type: str, word: str) -> None:
    reading = extract(body, URL + "?utm_source=x", content_type)
    assert reading.outcome is Outcome.REFUSED
    assert word in reading.reason
    assert reading.url == URL


def test_an_article_behind_a_notice_keeps_its_head() -> None:
    notice = "<p>Vi använder cookies för att sidan ska fungera. Godkänn alla kakor för att läsa vidare.</p>"
    head = f'<meta property="og:type" content="article"><meta property="og:description" content="{LEAD}">'
    reading = read(page(notice, head=head))
    assert (reading.outcome, reading.title, reading.lead, reading.blocks) == (
        Outcome.PARTIAL,
        f"{TITLE} | Ortens Tidning",
        LEAD,
        (),
    )
    assert "cookies" in reading.reason
    assert read(page(notice)).outcome is Outcome.REFUSED


def test_a_page_of_nothing_but_a_title_is_partial() -> None:
    reading = read(page("<h1>Bron</h1>", title="Bron"))
    assert (reading.outcome, reading.title, reading.lead, reading.blocks) == (Outcome.PARTIAL, "Bron", "", ())
    assert "only a title" in reading.reason


def test_a_text_too_deep_for_a_tree_is_read_by_the_second_reader() -> None:
    deep = "<div>" * 300 + "".join(f"<p>{text}</p>" for text in TEXT) + "</div>" * 300
    reading = read(page(f"<h1>{TITLE}</h1>{deep}", described=DESCRIBED))
    assert reading.outcome is Outcome.PARTIAL
    assert "nested" in reading.reason
    assert "density" in reading.reason
    assert reading.blocks == TEXT
    assert reading.published_from == "json-ld"


def test_more_tags_than_a_tree_should_have_are_read_by_the_second_reader() -> None:
    reading = read(page("<br>" * (MAX_NODES + 1) + f"<p>{TEXT[0]}</p>"))
    assert (reading.outcome, reading.blocks) == (Outcome.PARTIAL, (TEXT[0],))
    assert reading.title.startswith(TITLE)
    assert extract(b"<title>Just a moment...</title>" + b"<br>" * (MAX_NODES + 1), URL).outcome is Outcome.REFUSED
    assert "no text" in extract(b"<br>" * (MAX_NODES + 1), URL).reason


def test_of_a_page_without_end_the_beginning_is_read() -> None:
    reading = read(page(f"<p>{TEXT[0]}</p>" + "<br>" * MAX_HEARD + f"<p>{TEXT[1]}</p>"))
    assert (reading.outcome, reading.blocks) == (Outcome.PARTIAL, (TEXT[0],))
    assert f"only its first {MAX_HEARD} tags were read" in reading.reason


def test_markup_that_cannot_be_parsed_is_read_by_the_second_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    hears = etree.HTMLParser
    no_mercy = etree.XMLParser()
    monkeypatch.setattr(etree, "HTMLParser", lambda **options: hears(**options) if "target" in options else no_mercy)
    reading = read(page())
    assert reading.outcome is Outcome.PARTIAL
    assert TEXT[0] in reading.blocks
    assert extract(b"<title>Just a moment...</title>", URL).outcome is Outcome.REFUSED
    assert "no text" in extract(b"<br>", URL).reason


@pytest.mark.parametrize("found", [None, "", TITLE, "Ansvarig utgivare"])
def test_when_the_main_reader_loses_the_text_the_second_reads(
    found: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trafilatura, "extract", lambda *_args, **_options: found)
    long = "".join(f"<p>{text}</p>" for text in TEXT * 3)
    reading = read(page(f"<h1>{TITLE}</h1>{long}"))
    assert reading.outcome is Outcome.PARTIAL
    assert "density" in reading.reason
    assert reading.blocks[-4:] == TEXT


def test_an_error_in_the_main_reader_is_no_error_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object, **_options: object) -> str:
        raise ValueError

    monkeypatch.setattr(trafilatura, "extract", fail)
    assert read(page()).blocks


def test_a_crowded_tag_costs_its_attributes_and_says_so() -> None:
    crowd = " ".join(f"a{number}" for number in range(20_000))
    reading = read(page().replace(b"<h1>", f"<h1 {crowd}>".encode()))
    assert (reading.title, reading.blocks, reading.outcome) == (TITLE, (LEAD, *TEXT), Outcome.PARTIAL)
    assert "attributes" in reading.reason


def test_a_text_without_end_is_cut_and_says_so() -> None:
    many = "".join(f"<p>Stycke nummer {number} handlar om vägar och broar i kommunen.</p>" for number in range(5_000))
    reading = read(page(f"<h1>{TITLE}</h1>{many}"))
    assert reading.outcome is Outcome.PARTIAL
    assert "cut" in reading.reason
    assert MAX_TEXT * 0.99 < len(reading.text) <= MAX_TEXT


def test_a_table_that_claims_a_million_cells_is_read_in_time() -> None:
    rows = '<tr><td colspan="1000" rowspan="1000">Väg 55 är avstängd</td></tr>' * 300
    reading = read(page(f"<h1>{TITLE}</h1><p>{TEXT[0]}</p><table>{rows}</table><p>{TEXT[1]}</p>"))
    assert TEXT[0] in reading.blocks


def test_what_is_read_holds_no_control_bidi_or_invisible_characters() -> None:
    reading = read(page().replace(b"Arbetet", "Ar\u00adbe\u202ete\x07t&#x200b;&#8;\ufeff".encode()))
    assert TEXT[1] in reading.blocks


def test_the_reading_travels_between_processes() -> None:
    reading = read(page(described=DESCRIBED))
    assert copy.deepcopy(reading) == reading
    assert extract.__module__ == "monitor.core.pages.extract"
    assert extract.__qualname__ == "extract"


PIECES = """
<p> </p> <div > <table> <td/colspan=99> <ul><li> <script> <title> <h1> <!-- --> /a=b =" &amp; &#8; <svg> <article>
<a/href=x> </a> <nav> <time/datetime='2026-01-01'> <meta/name=author/content=TT> ord Väg
<script/type="application/ld+json">{"@type":"Article","author":[{}]}</script>
"""
markup = st.lists(st.sampled_from(PIECES.split()) | st.text(max_size=10), max_size=40)


@settings(max_examples=150, deadline=None)
@given(markup, st.sampled_from(["utf-8", "latin-1", "utf-16"]))
def test_no_page_raises_and_every_loss_has_a_reason(pieces: list[str], encoding: str) -> None:
    reading = extract("".join(pieces).encode(encoding, "replace"), URL, "", NOW)
    assert (reading.reason == "") == (reading.outcome is Outcome.OK)
    assert reading.url.startswith("https://www.ortenstidning.example/")


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_raise(body: bytes) -> None:
    assert extract(b"<html>" + body, URL, "", NOW).outcome in Outcome
