"""The register and the record of a case: what stands in them, and what never does."""

from dataclasses import replace
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from monitor.core import cases
from monitor.core.register import Wording, flat, public_entry, record_of, to_xml
from monitor.models import Case, CaseEvent, Direction, SeenText

AT = datetime(2026, 11, 24, 5, 42, tzinfo=UTC)
CASE = Case(
    number="261124-1",
    title="Rubrik med namn",
    received=AT,
    sender="Sven Hittepåson",
    recipient="kommunstyrelsen",
    matter="Fråga om vägen",
    note="En anteckning",
    answer="Ett svar",
    articles=(7,),
)
TEXT = SeenText(
    article=7, url="https://blad.example/7", source="https://blad.example/feed", title="En artikel", text="Först.",
    published=None, seen_at=AT, kept_at=AT,
)  # fmt: skip


def test_the_public_entry_has_the_diary_number_where_there_is_one() -> None:
    assert public_entry(CASE).number == "261124-1"
    entry = public_entry(replace(CASE, diary_number="KS 2026/0412"))
    assert (entry.number, entry.case, entry.direction) == ("KS 2026/0412", "261124-1", Direction.IN)


@given(st.booleans(), st.text(), st.text())
def test_a_hidden_sender_a_title_and_a_note_are_in_no_public_entry(secret: bool, title: str, note: str) -> None:
    case = replace(CASE, sender_hidden=True, secret=secret, title=f"#{title}#", note=f"#{note}#", answer="#svar#")
    entry = repr(public_entry(case))
    for hidden in (case.sender, case.title, case.note, case.answer):
        assert hidden not in entry


def record(case: Case = CASE) -> dict[str, object]:
    opened = cases.open_case(case, role="monitor", at=AT)
    assert isinstance(opened, CaseEvent)
    saved = cases.event_of(cases.replay([opened]), {"owner": "Bildning"}, opened.action, role="Bildning", at=AT)
    wordings = [
        Wording(article=7, changed_at=AT, title="Tidigare", text="Ännu tidigare."),
        Wording(article=8, changed_at=AT, title="En annan", text="Hör inte hit."),
    ]
    return dict(record_of(case, [opened, saved], [TEXT], wordings, made_at=AT))


def test_the_record_holds_register_case_texts_and_log() -> None:
    pairs = dict(flat(record()))  # type: ignore[arg-type]  # plain values
    assert pairs["register.date_received"] == "2026-11-24T05:42:00+00:00"
    assert pairs["register.sender"] == "Sven Hittepåson"
    assert pairs["register.sender_hidden_in_public_list"] == "false"
    assert pairs["articles.1.text"] == "Först."
    assert pairs["articles.1.earlier_wordings.1.text"] == "Ännu tidigare."
    assert pairs["log.2.changes.1.to"] == "Bildning"
    assert pairs["case.due"] == ""
    assert not any("Hör inte hit" in value for value in pairs.values())


@given(st.text())
def test_the_xml_is_well_formed_whatever_was_written(text: str) -> None:
    tree = ET.fromstring(to_xml(record(replace(CASE, title=f"x{text}", note=f"<&]]>{text}"))))  # type: ignore[arg-type]  # noqa: S314
    assert tree.findtext("register/matter") == "Fråga om vägen"
    assert (tree.findtext("case/note") or "").startswith("<&]]>")
    assert [item.findtext("role") for item in tree.iterfind("log/item")] == ["monitor", "Bildning"]
