"""A person is erased: from every table, from the bytes of the database's file, from the letters on disk."""

import json
import sqlite3
import zlib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from monitor.config import Home, read_home
from monitor.core.erasing import Name, read_name
from monitor.core.matching import Judgement
from monitor.errors import StoreError
from monitor.models import Case, Entry, Period, Poll, PollOutcome, Registration
from monitor.steps.erase import erase_person, find_traces
from monitor.store import articles as article_store
from monitor.store import cases
from monitor.store import corrections as correction_store
from monitor.store import erasures as erasure_store
from monitor.store.db import open_database, to_text, transaction
from monitor.store.digests import save_digest
from monitor.store.erasures import Way
from monitor.store.intake import save_poll
from tests.command import monitor
from tests.core.articles import START, make_article
from tests.store.test_stories import EVENING, fold, save

NAME = "Testina Påhittsson"
BYTES = ("testina", "påhittsson", "pahittsson")
NAMED = make_article(
    "Rök på förskolan Lärkan",
    "Förskolan i Katrineholm utrymdes. Testina Påhittsson såg röken. I Katrineholm är alla oskadda, säger Katrineholm.",
)
OTHER = make_article("Bron stängs i Katrineholm", "Bron över ån i Katrineholm stängs för lagning i maj.", paper="radio")


def name_of(written: str = NAME) -> Name:
    name = read_name(written)
    assert isinstance(name, Name)
    return name


def fill(home: Home, db: Database) -> list[int]:
    """A home that has the name in every place that we know of."""
    with transaction(db) as connection:
        connection.execute("insert into sources (url, kind, name) values ('https://s.example/f', 'feed', 'S')")
    ids = save(db, [NAMED, OTHER])
    fold(db)
    save(db, [replace(NAMED, title="Testina Påhittsson slog larm", text=NAMED.text + " Nytt.")], EVENING)
    fold(db)
    poll = Poll(source="https://s.example/f", at=EVENING, outcome=PollOutcome.OK)
    save_poll(db, poll, [entry()])
    with transaction(db) as connection:
        connection.execute("update entries set page = (select page from articles where id = ?)", [ids[0]])
        body = zlib.compress("<p>Testina Påhittsson i Katrineholm</p>".encode("cp1252"))
        connection.execute(
            """insert into pages (key, url, source, state, newest, body) values
               ('w', 'https://s.example/waiting', 'https://s.example/f', 'kept', '', ?)""",
            [body],
        )
        connection.execute("insert into alerts values ('a', ?, ?)", [to_text(EVENING), json.dumps({"t": NAME})])
        connection.execute(
            "insert into story_decisions (at, role, action, story, articles, note) values ('', '', '', 1, '[]', ?)",
            [f"{NAME} har ringt"],
        )
    correction_store.correct(db, NAMED.url, Judgement.RIGHT, role="redaktör", at=EVENING)
    period = Period(start=START, end=EVENING)
    data = json.dumps({"top": {"title": f"{NAME} slog larm"}})
    save_digest(db, EVENING.date(), period=period, made_at=EVENING, complete=True, data=data, articles=ids)
    out = home.reports / "out"
    out.mkdir(parents=True)
    (out / "2026-11-24.html").write_text(f"<p>{NAME}</p>", encoding="utf-8")
    (out / "2026-11-24.txt").write_text("Testina\nPåhittsson slog larm", encoding="utf-8")
    (out / "2026-11-24.json").write_text(data, encoding="utf-8")
    return ids


def entry(key: str = "e1") -> Entry:
    return Entry(key=key, id=key, url=f"https://s.example/{key}", title=f"{NAME} slog larm", summary="Rök")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    monitor("init", "Katrineholm", tmp_path / "home")
    return read_home(tmp_path / "home")


