"""The list of letters, and the feed of the newest."""

import re
from pathlib import Path

import lxml.html
import pytest
from lxml import etree

from monitor.deliver.archive import ATOM, FEED_ENTRIES, LISTED, render_feed, render_index, write_archive
from monitor.errors import DeliveryError
from tests.golden.digest.days import past_letters

WEB = "https://bevakning.kommun.example"


def letters_in(folder: Path) -> Path:
    for letter in past_letters():
        (folder / f"{letter.day}.html").write_text("<p>brev</p>")
    return folder


def test_the_list_tells_of_every_letter_by_month() -> None:
    page = lxml.html.document_fromstring(render_index(past_letters(), organisation="Kommunen", language="sv"))
    assert [heading.text for heading in page.xpath("//h2")] == ["November 2026", "Februari 2025"]
    assert page.xpath("//a/@href") == ["2026-11-24.html", "2026-11-23.html", "2026-11-22.html", "2025-02-03.html"]
    told = [" ".join(span.text_content().split()) for span in page.xpath("//span")]
    assert told[:2] == ["23 artiklar. Förskola stängdes", "Inga nya träffar."]
    assert told[2].startswith("Ofullständigt, källor saknades. 4 artiklar. <b>&amp;</b>")
    assert not page.xpath("//main//b")


def test_no_english_word_stands_in_a_swedish_list() -> None:
    page = lxml.html.document_fromstring(render_index(past_letters()[:2], organisation="Kommunen", language="sv"))
    seen = " ".join(page.xpath("//body//text()"))
    assert not re.search(
        r"\b(the|and|of|is|are|all|letters?|articles?|older|incomplete|missing|no)\b", seen, re.IGNORECASE
    )


def test_a_list_without_letters_says_so() -> None:
    assert "Inga brev än." in render_index([], organisation="Kommunen", language="sv")
    assert "No letters yet." in render_index([], organisation="Kommunen", language="en")


def test_letters_beyond_a_year_are_not_listed_one_by_one() -> None:
    page = render_index(past_letters()[:1] * (LISTED + 1), organisation="Kommunen", language="sv")
    assert page.count("<li>") == LISTED
    assert "Äldre brev ligger i samma mapp" in page


def test_the_feed_is_atom_with_one_entry_a_letter() -> None:
    feed = etree.fromstring(render_feed(past_letters(), organisation="Kommunen", language="sv", web=WEB).encode())
    inside = {"a": ATOM}
    assert feed.findtext("a:title", namespaces=inside) == "Mediebevakning för Kommunen"
    assert feed.findtext("a:updated", namespaces=inside) == "2026-11-24T05:42:00+00:00"
    entries = feed.findall("a:entry", inside)
    assert len({entry.findtext("a:id", namespaces=inside) for entry in entries}) == len(entries) == 4
    first = entries[0]
    assert first.findtext("a:title", namespaces=inside) == "tisdag 24 november 2026: 23 artiklar. Förskola stängdes"
    link = first.find("a:link", inside)
    assert link is not None
    assert link.get("href") == f"{WEB}/brev/2026-11-24"
    assert "\u202e" not in etree.tostring(feed, encoding="unicode")


def test_a_feed_holds_the_newest_letters_only() -> None:
    many = past_letters()[:1] * 40
    feed = etree.fromstring(render_feed(many, organisation="Kommunen", language="sv", web=WEB).encode())
    assert len(feed.findall(f"{{{ATOM}}}entry")) == FEED_ENTRIES


def test_only_letters_whose_file_is_there_are_listed(tmp_path: Path) -> None:
    letters_in(tmp_path)
    (tmp_path / "2026-11-23.html").unlink()
    write_archive(tmp_path, past_letters(), organisation="Kommunen", language="sv")
    assert "2026-11-23.html" not in (tmp_path / "index.html").read_text(encoding="utf-8")
    assert not (tmp_path / "atom.xml").exists()
    write_archive(tmp_path, past_letters(), organisation="Kommunen", language="sv", web=WEB)
    assert "2026-11-22" in (tmp_path / "atom.xml").read_text(encoding="utf-8")


def test_a_list_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "index.html").mkdir()
    with pytest.raises(DeliveryError, match="the list of letters could not be written"):
        write_archive(tmp_path, [], organisation="Kommunen", language="sv")


def test_a_wrong_template_of_the_home_is_told(tmp_path: Path) -> None:
    (tmp_path / "digest").mkdir()
    (tmp_path / "digest" / "index.html.j2").write_text("{{ nothing }}")
    with pytest.raises(DeliveryError, match="template is wrong"):
        render_index([], organisation="Kommunen", language="sv", home_reports=tmp_path)
