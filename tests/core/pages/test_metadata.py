"""What a page says about itself: the headline, its own address, language, access and the role of who signs it."""

import json
from typing import Any

import pytest
from lxml import html

from monitor.core.pages.metadata import (
    Head,
    find_access,
    find_address,
    find_author_role,
    find_description,
    find_language,
    find_title,
    read_head,
    same_site,
)
from monitor.models import Access, AuthorRole

URL = "https://www.ortenstidning.example/nyheter/bron-byggs-om"


def tree_of(head: str = "", body: str = "<p>x</p>", attributes: str = "") -> Any:
    return html.document_fromstring(f"<html {attributes}><head>{head}</head><body>{body}</body></html>")


def head_of(head: str = "", body: str = "<p>x</p>", attributes: str = "") -> Head:
    return read_head(tree_of(head, body, attributes))


def ld(**fields: Any) -> str:
    return f"<script type='application/ld+json'>{json.dumps({'@type': 'NewsArticle', **fields})}</script>"


def og(**fields: str) -> str:
    return "".join(f'<meta property="og:{name}" content="{value}">' for name, value in fields.items())


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("<title>Bron byggs om | Ortens Tidning</title>", "<h1>Bron byggs om</h1>"),
        ("<title>Ortens Tidning: Bron byggs om</title>", "<h1>Bron byggs om</h1>"),
        (og(title="Bron byggs om") + "<title>Ortens Tidning</title>", "<h1>Ortens Tidning</h1>"),
        ("<title>Bron byggs om - Ortens Tidning</title>" + og(site_name="Ortens Tidning"), ""),
        ("<title>Bron byggs om – Ortens Tidning</title>" + ld(publisher={"name": "Ortens Tidning"}), ""),
        ("<title>Bron byggs om | Ortens Tidning</title>" + og(site_name="Ortens Tidning"), "<h1>Ortens Tidning</h1>"),
        ("<title>Ortens Tidning</title>" + og(site_name="Ortens Tidning"), "<h1>Bron byggs om</h1>"),
        (ld(headline="Bron byggs om") + "<title>Allt om bron</title>", "<h1>Nyheter</h1>"),
        (ld(headline="Bron &amp;byggs&amp; om".replace("&amp;", "")), ""),
        ("<title> \n </title>", "<h1>Meny</h1><article><h1> Bron\n byggs om</h1></article>"),
        ("", "<h1></h1><h1>Bron byggs om</h1>"),
        (og(title="Bron byggs&amp;nbsp;om"), ""),
    ],
)
def test_the_headline_is_found_without_the_name_of_the_site(head: str, body: str) -> None:
    assert find_title(head_of(head, body or "<p>x</p>")) == "Bron byggs om"


def test_a_headline_with_a_dash_of_its_own_stays_whole() -> None:
    assert find_title(head_of("<title>Bron – ett dyrt bygge</title>")) == "Bron – ett dyrt bygge"
    assert find_title(head_of("<title>Ortens Tidning</title>" + og(site_name="Ortens Tidning"))) == ""


def test_the_description_is_the_articles_own_first() -> None:
    both = ld(description="Arbetet tar fem månader.") + og(description="Läs mer hos oss.")
    assert find_description(head_of(both)) == "Arbetet tar fem månader."
    assert find_description(head_of('<meta name="Description" content="Tom &amp;amp; kort">')) == "Tom & kort"
    assert find_description(head_of()) == ""


@pytest.mark.parametrize(
    ("head", "address"),
    [
        ("", URL),
        ('<link rel="canonical" href="/nyheter/bron">', "https://www.ortenstidning.example/nyheter/bron"),
        ('<link rel="nofollow Canonical" href="https://ortenstidning.example/b">', "https://ortenstidning.example/b"),
        ('<link rel="canonical" href="https://annan.example/bron">', URL),
        ('<link rel="canonical" href="javascript:alert(1)">', URL),
        ('<link rel="canonical" href="https://www.ortenstidning.example/">', URL),
        ('<link rel="canonical" href="">', URL),
        (og(url="https://ortenstidning.example/b/bron-byggs-om"), "https://ortenstidning.example/b/bron-byggs-om"),
        (og(url="https://www.ortenstidning.example/link/c3cb4b96"), URL),
        (og(url="https://annan.example/nyheter/bron-byggs-om"), URL),
    ],
)
def test_the_own_claim_of_an_address_is_believed_within_the_site(head: str, address: str) -> None:
    assert find_address(head_of(head), URL) == address


