"""A town's name in a menu is not in the text, however little text there is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from monitor.core.pages.extract import extract
from monitor.core.pages.menus import drop_menus
from monitor.models import Outcome
from tests.cpu import cpu_of

URL = "https://www.ortenstidning.example/nyheter/bron"
LINKS = "".join(f"<div><a href='/{n}'>Flen {n}</a></div>" for n in range(8))
MENUS = {
    "nav": f"<nav>Flen {LINKS}</nav>",
    "role": f"<div role='navigation'>Flen {LINKS}</div>",
    "div": f"<div class='m'>{LINKS}</div>",
    "list": "<ul>" + "".join(f"<li><a href='/{n}'>Flen</a></li>" for n in range(8)) + "</ul>",
    "nested": f"<div><div>{LINKS}</div><div><nav>{LINKS}</nav></div></div>",
    "footer": f"<footer>Kontakt i Flen {LINKS}</footer>",
}
TEXTS = ("<p>Bron är stängd.</p>", "<div>Bron är stängd.</div>", "Bron är stängd.<br>Den öppnar snart.")


@pytest.mark.parametrize("menu", MENUS)
@pytest.mark.parametrize("text", TEXTS)
def test_a_short_text_is_read_without_the_menu(menu: str, text: str) -> None:
    reading = extract(f"<body>{MENUS[menu]}<div><h1>Bron</h1>{text}</div>{MENUS[menu]}</body>".encode(), URL)
    assert "Bron är stängd." in reading.text
    assert "Flen" not in reading.text


@pytest.mark.parametrize("menu", MENUS)
def test_a_page_without_text_does_not_take_its_menu_for_one(menu: str) -> None:
    reading = extract(f"<title>Bron</title><body>{MENUS[menu]}<h1>Bron</h1>{MENUS[menu]}</body>".encode(), URL)
    assert (reading.outcome, reading.title, reading.blocks) == (Outcome.PARTIAL, "Bron", ())


def test_links_in_a_text_and_lists_of_linked_sentences_stay() -> None:
    sentence = "<li><a href='/x'>Kommunen bygger om bron över ån under nästa år, och arbetet tar fem månader</a></li>"
    few = "<p>Läs om <a>bron</a>, <a>vägen</a> och <a>ån</a>.</p><p><a>Två</a> <a>till</a></p>"
    page = f"<body>{few}<ul>{sentence * 3}</ul></body>"
    tree = html.document_fromstring(page)
    before = html.tostring(tree)
    drop_menus(tree)
    assert html.tostring(tree) == before


def test_a_page_that_is_all_navigation_keeps_its_root() -> None:
    tree = html.document_fromstring("<html role='navigation'><body><a href='/'></a></body></html>")
    drop_menus(tree)
    assert tree.tag == "html"


def test_time_is_in_proportion_to_the_length_of_a_menu() -> None:
    def seconds(links: int) -> float:
        page = "<body><ul>" + "<li><a href='/x'>Mer om detta</a></li>" * links + "</ul><p>Text</p></body>"
        trees = [html.document_fromstring(page) for _ in range(4)]
        return cpu_of(lambda: drop_menus(trees.pop()))

    assert seconds(12_000) < 12 * seconds(2_000)  # six times as long; by the square it would be 36 times


@given(
    st.lists(
        st.sampled_from(["<div>", "</div>", "<ul><li>", "<a>x</a>", "<nav>", "</nav>", "ord ", "<a>"]), max_size=40
    )
)
def test_no_tree_raises(pieces: list[str]) -> None:
    drop_menus(html.document_fromstring("<html><body>" + "".join(pieces)))
