"""The time of publication is taken from where it is surest, and the reading says from where."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from monitor.core.pages.published import find_published

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
URL = "https://ortenstidning.example/nyheter/bron-byggs-om"


def find(
    body: str = "", *, meta: dict[str, str] | None = None, described: str = "", url: str = URL
) -> tuple[datetime | None, str]:
    tree = html.document_fromstring(f"<html><body>{body or '<p>x</p>'}</body></html>")
    return find_published(tree, meta or {}, described, url, NOW)[:2]


def written(**places: str) -> str:
    return find_published(html.document_fromstring("<p>x"), {}, places.get("described", ""), URL, NOW).raw


def utc(day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def test_what_is_written_for_machines_goes_first() -> None:
    everything = "<h1>x</h1><time datetime='2026-11-20T10:00Z'></time><p class='published'>2026-11-18</p>"
    meta = {"article:published_time": "2026-11-22T10:00:00+01:00", "date": "2026-11-01"}
    url = URL + "/2026/11/19/x"
    assert find(everything, meta=meta, described="2026-11-23T10:00:00Z", url=url) == (utc(23, 10), "json-ld")
    assert find(everything, meta=meta, described="no time", url=url) == (utc(22, 9), "meta")
    assert find(everything, url=url) == (utc(20, 10), "time element")
    assert find("<p class='published'>2026-11-16 12:30</p>", url=url) == (utc(18, 23), "url (date only)")
    assert find("<p class='published'>2026-11-18 12:30</p>") == (utc(18, 11, 30), "text")
    assert find() == (None, "")


def test_a_date_without_a_clock_is_midnight_in_sweden_and_says_so() -> None:
    assert find(described="2026-11-23") == (utc(22, 23), "json-ld (date only)")
    assert find(described="2026-07-01") == (datetime(2026, 6, 30, 22, tzinfo=UTC), "json-ld (date only)")


def test_the_clock_of_that_day_is_taken_from_the_next_best_place() -> None:
    assert find(described="2026-11-20", meta={"date": "2026-11-20 10:00"}) == (utc(20, 9), "meta")
    assert find(described="2026-11-20", meta={"date": "2026-11-11 10:00"}) == (utc(19, 23), "json-ld (date only)")
    assert find(described="2026-11-20", meta={"date": "2026-11-11"}) == (utc(19, 23), "json-ld (date only)")


def test_a_clock_without_a_zone_is_the_clock_in_sweden() -> None:
    assert find(meta={"dc:date.created": "2026-11-23 06:30:00"}) == (utc(23, 5, 30), "meta")


@pytest.mark.parametrize("raw", ["2026-11-20 10:00", "2026-11-20", "9999-12-31T23:59:59Z", "1812-01-01"])
def test_a_date_is_kept_as_it_is_written_whether_it_is_believed_or_not(raw: str) -> None:
    assert written(described=raw) == raw


def test_what_is_no_date_is_not_kept() -> None:
    assert written(described="av en redaktör") == ""


@pytest.mark.parametrize("written", ["1970-01-01T00:00:00Z", "2026-12-24T00:00:00Z", "9999-12-31", "x", "1 " * 50_000])
def test_a_time_that_cannot_be_is_passed_over(written: str) -> None:
    assert find(described=written, meta={"date": "2026-11-20T08:00Z"}) == (utc(20, 8), "meta")


@pytest.mark.parametrize(
    "path",
    ["/2026/11/19/bron", "/2026-11-19-bron", "/20261119/bron", "/2026/november/19/bron", "/a/2026/11/19"],
)
def test_an_address_may_hold_the_date(path: str) -> None:
    assert find(url="https://e.example" + path) == (utc(18, 23), "url (date only)")


@pytest.mark.parametrize(
    "path", ["/2026/19/19/bron", "/2026/11/bron", "/20261399-x", "/nyheter/12345678", "/2026-11-199"]
)
def test_other_numbers_in_an_address_are_no_date(path: str) -> None:
    assert find(url="https://e.example" + path) == (None, "")


def test_microdata_is_read() -> None:
    assert find("<time itemprop='datePublished' content='2026-11-23T10:00Z'>x</time>") == (utc(23, 10), "microdata")
    assert find("<b itemprop='datePublished'>23 november 2026 kl 11.00</b>") == (utc(23, 10), "microdata")


def test_the_time_of_the_article_is_told_from_those_of_others() -> None:
    other = "<aside><time datetime='2026-11-01T10:00Z'>x</time></aside>"
    mine = "<time datetime='2026-11-20T10:00Z'>x</time>"
    marked = "<time pubdate datetime='2026-11-21T10:00Z'>x</time>"
    assert find(f"{other}<h1>x</h1>{mine}{other}")[0] == utc(20, 10)
    assert find(f"{other}<h1>x</h1>{mine}{marked}")[0] == utc(21, 10)
    assert find(f"{mine}{other}<h1>x</h1>")[0] == utc(20, 10)
    assert find("<time class='publ'>23 november 2026 11:00</time>") == (utc(23, 10), "time element")


@pytest.mark.parametrize(
    "text",
    ["Publicerad 19 november 2026", "Av redaktionen den 19 nov 2026", "2026-11-19", "19 NOVEMBER 2026 Uppdaterad"],
)
def test_a_date_for_people_counts_where_its_element_says_what_it_is(text: str) -> None:
    assert find(f"<div class='artikel'><span class='byline'>{text}</span></div>") == (utc(18, 23), "text (date only)")
    assert find(f"<div class='artikel'>{text}</div>") == (None, "")


@given(st.text(max_size=60), st.text(max_size=60))
def test_whatever_is_written_gives_an_aware_time_in_the_possible_years_or_none(written: str, path: str) -> None:
    moment, where = find(described=written, url="https://e.example/" + path)
    assert (moment is None) == (where == "")
    assert moment is None or (moment.tzinfo is UTC and 1990 <= moment.year <= 2026)
