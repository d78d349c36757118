"""Snippets of HTML into the text a reader would see."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core import markup
from monitor.core.markup import plain_text
from monitor.core.text import clean_text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Rubrik", "Rubrik"),
        ("5 < 6 & <namn> > 4", "5 < 6 & <namn> > 4"),
        ("K&ouml;p &#8211; s&#xe4;lj", "Köp – sälj"),
        ("V&amp;auml;gen", "Vägen"),
        ("R&D och AT&T;", "R&D och AT&T;"),
        ("<b>Fet</b> rubrik", "Fet rubrik"),
        ("Rad<br/>två", "Rad\ntvå"),
        ("<script>alert(1)</script>Kvar<style>p{}</style>", "Kvar"),
        ("<!-- tyst -->Kvar", "Kvar"),
        ("<svg onload=alert(1)>Kvar", "<svg onload=alert(1)>Kvar"),
        ("<b>lone \ud800 half</b>", "lone  half"),
    ],
)
def test_a_title_loses_its_tags_and_keeps_its_signs(text: str, expected: str) -> None:
    assert plain_text(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("<section><p>Ett</p><p>Två</p></section>", "\nEtt\nTvå\n"),
        ("<table><tr><td>Kl.<td>10</table>", "\n Kl. 10 \n"),
        ("<custom-element>Kvar</custom-element>", "Kvar"),
        ("<iframe>x</iframe><object>Kvar", "Kvar"),
        ("a &lt;b&gt; c", "a <b> c"),
    ],
)
def test_markup_becomes_a_line_for_each_block(text: str, expected: str) -> None:
    assert plain_text(text, markup=True) == expected


@pytest.mark.parametrize(
    "unit", ["<div>", "<!--", "<a ", "<a b='", "<b><i>", "&amp;", "<", "<p>x", "<script>", "<table>"]
)
def test_hostile_repetition_takes_no_more_than_its_length(unit: str) -> None:
    began = time.process_time()
    plain_text("<p>" + unit * (400_000 // len(unit)), markup=True)
    assert time.process_time() - began < 2


@given(st.text(), st.booleans())
def test_any_text_becomes_text(text: str, markup: bool) -> None:
    assert isinstance(plain_text(text, markup=markup), str)
    assert isinstance(plain_text(f"<p>{text}", markup=markup), str)


_PIECES = st.sampled_from(
    [
        *("Badhuset", " ", "\n", "\t", "5 > 3", "&amp;", "&lt;b&gt;", "&nbsp;", "&amp;auml;", "&aring;", "&", "<br>"),
        *(
            "<br />",
            '<a href="/x?a=1" class="b">länk</a>',
            "<b>fet <i>text</i></b>",
            "<em>a &amp; b</em>",
            "<b>",
            "<div>",
        ),
        *(
            "<strong></strong>",
            "<!-- x -->",
            "<script>x</script>",
            "\x0b",
            "\u0085",
            "\u00a0",
            "e\u0301",
            "</b>",
            "<td>x</td>",
        ),
    ]
)
_PARAGRAPHS = st.lists(
    st.tuples(
        st.sampled_from(["", " ", "x"]),
        st.sampled_from(["<p>", '<p class="a">', "<p >", "<p a='b'>"]),
        st.lists(_PIECES, max_size=5).map("".join),
    ).map(lambda parts: "".join(parts) + "</p>"),
    min_size=1,
    max_size=4,
).map("".join)


@given(_PARAGRAPHS)
def test_paragraphs_are_read_without_a_parser_as_a_parser_reads_them(text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(markup, "_read_paragraphs", lambda _text: "")
        parsed = clean_text(plain_text(text, markup=True))
    assert clean_text(plain_text(text, markup=True)) == parsed


def test_a_plain_paragraph_needs_no_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(markup, "_hear", lambda text: pytest.fail(f"parsed: {text}"))
    text = '<p>Nytt i <a href="https://blad.example/">bladet</a><br>&amp; mer</p>\n<p>Slut</p>'
    assert clean_text(plain_text(text, markup=True)) == "Nytt i bladet\n& mer\nSlut"
