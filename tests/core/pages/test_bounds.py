"""Hostile markup is cut to size before a parser sees it, and what is lost is told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from monitor.core.pages.bounds import (
    MAX_ATTRIBUTES,
    MAX_CELLS,
    MAX_DEPTH,
    MAX_NODES,
    MAX_SPAN,
    clamp_spans,
    tame_markup,
    too_many_tags,
    too_much_for_tree,
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
    assert tame_markup("a\x00b\x1bc\ud800d\te\n" + "x" + "\u0301" * 5_000)[0] == ("abc?d\te\nx" + "\u0301" * 8).encode()


@pytest.mark.parametrize(
    "piece", ["<", "<a", "<a ", '<a b="', "<a b='", "<!--", "<!-- -", "<script>", "<script", "<a =", "<a b=\"'", "</a"]
)
def test_time_is_in_proportion_to_what_is_left_open(piece: str) -> None:
    tame_markup(piece * (2_000_000 // len(piece)))


@given(st.text(alphabet="<>/!-ab =\"'\n\0ä", max_size=80))
def test_taming_is_done_once(text: str) -> None:
    markup, lost = tame_markup(text)
    assert not lost
    assert tame_markup(markup.decode())[0] == markup


def test_too_many_tags_and_elements_are_told() -> None:
    assert too_many_tags(b"<p>" * 100) == ""
    assert str(MAX_NODES) in too_many_tags(b"<br>" * (2 * MAX_NODES + 1))
    assert str(MAX_NODES) in too_much_for_tree(html.fromstring(f"<div>{'<br>' * (MAX_NODES + 1)}</div>"))


def test_a_deep_tree_is_told() -> None:
    def nested(depth: int) -> str:
        return f"<html><body>{'<div>' * depth}x{'</div>' * depth}</body></html>"

    assert too_much_for_tree(html.fromstring(nested(MAX_DEPTH - 5))) == ""
    assert str(MAX_DEPTH) in too_much_for_tree(html.fromstring(nested(MAX_DEPTH + 5)))
    assert str(MAX_DEPTH) in too_much_for_tree(html.fromstring(nested(5_000)))


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
