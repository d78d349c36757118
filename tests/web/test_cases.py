"""The follow-up in the browser: the list, a case, a new one, the register, the files."""

import csv
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import jsonschema
import lxml.html
import pytest
from sqlite_utils import Database

from monitor.config import read_home
from monitor.core import cases as core
from monitor.models import Case, CaseStatus, Channel, Registration, Tone
from monitor.steps.publish import publish
from monitor.store import cases
from monitor.store.db import open_database
from monitor.store.stories import judged_by_people
from monitor.web import register
from tests.conftest import NOW
from tests.core.articles import make_article
from tests.store.test_stories import fold, save
from tests.web.browser import Browser

STOCKHOLM = ZoneInfo("Europe/Stockholm")
HOSTILE = '=1+1"><script>alert(1)</script>{{7*7}}\u0007'
SETTINGS = """municipality = "Katrineholm"
code = "0483"
organisation = "Katrineholms kommun"
[digest]
web = "http://localhost"
[web]
units = ["Bildning", "Kultur"]
"""
SOUGHT = "Skolan i Katrineholm stängdes i går. Katrineholms kommun har inte gått att nå för en kommentar."


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "monitor.toml").write_text(SETTINGS, encoding="utf-8")
    (tmp_path / "feeds.txt").write_text('https://blad.example/feed name="Bladet" class=local-paper\n', encoding="utf-8")
    return tmp_path


@pytest.fixture
def db(home: Path) -> Iterator[Database]:
    database = open_database(home / "monitor.db")
    yield database
    database.close()


@pytest.fixture
def browser(home: Path, db: Database) -> Iterator[Browser]:
    with Browser(home) as one:
        yield one


def opened(db: Database, **fields: Any) -> Case:
    given: dict[str, Any] = {"number": "", "title": "Hål i vägen", "channel": Channel.PHONE, "received": NOW}
    draft = Case(**(given | fields))
    case = cases.open_case(db, draft, role="editor", now=NOW, zone=STOCKHOLM)
    assert isinstance(case, Case)
    return case


def read(db: Database, number: str) -> Case:
    case = cases.read_case(db, number)
    assert case is not None
    return case


def letter(home: Path, db: Database) -> int:
    """Make a letter with a story that needs an answer; return the row of its article."""
    (row,) = save(db, [make_article("Skolan i Katrineholm stängd", SOUGHT, hours=3)], NOW)
    fold(db, NOW)
    publish(read_home(home), db, lambda: NOW)
    return row


# --- the letter opens a case ----------------------------------------------------------------------------


def test_a_letter_opens_a_case_once_and_never_again_after_someone_closed_it(home: Path, db: Database) -> None:
    letter(home, db)
    (row,) = cases.cases_of_stories(db, [1]).values()
    assert (row.number, row.status, row.owner, row.proposed != "") == ("261124-1", CaseStatus.NEW, "", True)
    log = cases.read_log(db, row.number)
    assert [event.role for event in log] == ["monitor", "monitor"]
    assert {change.field: change.after for change in log[0].changes}["reason"].startswith("Katrineholms kommun")  # type: ignore[union-attr]
    page = (home / "reports" / "out" / "2026-11-24.html").read_text(encoding="utf-8")
    assert "http://localhost/arende/261124-1" in page
    assert "http://localhost/traff/1/ratta" in page
    cases.act(db, row.number, row.version, lambda case: core.close(case, role="editor", at=NOW))
    publish(read_home(home), db, lambda: NOW)
    page = (home / "reports" / "out" / "2026-11-24.html").read_text(encoding="utf-8")
    assert db.execute("select count(*) from cases").fetchone()[0] == 1
    assert "Behöver svar" not in page


def test_further_articles_of_the_story_join_its_open_case(home: Path, db: Database) -> None:
    first = letter(home, db)
    (second,) = save(db, [make_article("Skolan i Katrineholm är stängd", f"{SOUGHT} Mer.", paper="b", hours=4)], NOW)
    fold(db, NOW)
    publish(read_home(home), db, lambda: NOW)
    assert read(db, "261124-1").articles == (first, second)
    assert db.execute("select count(*) from cases").fetchone()[0] == 1


