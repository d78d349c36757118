"""From what was read to what is kept."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.core.articles import Arrival, best, judge
from monitor.core.matching import Watch, build_matcher
from monitor.models import Access, Article, Entry, FoundPlace, Outcome, PageReading, PlaceKind, Refused

NOW = datetime(2026, 11, 24, 5, 30, tzinfo=UTC)
MATCHER = build_matcher(Watch(codes=("0483",), name="Katrineholm"))

READING = PageReading(
    outcome=Outcome.OK,
    url="https://bladet.se/skola",
    title="Ny skola i Katrineholm",
    blocks=("Katrineholms kommun bygger en ny skola.", "Den ska stå klar 2028."),
    published=NOW - timedelta(hours=20),
    published_from="json-ld",
    published_raw="i går kl. 10",
    access=Access.FREE,
)


def arrive(reading: PageReading | Refused, *entries: Entry) -> Arrival:
    return Arrival(
        url="https://bladet.se/skola?utm_source=rss",
        source="https://bladet.se/feed",
        seen_at=NOW,
        baseline=False,
        entries=entries,
        reading=reading,
    )


def take(arrival: Arrival) -> Article:
    verdict = judge(arrival, MATCHER)
    assert isinstance(verdict, Article)
    return verdict


def test_a_page_that_names_the_town_becomes_an_article() -> None:
    article = take(arrive(READING))
    assert article.url == "https://bladet.se/skola"
    assert article.title == "Ny skola i Katrineholm"
    assert article.text == "Katrineholms kommun bygger en ny skola.\nDen ska stå klar 2028."
    assert article.place.code == "0483"
    assert {mention.where for mention in article.place.mentions} == {"title", "text"}
    assert not article.from_feed


def test_a_lead_that_stands_outside_the_text_is_read_with_it() -> None:
    reading = replace(READING, title="Ny skola", lead="Katrineholms kommun bygger.", blocks=("Den ska stå klar 2028.",))
    article = take(arrive(reading))
    assert article.text.startswith("Katrineholms kommun bygger.\n")
    assert article.lead == "Katrineholms kommun bygger."


def test_a_lead_that_stands_in_the_text_is_not_doubled() -> None:
    article = take(arrive(replace(READING, lead="Katrineholms kommun bygger en ny skola.")))
    assert article.text.count("bygger en ny skola") == 1


def test_a_page_that_does_not_name_the_town_is_refused_with_the_reason() -> None:
    reading = replace(READING, title="Ny skola i Flen", blocks=("Flens kommun bygger en ny skola.",))
    verdict = judge(arrive(reading, Entry(key="a", title="Ny skola i Flen")), MATCHER)
    assert isinstance(verdict, Refused)
    assert "does not name the municipality" in verdict.reason
    assert "nor do the source's own title and summary" in verdict.reason


def test_a_page_that_cannot_be_had_is_judged_on_the_feeds_words_and_says_so() -> None:
    entry = Entry(key="a", title="Katrineholm får ny skola", summary="Kommunen bygger.", published=NOW)
    article = take(arrive(Refused("the site refuses us (HTTP 403)"), entry))
    assert article.from_feed
    assert article.outcome is Outcome.PARTIAL
    assert article.note == "the site refuses us (HTTP 403)"
    assert article.url == "https://bladet.se/skola"
    assert article.published_from == "feed"


def test_a_page_that_cannot_be_had_and_is_not_about_us_keeps_its_reason() -> None:
    entry = Entry(key="a", title="Ny skola i Flen")
    verdict = judge(arrive(Refused("the site refuses us (HTTP 403)"), entry), MATCHER)
    assert verdict == Refused("the site refuses us (HTTP 403)")


def test_a_refused_reading_is_judged_on_the_feeds_words() -> None:
    reading = PageReading(outcome=Outcome.REFUSED, reason="a consent wall")
    article = take(arrive(reading, Entry(key="a", title="Katrineholm växer")))
    assert (article.from_feed, article.note) == (True, "a consent wall")


def test_a_feed_that_names_the_town_where_the_page_does_not_is_believed_and_says_so() -> None:
    reading = replace(READING, title="Logga in", blocks=("Läs mer.",))
    article = take(arrive(reading, Entry(key="a", title="Katrineholm växer", content="Hela texten.")))
    assert article.from_feed
    assert "the page does not name" in article.note
    assert article.text == "Hela texten."


def test_a_page_without_title_takes_the_feeds() -> None:
    article = take(arrive(replace(READING, title=""), Entry(key="x"), Entry(key="a", title="Från flödet")))
    assert article.title == "Från flödet"


@pytest.mark.parametrize(
    ("page", "page_from", "feed", "chosen"),
    [
        (timedelta(hours=-9), "json-ld", timedelta(hours=-5), "json-ld"),
        (timedelta(hours=-9), "json-ld", None, "json-ld"),
        (None, "", timedelta(hours=-5), "feed"),
        (None, "", None, ""),
        (timedelta(hours=-9), "json-ld (date only)", timedelta(hours=-5), "feed"),
        (timedelta(days=-9), "json-ld (date only)", timedelta(hours=-5), "json-ld (date only)"),
        (timedelta(hours=-9), "text", timedelta(hours=-5), "feed"),
        (timedelta(hours=-9), "text", None, "text"),
    ],
)
def test_the_pages_own_date_wins_over_the_feeds_unless_it_is_a_guess(
    page: timedelta | None, page_from: str, feed: timedelta | None, chosen: str
) -> None:
    reading = replace(READING, published=NOW + page if page else None, published_from=page_from)
    said = NOW + feed if feed else None
    article = take(arrive(reading, Entry(key="a", published=said, published_raw="i flödet")))
    assert article.published_from == chosen
    assert article.published_raw == ("i flödet" if chosen == "feed" else reading.published_raw)
    assert article.published == (said if chosen == "feed" else reading.published)


def test_a_date_that_is_not_believed_is_kept_as_it_is_written() -> None:
    page = replace(READING, published=None, published_raw="31 december 9999")
    said = Entry(key="a", title="Katrineholm", published_raw="1 januari 0001")
    assert take(arrive(page, said)).published_raw == "31 december 9999"
    assert take(arrive(replace(page, published_raw=""), Entry(key="b"), said)).published_raw == "1 januari 0001"
    assert take(arrive(replace(page, published_raw=""))).published_raw == ""
    assert take(arrive(Refused("no answer"), said)).published_raw == "1 januari 0001"


def test_an_article_is_news_when_it_was_published_but_never_after_it_was_seen() -> None:
    article = take(arrive(READING))
    assert article.at == READING.published
    assert replace(article, published=None).at == NOW
    assert replace(article, published=NOW + timedelta(hours=9)).at == NOW


def test_the_place_that_counts_most_is_the_one_the_text_is_about() -> None:
    passing = FoundPlace(code="1", name="A", kind=PlaceKind.MUNICIPALITY, about=False, score=0.9, reason="")
    about = FoundPlace(code="2", name="B", kind=PlaceKind.MUNICIPALITY, about=True, score=0.6, reason="")
    assert best([passing, about]) is about
    assert best([]) is None


def test_a_text_that_its_source_gives_whole_is_judged_as_such() -> None:
    post = Entry(key="a", title="Öppet hus", content="Katrineholms kommun har öppet hus.", whole=True, published=NOW)
    article = take(arrive(Refused("its page is not fetched"), post))
    assert (article.outcome, article.note, article.from_feed) == (Outcome.OK, "", False)
    assert article.text == "Katrineholms kommun har öppet hus."
    silent = judge(arrive(Refused("its page is not fetched"), replace(post, content="Flen har öppet hus.")), MATCHER)
    assert silent == Refused("the text does not name the municipality")
