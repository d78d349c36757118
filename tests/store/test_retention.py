"""What goes when, what stays of it, and what the log tells."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlite_utils import Database

from monitor.core.retention import PURGED
from monitor.models import (
    Article,
    Case,
    Entry,
    Mention,
    Page,
    Poll,
    PollOutcome,
    Registration,
    SiteFile,
    Source,
    SourceClass,
    StorePolicy,
    Wanted,
)
from monitor.store import cases, intake
from monitor.store.archive import Order, Wish, find_articles
from monitor.store.health import StoredSiteFiles
from monitor.store.retention import What, list_deletions, purge
from monitor.store.sketches import queued
from tests.core.articles import make_place
from tests.store.keeping import limits, rows
from tests.store.test_stories import EVENING, fold, save

TEXT = "Kommunen bygger en simhall i Katrineholm. Tystberga marmelad är en hemlighet. Mer följer."
CLASSES = {one: Source(url=f"https://{one.value}.example/feed", source_class=one) for one in SourceClass}


def article(source: Source, day: datetime, title: str = "Simhallen byggs", text: str = TEXT) -> Article:
    at = text.find("Katrineholm")
    mentions = (Mention(start=at, end=at + 11, text="Katrineholm", rule="name", where="text"),)
    return Article(
        url=f"{source.url}/{day:%j%Y}", source=source.url, title=title, lead="", text=text, published=day, seen_at=day,
        place=make_place(*mentions),
    )  # fmt: skip


def kept(db: Database) -> dict[str, tuple[str, str, str]]:
    """Article's source -> headline, text and quote."""
    sql = "select source, title, text, quote from articles order by id"
    return {source: (title, text, quote) for source, title, text, quote in db.execute(sql).fetchall()}


def fill(db: Database, day: datetime, sources: Sequence[Source] = tuple(CLASSES.values())) -> list[int]:
    intake.register_sources(db, sources)
    return save(db, [article(source, day) for source in sources], day)


@pytest.mark.parametrize("source_class", SourceClass)
def test_a_class_keeps_its_texts_for_its_days_and_not_a_day_longer(db: Database, source_class: SourceClass) -> None:
    days = 30 if source_class in {SourceClass.BLOG, SourceClass.FORUM, SourceClass.SOCIAL} else 90
    fill(db, EVENING)
    source = CLASSES[source_class].url
    purge(db, EVENING + timedelta(days=days), limits(EVENING + timedelta(days=days)))
    assert kept(db)[source] == ("Simhallen byggs", TEXT, "")
    later = EVENING + timedelta(days=days, seconds=1)
    told = purge(db, later, limits(later))
    assert rows(told, What.ARTICLES, source_class=source_class) == 1
    assert kept(db)[source][1] == ""


def test_of_news_headline_link_and_quote_stay_and_of_a_post_the_link(db: Database) -> None:
    fill(db, EVENING)
    later = EVENING + timedelta(days=91)
    purge(db, later, limits(later))
    quote = "Kommunen bygger en simhall i Katrineholm."
    found = kept(db)
    assert found[CLASSES[SourceClass.LOCAL_PAPER].url] == ("Simhallen byggs", "", quote)
    assert found[CLASSES[SourceClass.BLOG].url] == ("Simhallen byggs", "", "")
    assert found[CLASSES[SourceClass.SOCIAL].url] == (PURGED, "", "")
    hits = {hit.source: hit for hit in find_articles(db, Wish(), order=Order.NEWEST, limit=20)}
    assert hits[CLASSES[SourceClass.LOCAL_PAPER].url].lead == quote
    assert all(hit.url.startswith("https://") for hit in hits.values())


def test_a_quote_that_names_a_private_person_does_not_stay(db: Database) -> None:
    source = CLASSES[SourceClass.LOCAL_PAPER]
    intake.register_sources(db, [source])
    save(db, [article(source, EVENING, text="Testina Påhittsson i Katrineholm är orolig för simhallen.")], EVENING)
    later = EVENING + timedelta(days=91)
    purge(db, later, limits(later))
    assert kept(db)[source.url] == ("Simhallen byggs", "", "")


