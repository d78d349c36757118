"""Cases in the database: numbers, the log that stays, conflicts, and what holds after any sequence of actions."""

import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from monitor.core import cases as core
from monitor.core.cases import Conflict, Fault, Problem
from monitor.models import (
    Case,
    CaseAction,
    CaseEvent,
    CaseOrder,
    CaseQuery,
    CaseStatus,
    CaseView,
    Tone,
)
from monitor.store import case_lists, cases
from monitor.store.db import open_database, transaction
from monitor.store.stories import set_tone
from tests.conftest import NOW
from tests.core.articles import START, make_article
from tests.store.test_stories import fold, save

STOCKHOLM = ZoneInfo("Europe/Stockholm")
LATER = NOW + timedelta(hours=1)


def draft(*articles: int, **other: Any) -> Case:
    return replace(Case(number="", title="Brunt vatten", received=NOW, articles=articles), **other)


def opened(db: Database, *articles: int, now: datetime = NOW, **other: Any) -> Case:
    case = cases.open_case(db, draft(*articles, **other), role="redaktör", now=now, zone=STOCKHOLM)
    assert isinstance(case, Case), case
    return case


def articles(db: Database, number: int = 3) -> list[int]:
    texts = [make_article(url=f"https://a.example/{n}", text=f"Text nummer {n}.") for n in range(number)]
    return save(db, texts, START)


def test_numbers_count_within_the_local_day(db: Database) -> None:
    assert opened(db).number == "261124-1"
    assert opened(db).number == "261124-2"
    assert opened(db, now=NOW + timedelta(hours=18)).number == "261125-1"  # 00.30 in Stockholm


def test_an_old_version_is_told_what_came_between(db: Database) -> None:
    case = opened(db)

    def own(unit: str) -> cases.Decide:
        return lambda now: core.save(now, {"owner": unit}, role=unit, at=LATER)

    first = cases.act(db, case.number, 1, own("Bildning"))
    assert isinstance(first, Case)
    second = cases.act(db, case.number, 1, own("Kultur"))
    assert isinstance(second, Conflict)
    assert (second.case.owner, second.since.role) == ("Bildning", "Bildning")
    assert cases.read_case(db, case.number) == first
    assert isinstance(cases.merge(db, case.number, 1, opened(db).number, role="x", now=LATER), Conflict)
    assert isinstance(cases.split(db, case.number, 1, [], "", role="x", now=LATER, zone=STOCKHOLM), Conflict)


def test_a_case_that_is_not_there_is_a_problem(db: Database) -> None:
    unknown = Problem(Fault.UNKNOWN, other="1-1")
    assert cases.act(db, "1-1", 1, lambda _case: None) == unknown
    assert cases.split(db, "1-1", 1, [], "", role="x", now=NOW, zone=STOCKHOLM) == unknown
    case = opened(db)
    assert cases.merge(db, case.number, 1, "1-1", role="x", now=NOW) == Problem(Fault.UNKNOWN, "into", other="1-1")
    assert cases.read_case(db, "1-1") is None


def test_nobody_changes_or_removes_a_row_of_the_log(db: Database) -> None:
    opened(db)
    for sql in ("update case_events set role = 'x'", "delete from case_events"):
        with pytest.raises(sqlite3.IntegrityError, match="append only"):
            db.execute(sql)


def test_a_permit_within_a_transaction_lets_a_person_be_erased(db: Database) -> None:
    opened(db, note="Ett namn")
    with transaction(db) as connection:
        connection.execute("insert into log_permits values ('GDPR art. 17')")
        connection.execute("update case_events set changes = replace(changes, 'Ett namn', '[borttaget]')")
        connection.execute("delete from log_permits")
    assert core.replay(cases.read_log(db, "261124-1")).note == "[borttaget]"
    with pytest.raises(sqlite3.IntegrityError, match="append only"):
        db.execute("delete from case_events")


