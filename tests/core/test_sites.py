"""Sites: what has one voice, and which links lead nowhere new."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from monitor.core.pages.extract import extract
from monitor.core.pages.links import _MAX_ANCHORS, MAX_LINKS, links_out
from monitor.core.sites import front_of, is_everywhere, is_of_site, site_of
from monitor.core.urls import safe_url, unwrap_url


@pytest.mark.parametrize(
    ("url", "site", "front"),
    [
        ("https://www.bloggen.se/2026/11/post?x=1", "bloggen.se", "https://www.bloggen.se/"),
        ("http://m.bloggen.se:8080/", "bloggen.se:8080", "http://m.bloggen.se:8080/"),
        ("https://anna.blogspot.com/a", "anna.blogspot.com", "https://anna.blogspot.com/"),
        ("https://medium.com/@byn/om-sjon-1", "medium.com/@byn", "https://medium.com/@byn"),
        ("https://sites.google.com/view/byn/hem", "sites.google.com/view/byn", "https://sites.google.com/view/byn"),
        ("mailto:a@b.se", "", ""),
    ],
)
def test_a_site_is_a_host_or_a_path_on_a_platform(url: str, site: str, front: str) -> None:
    assert (site_of(url), front_of(url)) == (site, front)


@pytest.mark.parametrize(
    ("source", "url", "own"),
    [
        ("https://www.bladet.se/feed", "https://bladet.se/1", True),
        ("https://social.se/", "https://annan.se/@a/1", False),
        ("imaps://konto@bladet.se/INBOX", "https://bladet.se/1", False),
        ("imaps://konto@bladet.se/INBOX", "", False),
    ],
)
def test_a_source_is_of_a_site_when_it_lies_there(source: str, url: str, own: bool) -> None:
    assert is_of_site(source, url) is own


def test_networks_are_linked_from_everywhere_and_sites_on_platforms_are_not() -> None:
    assert is_everywhere("https://sv-se.facebook.com/sida")
    assert is_everywhere("https://www.wordpress.com/")
    assert not is_everywhere("https://byn.wordpress.com/")
    assert not is_everywhere("https://bloggen.se/")


PAGE = """<html><body><nav><a href="https://meny.se/">M</a></nav><main>
<p>Läs <a href="https://andra.se/post">andra</a> och <a href="/egen">egen</a>, <a href="http://www.andra.se/b">igen</a>,
<a href="https://www.google.com/url?q=https%3A%2F%2Ftredje.se%2Fx">tredje</a>
<a href="https://facebook.com/dela">Dela</a> <a href="mailto:x@y.se">post</a></p></main>
<aside><h3>Bloggar</h3><ul><li><a href="https://fjarde.se/">Fjärde</a></li></ul></aside>
<div class="comments"><a rel="external nofollow ugc" href="https://skrap.se/">Köp</a></div>
<footer><a href="https://tema.se/">Tema</a></footer></body></html>"""


def test_links_of_text_and_side_columns_lead_out_and_menus_and_comments_do_not() -> None:
    found = ("https://andra.se/post", "https://tredje.se/x", "https://fjarde.se/")
    assert links_out(html.fromstring(PAGE), "https://bloggen.se/p") == found
    assert (
        extract(
            PAGE.replace("<p>", "<h1>Sjön</h1><p>" + "Sjön fryser på. " * 30).encode(), "https://bloggen.se/p"
        ).links
        == found
    )


def test_a_page_of_links_gives_so_many_and_no_more() -> None:
    many = "".join(f'<a href="https://s{number}.se/">x</a>' for number in range(MAX_LINKS + 5))
    assert len(links_out(html.fromstring(f"<div>{many}</div>"), "https://a.se/")) == MAX_LINKS
    late = "<a href='/x'>x</a>" * _MAX_ANCHORS + many
    assert links_out(html.fromstring(f"<div>{late}</div>"), "https://a.se/") == ()


@given(st.text(max_size=60))
def test_any_address_has_at_most_one_site(url: str) -> None:
    assert bool(site_of(url)) == bool(front_of(url))


HREFS = st.lists(
    st.one_of(
        st.builds(
            "{}{}{}".format,
            st.sampled_from(["", "//", "https://", "HTTP://", " https:", "/\t/", "\\\\", "/", "#", "?", "mailto:"]),
            st.sampled_from(
                ["bloggen.se", "www.bloggen.se", "A.se", "a.se.", "a.se:80", "medium.com/@x", "medium.com/@y", "x@b.se",
                 "www.google.com/url?q=https%3A%2F%2Fc.se%2F1", "www.google.com/", "facebook.com", "[::1]", "å.se", ""]
            ),
            st.sampled_from(["", "/", "/p", ":8080/p", "?a:b", "\\q", "/ p"]),
        ),
        st.text(max_size=12),
    ),
    max_size=12,
)  # fmt: skip


@given(HREFS, st.sampled_from(["https://www.bloggen.se/p", "https://medium.com/@x/p", "https://www.google.com/amp/a"]))
def test_no_shortcut_loses_or_adds_a_link(hrefs: list[str], url: str) -> None:
    tree = html.Element("div")
    found: dict[str, str] = {}
    for href in hrefs:
        try:
            html.etree.SubElement(tree, "a").set("href", href)
        except ValueError:  # characters that no markup holds
            continue
        address = unwrap_url(safe_url(href, url))
        if address and site_of(address) != site_of(url) and not is_everywhere(address):
            found.setdefault(site_of(address), address)
    assert links_out(tree, url) == tuple(found.values())