def test_a_home_may_open_its_cases_by_hand_alone(home: Path, db: Database) -> None:
    (home / "monitor.toml").write_text(f'{SETTINGS}[followup]\nopen = "never"\n', encoding="utf-8")
    letter(home, db)
    page = (home / "reports" / "out" / "2026-11-24.html").read_text(encoding="utf-8")
    assert "http://localhost/arende/nytt?handelse=1" in page
    assert db.execute("select count(*) from cases").fetchone()[0] == 0


def test_late_cases_stand_in_the_letter_without_the_title_of_a_secret_one(home: Path, db: Database) -> None:
    opened(db, due=NOW - timedelta(days=5), owner="Bildning")
    opened(
        db, title="Hemligt namn", due=NOW - timedelta(days=1), secret=True, matter="Ett brev",
        registration=Registration.REGISTER, registration_reason="OSL 26:1",
    )  # fmt: skip
    letter(home, db)
    for kind in ("html", "txt", "json"):
        text = (home / "reports" / "out" / f"2026-11-24.{kind}").read_text(encoding="utf-8")
        assert "Hål i vägen" in text
        assert "261124-2" in text
        assert "Hemligt namn" not in text


# --- the list -------------------------------------------------------------------------------------------


def test_the_list_tells_what_is_late_and_shows_the_chosen_case(browser: Browser, db: Database) -> None:
    assert "Inga öppna ärenden" in browser.get("/uppfoljning").text
    opened(db, due=NOW - timedelta(days=4), owner="Bildning")
    opened(db, title=HOSTILE, due=NOW + timedelta(hours=2))
    page = browser.get("/uppfoljning").text
    assert "Ett ärende är försenat. Ett ska besvaras före kl.\u00a008.30 i dag och har ingen ägare." in page
    for words in (
        "Öppna (2)",
        "Utan ägare (1)",
        "Försenade (1)",
        "Avslutade (0)",
        "2 öppna ärenden, närmast i tid",
    ):
        assert words in page
    tree = lxml.html.document_fromstring(page)
    assert not [script for script in tree.iter("script") if not script.get("src")]
    assert tree.xpath("//th[@aria-sort]/@aria-sort") == ["ascending"]
    assert "Hål i vägen" in "".join(tree.xpath("//section//h2//text()"))
    chosen = browser.get("/uppfoljning?arende=261124-2&sort=-svar").text
    assert lxml.html.document_fromstring(chosen).xpath("//th[@aria-sort]/@aria-sort") == ["descending"]
    assert "&lt;script&gt;alert(1)" in chosen


@pytest.mark.parametrize("view", ["mina", "utan-agare", "forsenade", "avslutade", "oppna&q=finns-inte", "strunt"])
def test_an_empty_list_says_what_was_looked_for_and_offers_a_way_out(browser: Browser, view: str) -> None:
    page = browser.get(f"/uppfoljning?visa={view}")
    assert page.status_code == 200
    assert lxml.html.document_fromstring(page.text).xpath("//*[@id='lista']//a")