def names_in(home: Home) -> list[str]:
    """Return the files of the home whose bytes hold a part of the name."""
    files = [path for path in home.path.rglob("*") if path.is_file()]
    return [
        path.name
        for path in files
        if any(part in path.read_bytes().decode("utf-8", "ignore").casefold() for part in BYTES)
        or any(part.encode("cp1252") in path.read_bytes().lower() for part in BYTES)
    ]


@pytest.mark.parametrize("way", list(Way))
def test_after_an_erasure_no_byte_of_the_name_is_left(home: Home, way: Way) -> None:
    db = open_database(home.database)
    fill(home, db)
    assert {"2026-11-24.html", "2026-11-24.txt", "2026-11-24.json"} < set(names_in(home))
    before = find_traces(home, db, name_of())
    assert before.found.rows.keys() >= {"articles", "entries", "pages", "revisions", "digests", "alerts"}
    assert before.files == [f"reports/out/2026-11-24.{kind}" for kind in ("html", "json", "txt")]
    assert NAME in before.found.excerpts["story_decisions"][0]
    erase_person(home, db, name_of(), way=way, decision="KS 2026/112", role="arkivarie", at=EVENING)
    after = find_traces(home, db, name_of())
    assert (after.rows, after.found.kept.total()) == (0, 0)
    db.close()
    assert names_in(home) == []
    told = json.loads((home.reports / "out" / "2026-11-24.json").read_text(encoding="utf-8"))
    assert told == {"top": {"title": "[borttaget] slog larm"}}


def test_the_log_tells_figures_and_the_decision(home: Home) -> None:
    db = open_database(home.database)
    fill(home, db)
    erase_person(home, db, name_of(), way=Way.DELETE, decision="KS 2026/112", role="arkivarie", at=EVENING)
    (row,) = erasure_store.list_erasures(db)
    assert (row["at"], row["role"], row["decision"], row["way"]) == (
        to_text(EVENING), "arkivarie", "KS 2026/112", "delete",
    )  # fmt: skip
    assert row["places"]["files"] == 3
    assert row["places"]["articles"] == 1
    db.close()


def test_the_town_is_still_found_where_it_stands_in_a_hidden_text(home: Home) -> None:
    db = open_database(home.database)
    (id_, _) = fill(home, db)
    erase_person(home, db, name_of(), way=Way.HIDE, decision="1", role="arkivarie", at=EVENING)
    article = article_store.read_articles(db, [id_])[id_]
    assert article.title == "[borttaget] slog larm"
    mentions = [mention for mention in article.place.mentions if mention.where == "text"]
    assert mentions
    assert {article.text[mention.start : mention.end] for mention in mentions} == {"Katrineholm"}
    fold(db)
    assert find_traces(home, db, name_of()).rows == 0
    db.close()


@pytest.mark.parametrize("way", list(Way))
def test_what_was_erased_is_not_taken_again(home: Home, way: Way) -> None:
    db = open_database(home.database)
    fill(home, db)
    erase_person(home, db, name_of(), way=way, decision="1", role="arkivarie", at=EVENING)
    poll = Poll(source="https://s.example/f", at=EVENING + timedelta(hours=1), outcome=PollOutcome.OK)
    assert save_poll(db, poll, [replace(entry(), summary="ändrad")]) == 0
    assert save_poll(db, poll, [replace(entry(), id="x", key="x")]) == 0
    assert save_poll(db, poll, [entry("e2")]) == 1  # another item: nobody is watched for
    pages = dict(db.execute("select key, id from pages").fetchall())
    changed = replace(NAMED, text=f"{NAME} igen")
    assert article_store.save_verdicts(db, [(next(iter(pages.values())), changed)], EVENING) == (0, 0)
    db.close()


def test_an_article_whose_address_names_the_person_goes_whole(home: Home) -> None:
    db = open_database(home.database)
    named = replace(NAMED, url="https://a.example/testina-pahittsson", text="I Katrineholm.")
    ids = save(db, [named, OTHER])
    erase_person(home, db, name_of(), way=Way.HIDE, decision="1", role="arkivarie", at=EVENING)
    assert article_store.read_articles(db, ids).keys() == {ids[1]}
    db.close()


