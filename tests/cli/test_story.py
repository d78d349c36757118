"""`monitor story`: shown, split, merged, moved and given back."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from monitor.cli.story import story
from monitor.store.db import open_database
from tests.core.test_stories import EVENTS
from tests.store.test_stories import fold, save

HOME = 'municipality = "Katrineholm"\ncode = "0483"\n'


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "monitor.toml").write_text(HOME, encoding="utf-8")
    (tmp_path / "feeds.txt").write_text("https://blad.example/feed class=local-paper\n", encoding="utf-8")
    db = open_database(tmp_path / "monitor.db")
    save(db, EVENTS)
    fold(db)
    db.close()
    return tmp_path


def run(home: Path, *words: str) -> Result:
    return CliRunner().invoke(story, [*words, "--home", str(home), "--date", "2026-11-24"])


def test_a_story_tells_why_its_articles_are_together_and_what_it_weighs(home: Path) -> None:
    said = run(home, "1").output
    assert f"story 1: {EVENTS[0].title}" in said
    assert "same story because: 100% of the shorter text stands in both" in said
    assert "(copy)" in said
    assert "topic: Förskola och skola, Barn- och utbildningsförvaltningen: " in said
    assert "sum: " in said


def test_a_person_splits_moves_merges_and_gives_back(home: Path) -> None:
    who = ("--role", "kommunikatör")
    assert "story 4: " in run(home, "1", "--split", EVENTS[1].url, *who).output
    assert run(home, "2", "--move", EVENTS[1].url, *who).output.count("https://") == 3
    assert run(home, "1", "--merge", "2", *who, "--note", "samma kväll").output.count("https://") == 5
    assert "story 1: " in run(home, "2").output
    assert run(home, "1", "--free", *who).exit_code == 0


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["99"], "there is no story 99"),
        (["1", "--free"], "say who decides"),
        (["1", "--free", "--merge", "2"], "only one of"),
        (["1", "--split", "https://nobody.example/1", "--role", "chef"], "no article has the address"),
        (["1", "--merge", "1", "--role", "chef"], "two different stories"),
    ],
)
def test_what_makes_no_sense_is_told(home: Path, words: list[str], sentence: str) -> None:
    result = run(home, *words)
    assert result.exception is not None
    assert sentence in str(result.exception)
