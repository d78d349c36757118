"""What a site allows to be kept: the TDM protocol in its order, robots tags, and what is left of an article."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.reservations import (
    MAX_TDM_FILE,
    TdmRule,
    headline_only,
    judge_reservation,
    keep,
    read_tdm_file,
    stricter,
)
from monitor.models import Article, Entry, FoundPlace, Mention, PlaceKind, StorePolicy
from tests.core.articles import START

URL = "https://a.se/nyheter/skola?sida=2"
RESERVED = [TdmRule("/", True)]
META = b'<html><head><meta name="tdm-reservation" content="1"><META content=noarchive name=Robots></head>'


def judged(headers: Mapping[str, Sequence[str]] | None = None, rules: Sequence[TdmRule] = (), body: bytes = b"") -> str:
    allowed = judge_reservation(URL, headers or {}, rules, body)
    return f"{allowed.store}{' reserved' if allowed.reserved else ''}"


def test_a_header_a_file_and_a_meta_reserve_a_text_each() -> None:
    assert judged({"tdm-reservation": ["1"]}) == "link reserved"
    assert judged(rules=RESERVED) == "link reserved"
    assert judged(body=META) == "link reserved"
    assert judged() == "text"


def test_the_header_goes_before_the_file_and_the_file_before_the_meta() -> None:
    assert judged({"tdm-reservation": ["0"]}, RESERVED, META) == "excerpt"
    assert judged({"tdm-reservation": ["what"]}, RESERVED) == "link reserved"
    assert judged(rules=[TdmRule("/", False)], body=META) == "excerpt"


def test_the_reason_names_the_place_and_the_terms() -> None:
    headers = {"tdm-reservation": [" 1 "], "tdm-policy": ["https://a.se/tdm.json"]}
    reason = judge_reservation(URL, headers, ()).reason
    assert "HTTP header" in reason
    assert "https://a.se/tdm.json" in reason


@pytest.mark.parametrize(
    ("location", "fits"),
    [
        ("/", True),
        ("/nyheter/", True),
        ("/sport/", False),
        ("/*/skola", True),
        ("/*sida=2$", True),
        ("/*sida$", False),
        ("/nyheter/skola?sida=2$", True),
        ("/nyheter$", False),
        ("/*/x*", False),
        ("/nyheter/skola?sida=2*2$", False),
        ("/*$", True),
    ],
)
def test_a_rule_fits_a_path_as_in_robots_txt(location: str, fits: bool) -> None:
    assert (judged(rules=[TdmRule(location, True)]) == "link reserved") is fits


def test_the_most_specific_rule_holds_and_of_two_alike_the_one_that_reserves() -> None:
    assert judged(rules=[TdmRule("/", True), TdmRule("/nyheter/", False)]) == "text"
    assert judged(rules=[TdmRule("/nyheter/", False), TdmRule("/nyheter/", True)]) == "link reserved"


def test_the_file_is_read_and_what_is_not_understood_reserves_nothing() -> None:
    good = b'[{"location": "/a", "tdm-reservation": 1, "tdm-policy": "https://a.se/p"}, {"location": "/b"}, 7,'
    good += b' {"location": 5, "tdm-reservation": 1}, {"location": "/c", "tdm-reservation": "0", "tdm-policy": 3}]'
    assert read_tdm_file(good) == (TdmRule("/a", True, "https://a.se/p"), TdmRule("/c", False))
    for bad in (b"", b"<html>", b'{"location": "/"}', b"[" * 100_000):
        assert read_tdm_file(bad) == ()


@pytest.mark.parametrize(
    ("tags", "store"),
    [
        (["noindex"], "link"),
        (["none"], "link"),
        (["index, follow, max-snippet:-1, max-image-preview:large"], "text"),
        (["max-snippet:0"], "link"),
        (["max-snippet: 50"], "link"),
        (["max-snippet:5000"], "excerpt"),
        (["noarchive"], "excerpt"),
        (["noarchive", "nosnippet"], "link"),
        (["googlebot: noindex"], "text"),
        (["Town-Monitor: nosnippet"], "link"),
        (["unavailable_after: 25 Jun 2030 15:00:00 PST"], "text"),
    ],
)
def test_robots_tags_are_followed_when_they_are_meant_for_us(tags: list[str], store: str) -> None:
    assert judged({"x-robots-tag": tags}) == store


def test_a_meta_for_our_own_name_counts_and_one_in_a_comment_or_the_body_does_not() -> None:
    assert judged(body=b"<head><meta name='town-monitor' content='nosnippet'></head>") == "link"
    assert judged(body=b"<head><!-- <meta name='robots' content='none'> --></head>") == "text"
    assert judged(body=b"<head><meta name='viewport' content='none'></head>") == "text"
    assert judged(body=b"<head><meta name='description' content='none, robots'></head>") == "text"
    assert judged(body=b"<head></head><body><meta name='robots' content='none'>") == "text"


@pytest.mark.parametrize("piece", [b"<!--", b"<meta ", b"<meta name=", b"a" * 50 + b"=", b"<meta a  "])
def test_a_hostile_head_costs_no_more_than_its_length(piece: bytes) -> None:
    began = time.process_time()
    judged(body=piece * (400_000 // len(piece)))
    assert time.process_time() - began < 1


@given(st.binary(max_size=300), st.text(max_size=40))
def test_whatever_a_site_sends_is_judged(body: bytes, header: str) -> None:
    judge_reservation(URL, {"x-robots-tag": [header]}, read_tdm_file(body), b"<meta name=robots " + body)


def test_of_two_policies_the_one_that_keeps_less_holds() -> None:
    assert stricter(StorePolicy.TEXT, StorePolicy.LINK) is StorePolicy.LINK
    assert stricter(StorePolicy.EXCERPT, StorePolicy.TEXT) is StorePolicy.EXCERPT


def test_of_an_entry_only_its_headline_is_left() -> None:
    entry = Entry(key="1", url=URL, title="Ny skola", summary="Byggs", content="Länge")
    assert headline_only(entry) == Entry(key="1", url=URL, title="Ny skola")


def article(text: str, lead: str = "Kort om skolan.") -> Article:
    at = text.index("Katrineholm")
    mentions = (
        Mention(start=0, end=11, text="Katrineholm", rule="name", where="title"),
        Mention(start=at, end=at + 11, text="Katrineholm", rule="name"),
    )
    place = FoundPlace(
        code="0483", name="Katrineholm", kind=PlaceKind.MUNICIPALITY, about=True, score=1.0, reason="named",
        mentions=mentions,
    )  # fmt: skip
    title = "Katrineholm bygger skola"
    return Article(url=URL, source="https://a.se/feed", title=title, lead=lead, text=text, seen_at=START, place=place)


def test_of_an_article_all_an_excerpt_or_only_the_headline_is_kept() -> None:
    whole = article("Dagen var grå. I Katrineholm byggs en skola. Den blir klar i höst.\nMer kommer.")
    assert keep(whole, StorePolicy.TEXT) == whole
    excerpt = keep(whole, StorePolicy.EXCERPT)
    assert (excerpt.text, excerpt.lead) == ("I Katrineholm byggs en skola.", "Kort om skolan.")
    naming = excerpt.place.mentions[1]
    assert excerpt.text[naming.start : naming.end] == "Katrineholm"
    link = keep(whole, StorePolicy.LINK)
    assert (link.text, link.lead, len(link.place.mentions)) == ("", "", 1)


def test_an_excerpt_is_never_long() -> None:
    endless = article("Katrineholm " + "och så vidare " * 200, lead="ord " * 200)
    kept = keep(endless, StorePolicy.EXCERPT)
    assert kept.text == ""
    assert len(kept.lead) <= 200
    many = article("Katrineholm växer. " + "Så gör också staden. " * 3)
    mentions = tuple(replace(many.place.mentions[1]) for _ in range(2))
    twice = replace(many, place=replace(many.place, mentions=mentions))
    assert keep(twice, StorePolicy.EXCERPT).text == "Katrineholm växer."


def test_a_tdmrep_json_that_is_too_long_to_be_followed_reserves_everything() -> None:
    rules = read_tdm_file(b"[" + b" " * MAX_TDM_FILE + b"]")
    assert judged(rules=rules) == "link reserved"
