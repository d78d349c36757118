"""Cases: what may be done, what the log says, when an answer is due."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from monitor.core import cases
from monitor.core.cases import Fault, Problem
from monitor.models import AnswerWay, Case, CaseAction, CaseEvent, CaseKind, CaseStatus, Channel, Registration

STOCKHOLM = ZoneInfo("Europe/Stockholm")
TUESDAY = datetime(2026, 11, 24, 5, 42, tzinfo=UTC)
LATER = TUESDAY + timedelta(hours=30)
DRAFT = Case(number="261124-1", title="När får gångvägen belysning?", received=TUESDAY, articles=(3, 5, 8))
REGISTERED: dict[str, Any] = {
    "registration": Registration.REGISTER,
    "registration_reason": "OSL 26 kap.",
    "matter": "Ett brev",
}


def opened(case: Case = DRAFT) -> Case:
    return cases.replay([event(cases.open_case(case, role="monitor", at=TUESDAY))])


def event(made: object) -> CaseEvent:
    assert isinstance(made, CaseEvent), made
    return made


def saved(case: Case, **wanted: object) -> Case:
    return cases.apply(case, event(cases.save(case, wanted, role="Bildning", at=LATER)))


def test_a_case_is_what_its_log_adds_up_to() -> None:
    case = opened()
    assert case == replace(DRAFT, version=1)
    change = event(cases.save(case, {"status": CaseStatus.ASSESSED, "owner": "Bildning"}, role="Bildning", at=LATER))
    assert [(c.field, c.before, c.after) for c in change.changes] == [
        ("owner", "", "Bildning"),
        ("status", "new", "assessed"),
    ]
    assert change.action is CaseAction.CHANGED
    assert cases.apply(case, change).version == 2


def test_a_log_with_a_gap_or_of_another_case_or_without_rows_is_refused() -> None:
    case = opened()
    change = event(cases.save(case, {"owner": "Bildning"}, role="x", at=LATER))
    for wrong in (replace(change, version=3), replace(change, number="261124-2")):
        with pytest.raises(ValueError, match="does not follow"):
            cases.apply(case, wrong)
    with pytest.raises(ValueError, match="without rows"):
        cases.replay([])


def test_saving_what_stands_there_already_writes_nothing() -> None:
    assert cases.save(opened(), {"title": DRAFT.title}, role="x", at=LATER) is None


def test_an_answer_closes_the_case_and_says_when_and_by_which_role() -> None:
    case = saved(opened(), status=CaseStatus.ANSWERED, answer="Belysningen kommer 2027.", answer_way=AnswerWay.PHONE)
    assert (case.closed, case.answered_at, case.answered_by) == (True, LATER, "Bildning")
    assert cases.time_to_answer(case) == 30
    assert cases.time_to_answer(opened()) is None
    again = cases.apply(case, event(cases.reopen(case, role="x", at=LATER)))
    assert (again.status, again.closed, again.answer) == (CaseStatus.ASSESSED, False, "Belysningen kommer 2027.")


def test_closing_and_opening_again_is_done_once() -> None:
    case = opened()
    assert cases.reopen(case, role="x", at=LATER) == Problem(Fault.OPEN)
    closing = event(cases.close(case, role="x", at=LATER))
    assert closing.action is CaseAction.CLOSED
    closed = cases.apply(case, closing)
    assert (closed.status, closed.closed_at) == (CaseStatus.NO_ACTION, LATER)
    assert cases.close(closed, role="x", at=LATER) == Problem(Fault.CLOSED)
    assert event(cases.reopen(closed, role="x", at=LATER)).action is CaseAction.REOPENED


@pytest.mark.parametrize(
    ("wanted", "fault"),
    [
        ({"title": " "}, Fault.NO_TITLE),
        ({"status": CaseStatus.ANSWERED}, Fault.NO_ANSWER),
        ({"answer_link": "javascript:alert(1)"}, Fault.NO_LINK),
        ({"answer_way": AnswerWay.LINK}, Fault.NO_LINK),
        ({"secret": True}, Fault.SECRET),
        ({"secret": True, "registration": Registration.MINOR, "registration_reason": "liten"}, Fault.SECRET),
        ({"registration": Registration.MINOR}, Fault.NO_REASON),
        ({"registration": Registration.REGISTER, "registration_reason": "Begärd"}, Fault.NO_MATTER),
    ],
)
def test_what_is_wrong_is_said_with_its_field(wanted: dict[str, object], fault: Fault) -> None:
    problem = cases.save(opened(), wanted, role="x", at=LATER)
    assert isinstance(problem, Problem)
    assert problem.fault is fault
    assert problem.field


def test_a_case_with_secrecy_can_be_registered() -> None:
    case = saved(
        opened(), secret=True, registration=Registration.REGISTER, registration_reason="Sekretess", matter="Brev"
    )
    assert case.secret


def test_a_new_case_needs_a_title() -> None:
    assert cases.open_case(replace(DRAFT, title=""), role="x", at=TUESDAY) == Problem(Fault.NO_TITLE, "title")


def test_a_merged_case_points_to_the_survivor_which_takes_articles_and_the_earlier_time() -> None:
    soon, late = TUESDAY + timedelta(days=1), TUESDAY + timedelta(days=9)
    first = opened(replace(DRAFT, due=soon, owner="Bildning", secret=False))
    second = opened(replace(DRAFT, number="261124-2", articles=(8, 9), due=late))
    events = cases.merge(first, second, role="x", at=LATER)
    assert not isinstance(events, Problem)
    gone, kept = cases.apply(first, events[0]), cases.apply(second, events[1])
    assert (gone.merged_into, gone.closed) == ("261124-2", True)
    assert (kept.articles, kept.due, kept.owner, kept.closed) == ((3, 5, 8, 9), soon, "Bildning", False)
    assert cases.save(gone, {"owner": "x"}, role="x", at=LATER) == Problem(Fault.MERGED, other="261124-2")
    assert cases.reopen(gone, role="x", at=LATER) == Problem(Fault.MERGED, other="261124-2")
    assert cases.merge(gone, kept, role="x", at=LATER) == Problem(Fault.CLOSED, "into", other="261124-1")
    assert cases.merge(kept, kept, role="x", at=LATER) == Problem(Fault.ITSELF, "into")


def test_secrecy_and_its_registration_go_with_a_merged_case() -> None:
    secret = opened(
        replace(
            DRAFT, secret=True, registration=Registration.REGISTER, registration_reason="OSL 26 kap.", matter="Ett brev"
        )
    )
    other = opened(replace(DRAFT, number="261124-2", articles=()))
    events = cases.merge(secret, other, role="x", at=LATER)
    assert not isinstance(events, Problem)
    kept = cases.apply(other, events[1])
    assert (kept.secret, kept.registration, kept.registration_reason) == (True, Registration.REGISTER, "OSL 26 kap.")
    assert cases.check(kept) is None


def test_a_part_of_a_case_becomes_a_case_of_its_own() -> None:
    case = opened(replace(DRAFT, secret=True, **REGISTERED))
    events = cases.split(case, [5], "261125-1", "Vägen", role="x", at=LATER)
    assert not isinstance(events, Problem)
    rest, new = cases.apply(case, events[0]), cases.replay([events[1]])
    assert (rest.articles, new.articles, new.split_from) == ((3, 8), (5,), "261124-1")
    assert new.secret
    for articles in ((), (3, 5, 8), (99,)):
        assert cases.split(case, articles, "261125-1", "x", role="x", at=LATER) == Problem(Fault.PART, "articles")
    assert cases.split(case, [5], "261125-1", " ", role="x", at=LATER) == Problem(Fault.NO_TITLE, "title")
    closed = cases.apply(case, event(cases.close(case, role="x", at=LATER)))
    assert cases.split(closed, [5], "261125-1", "x", role="x", at=LATER) == Problem(Fault.CLOSED)


def test_an_answer_is_due_in_working_days_by_the_kind() -> None:
    rule = {"question": 5, "praise": 0}
    due = cases.due_of(CaseKind.QUESTION, TUESDAY, rule, STOCKHOLM)
    assert due == datetime(2026, 12, 1, 16, 0, tzinfo=STOCKHOLM)
    assert cases.due_of(CaseKind.PRAISE, TUESDAY, rule, STOCKHOLM) is None
    assert cases.due_of(CaseKind.ERROR, TUESDAY, rule, STOCKHOLM) is None
    saturday = TUESDAY + timedelta(days=4)
    assert cases.due_of(CaseKind.QUESTION, saturday, {"question": 1}, STOCKHOLM) == due


def test_who_wrote_or_called_is_told_that_it_has_arrived() -> None:
    assert cases.confirm_by(Channel.PHONE, TUESDAY, 2, STOCKHOLM) == datetime(2026, 11, 26, 16, tzinfo=STOCKHOLM)
    assert cases.confirm_by(Channel.MENTION, TUESDAY, 2, STOCKHOLM) is None
    assert cases.confirm_by(Channel.PHONE, TUESDAY, 0, STOCKHOLM) is None


def test_lateness_is_counted_in_working_days() -> None:
    friday = datetime(2026, 11, 20, 15, tzinfo=UTC)
    case = opened(replace(DRAFT, due=friday))
    assert cases.is_late(case, TUESDAY)
    assert not cases.is_late(case, friday)
    assert not cases.is_late(opened(), TUESDAY)
    assert not cases.is_late(replace(case, closed_at=TUESDAY), TUESDAY)
    assert cases.days_late(friday, TUESDAY, STOCKHOLM) == 2
    assert cases.days_late(TUESDAY, friday, STOCKHOLM) == 0
    assert cases.days_left(TUESDAY, friday, STOCKHOLM) == 2
    assert cases.days_left(friday, TUESDAY, STOCKHOLM) == 0


def test_owners_are_listed_once() -> None:
    assert cases.owners_of(["Vård", ""], ["bildning", "Vård"]) == ("bildning", "Vård")
