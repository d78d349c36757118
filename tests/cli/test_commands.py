"""The command line as scripts and people meet it: outputs, exit codes, and what is said when something is wrong."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.cli import COMMANDS
from monitor.models import Entry, Poll, PollOutcome, Source
from monitor.store.db import open_database
from monitor.store.intake import register_sources, save_poll
from tests.command import call
from tests.loopback import Web

MakeHome = Callable[..., Path]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    assert call("init", "Katrineholm", tmp_path / "home").code == 0
    return tmp_path / "home"


def test_help_lists_every_command_and_imports_none_of_the_heavy_libraries() -> None:
    import subprocess
    import sys

    code = (
        "import sys; from monitor.cli import main\n"
        "try: main(['--help'])\nexcept SystemExit: pass\n"
        "heavy = {'scrapy', 'trafilatura', 'feedparser', 'lxml', 'rich', 'jinja2', 'sqlite_utils', 'babel'}\n"
        "print('HEAVY', sorted(heavy & set(sys.modules)))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    for name in COMMANDS:
        assert f"\n  {name} " in out
    assert "HEAVY []" in out


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_has_help_and_stands_in_the_readme(name: str) -> None:
    result = call(name, "--help")
    assert result.code == 0
    assert result.out.startswith(f"Usage: monitor {name} ")
    assert f"`{name}`" in Path(__file__).parents[2].joinpath("README.md").read_text(encoding="utf-8")


# --- init ------------------------------------------------------------------------------------------------


def test_init_makes_a_home_that_can_be_read_and_run(home: Path) -> None:
    settings = (home / "monitor.toml").read_text(encoding="utf-8")
    assert 'municipality = "Katrineholm"' in settings
    assert 'code = "0483"' in settings
    assert (home / "feeds.txt").exists()
    assert call("sources", "--home", home).code == 0


@pytest.mark.parametrize(
    ("asked", "name"),
    [("katrin", "Katrineholm"), ("0483", "Katrineholm"), ("Falu kommun", "Falun"), ("vaxjo", "Växjö")],
)
def test_init_understands_beginnings_codes_and_official_names(tmp_path: Path, asked: str, name: str) -> None:
    assert call("init", asked, tmp_path / "home").code == 0
    assert f'municipality = "{name}"' in (tmp_path / "home" / "monitor.toml").read_text(encoding="utf-8")


def test_init_of_a_misspelt_name_says_what_it_might_have_been(tmp_path: Path) -> None:
    result = call("init", "Katrinholm", tmp_path / "home")
    assert result.code == 2
    assert "Did you mean: Katrineholm" in result.err
    assert not (tmp_path / "home").exists()


def test_init_never_overwrites(home: Path) -> None:
    result = call("init", "Flen", home)
    assert result.code == 2
    assert "never overwritten" in result.err
    assert "Katrineholm" in (home / "monitor.toml").read_text(encoding="utf-8")


def test_init_of_a_town_elsewhere_takes_its_names_by_hand(tmp_path: Path) -> None:
    folder = tmp_path / "home"
    assert call("init", 'Ekenäs "x"', folder, "--elsewhere", "--name", "Tammisaari").code == 0
    assert call("sources", "--home", folder).code == 0
    assert 'names = ["Tammisaari"]' in (folder / "monitor.toml").read_text(encoding="utf-8")
    assert call("init", "  ", tmp_path / "other", "--elsewhere").code == 2
    assert call("init", "Xyzzyqwy", tmp_path / "other").code == 2


def test_init_where_nothing_can_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    result = call("init", "Flen", tmp_path / "file" / "home")
    assert result.code == 2
    assert "could not be written" in result.err


# --- lists -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["sources", "entries", "articles", "stories"])
def test_an_empty_home_gives_empty_lists_and_a_hint(home: Path, command: str) -> None:
    assert call(command, "--home", home, "--json").json == []
    hint = call(command, "--home", home)
    assert hint.code == 0
    assert hint.out.startswith("no ")


@pytest.mark.parametrize("query", ['"', "*", "AND (", "'; drop table articles", "NEAR/3", "katrineholm*"])
def test_no_search_breaks(home: Path, query: str) -> None:
    result = call("search", query, "--home", home)
    assert result.code in {0, 2}
    assert "Traceback" not in result.err
    assert "no article holds" in result.out or "holds no word" in result.err


# --- wrong use -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["nosuch"], "No such command"),
        (["sources", "--home", "/nowhere/at/all"], "no such folder"),
        (["feed"], "give a FILE"),
        (["feed", "/nowhere.xml"], "cannot be read"),
        (["extract", "/nowhere.html"], "cannot be read"),
        (["match", "--places", "Atlantis"], "none of Sweden"),
        (["match"], "Missing option"),
    ],
)
def test_wrong_use_ends_with_2_and_a_sentence(args: list[str], said: str) -> None:
    result = call(*args)
    assert result.code == 2
    assert said in result.err
    assert "Traceback" not in result.err


@pytest.mark.parametrize(
    ("stdin", "said"), [("{", "line 1: not JSON"), ('{"id": 1}', '"url" is missing'), ("[]", "id")]
)
def test_a_wrong_line_on_stdin_is_told_with_its_number(stdin: str, said: str) -> None:
    for command in ("feed", "extract"):
        result = call(command, "--jsonl", stdin=stdin)
        assert result.code == 2
        assert said in result.err


def test_a_wrong_clock_is_told(home: Path) -> None:
    result = call("digest", "--home", home, "--date", "yesterday")
    assert result.code == 2
    assert "--date" in result.err
    assert "2026-11-24" in result.err


def test_explain_of_nothing_is_told(home: Path) -> None:
    assert call("explain", home / "no.html", "--home", home).code == 2
    assert call("explain", "file:///etc/passwd", "--home", home).code == 2


# --- pure commands ---------------------------------------------------------------------------------------


def test_feed_reads_a_file_and_lines_alike(tmp_path: Path) -> None:
    path = tmp_path / "feed.xml"
    path.write_text(
        '<rss version="2.0"><channel><title>Bladet</title><item><guid>g1</guid><title>Ny skola</title>'
        "<link>/a</link><description>&lt;p&gt;Hej&lt;/p&gt;</description>"
        "<pubDate>Mon, 23 Nov 2026 12:00:00 +0100</pubDate></item></channel></rss>"
    )
    single = call("feed", path, "--url", "https://bladet.se/feed").json
    line = json.dumps({"id": 7, "url": "https://bladet.se/feed", "path": str(path)})
    (batch,) = [json.loads(text) for text in call("feed", "--jsonl", stdin=line + "\n\n").out.splitlines()]
    assert batch == {"id": 7, **single}
    assert single["outcome"] == "ok"
    assert single["entries"] == [
        {
            "id": "g1",
            "url": "https://bladet.se/a",
            "title": "Ny skola",
            "summary": "Hej",
            "published": "2026-11-23T11:00:00+00:00",
        }
    ]


def test_extract_reads_pages_of_one_host_together(tmp_path: Path) -> None:
    notice = "Detta är en notis som står på varje sida av webbplatsen och som inte hör till någon artikel alls."
    lines = []
    subjects = ["skolan", "vägen", "bron", "simhallen", "budgeten", "torget"]
    for number, subject in enumerate(subjects):
        path = tmp_path / f"{number}.html"
        path.write_text(
            f"<html lang=sv><head><title>Nyhet {number}</title></head><body><main><h1>Nyhet {number}</h1>"
            f"<p>Nyhet om {subject}, med en egen text som handlar om just {subject} och ingenting annat.</p>"
            f"<p>{notice}</p></main></body></html>"
        )
        lines.append(json.dumps({"id": number, "url": f"https://bladet.se/{number}", "path": str(path)}))
    result = call("extract", "--jsonl", stdin="\n".join(lines))
    pages = [json.loads(text) for text in result.out.splitlines()]
    assert [page["id"] for page in pages] == list(range(6))
    assert all(page["outcome"] in {"ok", "partial"} for page in pages)
    assert all(f"just {subjects[page['id']]} och" in page["text"] and notice not in page["text"] for page in pages)
    alone = call("extract", tmp_path / "0.html", "--url", "https://bladet.se/0").json
    assert set(alone) >= {"outcome", "reason", "url", "title", "text", "published", "language", "access"}


def test_match_finds_places_with_offsets_into_title_and_text() -> None:
    line = {"id": "a", "title": "Ny skola i Katrineholm", "text": "Katrineholms kommun bygger en ny skola."}
    for places in ("0483", "all", "Katrineholm"):
        (found,) = [
            json.loads(text) for text in call("match", "--places", places, stdin=json.dumps(line)).out.splitlines()
        ]
        place = next(place for place in found["places"] if place["code"] == "0483")
        assert place["kind"] == "municipality"
        assert place["about"] is True
        for mention in place["mentions"]:
            assert line[mention["in"]][mention["start"] : mention["end"]] == mention["text"]


def test_a_reader_that_has_enough_ends_a_list_quietly(home: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "-m", "monitor", "articles", "--json", "--home", str(home)]
    ended = subprocess.run(command, stdout=write, stderr=subprocess.PIPE, text=True, check=False, timeout=60)
    os.close(write)
    assert ended.returncode == 1
    assert ended.stderr == ""


# --- doctor ----------------------------------------------------------------------------------------------


def test_doctor_says_what_to_mend(home: Path) -> None:
    result = call("doctor", "--home", home)
    assert result.code == 1
    assert "contact in the user agent: none" in result.out
    assert "the database is whole" in result.out
    checks = call("doctor", "--home", home, "--json").json
    assert {"ok", "check"} == set(checks[0])


def test_doctor_notices_a_code_of_another_town(home: Path) -> None:
    path = home / "monitor.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("0483", "0482"), encoding="utf-8")
    assert "code 0482 is Flen, but municipality is Katrineholm" in call("doctor", "--home", home).out


def test_doctor_tells_of_a_damaged_database(home: Path) -> None:
    (home / "monitor.db").write_bytes(b"no database at all " * 500)
    result = call("doctor", "--home", home)
    assert result.code == 1
    assert "cannot be opened" in result.out


def test_a_damaged_database_stops_a_list_in_words(home: Path) -> None:
    (home / "monitor.db").write_bytes(b"no database at all " * 500)
    result = call("articles", "--home", home)
    assert result.code == 2
    assert "cannot be opened" in result.err


def test_purge_counts_before_it_deletes(home: Path, web: Web) -> None:
    db = open_database(home / "monitor.db")
    poll = Poll(source="https://blad.example/feed", at=datetime(2026, 7, 1, tzinfo=UTC), outcome=PollOutcome.OK)
    register_sources(db, [Source(url=poll.source)])
    save_poll(db, poll, [Entry(key="1", title="Rubrik", summary="Ord")])
    db.close()
    would = call("purge", "--home", home, "--dry-run", "--json").json
    assert would == [
        {"what": "feed text", "class": "other", "rule": "[retention]", "before": "2026-08-26", "oldest": "2026-07-01",
         "rows": 1}
    ]  # fmt: skip
    assert "would go" in call("purge", "--home", home, "--dry-run").out
    done = call("purge", "--home", home)
    assert "feed text" in done.out
    assert '[retention] decision = "KS 2026/118"' in done.err
    assert "nothing is older" in call("purge", "--home", home).out


@pytest.mark.parametrize("name", ["monitor.toml", "feeds.txt", "monitor.lock", "monitor.db"])
def test_a_folder_where_a_file_is_due_is_told_in_words(home: Path, name: str) -> None:
    (home / name).unlink(missing_ok=True)
    (home / name).mkdir()
    result = call("group", "--home", home)
    assert result.code == 2
    assert name in result.err
    assert "Traceback" not in result.err
