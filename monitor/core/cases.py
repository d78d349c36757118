"""Cases: what may be done with one, and what its log then says. The log is the truth, a case is its replay.

Case --(what a person wants)--> CaseEvent | Problem | Conflict;   replay(events) -> Case
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

import msgspec

from monitor.core.urls import safe_url
from monitor.core.working_days import add_working_days, working_days_between
from monitor.models import (
    AnswerWay,
    Case,
    CaseAction,
    CaseEvent,
    CaseKind,
    CaseStatus,
    Change,
    Channel,
    Registration,
)

OFFICE_CLOSES = time(16)
CLOSING = frozenset({CaseStatus.ANSWERED, CaseStatus.NO_ACTION})
EDITABLE = frozenset(field.name for field in fields(Case)) - {
    "number", "version", "closed_at", "merged_into", "split_from", "story", "articles", "rule", "reason", "proposed",
    "answered_by", "confirm_by",
}  # fmt: skip
"""Fields that a form may set; the others follow from what is done."""


class Fault(StrEnum):
    """Why something cannot be saved."""

    NO_TITLE = "no title"
    NO_ANSWER = "no answer"
    """Called answered, and neither an answer nor where it was given."""
    NO_LINK = "no link"
    NO_REASON = "no reason"
    NO_MATTER = "no matter"
    """To be registered, and not said in short what it concerns (OSL 5 kap. 2 § 4)."""
    SECRET = "secret"  # noqa: S105 (no password)
    """Secrecy, and not registered."""
    MERGED = "merged"
    CLOSED = "closed"
    OPEN = "open"
    ITSELF = "itself"
    PART = "part"
    """Not a real part of the case: none of its articles, or all of them."""
    TAKEN = "taken"
    """An article belongs to another open case."""
    BAD_DATE = "bad date"
    BAD_CHOICE = "bad choice"
    UNKNOWN = "unknown"
    """There is no such case."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, and in which field. `other` is the number of the case that stands in the way."""

    fault: Fault
    field: str = ""
    other: str = ""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Somebody else saved after the page was read: the case as it is now, and the row of the log that came between."""

    case: Case
    since: CaseEvent


# --- the log --------------------------------------------------------------------------------------------


def replay(events: Iterable[CaseEvent]) -> Case:
    """Return the case that these rows of a log add up to, the oldest first. Raises ValueError on a gap."""
    case: Case | None = None
    for event in events:
        case = apply(case, event)
    if case is None:
        raise ValueError("a log without rows is no case")
    return case


def apply(case: Case | None, event: CaseEvent) -> Case:
    """Return the case after one more row. Raises ValueError when the row does not follow on the case."""
    number, version = (case.number, case.version) if case else (event.number, 0)
    if (event.number, event.version) != (number, version + 1):
        raise ValueError(f"row {event.version} of {event.number} does not follow row {version} of {number}")
    before = msgspec.to_builtins(case) if case else {"number": number}
    after = {change.field: change.after for change in event.changes}
    return msgspec.convert({**before, **after, "version": event.version}, Case)


def event_of(
    case: Case, wanted: Mapping[str, object], action: CaseAction, *, role: str, at: datetime, note: str = ""
) -> CaseEvent:
    """Return the row that takes `case` to what is wanted; its changes are the fields that differ."""
    before = msgspec.to_builtins(case)
    after = msgspec.to_builtins(dict(wanted))
    changes = tuple(Change(name, before[name], value) for name, value in sorted(after.items()) if before[name] != value)
    return CaseEvent(
        number=case.number, version=case.version + 1, at=at, role=role, action=action, changes=changes, note=note
    )


# --- what people do -------------------------------------------------------------------------------------


def open_case(case: Case, *, role: str, at: datetime, note: str = "") -> CaseEvent | Problem:
    """Return the first row of the log of a new case."""
    if problem := check(case):
        return problem
    content = msgspec.to_builtins(replace(case, articles=tuple(sorted(set(case.articles)))))
    changes = tuple(
        Change(name, None, value) for name, value in sorted(content.items()) if name not in {"number", "version"}
    )
    return CaseEvent(
        number=case.number, version=1, at=at, role=role, action=CaseAction.OPENED, changes=changes, note=note
    )


def save(case: Case, wanted: Mapping[str, object], *, role: str, at: datetime) -> CaseEvent | Problem | None:
    """Return the row that saves a form; None when nothing differs. `wanted` holds fields of `EDITABLE`."""
    if case.merged_into:
        return Problem(Fault.MERGED, other=case.merged_into)
    full = {**wanted, **_follows(case, wanted, role, at)}
    event = event_of(case, full, _action_of(case, full), role=role, at=at)
    if not event.changes:
        return None
    return check(apply(case, event)) or event


def _follows(case: Case, wanted: Mapping[str, object], role: str, at: datetime) -> dict[str, object]:
    """Return what follows from a new status: when it was closed, and who answered when."""
    status = wanted.get("status", case.status)
    follows: dict[str, object] = {}
    if (status in CLOSING) != case.closed:
        follows["closed_at"] = at if status in CLOSING else None
    if status is CaseStatus.ANSWERED and case.status is not CaseStatus.ANSWERED:
        follows["answered_at"] = wanted.get("answered_at") or case.answered_at or at
        follows["answered_by"] = case.answered_by or role
    return follows


def _action_of(case: Case, wanted: Mapping[str, object]) -> CaseAction:
    closed = wanted.get("closed_at", case.closed_at) is not None
    if closed == case.closed:
        return CaseAction.CHANGED
    return CaseAction.CLOSED if closed else CaseAction.REOPENED


def close(case: Case, *, role: str, at: datetime) -> CaseEvent | Problem:
    """Return the row that closes a case without action."""
    if case.closed:
        return Problem(Fault.CLOSED)
    return _done(save(case, {"status": CaseStatus.NO_ACTION}, role=role, at=at))


def reopen(case: Case, *, role: str, at: datetime) -> CaseEvent | Problem:
    """Return the row that opens a closed case again, to be assessed. A merged case lives on in its survivor."""
    if not case.closed:
        return Problem(Fault.OPEN)
    return _done(save(case, {"status": CaseStatus.ASSESSED}, role=role, at=at))


def _done(saved: CaseEvent | Problem | None) -> CaseEvent | Problem:
    assert saved is not None, "a change of status always differs"  # noqa: S101 (what the two callers have checked)
    return saved


def merge(case: Case, into: Case, *, role: str, at: datetime) -> tuple[CaseEvent, CaseEvent] | Problem:
    """Return the rows that make `case` part of `into`: its own, and the survivor's.

    The survivor takes the articles and the earlier due time, and an owner where it had none.
    """
    if case.number == into.number:
        return Problem(Fault.ITSELF, "into")
    for one in (case, into):
        if one.closed:
            return Problem(Fault.CLOSED, "into", other=one.number)
    gone = event_of(
        case, {"merged_into": into.number, "closed_at": at}, CaseAction.MERGED, role=role, at=at, note=into.number
    )
    takes: dict[str, object] = {
        "articles": tuple(sorted({*into.articles, *case.articles})),
        "due": min((due for due in (case.due, into.due) if due), default=None),
        "owner": into.owner or case.owner,
    }
    if case.secret and not into.secret:
        takes |= _entry(case)
    return gone, event_of(into, takes, CaseAction.TOOK_OVER, role=role, at=at, note=case.number)


def _entry(case: Case) -> dict[str, object]:
    """Return what goes with secrecy: a case that it touches stands in the register."""
    return {
        "secret": True,
        "registration": case.registration,
        "registration_reason": case.registration_reason,
        "matter": case.matter,
    }


def split(
    case: Case, articles: Iterable[int], number: str, title: str, *, role: str, at: datetime
) -> tuple[CaseEvent, CaseEvent] | Problem:
    """Return the rows that make some articles a case of their own: the old case's, and the new one's first."""
    if case.closed:
        return Problem(Fault.CLOSED)
    chosen = set(articles)
    if not chosen or not chosen < set(case.articles):
        return Problem(Fault.PART, "articles")
    new = Case(
        number=number,
        title=title,
        kind=case.kind,
        channel=case.channel,
        owner=case.owner,
        proposed=case.proposed,
        received=case.received,
        due=case.due,
        split_from=case.number,
        story=case.story,
        articles=tuple(sorted(chosen)),
    )
    if case.secret:  # what goes with secrecy
        new = msgspec.convert({**msgspec.to_builtins(new), **msgspec.to_builtins(_entry(case))}, Case)
    opened = open_case(new, role=role, at=at, note=case.number)
    if isinstance(opened, Problem):
        return opened
    rest = tuple(id_ for id_ in case.articles if id_ not in chosen)
    return event_of(case, {"articles": rest}, CaseAction.SPLIT, role=role, at=at, note=number), opened


def check(case: Case) -> Problem | None:
    """Return what is wrong with a case as it would be saved."""
    if not case.title.strip():
        return Problem(Fault.NO_TITLE, "title")
    if case.status is CaseStatus.ANSWERED and not (case.answer.strip() or case.answer_way):
        return Problem(Fault.NO_ANSWER, "answer")
    if case.answer_link and not safe_url(case.answer_link):
        return Problem(Fault.NO_LINK, "answer_link")
    if case.answer_way is AnswerWay.LINK and not case.answer_link:
        return Problem(Fault.NO_LINK, "answer_link")
    if case.secret and case.registration is not Registration.REGISTER:
        return Problem(Fault.SECRET, "registration")
    if case.registration is not Registration.UNDECIDED and not case.registration_reason.strip():
        return Problem(Fault.NO_REASON, "registration_reason")
    if case.registration is Registration.REGISTER and not case.matter.strip():
        return Problem(Fault.NO_MATTER, "matter")
    return None


# --- times ----------------------------------------------------------------------------------------------


def number_of(day: date, counter: int) -> str:
    """Return the number of the case that is the `counter`-th opened on a local day: "261124-1"."""
    return f"{day:%y%m%d}-{counter}"


def due_of(kind: CaseKind, received: datetime, days: Mapping[str, int], zone: ZoneInfo) -> datetime | None:
    """Return when an answer is due by the municipality's own rule: working days by kind, none for 0."""
    number = days.get(kind.value, 0)
    return _closing_time(received, number, zone) if number else None


