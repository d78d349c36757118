"""Candidates in the store: who leads to them, what became of them, and a no that is for good."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlite_utils import Database

from monitor.core.candidates import Score
from monitor.models import CandidateState, Trial
from monitor.store import candidates as store

TRIAL = Trial(kind="feed", feed="https://byn.se/feed/", title="Byn", language="sv", items=9, matching=3, about=2)


def test_links_are_noted_once_for_each_that_leads_there(db: Database, now: datetime) -> None:
    store.note_links(db, "a.se", ["https://www.byn.se/post", "https://byn.se/annan"], at=now, hops=2)
    store.note_links(db, "b.se", ["https://byn.se/"], at=now + timedelta(hours=1))
    store.note_links(db, "b.se", ["https://byn.se/"], at=now + timedelta(hours=1))
    (found,) = store.candidates_to_try(db, now, 10)
    assert (found.site, found.url, found.hops, found.referrers) == (
        "byn.se",
        "https://www.byn.se/",
        1,
        ("a.se", "b.se"),
    )
    assert (found.first_seen, found.last_seen) == (now, now + timedelta(hours=1))
    assert store.candidates_to_try(db, now, 10, covered={"byn.se"}) == []


def test_what_a_search_found_comes_before_what_many_link_to(db: Database, now: datetime) -> None:
    store.note_links(db, "a.se", ["https://en.se/", "https://far.se/"], at=now)
    store.note_links(db, "b.se", ["https://en.se/"], at=now)
    store.note_links(db, "c.se", ["https://far.se/"], at=now, hops=2)
    store.note_links(db, "https://search.example/?q=x", ["https://sokt.se/1"], at=now, hops=2, named=True)
    store.note_links(db, "c.se", ["https://ut.se/"], at=now, hops=2)
    assert [c.site for c in store.candidates_to_try(db, now, 9)] == ["sokt.se", "en.se", "far.se", "ut.se"]
    assert len(store.candidates_to_try(db, now, 2)) == 2


def test_a_trial_is_kept_and_the_site_rests_until_it_is_due(db: Database, now: datetime) -> None:
    store.note_links(db, "a.se", ["https://byn.se/", "https://tyst.se/"], at=now)
    due = now + timedelta(weeks=6)
    store.save_trial(db, "byn.se", TRIAL, Score(7.5, True, "words"), at=now, due=due)
    store.save_trial(db, "tyst.se", replace(TRIAL, matching=0), Score(0, False, "none"), at=now, due=due)
    (found,) = store.list_candidates(db)
    assert (found.trial, found.score, found.words, found.tried) == (TRIAL, 7.5, "words", now)
    assert found.state is CandidateState.PROPOSED
    assert store.list_candidates(db, covered={"byn.se"}) == ()
    assert store.candidates_to_try(db, now, 9) == []
    assert len(store.candidates_to_try(db, due, 9)) == 2


def test_a_no_is_remembered_for_good(db: Database, now: datetime) -> None:
    store.note_links(db, "a.se", ["https://byn.se/"], at=now)
    assert store.decide(db, "byn.se", False, role="kommunikatör", at=now)
    store.note_links(db, "b.se", ["https://byn.se/"], at=now + timedelta(days=400), named=True)
    store.save_trial(db, "byn.se", TRIAL, Score(9, True, "words"), at=now, due=now)
    assert store.list_candidates(db) == ()
    assert store.candidates_to_try(db, now + timedelta(days=900), 9) == []
    store.forget_candidates(db, now + timedelta(days=900))
    found = store.find_candidate(db, "https://byn.se/om")
    assert found is not None
    assert found.state is CandidateState.DECLINED
    assert not store.decide(db, "okand.se", True, role="", at=now)
    assert store.find_candidate(db, "okand.se") is None


def test_a_site_that_nothing_leads_to_any_more_is_forgotten(db: Database, now: datetime) -> None:
    store.note_links(db, "a.se", ["https://byn.se/"], at=now)
    store.note_links(db, "a.se", ["https://ny.se/"], at=now + timedelta(days=300))
    assert store.forget_candidates(db, now + timedelta(days=200)) == 1
    assert db.execute("select count(*) from candidate_links").fetchone()[0] == 1


def test_what_searching_costs_is_summed_over_a_day(db: Database, now: datetime) -> None:
    assert store.requests_since(db, now - timedelta(days=1)) == 0
    store.save_discovery(db, at=now - timedelta(days=2), requests=40, tried=9, proposed=1)
    store.save_discovery(db, at=now, requests=30, tried=5, proposed=0)
    store.save_discovery(db, at=now, requests=5, tried=1, proposed=0)
    assert store.requests_since(db, now - timedelta(days=1)) == 35
