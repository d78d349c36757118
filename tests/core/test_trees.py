"""libxml2 is called in one place, behind bounds, and is told to fetch and to resolve nothing."""

import re
from pathlib import Path

import pytest

from monitor.core.bounds import MAX_ATTRIBUTES, MAX_DEPTH
from monitor.core.trees import Grown, grow_html, grow_xml, parse_html
from monitor.models import Refused

ROOT = Path(__file__).parents[2]


def test_a_page_becomes_a_tree_and_what_is_lost_is_told() -> None:
    grown = grow_html("<p>å</p>")
    assert isinstance(grown, Grown)
    assert (grown.root.findtext(".//p"), grown.loss) == ("å", "")
    crowded = grow_html("<p " + " ".join(f"a{n}" for n in range(MAX_ATTRIBUTES + 1)) + ">å</p>")
    assert isinstance(crowded, Grown)
    assert "attributes" in crowded.loss


def test_of_a_page_that_is_too_much_the_beginning_is_read_and_this_is_told() -> None:
    grown = grow_html("<p>å</p>" + "<div>" * (MAX_DEPTH + 1) + "<p>ö</p>")
    assert isinstance(grown, Grown)
    assert grown.root.xpath("//p/text()") == ["å"]
    assert "only its beginning was read" in grown.loss


@pytest.mark.parametrize("text", ["", "<!-- -->"])
def test_a_page_that_makes_no_tree_is_refused_in_words(text: str) -> None:
    refused = grow_html(text)
    assert isinstance(refused, Refused)
    assert refused.reason


def test_xml_that_is_not_well_formed_is_read_as_far_as_it_goes() -> None:
    grown = grow_xml("<?xml version='1.0' encoding='latin-1'?><a>å&b<c>d</c></a>")
    assert isinstance(grown, Grown)
    assert (grown.root.text[:1], grown.root.findtext("c"), grown.loss) == ("å", "d", "")
    cut = grow_xml("<a><b>c</b><b>d")
    assert isinstance(cut, Grown)
    assert (len(cut.root), cut.loss) == (2, "it ends in the middle")


@pytest.mark.parametrize("text", ["", "hej", "<a>" * (MAX_DEPTH + 1)])
def test_xml_that_makes_no_tree_is_refused_in_words(text: str) -> None:
    refused = grow_xml(text)
    assert isinstance(refused, Refused)
    assert refused.reason


def test_no_entity_is_resolved_and_no_file_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("hemligt", encoding="utf-8")
    inner = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "hemligt"}">' for n in range(9))
    kinds = f'<!DOCTYPE a [<!ENTITY x SYSTEM "{secret.as_uri()}">{inner}]>'
    grown = grow_xml(f"{kinds}<a>&x;&l8;</a>")
    assert isinstance(grown, Grown)
    assert "hemligt" not in "".join(grown.root.itertext("*"))
    assert b"hemligt" not in (parse_html(f"{kinds}<p>&x;&l8;</p>".encode()).text_content() or "").encode()


def test_no_other_module_makes_a_parser() -> None:
    makes = re.compile(
        r"\b(?:XML|HTML|XHTML)?(?:Pull)?Parser\(|\b(?:etree|html|ET|lxml\.html)\.(?:parse|fromstring|fragments?_fromstring|"
        r"document_fromstring|iterparse|XML|HTML|XSLT|XInclude)\(|\b(?:minidom|pulldom|expat|xml\.sax|soupparser|html5parser)\b"
    )
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for folder in ("monitor", "spiders", "reports")
        for path in sorted((ROOT / folder).rglob("*.py"))
        if path.name != "trees.py"
        for line in path.read_text(encoding="utf-8").splitlines()
        if makes.search(line)
    ]
    # The demo looks at the letter that it has made itself.
    assert found == ["monitor/demo/check.py: tree = lxml.html.document_fromstring(page)"]
