"""Hostile markup is cut to size before a parser sees it, and what is lost is told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from monitor.core.bounds import (
    MAX_ATTRIBUTES,
    MAX_CELLS,
    MAX_DEPTH,
    MAX_NODES,
    MAX_SPAN,
    clamp_spans,
    first_tags,
    tame_markup,
    tame_xml,
    too_much_for_tree,
    too_much_html,
    too_much_xml,
)


def crowd(count: int) -> str:
    return " ".join(f'a{number}="<{number}>"' for number in range(count))


def test_ordinary_markup_passes_unchanged() -> None:
    text = '<!doctype html><p class="a b" title="1 > 0" data-x=\'"\'>Text</p><br/>'
    text += '<!-- <p --><script>if (a<b) c="</p>"</script>'
    assert tame_markup(text) == (text.encode(), "")


@pytest.mark.parametrize("tag", ["div", "DIV", "script", "STYLE"])
def test_a_tag_with_too_many_attributes_loses_them_and_this_is_told(tag: str) -> None:
    markup, lost = tame_markup(f"<p>före</p><{tag} {crowd(MAX_ATTRIBUTES + 1)}>x</{tag}><p>efter</p>")
    assert markup == f"<p>före</p><{tag}>x</{tag}><p>efter</p>".encode()
    assert str(MAX_ATTRIBUTES) in lost


def test_as_many_attributes_as_are_allowed_stay() -> None:
    text = f"<div {crowd(MAX_ATTRIBUTES)}>x</div>"
    assert tame_markup(text) == (text.encode(), "")


@pytest.mark.parametrize("text", ["<script>{}</script>", "<!-- {} -->", "<style>{}", '<p title="{}">'])
def test_what_only_looks_like_a_crowded_tag_stays(text: str) -> None:
    text = text.format("a <b " + " ".join(f"c{number}" for number in range(2_000)))
    assert tame_markup(text)[1] == ""


def test_control_characters_surrogates_and_heaps_of_accents_go() -> None:
    assert tame_markup("a\x00b\x1bc\ud800d\te\n" + "x" + "\u0301" * 5_000)[0] == ("abcd\te\nx" + "\u0301" * 8).encode()


@pytest.mark.parametrize(
    "piece", ["<", "<a", "<a ", '<a b="', "<a b='", "<!--", "<!-- -", "<script>", "<script", "<a =", "<a b=\"'", "</a"]
)
def test_time_is_in_proportion_to_what_is_left_open(piece: str) -> None:
    markup, _ = tame_markup(piece * (2_000_000 // len(piece)))
    too_much_html(markup)
    too_much_xml(markup)


@given(st.text(alphabet="<>/!-ab =\"'\n\0ä", max_size=80))
def test_taming_is_done_once(text: str) -> None:
    markup, lost = tame_markup(text)
    assert not lost
    assert tame_markup(markup.decode())[0] == markup


def nested(depth: int, name: str = "div", inside: str = "x") -> str:
    return f"<html><body>{f'<{name}>' * depth}{inside}{f'</{name}>' * depth}</body></html>"


def test_too_many_elements_are_told() -> None:
    assert too_much_html(b"<p>" * MAX_NODES)[0] == ""
    assert str(MAX_NODES) in too_much_html(b"<br>" * (MAX_NODES + 1))[0]
    assert str(MAX_NODES) in too_much_html(b"<script></script>" * (MAX_NODES + 1))[0]
    assert str(MAX_NODES) in too_much_html(b"</b>" * (4 * MAX_NODES + 1))[0]
    assert "elements" in too_much_for_tree(html.fromstring(f"<div>{'<br>' * (2 * MAX_NODES + 1)}</div>"))


def test_what_is_nested_too_deep_is_told_before_it_is_parsed() -> None:
    assert too_much_html(nested(MAX_DEPTH - 5).encode())[0] == ""
    assert str(MAX_DEPTH) in too_much_html(nested(MAX_DEPTH + 1).encode())[0]
    assert str(MAX_DEPTH) in too_much_html(b"<span>" * (MAX_DEPTH + 1))[0]
    assert too_much_html(b"<div>" * MAX_DEPTH + b"<i>") == (too_much_html(b"<i>" * 300)[0], MAX_DEPTH * 5)
    # The end of a span ends no div.
    assert str(MAX_DEPTH) in too_much_html(b"<span><div></span>" * (MAX_DEPTH + 1))[0]


@pytest.mark.parametrize(
    "sloppy",
    ["<p>a<br>", "<li>a", "<td>a", "<div><span>a</div>", "<b><i>x</i></b></div>", "<div/>", "<a href=x>a<h2>b"],
)
def test_a_sloppy_page_that_does_not_nest_is_not_deep(sloppy: str) -> None:
    assert too_much_html((sloppy * (3 * MAX_DEPTH)).encode())[0] == ""


def test_a_tree_that_became_deeper_than_its_tags_told_is_told() -> None:
    tables = nested(MAX_DEPTH // 2, "table", "<tr><td>x").replace("<table>", "<table><tr><td>")
    assert too_much_html(tables.encode())[0] == ""
    assert str(MAX_DEPTH) in too_much_for_tree(html.fromstring(tables))
    assert too_much_for_tree(html.fromstring(nested(MAX_DEPTH - 5))) == ""


def test_xml_is_measured_without_what_stands_in_comments_and_cdata() -> None:
    assert too_much_xml(b"<!-- <a><a><a> --><a><![CDATA[<b><b><b>]]></a>", 1) == ""
    assert too_much_xml(b"<a><b/><b/></a>", 2) == "it has more than 2 elements"
    assert str(MAX_DEPTH) in too_much_xml(b"<a>" * (MAX_DEPTH + 1))
    assert too_much_xml(b"<a/></a><b c='>'></b>" * (2 * MAX_DEPTH)) == ""


def test_a_crowded_tag_of_xml_loses_its_attributes_wherever_it_stands() -> None:
    markup, lost = tame_xml(f"<a><b {crowd(MAX_ATTRIBUTES + 1)}/>\x00\x0c</a>")
    assert markup == b"<a><b></a>"
    assert str(MAX_ATTRIBUTES) in lost
    assert tame_xml("<a b='c'>ä</a>") == ("<a b='c'>ä</a>".encode(), "")


def test_the_first_tags_are_taken() -> None:
    assert first_tags(b"<a>b</a><c>", 2) == b"<a>b</a>"
    assert first_tags(b"<a>b</a><c>", 3) == b"<a>b</a><c>"


def test_spans_are_cut_down() -> None:
    tree = html.fromstring(
        '<table><tr><td colspan="2" rowspan="999999999999">a</td><td colspan="²">b</td>'
        '<td rowspan="0">c</td><th>d</th></tr></table>'
    )
    clamp_spans(tree)
    cells = [dict(cell.attrib) for cell in tree.iter("td", "th")]
    assert cells == [{"colspan": "2", "rowspan": "1"}, {"colspan": "1"}, {"rowspan": "1"}, {}]


def test_the_spans_of_all_cells_together_are_bounded() -> None:
    tree = html.fromstring("<table>" + '<tr><td colspan="1000" rowspan="1000">x</td></tr>' * 500 + "</table>")
    clamp_spans(tree)
    areas = [int(cell.get("colspan")) * int(cell.get("rowspan")) for cell in tree.iter("td")]
    assert areas[0] == MAX_SPAN**2
    assert areas[-1] == 1
    assert sum(area - 1 for area in areas) <= MAX_CELLS


def test_an_instruction_or_end_tag_without_end_is_left_out_and_told() -> None:
    crowd = b" ".join(b"a%d='1'" % number for number in range(400))
    kept, loss = tame_xml(f"<?xml {crowd.decode()}?><rss><a>x</a {crowd.decode()}></rss>")
    assert kept == b"<rss><a>x</rss>"
    assert "more than 2,000 characters" in loss
    assert tame_xml("<?xml version='1.0'?><a></a>") == (b"<?xml version='1.0'?><a></a>", "")
