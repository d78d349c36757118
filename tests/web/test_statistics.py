"""The statistics as pages and files: right numbers, days that are missing told, and nothing about persons."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlite_utils import Database

from monitor.models import Poll, PollOutcome, Source
from monitor.store.archive import save_topics
from monitor.store.db import open_database
from monitor.store.intake import register_sources, save_poll
from monitor.store.statistics import fetched_days
from tests.command import monitor
from tests.core.articles import make_article
from tests.store.test_archive import save
from tests.web.browser import Browser

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
PERSON = "Undertecknad Skribentsson"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    folder = tmp_path_factory.mktemp("home")
    monitor("init", "Katrineholm", folder / "home")
    home = folder / "home"
    fill(home)
    with Browser(home, now=NOW) as opened:
        yield opened


def fill(home: Path) -> None:
    """Articles in two weeks; the source was read every day but one; two cases, one of them answered."""
    feeds = 'https://blad.example/feed name="Bladet"\nhttps://egen.example/feed name="Kommunen" class=own\n'
    (home / "feeds.txt").write_text(feeds, encoding="utf-8")
    db = open_database(home / "monitor.db")
    for number in range(6):
        row = save(db, make_article(f"Skolan {number}", f"Skriven av {PERSON}.", hours=-30 * number))
        db.execute("insert into stories (id, made) values (?, '')", [row])
        db.execute("insert into story_articles (article, story, copy, reason) values (?, ?, 0, '')", [row, row])
    save(db, make_article("Kommunen själv", "text", paper="egen"))
    save_topics(db, [1, 2], {1: ("school", "Barn"), 2: ("school", "Barn")})
    db.execute("update sources set first_polled = '2026-11-10T06:00:00+00:00' where url like '%blad%'")
    for day in range(10, 26):
        if day != 17:
            db.execute(
                """insert into polls (source, at, outcome, reason, entries, new)
                   values ('https://blad.example/feed', ?, 'ok', '', 1, 1)""",
                [f"2026-11-{day}T06:00:00+00:00"],
            )
    sql = """insert into cases (number, day, counter, version, title, status, owner, received, due, answered, changed,
                 story, opened_by, diary_number, words, data)
             values (?, ?, ?, 1, '', 'new', ?, ?, ?, ?, '', ?, ?, '', '', '')"""
    received, answered = "2026-11-20T09:00:00+00:00", "2026-11-24T09:00:00+00:00"
    db.execute(sql, ["a", "x", 1, "Barnenheten", received, None, answered, 1, "monitor"])
    db.execute(sql, ["b", "x", 2, "", received, None, None, None, PERSON])
    db.close()


def test_the_page_tells_weeks_topics_units_and_sources(browser: Browser) -> None:
    page = browser.get("/statistik").text
    for words in (
        "<title",
        "<desc",
        "Förskola och skola",
        "Barnenheten",
        "Bladet",
        "ingen bevakning",
        "Artiklar per vecka",
    ):
        assert words in page
    assert ">Kommunen<" not in page


def test_days_without_fetching_are_marked_and_never_shown_as_zero(browser: Browser) -> None:
    page = browser.get("/statistik").text
    assert "1 dag kunde inte hämtas helt." in page
    assert "minst" in page
    weeks = [row for row in json.loads(browser.get("/statistik.json").text) if row["part"] == "vecka"]
    unknown = [row for row in weeks if row["what"] < "2026-11-09"]
    assert unknown
    assert {row["value"] for row in unknown} == {None}
    assert [row["incomplete"] for row in weeks if row["what"] == "2026-11-16"] == [True, True]


def test_the_numbers_are_those_of_others_and_of_the_time_asked_for(browser: Browser) -> None:
    rows = json.loads(browser.get("/statistik.json").text)
    numbers = {(row["part"], row["what"], row["measure"]): row["value"] for row in rows}
    assert numbers["hela perioden", "", "artiklar"] == 6
    assert numbers["hela perioden", "", "behövde svar"] == 1
    assert numbers["ämne", "Förskola och skola", "artiklar"] == 2
    assert numbers["ämne", "Förskola och skola", "behövde svar"] == 1
    assert numbers["enhet", "Barnenheten", "arbetsdagar till svar, median"] == 2.0
    assert numbers["enhet", "ingen än", "besvarade"] == 0
    assert numbers["källa", "Bladet", "artiklar"] == 6
    earlier = json.loads(browser.get("/statistik.json?kv=2026-2").text)
    assert {row["value"] for row in earlier if row["part"] == "vecka"} == {None}


def test_a_quarter_is_a_report_of_its_own(browser: Browser) -> None:
    page = browser.get("/statistik/kvartal?kv=2026-4").text
    assert "Kvartalsrapport 2026-4" in page
    assert "1 oktober 2026 till och med onsdag 25 november 2026" in page
    assert browser.get("/statistik/kvartal").status_code == 200
    for path in ("/statistik/kvartal?kv=2026-9", "/statistik.csv?kv=x"):
        answer = browser.get(path)
        assert answer.status_code == 400
        assert "Ett kvartal skrivs som år och nummer" in answer.text


def test_no_page_or_file_has_a_place_for_a_person(browser: Browser) -> None:
    for path in ("/statistik", "/statistik.csv", "/statistik.json", "/statistik/kvartal?kv=2026-4"):
        assert PERSON not in browser.get(path).text
    lines = list(csv.reader(io.StringIO(browser.get("/statistik.csv").content.decode("utf-8-sig")), delimiter=";"))
    assert lines[0] == ["Del", "Vad", "Mått", "Värde", "Ofullständig"]
    assert {line[0] for line in lines[1:]} == {"vecka", "hela perioden", "ämne", "enhet", "källa"}


def test_a_day_whose_polls_were_purged_is_still_known_to_have_been_fetched(db: Database) -> None:
    register_sources(db, [Source(url="https://blad.example/feed")])
    save_poll(db, Poll(source="https://blad.example/feed", at=NOW, outcome=PollOutcome.OK), [])
    db.execute("delete from polls")
    days = [NOW.date(), NOW.date() - timedelta(days=1)]
    assert fetched_days(db, days, ZoneInfo("Europe/Stockholm")) == {NOW.date()}


def test_a_home_that_never_fetched_says_so(tmp_path: Path) -> None:
    monitor("init", "Flen", tmp_path / "home")
    with Browser(tmp_path / "home", now=NOW) as fresh:
        assert "Inget har hämtats än" in fresh.get("/statistik").text


def test_the_numbers_are_counted_anew_after_five_minutes(tmp_path: Path) -> None:
    monitor("init", "Katrineholm", tmp_path / "home")
    fill(tmp_path / "home")
    times = [NOW]
    with Browser(tmp_path / "home", now=NOW) as opened:
        opened.app.state.site.clock = lambda: times[-1]

        def total() -> int:
            rows = json.loads(opened.get("/statistik.json").text)
            values = [row["value"] for row in rows if (row["part"], row["measure"]) == ("hela perioden", "artiklar")]
            return int(values[0])

        assert total() == 6
        db = open_database(tmp_path / "home" / "monitor.db")
        save(db, make_article("Ny", hours=-1))
        db.close()
        assert total() == 6
        times.append(NOW + timedelta(minutes=6))
        assert total() == 7
        for quarter in range(9):
            assert opened.get(f"/statistik.csv?kv={2020 + quarter}-1").status_code == 200
