"""Which sites are proposed, and the words that say why."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from monitor.core.candidates import (
    MAX_HOPS,
    Item,
    find_oddity,
    hops_beyond,
    next_trial,
    score,
    weigh_items,
)
from monitor.core.matching import Watch, build_matcher
from monitor.core.places import municipalities
from monitor.models import Candidate, Trial

NOW = datetime(2026, 11, 24, 5, 30, tzinfo=UTC)
MATCHER = build_matcher(Watch(codes=("0483",), name="Katrineholm"))
SITE = Candidate(site="byn.se", url="https://byn.se/", first_seen=NOW, last_seen=NOW, referrers=("a.se", "b.se"))
GOOD = Trial(
    kind="feed",
    feed="https://byn.se/feed/",
    language="sv",
    items=10,
    matching=4,
    about=3,
    newest=NOW - timedelta(days=3),
)


def test_items_are_counted_by_what_the_matcher_says_of_them() -> None:
    items = [
        Item(title="Ny skola i Katrineholm", text="Katrineholms kommun bygger en skola i Katrineholm.", published=NOW),
        Item(title="Resan", text="Vi åt lunch i Flen, stannade en stund i Katrineholm och sov i Nora.", published=NOW),
        Item(title="Recept", text="Vispa grädden.", published=NOW + timedelta(days=1)),
    ]
    matching, about, newest = weigh_items(items, MATCHER)
    assert (matching, newest) == (2, NOW)
    assert about >= 1
    assert weigh_items([], MATCHER) == (0, 0, None)


def test_a_blog_with_several_recent_texts_about_the_town_is_proposed_in_words() -> None:
    verdict = score(GOOD, SITE, NOW)
    assert verdict.proposed
    assert verdict.words == (
        "4 of 10 items name the town, 3 are about it; the latest 3 days ago; "
        "2 sites lead to it; has a feed; language sv"
    )


def test_each_thing_that_speaks_for_a_site_adds() -> None:
    best = score(GOOD, SITE, NOW).points
    assert score(replace(GOOD, newest=NOW - timedelta(days=100)), SITE, NOW).points < best
    assert score(replace(GOOD, newest=NOW - timedelta(days=900)), SITE, NOW).points < best - 1
    assert score(replace(GOOD, newest=None, language=""), SITE, NOW).points < best
    assert score(replace(GOOD, kind="listing", feed=""), SITE, NOW).points < best
    assert "has no feed: its front page is read" in score(replace(GOOD, kind="listing"), SITE, NOW).words
    assert score(GOOD, replace(SITE, referrers=()), NOW).points < best
    assert score(GOOD, replace(SITE, named=True), NOW).points > best
    assert score(replace(GOOD, language="pl"), SITE, NOW).points < best - 1


def test_one_mention_in_passing_or_none_asks_nobody() -> None:
    assert not score(replace(GOOD, matching=1, about=0), SITE, NOW).proposed
    assert not score(replace(GOOD, matching=1, about=1), SITE, NOW).proposed
    assert score(replace(GOOD, matching=1, about=1), replace(SITE, named=True), NOW).proposed
    assert not score(replace(GOOD, matching=7, about=2), SITE, NOW).proposed
    nothing = score(replace(GOOD, matching=0, about=0), SITE, NOW)
    assert (nothing.points, nothing.words) == (0.0, "none of 10 items names the town")


def test_a_closed_or_odd_site_is_not_weighed() -> None:
    closed = replace(GOOD, reason="robots.txt forbids us to read it", closed=True)
    assert score(closed, SITE, NOW).words == "robots.txt forbids us to read it"
    assert score(replace(GOOD, odd="it lists 99 towns"), SITE, NOW).words == "left out: it lists 99 towns"


def test_copies_lists_of_towns_and_masses_of_links_are_odd() -> None:
    copies = [Item(title=f"Hotell i {town}", text=f"Boka billigt hotell i {town} idag.") for town in "ABCDE"]
    assert "same text" in find_oddity(copies, "", 0)
    assert "towns" in find_oddity([], ", ".join(town.name for town in municipalities().values()), 0)
    assert "links to 400" in find_oddity([], "", 400)
    honest = [Item(title=f"Post {number}", text=f"{'mycket ' * number}snö föll här i natt") for number in range(6)]
    assert find_oddity([replace(item, text="") for item in honest], "", 0) == ""
    assert find_oddity(honest, "Katrineholm och Flen", 12) == ""


def test_sites_that_name_the_town_lead_on_and_others_only_a_little() -> None:
    assert hops_beyond(replace(SITE, hops=2), GOOD) == 1
    silent = replace(GOOD, matching=0, about=0)
    assert hops_beyond(SITE, silent) == 2
    assert hops_beyond(replace(SITE, hops=MAX_HOPS), silent) == 0
    assert hops_beyond(SITE, replace(GOOD, odd="it lists 99 towns")) == 0
    assert hops_beyond(SITE, replace(GOOD, reason="gone")) == 0


def test_a_site_that_is_down_is_tried_sooner_and_a_closed_one_later() -> None:
    assert next_trial(NOW, replace(GOOD, passing=True), 6) == NOW + timedelta(weeks=1)
    assert next_trial(NOW, GOOD, 6) == NOW + timedelta(weeks=6)
    assert next_trial(NOW, replace(GOOD, closed=True), 6) == NOW + timedelta(weeks=12)


@given(
    st.integers(0, 50), st.integers(0, 50), st.integers(0, 50), st.sampled_from(["sv", "", "pl"]), st.integers(-9, 4000)
)
def test_any_trial_has_a_score_from_0_to_10(items: int, matching: int, about: int, language: str, days: int) -> None:
    matching, about = min(matching, items), min(about, matching, items)
    trial = Trial(items=items, matching=matching, about=about, language=language, newest=NOW - timedelta(days=days))
    verdict = score(trial, SITE, NOW)
    assert 0 <= verdict.points <= 10
    assert verdict.words
    assert not (verdict.proposed and not about)