def test_what_went_is_in_no_byte_of_the_database(db: Database, tmp_path: Path) -> None:
    fill(db, EVENING)
    intake.save_poll(
        db,
        Poll(source=CLASSES[SourceClass.SOCIAL].url, at=EVENING, outcome=PollOutcome.OK),
        [Entry(key="1", title="Tystberga marmelad", summary=TEXT, content=TEXT, published=EVENING)],
    )
    save(db, [article(CLASSES[SourceClass.SOCIAL], EVENING, title="Tystberga marmelad", text=TEXT + " Ny.")], EVENING)
    fold(db, EVENING)
    later = EVENING + timedelta(days=91)
    fold(db, later)
    purge(db, later, limits(later))
    db.close()
    for file in tmp_path.glob("monitor.db*"):
        held = file.read_bytes().lower()
        assert b"marmelad" not in held
        assert b"hemlighet" not in held


def test_a_dry_run_tells_the_same_and_changes_nothing(db: Database, tmp_path: Path) -> None:
    fill(db, EVENING)
    later = EVENING + timedelta(days=91)
    db.execute("pragma wal_checkpoint(truncate)").fetchone()
    before = (tmp_path / "monitor.db").read_bytes()
    pretended = purge(db, later, limits(later), pretend=True)
    assert db.execute("pragma wal_checkpoint(truncate)").fetchone()[1] <= 0
    assert (tmp_path / "monitor.db").read_bytes() == before
    assert list_deletions(db) == []
    assert purge(db, later, limits(later)) == pretended
    assert rows(pretended, What.ARTICLES) == len(SourceClass)
    assert rows(purge(db, later, limits(later)), What.ARTICLES) == 0


def test_the_log_tells_class_age_number_and_decision_and_nothing_of_the_content(db: Database) -> None:
    fill(db, EVENING)
    later = EVENING + timedelta(days=31)
    purge(db, later, limits(later))
    log = list_deletions(db)
    assert {row["class"] for row in log} == {"blog", "forum", "social"}
    for row in log:
        assert row["decision"] == "KS 2026/118"
        assert (row["rows"], row["rule"]) == (1, "article text: [retention]")
        assert row["before"] == (EVENING + timedelta(days=1)).isoformat()
        assert row["at"] == later.isoformat()
        assert set(row) == {"at", "rule", "class", "rows", "before", "decision"}


def test_what_feeds_txt_says_now_counts_even_before_the_next_crawl(db: Database) -> None:
    fill(db, EVENING, [CLASSES[SourceClass.OTHER]])
    changed = replace(CLASSES[SourceClass.OTHER], source_class=SourceClass.SOCIAL)
    later = EVENING + timedelta(days=31)
    assert rows(purge(db, later, limits(later), pretend=True), What.ARTICLES) == 0
    assert rows(purge(db, later, limits(later, [changed]), pretend=True), What.ARTICLES) == 1


def test_a_link_only_source_keeps_no_quote(db: Database) -> None:
    source = CLASSES[SourceClass.LOCAL_PAPER]
    fill(db, EVENING, [source])
    told = purge(db, EVENING, limits(EVENING, [replace(source, store=StorePolicy.LINK)]))
    assert rows(told, What.ARTICLES, "store=link of its source") == 1
    assert kept(db)[source.url] == ("Simhallen byggs", "", "")


def test_a_purged_headline_is_no_change_of_the_story(db: Database) -> None:
    ids = fill(db, EVENING, [CLASSES[SourceClass.SOCIAL], CLASSES[SourceClass.FORUM]])
    fold(db, EVENING)
    before = db.execute("select article, story from story_articles order by article").fetchall()
    later = EVENING + timedelta(days=31)
    purge(db, later, limits(later))
    assert queued(db) == []
    assert fold(db, later) == (0, 0)
    assert db.execute("select article, story from story_articles order by article").fetchall() == before
    assert [row[0] for row in before] == ids


def test_earlier_wordings_of_a_post_go_whole(db: Database) -> None:
    source = CLASSES[SourceClass.SOCIAL]
    fill(db, EVENING, [source])
    save(db, [article(source, EVENING, title="Ändrat inlägg", text=TEXT + " Nytt.")], EVENING + timedelta(hours=1))
    later = EVENING + timedelta(days=31)
    purge(db, later, limits(later))
    assert db.execute("select title, lead, text from revisions").fetchall() == [(PURGED, "", "")]


