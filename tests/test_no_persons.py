"""No field, index, export or statistic has a place for a journalist or another private person.

What a text itself says of persons stands in the text and goes with it (`[retention]`, `monitor erase`). What is tested
here is that nothing is kept *about* them: no column, key or file field that would hold who wrote, posted or is named.
"""

import ast
import dataclasses
import json
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
from sqlite_utils import Database

import monitor.models
from monitor.core.digest import Digest
from monitor.core.register import record_of
from monitor.core.statistics import Statistics
from monitor.deliver.render import open_templates
from monitor.models import AuthorRole, Case, SeenText
from tests.conftest import NOW

ROOT = Path(__file__).parents[1]
PERSONS = re.compile(
    r"(?:^|_)(?:author|authors|byline|writer|journalist|reporter|editor|creator|handle|username|user|nick|nickname|"
    r"screen|display|profile|avatar|follower|followers|friend|person|persons|name_of|first|last|surname|given|family|"
    r"gender|age|birth|email|phone|contact|sender|party|religion|ethnicity|health|sentiment|influence|rank)(?:_|$)",
    re.IGNORECASE,
)
BY_DECISION = {
    "articles.author_role": "newsroom, agency, person or unknown: never who (models.AuthorRole)",
    "sources.first_polled": "a time",
    "sources.last_polled": "a time",
    "sources.last_ok": "a time",
    "sources.last_modified": "an HTTP validator",
    "entries.first_seen": "a time",
    "entries.last_changed": "a time",
    "candidates.first_seen": "a time",
    "candidates.last_seen": "a time",
}
"""Columns whose names look like it and whose content is not: each with what it holds."""
SENDERS = {"sender", "sender_hidden", "sender_hidden_in_public_list"}
"""OSL 5 kap. 2 § asks for the sender of what came in; a person types it, and it can be left out of the public list."""


def columns(db: Database) -> Iterator[str]:
    for (table,) in db.execute("select name from sqlite_master where type = 'table'").fetchall():
        if not table.startswith("sqlite_"):
            for row in db.execute(f'pragma table_info("{table}")').fetchall():
                yield f"{table}.{row[1]}"


def test_no_column_holds_who_wrote_posted_or_is_named(db: Database) -> None:
    found = {column for column in columns(db) if PERSONS.search(column.partition(".")[2])}
    assert found == set(BY_DECISION)


def test_the_roles_of_authors_are_four_words() -> None:
    assert {role.value for role in AuthorRole} == {"newsroom", "agency", "person", "unknown"}


def test_no_index_is_made_of_persons(db: Database) -> None:
    for name, sql in db.execute("select name, sql from sqlite_master where type = 'index' and sql is not null"):
        made_of = re.search(r"\((.*?)\)(?:\s+where|$)", sql, re.DOTALL)
        assert made_of is not None, name
        words = set(re.findall(r"\w+", made_of[1])) - {"first_seen"}
        assert not [word for word in words if PERSONS.search(word)], (name, sql)


def keys(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield str(key)
            yield from keys(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from keys(inner)


def test_the_letter_as_data_has_no_such_field() -> None:
    told = set(keys(msgspec.json.schema(Digest)))
    # Whom readers may ask, a role; the health of sources, and when each was read last.
    assert {key for key in told if PERSONS.search(key)} <= {"contact", "Health", "health", "last_ok"}
    shipped = json.loads((ROOT / "reports/digest/letter.schema.json").read_text(encoding="utf-8"))
    assert set(keys(shipped)) >= {"quote", "source"}


def test_the_package_for_the_records_system_knows_the_sender_alone() -> None:
    case = Case(number="261124-1", title="x", received=NOW)
    text = SeenText(article=1, url="", source="", title="", text="", published=None, seen_at=NOW, kept_at=NOW)
    told = set(keys(record_of(case, [], [text], [], made_at=NOW)))
    assert {key for key in told if PERSONS.search(key)} == SENDERS - {"sender_hidden"}


def test_no_value_of_the_program_has_a_field_for_a_person() -> None:
    """`models.Person` is who is logged in: a role and a unit, and a key of which no name can be read."""
    ours = {"Person", "Account", "Preferences"}
    for name in dir(monitor.models):
        value = getattr(monitor.models, name)
        if dataclasses.is_dataclass(value) and name not in ours:
            found = {field.name for field in dataclasses.fields(value) if PERSONS.search(field.name)}
            assert found <= {"author_role", "first_seen", "last_seen", "last_ok", "last_modified", "last"} | SENDERS, (
                name
            )
    fields = {field.name for field in dataclasses.fields(Statistics)}
    assert not {field for field in fields if PERSONS.search(field)}


def test_no_list_and_no_file_has_a_column_for_a_person() -> None:
    """The headings and keys of every table that is written as CSV, a workbook or JSON."""
    headings = set()
    for path in (ROOT / "monitor/web").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Assign | ast.keyword):
                names = (
                    [node.arg] if isinstance(node, ast.keyword) else [getattr(one, "id", "") for one in node.targets]
                )
                if any(re.fullmatch(r"_?(?:COLUMNS|KEYS|columns|keys)\w*", str(name)) for name in names):
                    headings |= {str(one.value) for one in ast.walk(node.value) if isinstance(one, ast.Constant)}
    assert {"Rubrik", "title", "source"} <= headings
    swedish = re.compile(r"skribent|författare|journalist|signatur|användare|namn på|avsändarens", re.IGNORECASE)
    assert not [word for word in headings if swedish.search(word)]
    assert {word for word in headings if PERSONS.search(word)} <= {"sender"}


def test_no_page_shows_who_wrote_a_text() -> None:
    environment = open_templates("sv", None)
    assert environment.loader is not None
    for path in (ROOT / "reports").rglob("*.j2"):
        assert not re.search(r"author_role|byline\b(?!\()|\.author\b", path.read_text(encoding="utf-8")), path
