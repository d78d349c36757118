"""The letter in the frame: days beside it, its own styles, no script, and a template that cannot be taken apart."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import lxml.html
import pytest

from monitor.deliver.render import render_digest
from monitor.store.db import open_database
from monitor.web.security import LETTER_POLICY
from tests.deliver.homes import save
from tests.golden.digest.days import normal_day
from tests.golden.digest.hostile import hostile_day
from tests.web.browser import Browser, bare_home


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Browser]:
    folder = bare_home(tmp_path)
    out = folder / "reports" / "out"
    out.mkdir(parents=True)
    db = open_database(folder / "monitor.db")
    hostile = hostile_day()
    for digest in (hostile, *(replace(normal_day(), day=hostile.day + timedelta(days=days)) for days in (1, 2))):
        rendered = render_digest(digest)
        save(db, digest, rendered.json, digest.made_at)
        (out / f"{digest.day}.html").write_text(rendered.html, encoding="utf-8")
        (out / f"{digest.day}.txt").write_text(rendered.text, encoding="utf-8")
    db.close()
    with Browser(folder) as opened:
        yield opened


def test_the_days_lie_side_by_side(browser: Browser) -> None:
    latest = browser.get("/brev/senaste").headers["location"]
    page = lxml.html.document_fromstring(browser.get(latest).content)
    links = [link.get("href") for link in page.iter("a")]
    assert f"{latest}.html" in links
    assert f"{latest}.txt" in links
    assert f"{latest}.json" not in links  # no such file was written
    earlier = next(link.get("href") for link in page.iter("a") if link.get("rel") == "prev")
    middle = lxml.html.document_fromstring(browser.get(earlier).content)
    assert {link.get("rel") for link in middle.iter("a")} >= {"prev", "next"}


def test_the_hostile_letter_brings_no_element_and_no_script(browser: Browser) -> None:
    day = f"/brev/{hostile_day().day}"
    answer = browser.get(day)
    assert answer.headers["content-security-policy"] == LETTER_POLICY
    assert "script-src" not in LETTER_POLICY
    page = lxml.html.document_fromstring(answer.content)
    tags = {element.tag for element in page.iter() if isinstance(element.tag, str)}
    assert not tags & {"script", "img", "iframe", "svg", "object", "embed", "base"}
    assert len(list(page.iter("main"))) == 1
    assert len(list(page.iter("h1"))) == 1
    assert not [name for element in page.iter() for name in element.attrib if str(name).startswith("on")]


def test_a_letter_without_a_body_still_has_its_frame(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "reports" / "out" / "2026-11-24.html").write_text("cut short", encoding="utf-8")
    assert "Huvudmeny" in browser.get("/brev/2026-11-24").text