def test_no_article_is_in_two_open_cases(db: Database) -> None:
    first, second, _ = articles(db)
    case = opened(db, first, second)
    taken = Problem(Fault.TAKEN, "articles", other=case.number)
    assert cases.open_case(db, draft(second), role="x", now=NOW, zone=STOCKHOLM) == taken
    assert cases.open_case_of_article(db, second) == case.number
    closed = cases.act(db, case.number, 1, lambda now: core.close(now, role="x", at=LATER))
    assert isinstance(closed, Case)
    assert cases.open_case_of_article(db, second) is None
    other = opened(db, second)
    again = cases.act(db, case.number, 2, lambda now: core.reopen(now, role="x", at=LATER))
    assert again == Problem(Fault.TAKEN, "articles", other=other.number)


def test_the_monitoring_opens_a_case_of_a_story_once(db: Database) -> None:
    first, second, third = articles(db)
    made = cases.open_once(db, draft(first, story=7), now=NOW, zone=STOCKHOLM)
    assert made is not None
    assert cases.read_log(db, made.number)[0].role == "monitor"
    assert cases.open_once(db, draft(second, story=7), now=NOW, zone=STOCKHOLM) is None
    cases.act(db, made.number, 1, lambda now: core.close(now, role="x", at=LATER))
    assert cases.open_once(db, draft(first, story=8), now=NOW, zone=STOCKHOLM) is None
    assert cases.open_once(db, draft(third, title=" "), now=NOW, zone=STOCKHOLM) is None


def test_a_case_keeps_the_text_as_it_read_when_seen(db: Database) -> None:
    (first, *_) = articles(db)
    case = opened(db, first)
    db.execute("update articles set text = '', title = 'Ändrad' where id = ?", [first])
    (kept,) = cases.read_texts(db, case.number)
    assert (kept.title, kept.text) == (make_article().title, "Text nummer 0.")


def test_earlier_wordings_are_found(db: Database) -> None:
    (first,) = save(db, [make_article(url="https://a.example/1", text="Först.")], START)
    save(db, [make_article(url="https://a.example/1", text="Sedan.", revised_at=LATER)], LATER)
    assert [(row[0], row[3]) for row in cases.read_revisions(db, [first])] == [(first, "Först.")]
    assert cases.read_revisions(db, []) == []


def test_a_letter_is_noted_once_and_further_articles_join(db: Database) -> None:
    first, second, third = articles(db)
    case = opened(db, first)
    other = opened(db, third)
    cases.note_sent(db, [case.number, "1-1"], "2026-11-24", LATER)
    cases.note_sent(db, [case.number], "2026-11-24", LATER)
    assert [row.action for row in cases.read_log(db, case.number)] == [CaseAction.OPENED, CaseAction.SENT]
    cases.join_articles(db, case.number, [first, second, third], LATER)
    joined = cases.read_case(db, case.number)
    assert joined is not None
    assert joined.articles == (first, second)
    cases.join_articles(db, case.number, [first, second], LATER)
    assert len(cases.read_log(db, case.number)) == 3
    cases.act(db, other.number, 1, lambda now: core.close(now, role="x", at=LATER))
    cases.join_articles(db, other.number, [first], LATER)
    assert len(cases.read_log(db, other.number)) == 2


