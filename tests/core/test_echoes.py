"""One text, told of by a search service and by its own paper."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from monitor.core.echoes import echoes_of
from monitor.models import Entry

AT = datetime(2026, 11, 23, 23, 50, tzinfo=UTC)
HIT = Entry(
    key="x",
    url="https://news.google.com/rss/articles/x",
    title="Katrineholm: ny skola",
    published=AT,
    publisher="https://www.bladet.se",
)
OWN = Entry(key="a", url="https://bladet.se/a", title="Katrineholm – Ny skola!", published=AT + timedelta(minutes=20))


def test_a_hit_and_the_papers_own_entry_meet_in_one_of_the_days() -> None:
    assert echoes_of(OWN)[0] in echoes_of(HIT)
    assert echoes_of(HIT)[0] in echoes_of(OWN)
    assert not set(echoes_of(replace(OWN, published=AT + timedelta(days=3)))[:1]) & set(echoes_of(HIT))
    assert not set(echoes_of(replace(OWN, url="https://radion.se/a"))) & set(echoes_of(HIT))


def test_without_a_day_a_site_or_a_headline_nothing_is_said() -> None:
    assert echoes_of(replace(OWN, published=None)) == ()
    assert echoes_of(replace(OWN, url="")) == ()
    assert echoes_of(replace(OWN, title="Nyheter")) == ()
