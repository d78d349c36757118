"""The miniature web's content: enough of it, in order, invented, and free of what must not stand in sample texts."""

import re
from collections import Counter
from typing import get_args

import pytest

from monitor.demo import Addresses, demands, sites
from monitor.demo.content import Feed, Site, local, read_site
from monitor.demo.home import DEMO_NOW
from monitor.models import SourceClass

ARTICLES = [(site, article) for site in sites() for article in site.articles]
each_site = pytest.mark.parametrize("site", sites(), ids=lambda site: site.key)

PLANTED = {
    "1970",
    "UTF-16",
    "agency text",
    "agency text shortened",
    "comment and keywords",
    "comments in script",
    "decomposed letters",
    "deep in the body",
    "entities",
    "footer",
    "future date",
    "lead only",
    "list",
    "locality only",
    "long-dead date",
    "longer word",
    "look-alike",
    "menu",
    "news sitemap",
    "named after",
    "namesake figure",
    "namesake horse",
    "namesake surname",
    "no date anywhere",
    "no date in the feed",
    "page answers 403",
    "paywall",
    "press release reprinted",
    "profile box",
    "related",
    "robots",
    "sidebar",
    "slug only",
    "soft hyphens",
    "table",
    "tag cloud",
    "two addresses",
    "two servers",
    "token",
    "answer",
    "passed on",
    "hashtag only",
    "same locality elsewhere",
    "no feed",
    "in the link",
    "by alert",
    "by newsletter",
    "by mail",
    "unknown sender",
    "channel name",
    "key",
    "updated",
    "upper case dateline",
}


def test_there_are_enough_sites_and_articles() -> None:
    assert len(sites()) >= 22
    assert len(ARTICLES) >= 100


def test_every_sort_of_site_is_there() -> None:
    classes = Counter(site.source_class for site in sites() if site.behaviour == "answers")
    assert classes[SourceClass.LOCAL_PAPER] >= 2
    assert classes[SourceClass.BLOG] >= 3
    for voice in ("national", "radio", "local-web", "forum", "own", "authority", "trade"):
        assert classes[SourceClass(voice)] >= 1
    assert {site.feed for site in sites()} == set(get_args(Feed))
    assert {site.charset for site in sites()} >= {"utf-8", "iso-8859-1", "windows-1252", "utf-16"}
    assert {site.behaviour for site in sites()} == {"answers", "forbidden", "down"}
    assert {site.validators for site in sites()} == {"both", "etag", "modified", "none"}


def test_few_enough_sites_fail_for_an_ordinary_letter() -> None:
    failing = [site for site in sites() if site.behaviour != "answers"]
    assert len(failing) >= 2
    assert len(failing) * 10 <= len(sites())
    assert not any(site.important for site in failing)


def test_every_trap_of_the_trade_is_planted() -> None:
    assert {text.plant for site in sites() for text in site.planted} - {""} >= PLANTED


def test_three_papers_print_the_agency_text() -> None:
    assert len({site.key for site, article in ARTICLES if article.agency}) == 3


def test_no_two_sites_share_an_address_and_no_two_articles_a_path() -> None:
    assert len({site.host for site in sites()}) == len(sites())
    assert len({(site.key, article.path) for site, article in ARTICLES}) == len(ARTICLES)


@each_site
def test_an_article_is_long_enough_for_what_it_is(site: Site) -> None:
    for article in site.articles:
        words = len(f"{article.lead} {article.text}".split())
        assert words <= 260
        assert article.notice or words > 60


@each_site
def test_what_is_demanded_of_an_article_fits_together(site: Site) -> None:
    for article in site.articles:
        assert article.why.endswith(".")
        assert bool(article.story) or article.expect == "no"
        visible = f"{article.title}\n{article.lead}\n{article.text}"
        plain = re.sub(r"&#(\d+);", lambda hit: chr(int(hit[1])), visible).replace("&shy;", "")
        named = re.search(r"(?<!\w)(?:Katrineholms?|katrineholmare)(?!\w)", plain) is not None
        assert named is (article.expect != "no") or article.later or article.plant == "locality only"


