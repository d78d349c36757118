"""What the crawl brings in: seen and stored are one thing."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlite_utils import Database

from monitor.models import (
    Entry,
    Page,
    PageState,
    Poll,
    PollOutcome,
    Source,
    SourceClass,
    Unavailable,
    Validators,
)
from monitor.store import articles, entry_pages, intake
from tests.core.articles import make_article

SOURCE = Source(url="https://bladet.se/feed", name="Bladet", source_class=SourceClass.LOCAL_PAPER)
OTHER = Source(url="https://radion.se/feed", name="Radion")


def poll(at: datetime, outcome: PollOutcome = PollOutcome.OK, source: str = SOURCE.url, reason: str = "") -> Poll:
    return Poll(source=source, at=at, outcome=outcome, reason=reason)


def entry(key: str, title: str = "En rubrik", url: str | None = None, published: datetime | None = None) -> Entry:
    return Entry(
        key=key, id=key, url=f"https://bladet.se/{key}" if url is None else url, title=title, published=published
    )


def states(db: Database) -> dict[str, str]:
    return {row["url"]: row["state"] for row in db.query("select url, state from pages")}


def test_new_entries_bring_pages_to_fetch_newest_first(db: Database, now: datetime) -> None:
    intake.register_sources(db, [SOURCE])
    old, new = now - timedelta(days=2), now - timedelta(hours=2)
    assert intake.save_poll(db, poll(now), [entry("old", published=old), entry("new", published=new)]) == 2
    wanted = intake.wanted_pages(db, SOURCE.url, 10, now)
    assert [page.url for page in wanted] == ["https://bladet.se/new", "https://bladet.se/old"]
    assert [page.url for page in intake.wanted_pages(db, SOURCE.url, 1, now)] == ["https://bladet.se/new"]


def test_the_same_entries_again_are_nothing_new(db: Database, now: datetime) -> None:
    intake.register_sources(db, [SOURCE])
    intake.save_poll(db, poll(now), [entry("a"), entry("b")])
    assert intake.save_poll(db, poll(now), [entry("a"), entry("b")]) == 0
    assert db.execute("select count(*) from entries").fetchone()[0] == 2


def test_a_feed_that_changes_its_ids_floods_nobody(db: Database, now: datetime) -> None:
    intake.register_sources(db, [SOURCE])
    intake.save_poll(db, poll(now), [entry("a", url="https://bladet.se/1")])
    (wanted,) = intake.wanted_pages(db, SOURCE.url, 10, now)
    intake.save_no_mention(db, [(wanted, now)], "no")
    intake.save_poll(db, poll(now), [entry("changed-id", url="https://www.bladet.se/1?utm_source=rss")])
    assert intake.wanted_pages(db, SOURCE.url, 10, now) == []


def test_only_the_first_good_poll_is_a_baseline(db: Database, now: datetime) -> None:
    intake.register_sources(db, [SOURCE])
    intake.save_poll(db, poll(now, PollOutcome.TRANSIENT, reason="down"), [])
    intake.save_poll(db, poll(now), [entry("first")])
    intake.save_poll(db, poll(now), [entry("second")])
    rows = {row["key"]: row["baseline"] for row in db.query("select key, baseline from entries")}
    assert rows == {"first": 1, "second": 0}


def test_a_changed_entry_sends_its_page_back_to_be_fetched(db: Database, now: datetime) -> None:
    intake.register_sources(db, [SOURCE])
    intake.save_poll(db, poll(now), [entry("a")])
    (wanted,) = intake.wanted_pages(db, SOURCE.url, 10, now)
    intake.save_no_mention(db, [(wanted, now)], "no")
    assert intake.wanted_pages(db, SOURCE.url, 10, now) == []
    intake.save_poll(db, poll(now), [entry("a", title="En ändrad rubrik")])
    assert intake.wanted_pages(db, SOURCE.url, 10, now) == [wanted]


def test_a_headline_that_never_stands_still_is_not_fetched_for_ever(db: Database, now: datetime) -> None:
    intake.register_sources(db, [SOURCE])
    fetched = 0
    for comments in range(30):
        intake.save_poll(db, poll(now), [entry("a", title=f"Rubrik ({comments} kommentarer)")])
        for wanted in intake.wanted_pages(db, SOURCE.url, 10, now):
            fetched += 1
            intake.save_no_mention(db, [(wanted, now)], "no")
    assert fetched == entry_pages.MAX_REVISITS + 1


def test_two_sources_that_point_to_one_page_fetch_it_once(db: Database, now: datetime) -> None:
    intake.register_sources(db, [SOURCE, OTHER])
    intake.save_poll(db, poll(now), [entry("a", url="https://bladet.se/1")])
    intake.save_poll(db, poll(now, source=OTHER.url), [entry("b", url="http://bladet.se/1/")])
    assert len(states(db)) == 1
    assert len(intake.wanted_pages(db, OTHER.url, 10, now)) == 0
    (wanted,) = intake.wanted_pages(db, SOURCE.url, 10, now)
    assert [said.key for said in intake.entry_words(db, wanted.id)] == ["a", "b"]


MAILBOX = Source(url="imaps://bevakning@mejl.example/INBOX", kind="inbox", name="Inkorgen")


def test_a_text_that_an_alert_told_of_first_is_from_the_paper_that_tells_of_it_too(db: Database, now: datetime) -> None:
    intake.register_sources(db, [MAILBOX, OTHER, SOURCE])
    for source in (MAILBOX, OTHER, SOURCE):
        intake.save_poll(db, poll(now, source=source.url), [entry("a")])
    (wanted,) = intake.wanted_pages(db, MAILBOX.url, 10, now)
    intake.save_page(db, wanted, Page(url=wanted.url, body=b"x", content_type="", fetched_at=now), 14)
    assert [unread.source for unread in articles.unread_pages(db, 0, 10)] == [SOURCE.url]


def test_a_text_that_was_read_already_goes_to_the_paper_that_tells_of_it(db: Database, now: datetime) -> None:
    intake.register_sources(db, [MAILBOX, OTHER, SOURCE])
    intake.save_poll(db, poll(now, source=MAILBOX.url), [entry("a")])
    page = db.execute("select id from pages").fetchone()[0]
    found = make_article(source=MAILBOX.url, url="https://bladet.se/a")
    articles.save_verdicts(db, [(page, found)], now)

    def source() -> str:
        return str(db.execute("select source from articles").fetchone()[0])

    intake.save_poll(db, poll(now, source=OTHER.url), [entry("a")])
    assert source() == MAILBOX.url
    intake.save_poll(db, poll(now), [entry("a")])
    assert source() == SOURCE.url
    intake.save_poll(db, poll(now), [entry("b", url="http://bladet.se/a/")])
    assert source() == SOURCE.url


def test_an_entry_without_address_waits_for_no_page(db: Database, now: datetime) -> None:
    intake.register_sources(db, [SOURCE])
    intake.save_poll(db, poll(now), [entry("a", url="")])
    assert intake.wanted_pages(db, SOURCE.url, 10, now) == []
    assert list(states(db).values()) == [PageState.UNAVAILABLE]


def test_an_entry_without_address_that_changes_is_judged_again(db: Database, now: datetime) -> None:
    intake.register_sources(db, [SOURCE])
    intake.save_poll(db, poll(now), [entry("a", url="")])
    db.execute("update pages set state = 'rejected'")
    intake.save_poll(db, poll(now), [entry("a", url="", title="Annat")])
    assert list(states(db).values()) == [PageState.UNAVAILABLE]


def test_a_page_that_failed_for_a_passing_reason_is_tried_three_times(db: Database, now: datetime) -> None:
    intake.register_sources(db, [SOURCE])
    intake.save_poll(db, poll(now), [entry("a")])
    tries = 0
    for hours in range(0, 40, 1):
        for wanted in intake.wanted_pages(db, SOURCE.url, 10, now + timedelta(hours=hours)):
            tries += 1
            outcome = Unavailable(reason="timeout", retry=True)
            intake.save_unavailable(db, wanted, outcome, now + timedelta(hours=hours))
    assert tries == 4
    assert list(states(db).values()) == [PageState.UNAVAILABLE]


def test_a_page_that_was_erased_while_it_was_fetched_is_not_asked_about(db: Database, now: datetime) -> None:
    intake.register_sources(db, [SOURCE])
    intake.save_poll(db, poll(now), [entry("a")])
    (wanted,) = intake.wanted_pages(db, SOURCE.url, 10, now)
    db.execute("delete from entries")
    db.execute("delete from pages")
    intake.save_unavailable(db, wanted, Unavailable(reason="timeout", retry=True), now)
    assert states(db) == {}


def test_an_entry_that_stands_twice_in_a_poll_is_one_and_the_last_word_counts(db: Database, now: datetime) -> None:
    intake.register_sources(db, [SOURCE])
    twice = [entry("a", "Först"), entry("a", "Sedan", url="https://bladet.se/flyttad"), entry("b")]
    assert intake.save_poll(db, poll(now), twice) == 2
    rows = db.execute("select e.key, e.title, p.url from entries e join pages p on p.id = e.page order by e.key")
    assert rows.fetchall() == [
        ("a", "Sedan", "https://bladet.se/flyttad"),
        ("b", "En rubrik", "https://bladet.se/b"),
    ]


def test_an_entry_may_move_to_the_page_of_one_that_came_with_it(db: Database, now: datetime) -> None:
    intake.register_sources(db, [SOURCE])
    intake.save_poll(db, poll(now), [entry("a")])
    intake.save_poll(db, poll(now), [entry("ny"), entry("a", url="https://bladet.se/ny")])
    assert sorted(states(db)) == ["https://bladet.se/a", "https://bladet.se/ny"]
    assert db.execute("select url from entries order by key").fetchall() == [("https://bladet.se/ny",)] * 2


def test_a_kept_page_holds_its_bytes_until_it_expires(db: Database, now: datetime) -> None:
    intake.register_sources(db, [SOURCE])
    intake.save_poll(db, poll(now), [entry("a")])
    (wanted,) = intake.wanted_pages(db, SOURCE.url, 10, now)
    page = Page(url="https://bladet.se/a?x=1", body=b"<p>\xe5</p>", content_type="text/html", fetched_at=now)
    intake.save_page(db, wanted, page, keep_days=14)
    (row,) = db.query("select state, expires, final_url from pages")
    assert row["state"] == PageState.KEPT
    assert row["final_url"] == page.url
    assert row["expires"].startswith("2026-12-08")
    assert list(states(db).values()) == [PageState.KEPT]


def test_the_validators_of_the_last_good_answer_are_kept_and_a_304_leaves_them(db: Database, now: datetime) -> None:
    intake.register_sources(db, [SOURCE])
    mark = Validators(etag='W/"å"', last_modified="Mon, 23 Nov 2026 11:00:00 GMT", body_hash="abc")
    answered = replace(poll(now), etag=mark.etag, last_modified=mark.last_modified, body_hash=mark.body_hash)
    intake.save_poll(db, answered, [entry("a")])
    intake.save_poll(db, poll(now, PollOutcome.NOT_MODIFIED), [])
    intake.save_poll(db, poll(now, PollOutcome.TRANSIENT, reason="x"), [])
    assert intake.validators(db)[SOURCE.url] == mark


def test_failures_in_a_row_are_counted_and_a_good_answer_ends_them(db: Database, now: datetime) -> None:
    intake.register_sources(db, [SOURCE])
    for _ in range(3):
        intake.save_poll(db, poll(now, PollOutcome.BLOCKED, reason="the site refuses us"), [])
    (state,) = intake.source_states(db, [SOURCE])
    assert state.failures == 3
    assert state.last is not None
    assert state.last.outcome is PollOutcome.BLOCKED
    assert state.last_ok is None
    assert state.due is not None
    assert timedelta(hours=12) < state.due - now < timedelta(hours=20)
    intake.save_poll(db, poll(now + timedelta(hours=2)), [entry("a")])
    (state,) = intake.source_states(db, [SOURCE])
    assert (state.failures, state.entries) == (0, 1)
    assert state.last_ok == now + timedelta(hours=2)


def test_a_source_that_was_never_asked_has_no_state(db: Database) -> None:
    (state,) = intake.source_states(db, [OTHER])
    assert state.last is None
    assert state.due is None


def test_entries_are_listed_newest_first_with_what_became_of_their_page(db: Database, now: datetime) -> None:
    intake.register_sources(db, [SOURCE])
    intake.save_poll(db, poll(now), [entry("a", published=now - timedelta(days=1)), entry("b", published=now)])
    rows = intake.list_entries(db)
    assert [row["id"] for row in rows] == ["b", "a"]
    assert rows[0]["url"] == "https://bladet.se/b"
    assert rows[0]["state"] == "waiting"
    assert intake.list_entries(db, sources=["https://other.se/"]) == []
    assert len(intake.list_entries(db, limit=1)) == 1


# --- several requests a poll, and whole texts ----------------------------------------------------------


def test_a_cursor_is_saved_with_its_poll_and_stays_when_a_poll_gives_none(db: Database, now: datetime) -> None:
    intake.register_sources(db, [SOURCE, OTHER])
    assert intake.cursors(db) == {SOURCE.url: {}, OTHER.url: {}}
    intake.save_poll(db, poll(now), [], {"since_id": "17", "spent": 0.5})
    intake.save_poll(db, poll(now, PollOutcome.TRANSIENT), [])
    assert intake.cursors(db)[SOURCE.url] == {"since_id": "17", "spent": 0.5}


def test_of_an_entry_that_is_the_whole_text_no_page_is_fetched_and_a_change_is_judged_again(
    db: Database, now: datetime
) -> None:
    intake.register_sources(db, [SOURCE])
    post = replace(entry("a"), content="Katrineholm växer.", whole=True, links=("https://kommun.se/ny",))
    intake.save_poll(db, poll(now), [post])
    assert intake.wanted_pages(db, SOURCE.url, 10, now) == []
    (kept,) = intake.entry_words(db, 1)
    assert (kept.whole, kept.links, kept.content) == (True, ("https://kommun.se/ny",), "Katrineholm växer.")
    db.execute("update pages set state = ?", [PageState.REJECTED])
    db.conn.commit()
    intake.save_poll(db, poll(now), [post])
    assert states(db) == {post.url: "rejected"}
    intake.save_poll(db, poll(now), [replace(post, content="Katrineholm växer igen.")])
    assert states(db) == {post.url: "unavailable"}
    assert intake.entry_words(db, 1)[0].content == "Katrineholm växer igen."


# --- what a search service found -----------------------------------------------------------------------

SEARCH = Source(url="https://news.google.com/rss/search", kind="search")


def hit(at: datetime, key: str = "CBMi") -> Entry:
    """Return what a search service tells of a text of the local paper."""
    return Entry(
        key=key,
        url=f"https://news.google.com/rss/articles/{key}",
        title="Katrineholm bygger ny skola",
        published=at,
        publisher="https://bladet.se/",
    )


def pages(db: Database) -> list[tuple[str, str, str]]:
    return [(row["url"], row["source"], row["state"]) for row in db.query("select * from pages order by id")]


def test_the_link_of_a_search_service_is_not_followed(db: Database, now: datetime) -> None:
    intake.register_sources(db, [SEARCH])
    intake.save_poll(db, poll(now, source=SEARCH.url), [hit(now)])
    assert pages(db) == [(hit(now).url, SEARCH.url, "unavailable")]
    moved = replace(hit(now), url="https://news.google.com/rss/articles/annan", summary="Bladet")
    db.execute("update pages set state = ?", [PageState.TAKEN])
    db.conn.commit()
    intake.save_poll(db, poll(now, source=SEARCH.url), [moved])
    assert pages(db) == [(hit(now).url, SEARCH.url, "unavailable")]


def test_a_hit_for_a_text_that_its_paper_has_told_of_is_no_second_text(db: Database, now: datetime) -> None:
    intake.register_sources(db, [SOURCE, SEARCH])
    own = entry("a", "Katrineholm bygger ny skola!", published=now - timedelta(hours=20))
    intake.save_poll(db, poll(now), [own])
    intake.save_poll(db, poll(now, source=SEARCH.url), [hit(now)])
    assert pages(db) == [(own.url, SOURCE.url, "waiting")]


def test_a_text_that_a_search_found_first_becomes_its_papers_own(db: Database, now: datetime) -> None:
    intake.register_sources(db, [SOURCE, SEARCH, OTHER])
    intake.save_poll(db, poll(now, source=SEARCH.url), [hit(now)])
    own = entry("a", "Katrineholm bygger ny skola", published=now)
    intake.save_poll(db, poll(now), [own])
    assert pages(db) == [(own.url, SOURCE.url, "waiting")]
    elsewhere = replace(own, key="b", url="https://radion.se/b")
    intake.save_poll(db, poll(now, source=OTHER.url), [elsewhere])
    assert len(pages(db)) == 2
