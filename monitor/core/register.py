"""The register of OSL 5 kap. 2 §, and a case as a record for the municipality's own records system.

1. the date it came in or was drawn up, 2. its number, 3. sender or recipient, 4. in short what it concerns. Sender and
matter are left out or reworded where the register is to be shown to anyone.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from monitor.models import Case, CaseEvent, Direction, SeenText

SCHEMA = "town-monitor/case/1"
Value = str | int | bool | None | list["Value"] | dict[str, "Value"]
# Characters that XML 1.0 has no way to write.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line of the public register."""

    received: datetime
    number: str
    """The diary number, else the number of the case."""
    case: str
    direction: Direction
    sender: str
    """"" where it is left out of the public list."""
    recipient: str
    matter: str


def public_entry(case: Case) -> Entry:
    """Return what anyone may see of a registered case: never its title, note or answer, nor a hidden sender."""
    return Entry(
        received=case.received,
        number=case.diary_number or case.number,
        case=case.number,
        direction=case.direction,
        sender="" if case.sender_hidden else case.sender,
        recipient=case.recipient,
        matter=case.matter,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """An earlier wording of an article, and when it was changed."""

    article: int
    changed_at: datetime
    title: str
    text: str


def record_of(
    case: Case, log: Sequence[CaseEvent], texts: Sequence[SeenText], earlier: Sequence[Wording], *, made_at: datetime
) -> dict[str, Value]:
    """Return everything that is kept of a case as plain values: the same fields for JSON, XML and CSV."""
    return {
        "schema": SCHEMA,
        "exported_at": _time(made_at),
        "register": {
            "date_received": _time(case.received),
            "diary_number": case.diary_number,
            "case_number": case.number,
            "direction": case.direction.value,
            "sender": case.sender,
            "sender_hidden_in_public_list": case.sender_hidden,
            "recipient": case.recipient,
            "matter": case.matter,
            "registration": case.registration.value,
            "registration_reason": case.registration_reason,
            "may_be_secret": case.secret,
        },
        "case": {
            "title": case.title,
            "kind": case.kind.value,
            "channel": case.channel.value,
            "status": case.status.value,
            "owner": case.owner,
            "reason": case.reason,
            "due": _time(case.due),
            "note": case.note,
            "answer": case.answer,
            "answer_way": case.answer_way.value,
            "answer_link": case.answer_link,
            "answered_at": _time(case.answered_at),
            "answered_by": case.answered_by,
            "closed_at": _time(case.closed_at),
            "merged_into": case.merged_into,
            "split_from": case.split_from,
            "version": case.version,
        },
        "articles": [_article(text, [one for one in earlier if one.article == text.article]) for text in texts],
        "log": [_event(row) for row in log],
    }


def _article(text: SeenText, earlier: Iterable[Wording]) -> dict[str, Value]:
    return {
        "url": text.url,
        "source": text.source,
        "title": text.title,
        "published": _time(text.published),
        "seen_at": _time(text.seen_at),
        "kept_at": _time(text.kept_at),
        "text": text.text,
        "text_sha256": sha256(text.text.encode()).hexdigest(),
        "earlier_wordings": [
            {"changed_at": _time(one.changed_at), "title": one.title, "text": one.text} for one in earlier
        ],
    }


def _event(row: CaseEvent) -> dict[str, Value]:
    return {
        "version": row.version,
        "at": _time(row.at),
        "role": row.role,
        "action": row.action.value,
        "note": row.note,
        "changes": [
            {"field": change.field, "from": _words(change.before), "to": _words(change.after)} for change in row.changes
        ],
    }


def _words(value: object) -> str:
    return "" if value is None else str(value)


def _time(moment: datetime | None) -> str:
    return moment.isoformat(timespec="seconds") if moment else ""


def to_xml(record: Mapping[str, Value]) -> bytes:
    """Return the record as XML 1.0 in UTF-8. What XML cannot write (control characters) becomes U+FFFD."""
    root = Element("record")
    for name, value in record.items():
        _add(root, name, value)
    indent(root)
    data: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return data + b"\n"


def _add(parent: Element, name: str, value: Value) -> None:
    if isinstance(value, list):
        group = SubElement(parent, name)
        for item in value:
            _add(group, "item", item)
        return
    element = SubElement(parent, name)
    if isinstance(value, dict):
        for key, inner in value.items():
            _add(element, key, inner)
    else:
        element.text = _NOT_XML.sub("\ufffd", _plain(value))


def _plain(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def flat(record: Value, path: str = "") -> list[tuple[str, str]]:
    """Return the record as pairs of a path ("articles.1.title") and a value, for CSV."""
    if isinstance(record, dict):
        return [pair for key, value in record.items() for pair in flat(value, f"{path}.{key}" if path else key)]
    if isinstance(record, list):
        return [pair for at, value in enumerate(record, 1) for pair in flat(value, f"{path}.{at}")]
    return [(path, _plain(record))]