def test_lists_and_their_counts(db: Database) -> None:
    ids = articles(db, 4)
    fold(db)
    story = db.execute("select story from story_articles where article = ?", [ids[0]]).fetchone()[0]
    set_tone(db, story, Tone.CRITICAL, role="x", now=NOW)
    late = opened(db, ids[0], due=NOW - timedelta(days=1), owner="Bildning", story=story)
    soon = opened(db, due=NOW + timedelta(days=1), note="Ring tillbaka till RADION")
    never = opened(db, owner="Kultur")
    done = opened(db)
    cases.act(db, done.number, 1, lambda now: core.close(now, role="x", at=LATER))

    def listed(**query: Any) -> list[str]:
        wanted = CaseQuery(**query)
        lines = case_lists.list_cases(db, wanted, NOW)
        assert case_lists.count_cases(db, wanted, NOW) == len(lines)
        return [line.case.number for line in lines]

    assert listed() == [late.number, soon.number, never.number]
    assert listed(downwards=True) == [soon.number, late.number, never.number]
    assert listed(view=CaseView.MINE, own_unit="Bildning") == [late.number]
    assert listed(view=CaseView.MINE) == []
    assert listed(view=CaseView.WITHOUT_OWNER) == [soon.number]
    assert listed(view=CaseView.LATE) == [late.number]
    assert listed(view=CaseView.CLOSED) == [done.number]
    assert listed(unit="Kultur") == [never.number]
    assert listed(tone=Tone.CRITICAL) == [late.number]
    assert listed(words="radion tillbaka") == [soon.number]
    assert listed(words="% ' finns inte") == []
    assert listed(order=CaseOrder.OWNER) == [late.number, never.number, soon.number]
    assert listed(order=CaseOrder.STATUS)[0] == late.number
    assert listed(order=CaseOrder.CHANGED, downwards=True) == [never.number, soon.number, late.number]
    line = case_lists.list_cases(db, CaseQuery(), NOW)[0]
    assert (line.tone, line.articles, line.sources, line.source) == (Tone.CRITICAL, 1, 1, make_article().source)
    assert [case.number for case in case_lists.late_cases(db, NOW)] == [late.number]
    assert case_lists.owners(db) == ["Bildning", "Kultur"]
    assert case_lists.open_numbers(db)[0] == (never.number, "Brunt vatten")
    assert cases.cases_of_stories(db, [story])[story].number == late.number
    assert case_lists.registered(db) == []


ACTIONS = st.sampled_from(["open", "save", "answer", "close", "reopen", "merge", "split"])


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.tuples(ACTIONS, st.integers(0, 5), st.integers(0, 5)), max_size=14))
def test_after_any_actions_the_log_adds_up_and_no_article_is_in_two_open_cases(
    tmp_path_factory: pytest.TempPathFactory, actions: Sequence[tuple[str, int, int]]
) -> None:
    db = open_database(tmp_path_factory.mktemp("cases") / "monitor.db")
    ids = articles(db, 6)
    numbers: list[str] = []
    for action, one, two in actions:
        case = cases.read_case(db, numbers[one % len(numbers)]) if numbers else None
        versions = {number: _read(db, number).version for number in numbers}
        if action == "open" or case is None:
            made = cases.open_case(db, draft(ids[one], ids[two]), role="x", now=NOW, zone=STOCKHOLM)
            if isinstance(made, Case):
                numbers.append(made.number)
        elif action == "merge":
            cases.merge(db, case.number, case.version, numbers[two % len(numbers)], role="x", now=NOW)
        elif action == "split":
            part = cases.split(db, case.number, case.version, [ids[two]], "x", role="x", now=NOW, zone=STOCKHOLM)
            if isinstance(part, Case):
                numbers.append(part.number)
        else:
            cases.act(db, case.number, case.version, partial(_decide, action))
        for number, version in versions.items():
            assert _read(db, number).version in {version, version + 1}
    _check_invariants(db, numbers)
    db.close()


def _check_invariants(db: Database, numbers: Sequence[str]) -> None:
    open_articles: list[int] = []
    for number in numbers:
        case = _read(db, number)
        log = cases.read_log(db, number)
        assert core.replay(log) == case
        assert [event.version for event in log] == list(range(1, case.version + 1))
        if case.merged_into:
            assert case.closed
            assert case.merged_into in numbers
        if not case.closed:
            open_articles += case.articles
    assert len(open_articles) == len(set(open_articles))


def _read(db: Database, number: str) -> Case:
    case = cases.read_case(db, number)
    assert case is not None
    return case


def _decide(action: str, case: Case) -> CaseEvent | Problem | None:
    wanted: dict[str, dict[str, object]] = {
        "save": {"owner": "Bildning", "note": f"{case.version}"},
        "answer": {"status": CaseStatus.ANSWERED, "answer": "Ja."},
    }
    if action in wanted:
        return core.save(case, wanted[action], role="x", at=NOW)
    return core.close(case, role="x", at=NOW) if action == "close" else core.reopen(case, role="x", at=NOW)
