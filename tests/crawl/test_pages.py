"""Kinds that read web pages: lists of news and notice boards."""

import msgspec
import pytest

from monitor.config import parse_sources
from monitor.models import PollOutcome, SourceClass
from spiders.listing import ListingSpider
from spiders.noticeboard import NoticeboardSpider
from tests.crawl.kinds import Fake, poll
from tests.loopback import Answer

HTML = {"Content-Type": "text/html; charset=utf-8"}


def page(body: str) -> Fake:
    return Fake(lambda _path, _asked: Answer(f"<!doctype html><html><body>{body}</body></html>".encode(), headers=HTML))


def test_a_list_of_news_is_read_by_itself_or_by_selectors() -> None:
    rows = "".join(f'<li>2026-11-2{n} <a href="/{n}">Ny bro {n} i byn</a></li>' for n in range(3))
    fake = page(f"<ul>{rows}</ul>")
    assert len(poll(ListingSpider, fake, "https://byn.se/").entries) == 3
    assert len(poll(ListingSpider, fake, "https://byn.se/", item="li", title="a").entries) == 3
    assert len(poll(ListingSpider, fake, "https://byn.se/", match="/2").entries) == 1


def test_a_page_that_lists_nothing_is_unreadable_and_never_blocked_or_empty() -> None:
    polled = poll(ListingSpider, page("<p>Välkommen</p>"), "https://byn.se/")
    assert polled.poll.outcome is PollOutcome.UNREADABLE
    assert "describe it with item=" in polled.poll.reason
    with pytest.raises(msgspec.ValidationError, match="item="):
        poll(ListingSpider, page(""), "https://byn.se/", title="h2")


def test_a_notice_board_is_the_municipalitys_own_voice() -> None:
    fake = page("<div>Anslagstavla</div><div><div>Protokoll från nämnden. Anslagen 2026-11-20</div></div>")
    (entry,) = poll(NoticeboardSpider, fake, "https://kommunen.se/tavla", name="Tavlan").entries
    assert entry.summary.startswith("Tavlan. Protokoll. Anslagen 2026-11-20.")
    (own,), _ = parse_sources("noticeboard https://kommunen.se/tavla", {"noticeboard"}, "feeds.txt")
    (other,), _ = parse_sources("noticeboard https://region.se/tavla class=authority", {"noticeboard"}, "feeds.txt")
    assert (own.source_class, other.source_class) == (SourceClass.OWN, SourceClass.AUTHORITY)
