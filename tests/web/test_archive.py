"""The archive's page and its files: what is found, how it is narrowed, what is kept, and that no query breaks it."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from monitor.models import PlaceKind
from monitor.store.archive import save_topics
from monitor.store.db import open_database
from monitor.web.asking import Asked, month_of, read_asked
from tests.command import monitor
from tests.core.articles import make_article, make_place
from tests.store.test_archive import save
from tests.web.browser import Browser


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    monitor("init", "Katrineholm", folder / "home")
    home = folder / "home"
    (home / "feeds.txt").write_text(
        'https://blad.example/feed name="Djulöposten" class=local-paper\n', encoding="utf-8"
    )
    db = open_database(home / "monitor.db")
    first = save(db, make_article("Ny skola <b>byggs</b>", "Skolornas tak i Katrineholm läcker.", hours=-700))
    save(db, make_article("=HYPERLINK() & skola", "En skola & ett torg", paper="radio", hours=-30, url="javascript:x"))
    valla = make_place(about=False, kind=PlaceKind.LOCALITY)
    for number in range(25):
        save(db, make_article(f"Match {number}", "Laget vann.", paper="sport", hours=-20 - number, place=valla))
    db.execute("insert into stories (id, made) values (1, '')")
    db.execute("insert into story_articles (article, story, copy, reason) values (?, 1, 0, '')", [first])
    save_topics(db, [1], {1: ("school", "Barn- och utbildningsförvaltningen")})
    db.close()
    return home


@pytest.fixture(scope="module")
def browser(home: Path) -> Iterator[Browser]:
    with Browser(home) as opened:
        yield opened


def test_an_inflection_finds_the_word_and_marks_it(browser: Browser) -> None:
    page = browser.get("/arkiv?q=skolan").text
    assert "2 artiklar" in page
    assert "<mark>Skolornas</mark>" in page
    assert "Ny <mark>skola</mark> &lt;b&gt;byggs&lt;/b&gt;" in page
    assert "javascript:" not in page


def test_facets_are_links_and_what_is_chosen_can_be_removed(browser: Browser) -> None:
    page = browser.get("/arkiv?q=skola").text
    assert 'href="/arkiv?q=skola&amp;klass=local-paper"' in page
    assert 'href="/arkiv?q=skola&amp;amne=school"' in page
    narrowed = browser.get("/arkiv?q=skola&amne=school&manad=2026-10").text
    assert "1 artikel" in narrowed
    assert "Ämne: Förskola och skola" in narrowed
    assert 'href="/arkiv?q=skola&amp;manad=2026-10"' in narrowed
    assert "0 artiklar" in browser.get("/arkiv?q=skola&klass=blog").text
    assert "1 artikel<" in browser.get("/arkiv?q=skola&klass=other").text
    assert "0 artiklar" in browser.get("/arkiv?kalla=https://blad.example/feed&klass=other").text
    assert "1 artikel<" in browser.get("/arkiv?kalla=https://blad.example/feed").text
    assert "25 artiklar" in browser.get("/arkiv?om=forbigaende&slag=locality").text


def test_pages_follow_one_another(browser: Browser) -> None:
    first = browser.get("/arkiv?om=forbigaende").text
    assert "Sida 1 av 2" in first
    assert 'href="/arkiv?om=forbigaende&amp;sida=2"' in first
    assert "Match 24" in browser.get("/arkiv?om=forbigaende&sida=2").text
    assert browser.get("/arkiv?sida=99999").status_code == 200


def test_an_empty_result_says_what_was_searched_and_offers_one_way_out(browser: Browser) -> None:
    page = browser.get("/arkiv?q=simhall&ton=critical").text
    assert "Ingen artikel innehåller ”simhall” med det som är valt." in page
    assert page.count("Sök utan det som är valt") == 1
    assert "Visa de senaste" in browser.get("/arkiv?q=simhall").text


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ("-skola", "Sökningen säger bara vad som ska bort."),
        ('"', "Sökningen innehåller inget ord."),
        ("sk*", "En ordbörjan behöver minst tre bokstäver"),
        ("ord " * 100, "Sökningen är för lång."),
    ],
)
def test_a_wrong_query_gives_a_sentence(browser: Browser, asked: str, sentence: str) -> None:
    page = browser.client.get("/arkiv", params={"q": asked})
    assert page.status_code == 200
    assert sentence in page.text
    assert browser.client.get("/arkiv.json", params={"q": asked}).status_code == 400


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet=st.sampled_from('ab åÖ"*-+=()^:{}\0\n\u202eOR NEAR'), max_size=50), st.text(max_size=8))
@example("\0", "9999-13")
@example("x" * 10_000, "²²²²-01")
@example("OR NOT AND NEAR(", "2026-00")
def test_no_address_breaks_the_page(browser: Browser, asked: str, other: str) -> None:
    params = {"q": asked, "manad": other, "sida": other, "amne": other, "kalla": other, "ton": other}
    assert browser.client.get("/arkiv", params=params).status_code == 200


def test_the_files_hold_what_the_page_holds(browser: Browser) -> None:
    rows = json.loads(browser.get("/arkiv.json?q=skola").text)
    assert {row["title"] for row in rows} == {"Ny skola <b>byggs</b>", "=HYPERLINK() & skola"}
    assert "text" not in rows[0]
    lines = list(csv.reader(io.StringIO(browser.get("/arkiv.csv?q=skola").content.decode("utf-8-sig")), delimiter=";"))
    assert len(lines) == 3
    assert {"'=HYPERLINK() & skola"} < {line[1] for line in lines}


def test_the_feed_is_atom_with_ids_that_stay(browser: Browser) -> None:
    answer = browser.get("/arkiv.atom?q=skola")
    assert answer.headers["content-type"].startswith("application/atom+xml")
    space = "{http://www.w3.org/2005/Atom}"
    feed = ET.fromstring(answer.content)  # noqa: S314 (our own document)
    entries = feed.findall(f"{space}entry")
    assert [entry.findtext(f"{space}title") for entry in entries] == ["=HYPERLINK() & skola", "Ny skola <b>byggs</b>"]
    for element in (feed, *entries):
        assert (element.findtext(f"{space}id") or "").startswith("urn:uuid:")
        assert (element.findtext(f"{space}updated") or "").endswith("Z")
    assert [link.get("href") for link in entries[0].findall(f"{space}link")] == []
    assert feed.find(f"{space}author/{space}name") is not None
    assert browser.get("/arkiv.atom?q=skola").content == answer.content
    assert browser.get("/arkiv.atom?q=ingenting&ton=critical").status_code == 200


def test_an_editor_saves_a_search_and_everybody_sees_it_until_it_is_deleted(browser: Browser) -> None:
    form = "/arkiv?q=skola&amne=school"
    saved = browser.post("/arkiv/sparade", {"namn": "Våra skolor", "adress": form}, form=form)
    assert (saved.status_code, saved.headers["location"]) == (303, form)
    page = browser.get("/arkiv?q=torg").text
    assert "Våra skolor" in page
    again = browser.post("/arkiv/sparade", {"namn": "Våra skolor", "adress": form}, form=form)
    assert again.status_code == 409
    browser.post("/arkiv/sparade/1/ta-bort", form=form)
    assert "Våra skolor" not in browser.get("/arkiv?q=torg").text


@pytest.mark.parametrize(
    ("name", "address", "sentence"),
    [
        ("Anna Andersson", "/arkiv?q=skola", "En sökning på en person kan inte sparas"),
        ("Bevakning", "/arkiv?q=Anna+Andersson", "En sökning på en person kan inte sparas"),
        ("", "/arkiv?q=skola", "Ge sökningen ett namn."),
        ("Allt", "/arkiv", "Sökningen innehåller inget att söka efter"),
        ("Fel", "/arkiv?q=-a", "Sökningen innehåller inget att söka efter"),
        ("Annan", "https://evil.example/?x=1", "Sökningen innehåller inget att söka efter"),
    ],
)
def test_what_may_not_be_saved_is_refused_in_words(browser: Browser, name: str, address: str, sentence: str) -> None:
    answer = browser.post("/arkiv/sparade", {"namn": name, "adress": address}, form="/arkiv?q=skola")
    assert answer.status_code == 422
    assert sentence in answer.text


def test_an_address_is_read_and_written_alike() -> None:
    asked = Asked(q="ny skola", manad="2026-11", ton="critical", sida=3, sort="bast")
    assert asked.address() == "/arkiv?q=ny+skola&manad=2026-11&ton=critical&sort=bast&sida=3"
    assert read_asked({"q": "ny skola", "manad": "2026-11", "ton": "critical", "sida": "3", "sort": "bast"}) == asked
    assert asked.address(ton="") == asked.address(ton="", sida=1)
    assert read_asked({"klass": "nope", "sida": "-4"}) == Asked()
    assert Asked().address() == "/arkiv"


def test_only_months_are_months() -> None:
    zone = ZoneInfo("Europe/Stockholm")
    span = month_of("2026-12", zone)
    assert span is not None
    assert [moment.isoformat() for moment in span] == ["2026-12-01T00:00:00+01:00", "2027-01-01T00:00:00+01:00"]
    for wrong in ("2026-13", "26-1", "2026-1", "0000-01", "²026-01", "2026/01"):
        assert month_of(wrong, zone) is None
