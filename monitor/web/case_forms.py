"""The forms of a case: what a person typed becomes fields of a case, or a list of what is wrong. Nothing is lost."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import TypeVar
from zoneinfo import ZoneInfo

from monitor.core.cases import OFFICE_CLOSES, Fault, Problem
from monitor.core.text import clean_line, clean_text
from monitor.models import AnswerWay, Case, CaseKind, CaseStatus, Channel, Direction, Registration, Tone
from monitor.web.forms import Form

E = TypeVar("E", bound=StrEnum)

LINES = {
    "rubrik": "title",
    "agare": "owner",
    "svar_lank": "answer_link",
    "diarienummer": "diary_number",
    "avsandare": "sender",
    "mottagare": "recipient",
    "arendemening": "matter",
    "skal": "registration_reason",
}
TEXTS = {"anteckning": "note", "svar": "answer"}
CHOICES: Mapping[str, tuple[str, type[StrEnum]]] = {
    "slag": ("kind", CaseKind),
    "kanal": ("channel", Channel),
    "lage": ("status", CaseStatus),
    "svar_satt": ("answer_way", AnswerWay),
    "registrering": ("registration", Registration),
    "riktning": ("direction", Direction),
}
TICKS = {"sekretess": "secret", "dold_avsandare": "sender_hidden", "bekraftad": "confirmed"}
MOMENTS = {"datum": ("due", "tid"), "inkom": ("received", "inkom_tid"), "svarat": ("answered_at", "svarat_tid")}
FIELDS = {
    **{field: name for name, field in (*LINES.items(), *TEXTS.items(), *TICKS.items())},
    **{field: name for name, (field, _) in (*CHOICES.items(), *MOMENTS.items())},
    "into": "till",
    "articles": "artikel",
}
"""Field of a case -> name in the form, so that a problem can be shown where it is."""
LINE_LIMIT = 300
TEXT_LIMIT = 20_000
_FIRST, _LAST = date(2000, 1, 1), date(2100, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What a form asks for. Only fields that stood in the form are in `wanted`."""

    wanted: Mapping[str, object]
    problems: tuple[Problem, ...] = ()
    tone: Tone | None = None


def read_case(form: Form, case: Case | None, zone: ZoneInfo) -> Typed:
    """Return what the form asks for. `case` is the one it changes; None for a new one."""
    wanted: dict[str, object] = {}
    problems: list[Problem] = []
    wanted |= {field: clean_line(form[name], LINE_LIMIT).strip() for name, field in LINES.items() if name in form}
    wanted |= {field: clean_text(form[name], TEXT_LIMIT).strip() for name, field in TEXTS.items() if name in form}
    for name, (field, kind) in CHOICES.items():
        if name in form:
            chosen = choice(kind, form[name])
            if chosen is None:
                problems.append(Problem(Fault.BAD_CHOICE, field))
            else:
                wanted[field] = chosen
    if "falt" in form:  # the whole form: a box that is not ticked sends nothing
        wanted |= {field: name in form for name, field in TICKS.items()}
    for name, (field, clock) in MOMENTS.items():
        if name in form:
            moment = _read_moment(form[name], form.get(clock, ""), zone)
            if isinstance(moment, Problem):
                problems.append(Problem(moment.fault, field))
            elif case is None or not _same_minute(moment, getattr(case, field)):
                wanted[field] = moment
    if wanted.get("received", 1) is None:
        del wanted["received"]
    return Typed(wanted=wanted, problems=tuple(problems), tone=choice(Tone, form["ton"]) if "ton" in form else None)


def choice(kind: type[E], text: str) -> E | None:
    """Return the value that `text` names, or None."""
    return next((value for value in kind if value.value == text), None)


def _read_moment(day: str, clock: str, zone: ZoneInfo) -> datetime | Problem | None:
    """Return the moment of a date and a time field; an empty time is when the office closes."""
    if not day.strip():
        return None
    try:
        when = date.fromisoformat(day.strip())
        hour = time.fromisoformat(clock.strip().replace(".", ":")) if clock.strip() else OFFICE_CLOSES
    except ValueError:
        return Problem(Fault.BAD_DATE)
    if not _FIRST <= when < _LAST:
        return Problem(Fault.BAD_DATE)
    return datetime.combine(when, hour.replace(tzinfo=None), zone).astimezone(UTC)


def _same_minute(moment: datetime | None, other: datetime | None) -> bool:
    """A form has no seconds: what it sends back unchanged is no change."""
    if moment is None or other is None:
        return moment is other
    return abs((moment - other).total_seconds()) < 60


def values_of(case: Case, tone: Tone, zone: ZoneInfo) -> dict[str, str]:
    """Return the form of a case: name of a field -> what stands in it."""
    values = {name: str(getattr(case, field)) for name, field in (*LINES.items(), *TEXTS.items())}
    values |= {name: getattr(case, field).value for name, (field, _) in CHOICES.items()}
    values |= {name: "1" if getattr(case, field) else "" for name, field in TICKS.items()}
    for name, (field, clock) in MOMENTS.items():
        moment = getattr(case, field)
        local = moment.astimezone(zone) if moment else None
        values |= {name: f"{local:%Y-%m-%d}" if local else "", clock: f"{local:%H:%M}" if local else ""}
    return {**values, "ton": tone.value}


def typed_values(form: Form, values: Mapping[str, str]) -> dict[str, str]:
    """Return the form of a case with what a person has typed in it."""
    ticks = {name: form.get(name, "") for name in TICKS} if "falt" in form else {}
    return {**values, **{name: form[name] for name in values if name in form}, **ticks}