def test_the_files_hold_what_the_page_holds(browser: Browser, db: Database) -> None:
    opened(db, title=HOSTILE, owner="Bildning", sender="Sven Hittepåson")
    opened(db, owner="Kultur")
    shown = browser.get("/uppfoljning.csv?enhet=Bildning")
    assert shown.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(shown.content.decode("utf-8-sig")), delimiter=";"))
    assert [row[0] for row in rows] == ["Nummer", "261124-1"]
    assert rows[1][1].startswith("'=1+1")
    assert "Hittepåson" not in shown.text
    data = browser.get("/uppfoljning.json?enhet=Bildning").json()
    assert [row["number"] for row in data] == ["261124-1"]
    schema = json.loads(files("reports").joinpath("web/cases.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(data, schema)
    book = browser.get("/uppfoljning.xlsx?visa=avslutade")
    assert zipfile.is_zipfile(io.BytesIO(book.content))
    assert browser.get("/uppfoljning.pdf").status_code == 404


def test_a_long_list_has_pages(browser: Browser, db: Database) -> None:
    for _ in range(51):
        opened(db)
    assert "Sida 1 av 2" in browser.get("/uppfoljning").text
    assert "Föregående sida" in browser.get("/uppfoljning?sida=2").text


# --- one case -------------------------------------------------------------------------------------------


def test_a_saved_case_is_shown_with_its_log_and_a_save_with_an_old_version_loses_nothing(
    browser: Browser, db: Database
) -> None:
    case = opened(db)
    form = f"/arende/{case.number}"
    first = browser.post(form, {"version": "1", "lage": "assessed", "anteckning": "Först"}, form=form)
    assert (first.status_code, first.headers["location"]) == (303, "/arende/261124-1?sparat=261124-1")
    page = browser.get(form).text
    assert "Läge: Ny → Bedöms." in page
    second = browser.post(form, {"version": "1", "anteckning": "Min långa text", "lage": "answering"})
    assert second.status_code == 409
    assert "Någon annan (administrator) ändrade ärendet" in second.text
    tree = lxml.html.document_fromstring(second.text)
    rows = [row.text_content() for row in tree.xpath("//*[@role='alert']//tbody/tr")]
    assert rows == ["Anteckning”Först””Min långa text”", "LägeBedömsSvar pågår"]
    assert tree.xpath("//textarea[@name='anteckning']")[0].text_content() == "Min långa text"
    assert read(db, case.number).note == "Först"
    again = browser.post(form, {"version": "2", "anteckning": "Min långa text"})
    assert again.status_code == 303
    assert read(db, case.number).note == "Min långa text"


def test_what_is_wrong_stands_at_the_top_with_a_link_and_the_text_is_kept(browser: Browser, db: Database) -> None:
    opened(db)
    form = "/arende/261124-1"
    wrong = browser.post(form, {"version": "1", "falt": "alla", "lage": "answered", "anteckning": "Kvar"}, form=form)
    assert wrong.status_code == 422
    tree = lxml.html.document_fromstring(wrong.text)
    assert tree.xpath("//*[@role='alert']//a/@href") == ["#svar"]
    assert "Kvar" in wrong.text
    for fields in (
        {"datum": "2026-13-45"},
        {"datum": "1066-10-14"},
        {"lage": "strunt"},
        {"sekretess": "1", "falt": "alla"},
    ):
        assert browser.post(form, {"version": "1", **fields}, form=form).status_code == 422
    assert read(db, "261124-1").version == 1


def test_an_answer_says_where_it_was_given_by_which_role_and_when(browser: Browser, db: Database) -> None:
    opened(db, received=NOW - timedelta(hours=48))
    fields = {"version": "1", "falt": "alla", "lage": "answered", "svar": "Hålet är lagat.", "svar_satt": "phone"}
    assert browser.post("/arende/261124-1", fields, form="/arende/261124-1").status_code == 303
    case = read(db, "261124-1")
    assert (case.closed, case.answered_by, core.time_to_answer(case)) == (True, "administrator", 48)
    assert "Avslutade (1)" in browser.get("/uppfoljning?visa=avslutade").text


def test_save_and_next_leads_through_the_list(browser: Browser, db: Database) -> None:
    opened(db, due=NOW + timedelta(days=1))
    opened(db, due=NOW + timedelta(days=2))
    fields = {"version": "1", "lage": "assessed", "nasta": "1", "lista": "visa=oppna&x=//evil.example"}
    after = browser.post("/arende/261124-1", fields, form="/uppfoljning")
    assert after.headers["location"] == "/uppfoljning?visa=oppna&arende=261124-2&sparat=261124-1"
    after = browser.post("/arende/261124-2", fields, form="/uppfoljning")
    assert after.headers["location"] == "/uppfoljning?visa=oppna&sparat=261124-2"
    kept = {"version": "2", "lage": "assessed", "lista": ""}
    after = browser.post("/arende/261124-1", kept, form="/uppfoljning")
    assert after.headers["location"] == "/uppfoljning?arende=261124-1&sparat=261124-1"


def test_merge_split_close_and_open_again(browser: Browser, db: Database) -> None:
    rows = save(db, [make_article(url=f"https://blad.example/{n}", text=f"Text {n}.") for n in range(2)], NOW)
    opened(db, articles=tuple(rows))
    opened(db)

    def act(number: str, **fields: str) -> Any:
        page = f"/arende/{number}"
        return browser.post(f"{page}/atgarder", {"version": str(read(db, number).version), **fields}, form=page)

    assert act("261124-1", gor="dela", artikel=str(rows[0]), ny_rubrik="En del").headers["location"].endswith("124-3")
    assert act("261124-1", gor="dela", artikel=str(rows[1])).status_code == 422
    assert act("261124-3", gor="sla-ihop", till="261124-1").headers["location"].endswith("261124-1")
    assert "är en del av ett annat" in browser.get("/arende/261124-3").text
    assert act("261124-1", gor="sla-ihop", till="finns-inte").status_code == 422
    assert act("261124-2", gor="avsluta").status_code == 303
    assert act("261124-2", gor="avsluta").status_code == 422
    assert act("261124-2", gor="oppna").status_code == 303
    assert act("261124-2", gor="strunt").status_code == 400
    old = browser.post("/arende/261124-2/atgarder", {"version": "1", "gor": "avsluta"}, form="/arende/261124-2")
    assert old.status_code == 409
    assert {read(db, n).status for n in ("261124-1", "261124-2")} == {CaseStatus.NEW, CaseStatus.ASSESSED}


def test_a_story_s_tone_is_set_on_its_case(home: Path, db: Database, browser: Browser) -> None:
    letter(home, db)
    page = "/arende/261124-1"
    browser.post(page, {"version": "2", "ton": "critical", "lage": "assessed"}, form=page)
    assert judged_by_people(db, [1])[0] == {1: Tone.CRITICAL}
    assert "▼" in browser.get(page).text


def test_a_case_that_is_not_there_is_told_so(browser: Browser) -> None:
    browser.get("/uppfoljning")
    assert browser.get("/arende/261124-9").status_code == 404
    assert browser.get("/arende/261124-9/paket.zip").status_code == 404
    assert browser.post("/arende/261124-9", form="/arende/nytt").status_code == 404
    assert browser.post("/arende/261124-9/atgarder", form="/arende/nytt").status_code == 404


# --- roles ----------------------------------------------------------------------------------------------


def test_a_reader_reads_and_changes_nothing(home: Path, db: Database) -> None:
    opened(db, owner="Bildning")
    (home / "monitor.toml").write_text(f'{SETTINGS}role = "reader"\n', encoding="utf-8")
    with Browser(home) as browser:
        page = browser.get("/arende/261124-1")
        assert page.status_code == 200
        assert "Din roll får läsa ärendet" in page.text
        for path in ("/arende/261124-1", "/arende/261124-1/atgarder", "/arende/nytt"):
            assert browser.post(path, {"version": "1", "gor": "avsluta"}).status_code == 403
    assert read(db, "261124-1").version == 1


def test_who_is_responsible_changes_the_cases_of_the_own_unit_only(home: Path, db: Database) -> None:
    opened(db, owner="Bildning")
    (home / "monitor.toml").write_text(f'{SETTINGS}role = "responsible"\n', encoding="utf-8")
    with Browser(home) as browser:  # belongs to no unit
        for path in ("/arende/261124-1", "/arende/261124-1/atgarder"):
            refused = browser.post(
                path, {"version": "1", "gor": "avsluta", "anteckning": "Min text"}, form="/arende/nytt"
            )
            assert refused.status_code == 403
            assert "Min text" in refused.text
    assert read(db, "261124-1").version == 1


# --- a new case -----------------------------------------------------------------------------------------


def test_a_case_by_hand_is_due_by_the_municipality_s_own_rule(browser: Browser, db: Database) -> None:
    form = {"falt": "alla", "rubrik": "Hål i vägen", "slag": "question", "kanal": "phone", "avsandare": "En granne",
            "inkom": "2026-11-24", "inkom_tid": "06:00", "datum": "", "agare": "Kultur"}  # fmt: skip
    assert browser.post("/arende/nytt", form, form="/arende/nytt").headers["location"].startswith("/arende/261124-1")
    case = read(db, "261124-1")
    assert (str(case.due)[:16], str(case.confirm_by)[:10]) == ("2026-12-01 15:00", "2026-11-26")
    assert (case.channel, case.owner, case.sender) == (Channel.PHONE, "Kultur", "En granne")
    wrong = browser.post("/arende/nytt", {**form, "rubrik": " "}, form="/arende/nytt")
    assert wrong.status_code == 422
    assert "En granne" in wrong.text
    assert browser.post("/arende/nytt", {**form, "inkom": "x"}, form="/arende/nytt").status_code == 422


def test_one_button_makes_a_case_of_a_story_and_leads_to_the_one_there_is(
    home: Path, db: Database, browser: Browser
) -> None:
    (row,) = save(db, [make_article("Ny skola i Katrineholm", "Katrineholms kommun bygger en skola.")], NOW)
    fold(db, NOW)
    page = browser.get(f"/arende/nytt?h={row}")
    assert "Ny skola i Katrineholm" in page.text
    made = browser.post("/arende/nytt", {"handelse": "1"})
    assert made.headers["location"].startswith("/arende/261124-1")
    assert read(db, "261124-1").articles == (row,)
    for address in (f"h={row}", "handelse=1"):
        assert browser.get(f"/arende/nytt?{address}").headers["location"] == "/arende/261124-1"
    assert (
        browser.post("/arende/nytt", {"handelse": "1"}, form="/uppfoljning").headers["location"] == "/arende/261124-1"
    )
    for unknown in ("h=999", "handelse=999", "h=x", "handelse=" + "9" * 40):
        assert browser.get(f"/arende/nytt?{unknown}").status_code == 404


# --- the register ---------------------------------------------------------------------------------------

REGISTERED: dict[str, Any] = {
    "registration": Registration.REGISTER,
    "registration_reason": "Hör till ett ärende",
    "matter": "Fråga om vägen",
    "diary_number": "KS 2026/0412",
}


def test_the_public_list_never_holds_a_hidden_sender_nor_title_or_note(browser: Browser, db: Database) -> None:
    assert "Inget är diariefört än" in browser.get("/diarium").text
    opened(
        db, title="Hemlig rubrik", note="Hemlig anteckning", sender="Sven Hittepåson", sender_hidden=True, **REGISTERED
    )
    opened(db, title="Annan rubrik", sender="Vägföreningen", **REGISTERED)
    opened(db, title="Inte diariefört")
    for path in ("/diarium", "/diarium.csv"):
        text = browser.get(path).text
        assert text.count("Fråga om vägen") == 2
        assert text.count("KS 2026/0412") == 2
        assert "Vägföreningen" in text
        for hidden in ("Hittepåson", "Hemlig", "Inte diariefört", "rubrik"):
            assert hidden not in text


def test_the_package_holds_the_same_fields_thrice_and_its_hashes_match(
    browser: Browser, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(register, "to_pdf", lambda _page: None)
    (row,) = save(db, [make_article(url="https://blad.example/1", text=f"Först. {HOSTILE}")], NOW)
    opened(db, title=HOSTILE, note="rad ett\nrad två", articles=(row,), **REGISTERED)
    save(db, [make_article(url="https://blad.example/1", text="Sedan.", revised_at=NOW)], NOW)
    with zipfile.ZipFile(io.BytesIO(browser.get("/arende/261124-1/paket.zip").content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(parts["manifest.json"])
    assert manifest["pdf"] == register.NO_PDF
    assert {file["name"] for file in manifest["files"]} == {"arende.html", "arende.xml", "arende.json", "arende.csv"}
    for file in manifest["files"]:
        assert sha256(parts[file["name"]]).hexdigest() == file["sha256"]
        assert f"{file['sha256']}  {file['name']}\n" in parts["SHA256SUMS"].decode()
    record = json.loads(parts["arende.json"])
    tree = ET.fromstring(parts["arende.xml"])  # noqa: S314 (our own)
    assert tree.findtext("case/title") == HOSTILE.replace("\u0007", "\ufffd")
    assert tree.findtext("register/diary_number") == record["register"]["diary_number"] == "KS 2026/0412"
    assert tree.findtext("articles/item/text") == record["articles"][0]["text"].replace("\u0007", "\ufffd")
    assert record["articles"][0]["earlier_wordings"][0]["text"].startswith("Först.")
    assert "\ncase.title;'=1+1" in parts["arende.csv"].decode("utf-8-sig").replace("\r", "").replace('"', "")
    page = lxml.html.document_fromstring(parts["arende.html"].decode())
    assert not list(page.iter("script", "link", "img"))


# WeasyPrint leaves its colour profile to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_the_pdf_is_made_without_fetching_anything() -> None:
    pytest.importorskip("weasyprint")
    pdf = register.to_pdf(
        "<!DOCTYPE html><html lang=sv><title>Ärende</title><img src='http://127.0.0.1:9/x'><p>Hej</p>"
    )
    assert pdf is not None
    assert pdf.startswith(b"%PDF-")
    objects = [
        zlib.decompressobj().decompress(found[1])
        for found in re.finditer(rb"stream\r?\n(x.+?)endstream", pdf, re.DOTALL)
    ]
    assert any(b"/OutputIntents" in part for part in objects)