def test_an_address_that_is_none_stays_empty() -> None:
    assert find_address(head_of('<link rel="canonical" href="https://e.example/x">'), "ftp://e.example/") == ""


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://www.tidning.example/a", "http://m.tidning.example/b", True),
        ("https://nyheter.tidning.example/a", "https://tidning.example/b", True),
        ("https://en.blogspot.com/", "https://annan.blogspot.com/", False),
        ("https://en.blogspot.com/", "https://m.en.blogspot.com/", True),
        ("https://tidning.co.uk/", "https://annan.co.uk/", False),
        ("https://tidning.example/", "https://annan.example/", False),
        ("ftp://tidning.example/", "ftp://tidning.example/", False),
    ],
)
def test_hosts_of_one_publisher_are_one_site(one: str, other: str, same: bool) -> None:
    assert same_site(one, other) is same


@pytest.mark.parametrize(
    ("head", "attributes", "language"),
    [
        ("", 'lang="sv"', "sv"),
        ("", 'lang="SV-se"', "sv"),
        ("", 'xml:lang="fi"', "fi"),
        (og(locale="sv_SE"), "", "sv"),
        (ld(inLanguage="en-GB"), 'lang="default"', "en"),
        ('<meta http-equiv="Content-Language" content="nb">', "", "nb"),
        ("", "", ""),
    ],
)
def test_the_language_is_its_code_alone(head: str, attributes: str, language: str) -> None:
    assert find_language(head_of(head, attributes=attributes)) == language


@pytest.mark.parametrize(
    ("head", "access"),
    [
        ("", Access.UNKNOWN),
        (ld(isAccessibleForFree=True), Access.FREE),
        (ld(isAccessibleForFree="False"), Access.LOCKED),
        (ld(isAccessibleForFree=True, hasPart={"isAccessibleForFree": False}), Access.LOCKED),
        ('<meta name="article:content_tier" content="Locked">', Access.LOCKED),
        ('<meta property="article:content_tier" content="metered">', Access.LOCKED),
        ('<meta property="article:content_tier" content="free">', Access.FREE),
        ('<meta property="article:content_tier" content="locked">' + ld(isAccessibleForFree=True), Access.FREE),
        ('<meta property="article:content_tier" content="free">' + ld(isAccessibleForFree=False), Access.LOCKED),
        ('<meta itemprop="isAccessibleForFree" content="false">', Access.LOCKED),
        ('<meta itemprop="isAccessibleForFree" content="http://schema.org/True">', Access.FREE),
    ],
)
def test_access_is_what_the_page_says(head: str, access: Access) -> None:
    assert find_access(head_of(head)) is access


def role(head: str = "", body: str = "<p>x</p>", *blocks: str) -> AuthorRole:
    tree = tree_of(head, body)
    return find_author_role(tree, read_head(tree), blocks)


@pytest.mark.parametrize("name", ["TT", "TT Nyhetsbyrån", "NTB", "Reuters", "AFP", "AP", "TT-Reuters", "Ritzau"])
def test_an_agency_is_known_by_its_name(name: str) -> None:
    assert role(ld(author={"@type": "Organization", "name": name})) is AuthorRole.AGENCY
    assert role(ld(author=[{"@type": "Person", "name": "Rapport Ören"}, name])) is AuthorRole.AGENCY
    assert role("", f'<span class="article-byline">Rapport Ören/{name}</span>') is AuthorRole.AGENCY


def test_an_agency_signs_at_the_end_of_the_text_too() -> None:
    assert role("", "<p>x</p>", "Bron byggs om. (TT)") is AuthorRole.AGENCY
    assert role("", "<p>x</p>", "Bron byggs om.", "TT") is AuthorRole.AGENCY
    assert role("", "<p>x</p>", "Ett TT som står i texten byggs om.") is AuthorRole.UNKNOWN


@pytest.mark.parametrize("name", ["Redaktionen", "Nyhetsredaktionen", "Ortens Tidning", "Ortens-Kuriren", "Webmaster"])
def test_a_newsroom_signs_as_a_whole(name: str) -> None:
    assert role(f'<meta name="author" content="{name}">') is AuthorRole.NEWSROOM
    assert role(ld(author={"@type": "Person", "name": name})) is AuthorRole.NEWSROOM


def test_the_house_itself_and_an_organization_are_newsrooms() -> None:
    assert role('<meta name="author" content="Orten Nu">' + og(site_name="Orten Nu")) is AuthorRole.NEWSROOM
    assert role(ld(author={"@type": "Organization", "name": "Orten Nu"})) is AuthorRole.NEWSROOM


def test_a_person_is_a_person_and_the_name_is_nowhere() -> None:
    assert role(ld(author={"@type": "Person", "name": "Rapport"})) is AuthorRole.PERSON
    assert role('<meta name="author" content="Rapport Ören">') is AuthorRole.PERSON
    assert role("", '<a rel="author">Av Rapport Ören-Byström</a>') is AuthorRole.PERSON
    assert role(ld(author=[{"@type": "Person", "name": "Rapport"}, "Redaktionen"])) is AuthorRole.PERSON


def test_nobody_signs() -> None:
    assert role() is AuthorRole.UNKNOWN
    assert role('<meta name="author" content="x9">') is AuthorRole.UNKNOWN