def test_a_database_that_cannot_be_written_leaves_everything(home: Home) -> None:
    db = open_database(home.database, busy=0.05)
    fill(home, db)
    other = open_database(home.database)
    with transaction(other), pytest.raises(StoreError):
        erase_person(home, db, name_of(), way=Way.DELETE, decision="1", role="arkivarie", at=EVENING)
    assert find_traces(home, db, name_of()).found.rows["articles"] == 1
    other.close()
    db.close()


def test_a_reader_that_holds_the_file_is_told_of(home: Home) -> None:
    db = open_database(home.database, busy=0.05)
    fill(home, db)
    other = open_database(home.database)
    other.conn.execute("begin")
    other.conn.execute("select count(*) from articles").fetchone()
    with pytest.raises(StoreError, match="could not be written anew"):
        erase_person(home, db, name_of(), way=Way.DELETE, decision="1", role="arkivarie", at=EVENING)
    other.conn.execute("rollback")
    other.close()
    erase_person(home, db, name_of(), way=Way.DELETE, decision="1", role="arkivarie", at=EVENING)
    db.close()
    assert names_in(home) == []


def test_a_case_of_the_register_is_kept_and_told_and_any_other_is_cleaned(home: Home) -> None:
    db = open_database(home.database)
    numbers: list[str] = []
    for registration in (Registration.REGISTER, Registration.MINOR):
        draft = Case(
            number="",
            title=f"Samtal från {NAME}",
            received=EVENING,
            registration=registration,
            registration_reason="inkommen handling",
            sender=NAME,
            matter="Fråga om en väg",
        )
        case = cases.open_case(db, draft, role="redaktör", now=EVENING, zone=home.settings.zone)
        assert isinstance(case, Case), case
        numbers.append(case.number)
    traces = erase_person(home, db, name_of(), way=Way.DELETE, decision="1", role="arkivarie", at=EVENING)
    assert traces.found.kept == {"cases": 1, "case_events": 1}
    assert traces.found.rows == {"cases": 1, "case_events": 1}
    kept, cleaned = (cases.read_case(db, number) for number in numbers)
    assert kept
    assert kept.sender == NAME
    assert cleaned
    assert cleaned.sender == "[borttaget]"
    assert cases.read_log(db, numbers[1])[0].role == "redaktör"
    with pytest.raises(sqlite3.IntegrityError, match="append only"):
        db.execute("update case_events set note = 'x'")
    db.close()


def test_a_person_at_the_keyboard(home: Home) -> None:
    db = open_database(home.database)
    fill(home, db)
    db.close()
    shown = monitor("erase", NAME, "--home", home.path)
    assert shown.code == 0
    assert "articles: 1" in shown.out
    assert "slog larm" in shown.out
    for args, said in (
        (["--delete"], "an erasure needs"),
        (["--delete", "--decision", NAME, "--role", "x"], "must not hold the name"),
    ):
        refused = monitor("erase", NAME, *args, "--home", home.path)
        assert refused.code == 2
        assert said in refused.err
    assert monitor("erase", "Bo", "--home", home.path).code == 2
    done = monitor("erase", NAME, "--hide", "--decision", "KS 1", "--role", "arkivarie", "--home", home.path)
    assert (done.code, "erased" in done.out) == (0, True)
    assert names_in(home) == []
    assert "nowhere" in monitor("erase", NAME, "--home", home.path).out


def test_files_that_people_write_are_named_and_left(home: Home) -> None:
    with (home.path / "feeds.txt").open("a", encoding="utf-8") as file:
        file.write("https://blogg.example/testina-pahittsson/feed\n")
    db = open_database(home.database)
    assert find_traces(home, db, name_of()).by_hand == ["feeds.txt"]
    db.close()