@each_site
def test_an_article_lies_before_the_morning_of_the_demo_unless_it_is_planted_otherwise(site: Site) -> None:
    for article in site.articles:
        assert local(article.published) < DEMO_NOW or article.plant == "future date"
        assert article.updated is None or article.updated > article.published


@each_site
def test_a_text_holds_nothing_that_leads_to_a_person(site: Site) -> None:
    for article in site.articles:
        text = f"{article.title} {article.lead} {article.text}"
        assert "@" not in text
        assert not re.search(r"\b0\d{1,3}[- ]\d{2,}", text), "a telephone number"
        assert not re.search(r"\b\d{6}-\d{4}\b", text), "a personal number"
        assert "http" not in text
        assert '"' not in text, "Swedish text has ” on both sides of a quotation"


@each_site
def test_a_post_is_short_and_what_is_demanded_of_it_fits_together(site: Site) -> None:
    for post in site.posts:
        assert len(post.text) <= 500
        assert post.why.endswith(".")
        assert bool(post.story) is (post.expect != "no")
        assert (re.search(r"(?<!\w)Katrineholms?(?!\w)", f"{post.title} {post.text}", re.IGNORECASE) is None) is (
            post.expect == "no"
        )
        assert local(post.published) < DEMO_NOW
        assert not re.search(r"\d{5,}|http|@\w+\.", post.text), "nothing that leads to a person"


def test_posts_that_answer_or_are_passed_on_or_shown_elsewhere_are_there() -> None:
    posts = {f"{site.key}:{post.path}": post for site in sites() for post in site.posts}
    for site in sites():
        assert {f"{site.key}:{path}" for post in site.posts for path in (post.answers, post.passes_on) if path} <= set(
            posts
        )
        assert set(site.shows) <= set(posts)


def test_the_number_of_a_post_at_an_instance_is_the_moment_when_it_was_written() -> None:
    for post in (post for site in sites() if site.feed == "mastodon" for post in site.posts):
        assert int(post.path.rpartition("/")[2]) >> 16 == local(post.published).timestamp() * 1000


def test_a_person_who_speaks_is_a_role() -> None:
    spoken = re.compile(r"(?:säger|sa|berättar|menar|skriver|konstaterar|uppger) ([A-ZÅÄÖ][a-zåäö]+ [A-ZÅÄÖ][a-zåäö]+)")
    for site, article in ARTICLES:
        assert not spoken.findall(article.text), f"{site.key}:{article.path}"


def test_demands_carry_the_addresses_of_the_running_web() -> None:
    demand = next(one for one in demands(Addresses(port=9000)) if one.story == "belysning-djulo")
    assert demand.url == "http://127.0.0.2:9000/insandare/nar-tands-lamporna-langs-djulosjon"
    ported = next(one for one in demands(Addresses(port=9000, many_hosts=False)) if one.story == "belysning-djulo")
    assert ported.url.startswith("http://127.0.0.1:9002/")


def test_copies_point_to_an_article_that_is_there() -> None:
    every = demands(Addresses())
    known = {demand.url for demand in every}
    copies = [demand for demand in every if demand.copy_of]
    assert len(copies) == 3
    assert all(demand.copy_of in known for demand in copies)


def test_pages_that_are_shut_are_judged_on_the_feed() -> None:
    shut = {demand.plant for demand in demands(Addresses()) if demand.page_shut}
    assert shut == {"robots", "page answers 403"}


def test_a_misspelt_key_in_a_sites_file_is_told_with_its_place() -> None:
    toml = b'name = "A"\nclass = "blog"\ngroup = "B"\nhost = 99\nfeed_path = "/"\nfotter = "C"\narticle = []\n'
    with pytest.raises(ValueError, match=r"sites/a\.toml: .*fotter"):
        read_site(toml, "a.toml")
