"""The archive's index and facets, and how they stay right whatever happens to an article."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from monitor.core.matching import Judgement
from monitor.core.search import Query, read_query
from monitor.models import Article, PlaceKind, Tone
from monitor.store import archive as archive_store
from monitor.store.archive import COUNTED, Counts, Order, Wish
from monitor.store.articles import save_verdicts
from monitor.store.corrections import correct, undo
from monitor.store.db import open_database, to_text
from monitor.store.migrations import migrations
from monitor.store.retention import purge
from monitor.store.stories import merge_stories, set_tone, split_story
from tests.core.articles import START, make_article, make_place
from tests.store.keeping import limits


@pytest.fixture
def archive(db: Database) -> Database:
    save(db, make_article("Ny skola byggs", "Skolornas tak i Katrineholm", hours=0))
    save(db, make_article("Badhuset öppnar", "En skola badar", hours=24 * 10, paper="radio"))
    valla = make_place(about=False, kind=PlaceKind.LOCALITY)
    passing = make_article("Match i Valla", "skola", hours=24 * 40, place=valla)
    save(db, passing)
    return db


def save(db: Database, article: Article, page: int | None = None) -> int:
    """Save an article through the one way there is; return its row."""
    db.execute("insert or ignore into sources (url, kind, name) values (?, 'feed', '')", [article.source])
    if page is None:
        sql = """insert into pages (key, url, source, state, reason, newest) values (?, ?, ?, 'kept', '', ?)"""
        at = to_text(article.at)
        page = db.execute(sql, [article.url, article.url, article.source, at]).lastrowid or 0
    save_verdicts(db, [(page, article)], article.seen_at)
    return int(db.execute("select id from articles where url = ?", [article.url]).fetchone()[0])


def titles(db: Database, typed: str = "", order: Order = Order.NEWEST, **wish: object) -> list[str]:
    query = read_query(typed) if typed else None
    assert query is None or isinstance(query, Query)
    found = archive_store.find_articles(db, Wish(query=query, **wish), order=order, limit=10)  # type: ignore[arg-type]  # a mix
    return [hit.title for hit in found]


def count(db: Database, typed: str = "") -> Counts:
    query = read_query(typed) if typed else None
    assert query is None or isinstance(query, Query)
    months = [("2026-11", datetime(2026, 11, 1, tzinfo=UTC)), ("2026-12", datetime(2026, 12, 1, tzinfo=UTC))]
    return archive_store.count_facets(db, Wish(query=query), months)


def test_hits_come_newest_first_or_those_with_the_word_in_the_headline_first(archive: Database) -> None:
    assert titles(archive, "skolan") == ["Match i Valla", "Badhuset öppnar", "Ny skola byggs"]
    assert titles(archive, "skolan", Order.BEST) == ["Ny skola byggs", "Match i Valla", "Badhuset öppnar"]
    assert titles(archive, '"en skola"', Order.BEST) == ["Badhuset öppnar"]
    assert titles(archive) == ["Match i Valla", "Badhuset öppnar", "Ny skola byggs"]


def test_pages_of_the_best_order_neither_repeat_nor_miss_a_hit(archive: Database) -> None:
    query = read_query("skola")
    assert isinstance(query, Query)
    wish = Wish(query=query)
    pages = [archive_store.find_articles(archive, wish, order=Order.BEST, limit=1, offset=n)[0].title for n in range(3)]
    assert pages == titles(archive, "skola", Order.BEST)
    assert archive_store.find_articles(archive, wish, order=Order.BEST, limit=5, offset=3) == []


def test_facets_narrow_the_hits(archive: Database) -> None:
    assert titles(archive, "skola", sources=frozenset({"https://radio.example/feed"})) == ["Badhuset öppnar"]
    assert titles(archive, sources=frozenset()) == []
    assert titles(archive, about=False) == ["Match i Valla"]
    assert titles(archive, place_kind=PlaceKind.LOCALITY, place="Katrineholm") == ["Match i Valla"]
    december = datetime(2026, 12, 1, tzinfo=UTC)
    assert titles(archive, "skola", since=december, until=december + timedelta(days=31)) == ["Badhuset öppnar"]
    assert titles(archive, until=START + timedelta(hours=1)) == ["Ny skola byggs"]
    assert titles(archive, topic="school") == titles(archive, unit="Barn") == titles(archive, tone=Tone.CRITICAL) == []


def test_facets_are_counted_and_months_are_those_of_the_home(archive: Database) -> None:
    counts = count(archive, "skola")
    assert counts.hits == 3
    assert not counts.more
    assert counts.values["about"] == {1: 2, 0: 1}
    assert counts.values["source"]["https://radio.example/feed"] == 1
    assert counts.months == {"2026-11": 1, "2026-12": 2}
    assert count(archive, "simhall").hits == 0
    assert archive_store.count_facets(archive, Wish(), [("2027-06", START + timedelta(days=200))]).months == {}
    assert Counts(hits=COUNTED + 1).more


def test_a_revised_text_is_found_by_its_new_words_only(archive: Database) -> None:
    article = make_article("Fritidsgård", "gamla ord", hours=1)
    row = save(archive, article)
    page = archive.execute("select page from articles where id = ?", [row]).fetchone()[0]
    later = START + timedelta(hours=300)
    save(archive, replace(article, text="färska bokstäver", published=later, seen_at=later), page)
    assert titles(archive, "gamla") == []
    assert titles(archive, "färska") == ["Fritidsgård"]
    assert titles(archive)[1:3] == ["Fritidsgård", "Badhuset öppnar"]  # it moved in time


def test_purged_text_leaves_the_index_and_the_headline_stays(archive: Database) -> None:
    purge(archive, START, limits(START + timedelta(days=91)))
    assert titles(archive, "tak") == []
    assert titles(archive, "byggs") == ["Ny skola byggs"]


def test_a_hidden_hit_is_gone_until_it_is_brought_back(archive: Database) -> None:
    url = archive.execute("select url from articles where title = 'Badhuset öppnar'").fetchone()[0]
    correct(archive, url, Judgement.NOT_ABOUT_US, role="redaktör", at=START)
    assert titles(archive, "badhus") == []
    undo(archive, url, START)
    assert titles(archive, "badhus") == ["Badhuset öppnar"]


def test_a_deleted_article_leaves_no_word_behind(archive: Database) -> None:
    archive.execute("delete from articles")
    assert archive.execute("select count(*) from archive").fetchone()[0] == 0
    matching = "select rowid from archive_words where archive_words match '\"=skol\"'"
    assert archive.execute(matching).fetchall() == []


def test_topic_and_tone_follow_the_story_through_merge_and_split(archive: Database) -> None:
    rows = [row[0] for row in archive.execute("select id from articles order by id")]
    for story, row in enumerate(rows, 1):
        archive.execute("insert into stories (id, made) values (?, ?)", [story, to_text(START)])
        archive.execute("insert into story_articles (article, story, copy, reason) values (?, ?, 0, '')", [row, story])
    assert archive_store.queued_stories(archive, 10) == [3, 2, 1]
    archive_store.save_topics(archive, [1, 2, 3], {1: ("school", "Barn"), 2: ("bath", "Fritid")})
    assert archive_store.queued_stories(archive, 10) == []
    assert titles(archive, topic="school") == ["Ny skola byggs"]
    set_tone(archive, 1, Tone.CRITICAL, role="redaktör", now=START)
    assert titles(archive, tone=Tone.CRITICAL) == ["Ny skola byggs"]
    merge_stories(archive, 1, 2, role="redaktör", now=START)
    assert set(archive_store.queued_stories(archive, 10)) == {1, 2}
    assert titles(archive, tone=Tone.CRITICAL) == ["Badhuset öppnar", "Ny skola byggs"]
    archive_store.save_topics(archive, [1, 2], {1: ("school", "Barn")})
    assert titles(archive, unit="Barn") == ["Badhuset öppnar", "Ny skola byggs"]
    split_story(archive, [rows[1]], role="redaktör", now=START)
    assert titles(archive, tone=Tone.CRITICAL) == ["Ny skola byggs"]
    assert len(archive_store.queued_stories(archive, 10)) == 2


def test_other_topic_lists_send_every_story_to_be_judged_once(archive: Database) -> None:
    archive.execute("insert into stories (id, made) values (1, '')")
    archive.execute("insert into story_articles (article, story, copy, reason) values (1, 1, 0, '')")
    archive_store.save_topics(archive, [1], {})
    assert archive_store.queue_all_topics(archive, "one")
    assert archive_store.queued_stories(archive, 5) == [1]
    assert not archive_store.queue_all_topics(archive, "one")


def test_an_index_written_by_other_rules_is_written_anew(archive: Database, tmp_path: Path) -> None:
    archive.execute("insert into archive_words (archive_words) values ('delete-all')")
    archive.execute("update archive_state set value = 'older'")
    again = open_database(tmp_path / "monitor.db")
    assert titles(again, "skola") == ["Match i Valla", "Badhuset öppnar", "Ny skola byggs"]
    again.close()


def test_an_older_database_is_filled_when_it_is_upgraded(tmp_path: Path) -> None:
    old = Database(tmp_path / "old.db")
    migrations.apply(old, stop_before="m014_archive")
    old.execute("insert into sources (url, kind, name) values ('s', 'feed', '')")
    old.execute("insert into pages (id, key, url, source, state, reason, newest) values (1, 'k', 'u', 's', '', '', '')")
    old.execute(
        """insert into articles (key, url, page, source, title, lead, text, at, published_from, seen, baseline,
               language, access, author_role, outcome, note, from_feed, code, place, kind, about, prominent, score,
               reason)
           values ('k', 'u', 1, 's', 'Gamla skolan', '', 'ord', '2026-11-20T05:30:00+00:00', '',
               '2026-11-20T05:30:00+00:00', 0, '', 'free', '', 'ok', '', 0, '0483', 'Katrineholm', 'municipality', 1, 1,
               1.0, '')"""
    )
    old.close()
    db = open_database(tmp_path / "old.db")
    assert titles(db, "skolor") == ["Gamla skolan"]
    db.close()


def test_first_and_last_tell_the_span_of_the_archive(db: Database) -> None:
    assert archive_store.first_and_last(db) is None
    save(db, make_article())
    assert archive_store.first_and_last(db) == (START, START)


@pytest.fixture
def plans(db: Database) -> Iterator[list[str]]:
    seen: list[str] = []
    db.conn.set_trace_callback(seen.append)
    yield seen
    db.conn.set_trace_callback(None)


@pytest.mark.parametrize(
    "wish",
    [
        Wish(),
        Wish(topic="school"),
        Wish(unit="Barn"),
        Wish(place="Valla"),
        Wish(tone=Tone.CRITICAL),
        Wish(place_kind=PlaceKind.LOCALITY),
        Wish(sources=frozenset({"a"})),
        Wish(since=START),
    ],
)
def test_no_question_of_the_archive_sorts_or_scans_whole_texts(db: Database, plans: list[str], wish: Wish) -> None:
    query = read_query("skola gata")
    assert isinstance(query, Query)
    for asked in (wish, replace(wish, query=query)):
        plans.clear()
        archive_store.find_articles(db, asked, order=Order.NEWEST, limit=20)
        archive_store.count_facets(db, asked)
        for sql in [line for line in plans if line.lstrip().startswith("select")]:
            steps = " | ".join(row[3] for row in db.execute(f"explain query plan {sql}").fetchall())
            assert "TEMP B-TREE" not in steps, steps
            assert "SCAN articles" not in steps, steps
