"""Tables that place things, and tables that hold data."""

from lxml import html

from monitor.core.pages.extract import extract
from monitor.core.pages.layout import unwrap_layout

PLACED = """<html><body><table width="600"><tr><td><h1>Bygdebladet</h1><p>Bladet för bygden</p></td></tr>
<tr><td><table><tr><td><p>Skrivet 23 november 2026</p>
<p>Sopbilen kom inte i dag heller, och kärlet står kvar vid vägen.</p>
<p>Kommunen svarade att bilen kommer på onsdag i stället, om vädret tillåter.</p></td></tr></table></td></tr></table>
</body></html>"""
DATA = "<html><body><table><tr><th>Ort</th><th>Antal</th></tr><tr><td>Sala</td><td>290</td></tr></table></body></html>"


def test_a_table_that_places_things_becomes_boxes_and_one_of_data_stays() -> None:
    placed = html.fromstring(PLACED)
    unwrap_layout(placed)
    assert placed.xpath("//table | //td | //tr") == []
    data = html.fromstring(DATA)
    unwrap_layout(data)
    assert len(data.xpath("//td")) == 2


def test_a_table_of_data_within_a_placing_one_stays() -> None:
    tree = html.fromstring(f"<table><tr><td><p>Text</p>{DATA}</td></tr></table>")
    unwrap_layout(tree)
    assert len(tree.xpath("//table")) == 1
    assert len(tree.xpath("//td")) == 2


def test_paragraphs_of_an_old_page_are_read_one_by_one_and_the_date_is_not_its_lead() -> None:
    reading = extract(PLACED.encode(), "https://bygdebladet.example/a")
    assert "Sopbilen kom inte i dag heller, och kärlet står kvar vid vägen." in reading.blocks
    assert reading.lead.startswith("Sopbilen kom inte")


def test_a_page_of_a_few_words_has_them_as_its_lead() -> None:
    page = "<html><body><article><h1>Kort</h1><p>Bara några ord.</p></article></body></html>"
    assert extract(page.encode(), "https://a.example/a").lead == "Bara några ord."


def test_a_marked_lead_right_under_the_heading_is_believed_whatever_the_text_says() -> None:
    page = (
        '<html><body><h1>Skateparken flyttar</h1><time datetime="2026-11-23">23 november</time>'
        '<p class="ingress">När frosten kommer får skejtarna i Katrineholm en egen vinterhall.</p>'
        "<div><p>Det luktar färskt virke och gammal maskinolja. Fyra ungdomar skruvar plywood mot en ramp.</p>"
        "<p>Lokalen ägs av en företagare som själv åkte bräda på 1980-talet och inte tar någon hyra.</p></div>"
        "</body></html>"
    )
    assert extract(page.encode(), "https://a.example/a").lead.startswith("När frosten kommer")


def test_a_marked_lead_on_a_page_without_heading_must_speak_of_its_text() -> None:
    page = (
        '<html><body><p class="ingress">Allt om båtar, hästar och skidspår varje vecka.</p>'
        "<div><p>Det luktar färskt virke och gammal maskinolja. Fyra ungdomar skruvar plywood mot en ramp.</p>"
        "<p>Lokalen ägs av en företagare som själv åkte bräda på 1980-talet och inte tar någon hyra.</p></div>"
        "</body></html>"
    )
    assert extract(page.encode(), "https://a.example/a").text
