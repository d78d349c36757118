"""The home's files changed in the browser: tried first, one line at a time, refused when changed meanwhile, logged."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.errors import StoreError
from monitor.store.db import open_database
from monitor.web.editing import source_id
from tests.web.browser import Browser
from tests.web.homes import FEEDS, SETTINGS, small_home

SOURCE = "https://bladet.example/rss"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return small_home(tmp_path / "home")[0]


@pytest.fixture
def browser(folder: Path) -> Iterator[Browser]:
    with Browser(folder) as browser:
        yield browser


def mark(browser: Browser, path: str) -> str:
    found = re.search(r'name="fil" value="(\w+)"', browser.get(path).text)
    assert found
    return found[1]


def test_search_words_are_tried_first_and_then_saved_with_their_comments(folder: Path, browser: Browser) -> None:
    fields = {"fil": mark(browser, "/sokord"), "names": "KFV\nDjulö slott", "exclude": "fotboll\nskola", "require": ""}
    trial = browser.post("/sokord", {**fields, "gor": "prova"})
    assert "1 artiklar skulle falla bort" in trial.text
    assert "Ny skola byggs" in trial.text
    assert (folder / "monitor.toml").read_text(encoding="utf-8") == SETTINGS
    assert browser.post("/sokord", {**fields, "gor": "spara"}).status_code == 303
    assert (folder / "monitor.toml").read_text(encoding="utf-8") == SETTINGS.replace(
        "# bostäderna\n", '# bostäderna\n  "Djulö slott",\n'
    ).replace('["fotboll"]', '["fotboll", "skola"]')
    assert "Djulö slott" in browser.get("/andringar").text


def test_a_private_person_is_no_search_word(browser: Browser) -> None:
    fields = {"fil": mark(browser, "/sokord"), "names": "Anna Testsson", "exclude": "", "require": ""}
    for way in ("prova", "spara"):
        refused = browser.post("/sokord", {**fields, "gor": way}, form="/sokord")
        assert refused.status_code == 400
        assert "Anna Testsson" in refused.text


def test_a_file_that_was_changed_meanwhile_is_refused_with_both_texts(folder: Path, browser: Browser) -> None:
    fields = {"fil": mark(browser, "/sokord"), "names": "Backavallen", "exclude": "", "require": "", "gor": "spara"}
    (folder / "monitor.toml").write_text(SETTINGS.replace("fotboll", "handboll"), encoding="utf-8")
    refused = browser.post("/sokord", fields, form="/sokord")
    assert refused.status_code == 409
    assert "Backavallen" in refused.text
    assert "handboll" in refused.text
    db = open_database(folder / "monitor.db")
    assert db.execute("select count(*) from file_changes").fetchone()[0] == 0
    db.close()


def test_recipients_are_added_changed_and_removed(folder: Path, browser: Browser) -> None:
    add = {"fil": mark(browser, "/utskick"), "adress": "skola@kommun.example", "namn": "Skolan", "brev": "short"}
    assert browser.post("/utskick", {**add, "gor": "ny"}).status_code == 303
    text = (folder / "monitor.toml").read_text(encoding="utf-8")
    assert text.startswith(SETTINGS)
    assert text.endswith('[[recipients]]\naddress = "skola@kommun.example"\nname = "Skolan"\nletter = "short"\n')
    change = {"nummer": "0", "adress": "ledning@kommun.example", "namn": "", "brev": "whole", "gor": "andra"}
    assert browser.post("/utskick", {**change, "fil": mark(browser, "/utskick")}).status_code == 303
    assert '"ledning@kommun.example"  # hela staben' in (folder / "monitor.toml").read_text(encoding="utf-8")
    browser.post("/utskick", {"nummer": "0", "gor": "ta-bort", "fil": mark(browser, "/utskick")})
    assert "hela staben" not in (folder / "monitor.toml").read_text(encoding="utf-8")
    wrong = browser.post("/utskick", {"adress": "ingen adress", "gor": "ny", "fil": mark(browser, "/utskick")})
    assert wrong.status_code == 400


def test_a_source_is_paused_and_classed_in_its_line(folder: Path, browser: Browser) -> None:
    address = f"/kallor/{source_id(SOURCE)}"
    assert address in browser.get("/kallor").text
    fields = {"fil": mark(browser, address), "namn": "Djulöposten", "klass": "radio", "pausad": "ja", "omrade": ""}
    assert browser.post(address, fields).headers["location"] == "/kallor"
    assert (folder / "feeds.txt").read_text(encoding="utf-8") == FEEDS.replace(
        "class=local-paper", "class=radio paused=yes"
    )
    assert "Pausad" in browser.get("/kallor").text
    assert browser.get("/kallor/finns-inte").status_code == 404


def test_a_source_is_shown_on_trial_and_then_added(
    folder: Path, browser: Browser, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    found = (
        '{"candidates": [{"kind": "feed", "url": "https://ny.example/rss", "title": "Nya bladet", "entries": 3,'
        ' "matching": 2, "listed": false, "items": [{"title": "Skolan växer", "published": null}]}], "tried": []}'
    )
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\necho '{found}'\n", encoding="utf-8")
    program.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(program))
    shown = browser.post("/kallor/ny", {"adress": "ny.example"}, form="/kallor/ny").text
    assert "Nya bladet" in shown
    assert "Skolan växer" in shown
    given = re.search(r'name="fil" value="(\w+)"', shown)
    assert given
    fields = {"adress": "https://ny.example/rss", "slag": "feed", "namn": "Nya bladet", "klass": "local-paper"}
    browser.post("/kallor/ny", {**fields, "fil": given[1], "gor": "spara"})
    assert (folder / "feeds.txt").read_text(encoding="utf-8") == (
        FEEDS + 'https://ny.example/rss name="Nya bladet" class=local-paper\n'
    )


def test_a_trial_that_hangs_is_ended_and_one_that_finds_nothing_says_so(
    browser: Browser, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = tmp_path / "program"
    program.write_text("#!/bin/sh\nexec sleep 60\n", encoding="utf-8")
    program.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(program))
    monkeypatch.setattr("monitor.web.editing.TRIAL_SECONDS", 0.1)
    assert browser.post("/kallor/ny", {"adress": "ny.example"}, form="/kallor/ny").status_code == 504
    monkeypatch.setattr("monitor.web.editing.TRIAL_SECONDS", 20)
    program.write_text("#!/bin/sh\necho trasigt\n", encoding="utf-8")
    assert "Inget flöde hittades" in browser.post("/kallor/ny", {"adress": "ny.example"}, form="/kallor/ny").text
    assert browser.post("/kallor/ny", {"adress": "inte en adress"}, form="/kallor/ny").status_code == 400


def test_a_reader_sees_the_words_and_changes_nothing(folder: Path) -> None:
    path = folder / "monitor.toml"
    path.write_text(SETTINGS + '\n[web]\nrole = "reader"\n', encoding="utf-8")
    with Browser(folder) as reader:
        page = reader.get("/sokord").text
        assert "fotboll" in page
        assert 'name="gor"' not in page
        for address in ("/utskick", "/kallor/ny", "/andringar", "/radera-person"):
            assert reader.get(address).status_code == 403
        assert reader.post("/sokord", {"gor": "spara"}, form="/sokord").status_code == 403


def test_an_erasing_that_broke_off_is_never_told_as_nothing_done(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_off(*_: object, **__: object) -> None:
        raise StoreError("the file could not be written anew")

    monkeypatch.setattr("monitor.web.erasing.erase_person", break_off)
    step = {"steg": "radera", "namn": "centrum", "satt": "hide", "beslut": "KS 2026/9"}
    answer = browser.post("/radera-person", step, form="/radera-person")
    assert answer.status_code == 503
    assert "Raderingen blev inte klar" in answer.text
    assert "inget sparades" not in answer.text


def test_a_person_is_erased_after_a_preview_and_a_decision(folder: Path, browser: Browser) -> None:
    preview = browser.post("/radera-person", {"steg": "visa", "namn": "centrum"}, form="/radera-person").text
    assert "Artiklar" in preview
    assert "bygger en ny skola i" in preview
    step = {"steg": "radera", "namn": "centrum", "satt": "hide"}
    assert browser.post("/radera-person", step, form="/radera-person").status_code == 400
    done = browser.post("/radera-person", {**step, "beslut": "KS 2026/9"}, form="/radera-person")
    assert "Raderat" in done.text
    assert "KS 2026/9" in done.text
    assert browser.post("/radera-person", {"namn": "Bo"}, form="/radera-person").status_code == 400
    again = browser.post("/radera-person", {"steg": "visa", "namn": "centrum"}, form="/radera-person").text
    assert "Namnet står ingenstans här" in again
    assert b"centrum" not in (folder / "monitor.db").read_bytes()
