"""Searches of others, against fakes that answer as the engines do."""

from monitor.models import PollOutcome
from spiders.search import SearchSpider, any_of, carries_query
from tests.crawl.kinds import Fake, poll, said
from tests.loopback import Answer

RSS = {"Content-Type": "application/rss+xml; charset=utf-8"}
GOOGLE = "https://news.google.com/rss/search"
BING = "https://www.bing.com/news/search"
GDELT = "https://api.gdeltproject.org/api/v2/doc/doc"


def rss(*items: str) -> Answer:
    body = "".join(f"<item>{item}</item>" for item in items)
    return Answer(f'<rss version="2.0"><channel><title>Sök</title>{body}</channel></rss>'.encode(), headers=RSS)


def always(answer: Answer) -> Fake:
    return Fake(lambda _path, _asked: answer)


def test_google_news_is_asked_once_for_all_words_of_the_last_days() -> None:
    fake = always(rss("<title>Ny skola - Bladet</title><link>https://news.google.com/rss/articles/1</link>"
                      '<source url="https://bladet.se">Bladet</source>'))  # fmt: skip
    polled = poll(SearchSpider, fake, GOOGLE, words=("Katrineholm", "Djulö"), days="3")
    assert fake.queries == [
        {"q": '("Katrineholm" OR "Djulö") when:3d', "hl": "sv", "gl": "SE", "ceid": "SE:sv"}
    ]  # fmt: skip
    assert [entry.title for entry in polled.entries] == ["Ny skola"]
    assert polled.poll.pause is not None
    assert polled.poll.pause.total_seconds() == 1800


def test_links_of_bing_are_unwrapped_without_being_followed() -> None:
    wrapped = "http://www.bing.com/news/apiclick.aspx?ref=FexRss&amp;url=https%3a%2f%2fbladet.se%2fa&amp;c=1"
    fake = always(rss(f"<title>Ny skola</title><link>{wrapped}</link><guid>{wrapped}</guid>"))
    polled = poll(SearchSpider, fake, BING)
    assert [entry.url for entry in polled.entries] == ["https://bladet.se/a"]
    assert len(fake.asked) == 1
    assert (fake.queries[0]["q"], fake.queries[0]["format"]) == ('"Katrineholm"', "rss")


def test_a_page_instead_of_data_is_a_block_and_never_no_hits() -> None:
    page = Answer(b"<!doctype html><html><body>Please accept</body></html>")
    for url in (GOOGLE, BING, GDELT, "https://bloggen.se/"):
        assert poll(SearchSpider, always(page), url).poll.outcome is PollOutcome.BLOCKED


def test_gdelt_is_asked_in_its_own_language_and_its_errors_and_silence_are_told_apart() -> None:
    fake = always(said({"articles": [{"url": "https://bladet.se/a", "title": "A", "seendate": "20261123T101500Z"}]}))
    assert len(poll(SearchSpider, fake, GDELT).entries) == 1
    assert fake.queries[0]["query"] == '"Katrineholm" sourcecountry:SW'
    assert (fake.queries[0]["maxrecords"], fake.queries[0]["timespan"]) == ("250", "2d")
    assert poll(SearchSpider, always(said({})), GDELT).poll.outcome is PollOutcome.EMPTY
    error = poll(SearchSpider, always(Answer(b"Please limit requests to one every 5 seconds.")), GDELT)
    assert error.poll.outcome is PollOutcome.UNREADABLE
    assert "one every 5 seconds" in error.poll.reason
    assert SearchSpider.pause == 5


def test_a_wordpress_site_is_asked_once_a_word() -> None:
    fake = always(rss("<title>Inlägg</title><link>https://bloggen.se/a</link>"))
    polled = poll(SearchSpider, fake, "https://bloggen.se/", words=("Katrineholm", "Djulö"))
    assert fake.queries == [{"s": "Katrineholm", "feed": "rss2"}, {"s": "Djulö", "feed": "rss2"}]
    assert len(polled.entries) == 1
    poll(SearchSpider, fake, "https://bloggen.se/", query="ny skola")
    assert fake.queries[2] == {"s": "ny skola", "feed": "rss2"}


def test_an_address_with_its_own_query_is_asked_as_it_stands() -> None:
    fake = always(rss())
    poll(SearchSpider, fake, f"{GOOGLE}?q=katrineholm+site:reddit.com&hl=sv")
    assert fake.asked == [f"{GOOGLE}?q=katrineholm+site:reddit.com&hl=sv"]
    assert carries_query("https://a.se/?x=1&s=ord")
    assert not carries_query("https://a.se/?cs=1")
    assert any_of(["a"]) == '"a"'