def test_headlines_of_what_does_not_name_the_town_go_and_are_not_taken_for_new(db: Database) -> None:
    source = CLASSES[SourceClass.LOCAL_PAPER]
    intake.register_sources(db, [source])
    entries = [
        Entry(key=name, url=f"https://a.example/{name}", title=f"Rubrik {name}", published=EVENING, links=("x",))
        for name in ("nej", "ja")
    ]
    poll = Poll(source=source.url, at=EVENING, outcome=PollOutcome.OK)
    intake.save_poll(db, poll, entries)
    wanted = {one.url[-3:].strip("/"): one for one in intake.wanted_pages(db, source.url, 9, EVENING)}
    intake.save_no_mention(db, [(wanted["nej"], EVENING)], "no spelling of the names in the page")
    later = EVENING + timedelta(days=91)
    assert rows(purge(db, later, limits(later)), What.HEADLINES) == 1
    assert db.execute("select key, title from entries order by id").fetchall() == [("nej", ""), ("ja", "Rubrik ja")]
    assert intake.save_poll(db, replace(poll, at=later), entries) == 0
    assert [one.url for one in intake.wanted_pages(db, source.url, 9, later)] == ["https://a.example/ja"]


def test_a_case_keeps_what_it_holds(db: Database) -> None:
    ids = fill(db, EVENING, [CLASSES[SourceClass.SOCIAL]])
    draft = Case(
        number="", title="Simhallen", received=EVENING, articles=tuple(ids),
        registration=Registration.REGISTER, registration_reason="fråga till kommunen", matter="Simhallen",
    )  # fmt: skip
    case = cases.open_case(db, draft, role="Kommunikation", now=EVENING, zone=ZoneInfo("Europe/Stockholm"))
    assert isinstance(case, Case)
    later = EVENING + timedelta(days=2_000)
    purge(db, later, limits(later))
    assert kept(db)[CLASSES[SourceClass.SOCIAL].url] == (PURGED, "", "")
    (text,) = cases.read_texts(db, case.number)
    assert (text.title, text.text) == ("Simhallen byggs", TEXT)
    assert cases.read_case(db, case.number) == case


def test_polls_go_after_their_days_and_how_a_source_is_now_stays(db: Database) -> None:
    source = CLASSES[SourceClass.RADIO]
    intake.register_sources(db, [source])
    for days in (0, 1, 2, 200):
        intake.save_poll(db, Poll(source=source.url, at=EVENING + timedelta(days=days), outcome=PollOutcome.OK), [])
    later = EVENING + timedelta(days=1_200)
    told = purge(db, later, limits(later))
    assert rows(told, What.POLLS, "[retention] polls_days") == 3
    (state,) = intake.source_states(db, [source])
    assert state.last is not None
    assert state.last.at == EVENING + timedelta(days=200)
    assert rows(told, What.DAYS, "three years") == 3
    assert db.execute("select count(*) from source_days").fetchone()[0] == 1


def test_what_sites_say_and_pages_that_nobody_read_have_an_end(db: Database) -> None:
    StoredSiteFiles(db).keep(SiteFile(url="https://a.example/robots.txt", asked=EVENING, status=200, body=b"x"))
    source = CLASSES[SourceClass.RADIO]
    intake.register_sources(db, [source])
    intake.save_poll(
        db, Poll(source=source.url, at=EVENING, outcome=PollOutcome.OK), [Entry(key="1", url="https://a.example/1")]
    )
    page = Page(url="https://a.example/1", body=b"x", fetched_at=EVENING)
    intake.save_page(db, Wanted(1, page.url, source.url), page, 14)
    later = EVENING + timedelta(days=31)
    told = purge(db, later, limits(later))
    assert rows(told, What.SITE_FILES, "30 days") == 1
    assert rows(told, What.PAGES, "[retention] pages_days") == 1
    assert db.execute("select state, reason, body from pages").fetchall() == [
        ("rejected", "its bytes expired before they were read", None)
    ]


def test_the_index_is_merged_once_a_week(db: Database) -> None:
    def merged() -> str:
        return str(db.execute("select value from archive_state where name = 'merged'").fetchone()[0])

    purge(db, EVENING, limits(EVENING))
    for days, at in ((3, EVENING), (8, EVENING + timedelta(days=8))):
        purge(db, EVENING + timedelta(days=days), limits(EVENING))
        assert merged() == at.isoformat()