def confirm_by(channel: Channel, received: datetime, days: int, zone: ZoneInfo) -> datetime | None:
    """Return when whoever wrote or called is to know that it has arrived; None where nobody did, or days is 0."""
    return _closing_time(received, days, zone) if days and channel is not Channel.MENTION else None


def _closing_time(received: datetime, days: int, zone: ZoneInfo) -> datetime:
    first = add_working_days(received.astimezone(zone).date(), 0)
    return datetime.combine(add_working_days(first, days), OFFICE_CLOSES, zone).astimezone(UTC)


def is_late(case: Case, now: datetime) -> bool:
    """Whether an open case has passed its time."""
    return not case.closed and case.due is not None and case.due < now


def days_late(due: datetime, now: datetime, zone: ZoneInfo) -> int:
    """Return how many working days have passed since `due`: 0 on the same day, and before it."""
    return max(0, working_days_between(due.astimezone(zone).date(), now.astimezone(zone).date()))


def days_left(due: datetime, now: datetime, zone: ZoneInfo) -> int:
    """Return how many working days are left until `due`."""
    return max(0, working_days_between(now.astimezone(zone).date(), due.astimezone(zone).date()))


def time_to_answer(case: Case) -> float | None:
    """Return the hours from when it came in or was seen to when it was answered; None while it is not."""
    if case.answered_at is None:
        return None
    return max(0.0, (case.answered_at - case.received).total_seconds() / 3600)


def owners_of(*lists: Sequence[str]) -> tuple[str, ...]:
    """Return the units of all lists, each once, in alphabetical order."""
    return tuple(sorted({unit for units in lists for unit in units if unit}, key=str.casefold))
