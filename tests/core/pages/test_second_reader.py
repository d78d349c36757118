"""The second reader finds the text by its density, however deep or broken the markup."""

from hypothesis import given
from hypothesis import strategies as st

from monitor.core.pages.second_reader import read_stream

MENU = "<nav><ul>" + "".join(f'<li><a href="/{n}">Avdelning nummer {n}</a></li>' for n in range(30)) + "</ul></nav>"
FIRST = "Kommunstyrelsen beslutade på tisdagen att bron över ån ska byggas om under nästa år."
SECOND = "Arbetet beräknas ta fem månader, och trafiken leds om förbi den gamla stationen under tiden."


def test_the_text_is_found_between_menus() -> None:
    page = f"<title> Bron </title><body>{MENU}<h1>Bron byggs om</h1><p>{FIRST}</p><p>{SECOND}</p>{MENU}</body>"
    assert read_stream(page.encode()) == ("Bron", (FIRST, SECOND))


def test_links_and_emphasis_within_the_text_belong_to_it() -> None:
    page = f"<body>{MENU}<div>Den <b>nya</b> <a href='/x'>bron</a>: {FIRST}</div></body>"
    assert read_stream(page.encode())[1] == (f"Den nya bron: {FIRST}",)


def test_nesting_without_end_hides_nothing() -> None:
    page = "<body>" + "<div>" * 5_000 + f"<p>{FIRST}</p>"
    assert read_stream(page.encode())[1] == (FIRST,)


def test_scripts_asides_and_lists_of_links_are_left_out() -> None:
    aside = "<p><a href='/1'>Läs mer om bron</a></p><aside><p>En ruta bredvid texten</p></aside>"
    page = f"<script>var {FIRST}</script><p>{FIRST} {SECOND}</p>{aside}<p>{SECOND} {FIRST}</p>"
    assert read_stream(page.encode())[1] == (f"{FIRST} {SECOND}", f"{SECOND} {FIRST}")


def test_a_page_of_links_has_no_text() -> None:
    assert read_stream(f"<title>Start</title><title>Två</title>{MENU}".encode()) == ("Start", ())
    assert read_stream(b"<p></p>") == ("", ())


@given(st.text(max_size=300))
def test_no_characters_raise(text: str) -> None:
    read_stream(text.encode("utf-8", "replace"))
