"""Folding through the store: arrival in any order, letters, people's decisions, revisions, what is forgotten."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from monitor.config import read_home
from monitor.errors import ConfigError
from monitor.models import Article, Entry, NeedRule, Period, Poll, PollOutcome, Source, Tone
from monitor.steps.group import group
from monitor.steps.judge import judged_stories, topics_of
from monitor.store import stories as story_store
from monitor.store.articles import save_verdicts
from monitor.store.db import open_database, transaction
from monitor.store.digests import save_digest
from monitor.store.intake import register_sources, save_poll
from monitor.store.sketches import KEPT_DAYS, count_words, queued
from tests.core.articles import START, make_article
from tests.core.test_stories import BRIDGE, EVENTS, FIRE

EVENING = START + timedelta(hours=12)
NEXT_DAY = START + timedelta(days=1)


def save(db: Database, articles: Sequence[Article], now: datetime = EVENING) -> list[int]:
    """Save articles as if their pages had been read; return their rows."""
    with transaction(db) as connection:
        for article in articles:
            connection.execute(
                "insert or ignore into sources (url, kind, name) values (?, 'feed', '')", [article.source]
            )
            connection.execute(
                "insert or ignore into pages (key, url, source, state, newest) values (?, ?, ?, 'kept', '')",
                [article.url, article.url, article.source],
            )
    pages = dict(db.execute("select key, id from pages").fetchall())
    save_verdicts(db, [(pages[article.url], article) for article in articles], now)
    rows = dict(db.execute("select url, id from articles").fetchall())
    return [rows[article.url] for article in articles]


def fold(db: Database, now: datetime = EVENING) -> tuple[int, int]:
    return group(db, lambda: now)


def stories(db: Database) -> set[frozenset[str]]:
    ids = [row[0] for row in db.execute("select id from articles")]
    found = story_store.read_stories(db, ids)
    assert sum(len(story.articles) for story in found) == len(ids)
    return {frozenset(article.url for article in story.articles) for story in found}


def sets_of(*groups: Sequence[Article]) -> set[frozenset[str]]:
    return {frozenset(article.url for article in group) for group in groups}


TOGETHER = sets_of(EVENTS[:3], EVENTS[3:5], EVENTS[5:])


def show(db: Database, ids: Sequence[int]) -> None:
    """Make a letter that shows these articles."""
    period = Period(start=START - timedelta(days=1), end=EVENING)
    save_digest(db, EVENING.date(), period=period, made_at=EVENING, complete=True, data="{}", articles=ids)


def test_new_articles_are_folded_once(db: Database) -> None:
    save(db, EVENTS)
    assert fold(db) == (6, 3)
    assert stories(db) == TOGETHER
    assert fold(db) == (0, 0)


def test_a_story_says_why_and_marks_copies(db: Database) -> None:
    ids = save(db, EVENTS[:3])
    fold(db)
    (story,) = story_store.read_stories(db, ids)
    assert story.copies == {EVENTS[2].url}
    assert story.reasons[EVENTS[2].url] == "100% of the shorter text stands in both"
    assert '"elskåp"' in story.reasons[EVENTS[1].url]
    assert EVENTS[0].url not in story.reasons
    assert db.execute("select near from story_articles where article = ?", [ids[2]]).fetchone()[0] == ids[0]


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.permutations(EVENTS), st.integers(1, 5))
def test_the_order_of_arrival_does_not_change_the_stories_of_a_day(
    tmp_path_factory: pytest.TempPathFactory, articles: list[Article], cut: int
) -> None:
    db = open_database(tmp_path_factory.mktemp("home") / "monitor.db")
    for arrived in (articles[:cut], articles[cut:]):
        save(db, arrived)
        fold(db)
    assert stories(db) == TOGETHER
    db.close()


def test_the_number_of_a_story_stays_when_nothing_has_changed(db: Database) -> None:
    ids = save(db, EVENTS[:2])
    fold(db)
    before = story_store.stories_of(db, ids)
    save(db, EVENTS[2:])
    fold(db)
    assert story_store.stories_of(db, ids) == before


def test_a_story_that_lost_its_articles_leads_to_where_they_went(db: Database) -> None:
    radio = EVENTS[1]
    ids = save(db, [radio, replace(EVENTS[3], published=START)])
    fold(db)
    numbers = story_store.stories_of(db, ids)
    older = save(db, [replace(EVENTS[0], published=START - timedelta(hours=1))])
    fold(db)
    assert story_store.stories_of(db, older)[older[0]] == numbers[ids[0]]
    with transaction(db) as connection:  # what folding would do when a story joins another
        connection.execute("update story_articles set story = ? where article = ?", [numbers[ids[1]], ids[0]])
        connection.execute("update story_articles set story = ? where article = ?", [numbers[ids[1]], older[0]])
        connection.execute("update stories set merged = ? where id = ?", [numbers[ids[1]], numbers[ids[0]]])
    assert story_store.current_story(db, numbers[ids[0]]) == numbers[ids[1]]
    assert story_store.current_story(db, numbers[ids[1]]) == numbers[ids[1]]
    assert story_store.current_story(db, 999) is None


def test_two_stories_that_turn_out_to_be_one_become_one_and_the_other_number_leads_there(db: Database) -> None:
    long = f"{FIRE} {BRIDGE}"
    parts = [make_article("Rök på förskola", FIRE), make_article("Bron stängs i stan", BRIDGE, paper="radio", hours=1)]
    ids = save(db, parts)
    fold(db)
    numbers = story_store.stories_of(db, ids)
    assert len(set(numbers.values())) == 2
    save(db, [make_article("Dygnet i korthet", long, paper="rikstidning", hours=2)])
    fold(db)
    assert len(stories(db)) == 1
    assert story_store.current_story(db, numbers[ids[1]]) == numbers[ids[0]]


def test_what_a_letter_has_shown_stays_where_it_was(db: Database) -> None:
    parts = [make_article("Rök på förskola", FIRE), make_article("Bron stängs i stan", BRIDGE, paper="radio", hours=1)]
    ids = save(db, parts)
    fold(db)
    before = story_store.stories_of(db, ids)
    show(db, ids)
    later = save(db, [make_article("Dygnet i korthet", f"{FIRE} {BRIDGE}", paper="rikstidning", hours=2)])
    fold(db)
    assert story_store.stories_of(db, ids) == before
    assert story_store.stories_of(db, later)[later[0]] in before.values()


def test_a_follow_up_joins_the_story_of_the_days_before_and_not_that_of_a_week_ago(db: Database) -> None:
    ids = save(db, EVENTS[:2])
    fold(db)
    show(db, ids)
    follow_up = "En överbelastad säkring låg bakom röken i elskåpet på förskolan Lärkan. Östra flygeln öppnar senare."
    near = save(db, [make_article("Därför brann elskåpet", follow_up, hours=48)])
    fold(db, START + timedelta(hours=50))
    assert story_store.stories_of(db, near)[near[0]] == story_store.stories_of(db, ids)[ids[0]]
    far = save(db, [make_article("Därför rykte elskåpet", follow_up, hours=48 + 24 * 8, paper="annan")])
    fold(db, START + timedelta(days=11))
    assert story_store.stories_of(db, far)[far[0]] != story_store.stories_of(db, ids)[ids[0]]


# --- what people decide --------------------------------------------------------------------------------

WHO = {"role": "kommunikatör", "now": EVENING}


def test_a_split_by_hand_survives_later_runs(db: Database) -> None:
    ids = save(db, EVENTS[:2])
    fold(db)
    new = story_store.split_story(db, [ids[1]], **WHO)  # type: ignore[arg-type]
    third = save(db, [EVENTS[2], replace(EVENTS[1], text=EVENTS[1].text + " Nytt: allt är lugnt.")])
    fold(db)
    assert stories(db) == sets_of([EVENTS[0], EVENTS[2]], [EVENTS[1]])
    assert story_store.stories_of(db, [ids[1], third[0]])[ids[1]] == new


def test_a_merge_by_hand_survives_later_runs_and_its_number_leads_on(db: Database) -> None:
    ids = save(db, [EVENTS[0], EVENTS[3]])
    fold(db)
    one, other = (story_store.stories_of(db, ids)[id_] for id_ in ids)
    story_store.merge_stories(db, one, other, **WHO)  # type: ignore[arg-type]
    save(db, EVENTS)
    fold(db)
    assert stories(db) == sets_of(EVENTS[:5], EVENTS[5:])
    assert story_store.current_story(db, other) == one


def test_an_article_moved_by_hand_stays_and_what_it_left_does_not_follow(db: Database) -> None:
    ids = save(db, EVENTS[:5])
    fold(db)
    bridge = story_store.stories_of(db, ids)[ids[3]]
    story_store.move_articles(db, [ids[1]], bridge, **WHO)  # type: ignore[arg-type]
    save(db, EVENTS)
    fold(db)
    assert stories(db) == sets_of([EVENTS[0], EVENTS[2]], [EVENTS[1], EVENTS[3], EVENTS[4]], EVENTS[5:])
    (story,) = (one for one in story_store.read_stories(db, ids) if one.id == bridge)
    assert story.reasons[EVENTS[1].url] == "put here by hand"


def test_a_story_given_back_is_folded_again(db: Database) -> None:
    ids = save(db, EVENTS[:2])
    fold(db)
    new = story_store.split_story(db, [ids[1]], **WHO)  # type: ignore[arg-type]
    story_store.free_story(db, new, **WHO)  # type: ignore[arg-type]
    fold(db)
    assert stories(db) == sets_of(EVENTS[:2])


def test_what_makes_no_sense_is_refused(db: Database) -> None:
    ids = save(db, [EVENTS[0], EVENTS[3]])
    fold(db)
    one = story_store.stories_of(db, ids)[ids[0]]
    with pytest.raises(ValueError, match="in one story"):
        story_store.split_story(db, ids, **WHO)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="whole story"):
        story_store.split_story(db, ids[:1], **WHO)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="two different"):
        story_store.merge_stories(db, one, one, **WHO)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="no story 99"):
        story_store.move_articles(db, ids, 99, **WHO)  # type: ignore[arg-type]


def test_every_decision_is_logged_with_a_role(db: Database) -> None:
    ids = save(db, EVENTS[:2])
    fold(db)
    story = story_store.stories_of(db, ids)[ids[0]]
    story_store.set_tone(db, story, Tone.CRITICAL, **WHO, note="saklig kritik")  # type: ignore[arg-type]
    story_store.mark_story(db, story, NEXT_DAY, **WHO)  # type: ignore[arg-type]
    told = [(row["role"], row["action"], row["note"]) for row in story_store.decisions(db, story)]
    assert told == [("kommunikatör", "tone critical", "saklig kritik"), ("kommunikatör", "mark", "")]
    tones, marks = story_store.judged_by_people(db, [story])
    assert tones == {story: Tone.CRITICAL}
    assert (marks[story].rule, marks[story].role, marks[story].due) == (NeedRule.MARKED, "kommunikatör", NEXT_DAY)
    story_store.mark_story(db, story, None, **WHO)  # type: ignore[arg-type]
    assert story_store.judged_by_people(db, [story])[1] == {}


# --- change and forgetting -----------------------------------------------------------------------------


def test_a_changed_article_is_a_revision_and_no_new_article(db: Database) -> None:
    (id_,) = save(db, EVENTS[:1])
    fold(db)
    changed = replace(EVENTS[0], title="Förskola utrymd: alla oskadda", text=FIRE + " Alla är oskadda.")
    assert save(db, [changed], NEXT_DAY) == [id_]
    kept = list(db.query("select article, at, title, text from revisions"))
    assert kept == [{"article": id_, "at": NEXT_DAY.isoformat(), "title": EVENTS[0].title, "text": FIRE}]
    assert queued(db) == [id_]
    save(db, [changed], NEXT_DAY)
    assert len(list(db.query("select * from revisions"))) == 1


def test_purged_text_is_no_change_and_earlier_wordings_go_with_it(db: Database) -> None:
    (id_,) = save(db, EVENTS[:1])
    save(db, [replace(EVENTS[0], text=FIRE + " Mer.")])
    fold(db)
    db.execute("update articles set text = '', lead = '' where id = ?", [id_])
    assert queued(db) == []
    assert db.execute("select title, text from revisions").fetchall() == [(EVENTS[0].title, "")]


def test_a_changed_article_is_counted_once_among_words(db: Database) -> None:
    save(db, EVENTS[:1])
    fold(db)
    save(db, [replace(EVENTS[0], title="Lärkan: elskåp rykte")])
    fold(db)
    rarity = count_words(db, EVENING.timestamp())
    assert rarity.articles == 1
    assert max(rarity.having.values()) == 1


def test_what_is_kept_for_folding_is_forgotten_when_stories_have_closed(db: Database) -> None:
    save(db, EVENTS[:2])
    fold(db)
    save(db, [make_article("Bron öppnar", BRIDGE, hours=24 * (KEPT_DAYS + 3))])
    fold(db, START + timedelta(days=KEPT_DAYS + 3))
    assert db.execute("select count(*) from story_sketches").fetchone()[0] == 1
    left = db.execute("select count(distinct article) from story_keys").fetchone()[0]
    assert left == 1


def test_an_article_found_long_after_is_a_story_of_its_own(db: Database) -> None:
    old = make_article("Gammal nyhet", FIRE, hours=-24 * 60)
    save(db, [old, EVENTS[3]])
    assert fold(db) == (2, 2)
    save(db, [EVENTS[4], replace(old, text=FIRE + " Mer.")])
    fold(db)
    assert len(stories(db)) == 2


def test_many_articles_of_one_text_are_one_story(db: Database) -> None:
    many = [make_article("Rök på förskola", FIRE, paper=f"blad{number}", hours=number / 10) for number in range(70)]
    save(db, many)
    fold(db)
    assert stories(db) == sets_of(many)


# --- judging with what the home says -------------------------------------------------------------------

HOME = 'municipality = "Katrineholm"\ncode = "0483"\n[weight]\nreach = 10.0\n[triage]\nown_hosts = ["kommun.example"]\n'


def test_stories_are_judged_by_what_the_home_and_people_say(db: Database, tmp_path: Path) -> None:
    (tmp_path / "monitor.toml").write_text(HOME, encoding="utf-8")
    (tmp_path / "feeds.txt").write_text("https://blad.example/feed class=local-paper reach=3\n", encoding="utf-8")
    home = read_home(tmp_path)
    assert home.sources[0].reach == 3
    ids = save(db, [*EVENTS[:2], make_article("Förskola stängd", FIRE[:150], paper="kommun", hours=2)])
    fold(db)
    period = Period(start=START - timedelta(hours=2), end=NEXT_DAY)
    (story,) = judged_stories(home, db, ids, period=period, made_at=NEXT_DAY)
    assert story.lead.url == EVENTS[0].url
    assert len(story.own) == 1
    assert story.reach == 3
    assert story.weight[0].adds == 30.0
    assert story.topic is not None
    assert story.topic.unit == "Barn- och utbildningsförvaltningen"


def test_a_home_may_have_topics_of_its_own_and_hears_when_they_are_wrong(tmp_path: Path) -> None:
    topics = tmp_path / "topics.toml"
    topics.write_text('[[topic]]\nkey = "fire"\nname = "Brand"\nwords = ["brand"]\n', encoding="utf-8")
    found = topics_of(tmp_path).find(make_article("Brand i lada"))
    assert found is not None
    assert found.key == "fire"
    topics.write_text("[[topic]]\nname = 7\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"topics\.toml"):
        topics_of(tmp_path)


def test_a_wrong_reach_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "monitor.toml").write_text('municipality = "Katrineholm"\n', encoding="utf-8")
    (tmp_path / "feeds.txt").write_text("https://blad.example/feed reach=9\n", encoding="utf-8")
    (problem,) = read_home(tmp_path).problems
    assert 'reach="9"' in problem


# --- identity ------------------------------------------------------------------------------------------


def polled(entries: Sequence[tuple[str, str]], db: Database, hours: float) -> int:
    at = START + timedelta(hours=hours)
    poll = Poll(source="https://blad.example/feed", at=at, outcome=PollOutcome.OK)
    save_poll(db, poll, [Entry(key=id_, id=id_, url=url, title="Rök på förskola") for id_, url in entries])
    return int(db.execute("select count(*) from pages").fetchone()[0])


def test_a_feed_that_changes_its_ids_or_issues_old_items_again_brings_no_new_pages(db: Database) -> None:
    register_sources(db, [Source(url="https://blad.example/feed")])
    urls = [f"https://blad.example/{number}" for number in range(20)]
    assert polled([(url, url) for url in urls], db, 0) == 20
    assert polled([(f"ny-{number}", f"{url}?utm_source=rss") for number, url in enumerate(urls)], db, 1) == 20
    assert polled([(f"nyare-{number}", url) for number, url in enumerate(reversed(urls))], db, 2) == 20


def test_an_entry_that_keeps_its_id_under_a_new_address_is_the_same_page(db: Database) -> None:
    register_sources(db, [Source(url="https://blad.example/feed")])
    assert polled([("7", "https://blad.example/trafikolycka-lulea")], db, 0) == 1
    assert polled([("7", "https://blad.example/rattfylleri-lulea")], db, 1) == 1
