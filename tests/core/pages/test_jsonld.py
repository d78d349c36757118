"""JSON-LD in any shape gives what it says, or less, never an error."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.pages.jsonld import MAX_CHARACTERS, MAX_SCRIPTS, Described, describe


def read(*roots: Any) -> Described:
    return describe(json.dumps(root) for root in roots)


ARTICLE = {
    "@type": "NewsArticle",
    "headline": "Bron byggs om",
    "description": "Arbetet tar fem månader.",
    "datePublished": "2026-11-23T06:30:00+01:00",
    "inLanguage": "sv-SE",
    "author": [{"@type": "Person", "name": "En reporter"}, "Redaktionen"],
    "publisher": {"@type": "Organization", "name": "Ortens Tidning"},
    "isAccessibleForFree": True,
}


def test_an_article_tells_everything() -> None:
    assert read({"@context": "https://schema.org", **ARTICLE}) == Described(
        headline="Bron byggs om",
        description="Arbetet tar fem månader.",
        published="2026-11-23T06:30:00+01:00",
        language="sv-SE",
        free=True,
        authors=(("person", "En reporter"), ("", "Redaktionen")),
        publisher="Ortens Tidning",
        is_article=True,
    )


@pytest.mark.parametrize(
    "root",
    [
        [{"@type": "Organization", "name": "Ortens Tidning"}, ARTICLE],
        {"@graph": [{"@type": "WebSite", "name": "x"}, ARTICLE]},
        {"@type": "WebPage", "datePublished": "2020-01-01", "mainEntity": ARTICLE},
        {"@type": ["Thing", "http://schema.org/NewsArticle"], **{k: v for k, v in ARTICLE.items() if k != "@type"}},
        {"@type": "ItemList", "itemListElement": [{"@type": "NewsArticle", "headline": "En annan"}], "x": ARTICLE},
        {"@type": "WebPage", "mentions": [{"@type": "Article", "headline": "En annan"}], "mainEntity": [ARTICLE]},
    ],
)
def test_the_article_is_found_wherever_it_stands(root: Any) -> None:
    assert read(root).headline == "Bron byggs om"
    assert read("x", 3, None, root).published == "2026-11-23T06:30:00+01:00"


def test_a_page_speaks_where_there_is_no_article() -> None:
    found = read({"@type": "WebPage", "name": "Sidan", "datePublished": "2026-11-23"})
    assert (found.headline, found.published, found.is_article) == ("Sidan", "2026-11-23", False)
    assert read({"@type": "VideoObject", "name": "Film", "uploadDate": "2026-11-22"}).published == "2026-11-22"
    assert read({"@type": "Organization", "name": "Ortens Tidning"}) == Described()


@pytest.mark.parametrize(
    ("said", "free"),
    [
        (True, True),
        (False, False),
        ("False", False),
        ("https://schema.org/True", True),
        ("no", False),
        ([False], False),
        ("maybe", None),
        (None, None),
    ],
)
def test_whether_it_is_free_is_read_in_any_spelling(said: Any, free: bool | None) -> None:
    assert read({"@type": "Article", "isAccessibleForFree": said}).free is free


def test_one_part_behind_the_wall_locks_the_article_and_another_page_does_not() -> None:
    part = {"@type": "WebPageElement", "isAccessibleForFree": "False", "cssSelector": ".text"}
    assert read({**ARTICLE, "hasPart": [part]}).free is False
    assert read({**ARTICLE, "isPartOf": part, "mentions": [part]}).free is True


@pytest.mark.parametrize("wrapping", ["<!-- {} -->", "//<![CDATA[\n{}\n//]]>", "<![CDATA[{}]]>", "\ufeff{}"[1:]])
def test_wrapped_scripts_are_unwrapped(wrapping: str) -> None:
    script = json.dumps(ARTICLE).replace("byggs om", "byggs\nom")
    assert describe([wrapping.replace("{}", script)]).headline == "Bron byggs\nom"


HOSTILE = [
    "",
    "null",
    "{",
    "[" * 100_000 + "]" * 100_000,
    '{"@type":"Article","articleBody":' * 5_000 + '"x"' + "}" * 5_000,
    '{"@type":"Article","headline":' + "9" * 100_000 + "}",
    " " * (MAX_CHARACTERS + 1),
    json.dumps([[]] * 20_000),
    json.dumps(
        {"@type": ["NewsArticle", None, 3], "author": [None, 1, {"name": {"a": 1}}, [[]]], "headline": {"a": 2}}
    ),
    json.dumps({"@type": {}, "publisher": [{"name": ["x"]}], "datePublished": [[[[[["x"]]]]]], "inLanguage": []}),
]


@pytest.mark.parametrize("script", HOSTILE)
def test_hostile_scripts_give_less_and_never_an_error(script: str) -> None:
    assert describe([script]).published == ""
    assert describe([script, json.dumps(ARTICLE)]).is_article


def test_scripts_beyond_the_bound_are_not_read() -> None:
    assert not describe(["{}"] * MAX_SCRIPTS + [json.dumps(ARTICLE)]).is_article


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["@type", "@graph", "name", "author", "datePublished", "isAccessibleForFree", "publisher"]),
            inner | st.sampled_from(["NewsArticle", "WebPage", "false"]),
            max_size=5,
        )
    ),
    max_leaves=20,
)


@given(values)
def test_no_value_raises(value: Any) -> None:
    read(value)
