"""What staff say of hits, and what the rules could learn from it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.command import call, monitor
from tests.conftest import write_home
from tests.loopback import Web

URLS = ("/a", "/b", "/c", "/d")


@pytest.fixture
def web_home(tmp_path: Path) -> Iterator[tuple[Web, Path]]:
    with Web() as web:
        web.feed("/feed", *((f"Nyhet {path}", path) for path in URLS))
        for path in URLS:
            web.page(path, f"Nyhet {path}", f"I Katrineholm öppnade {path} på måndagen, berättar kommunen om saken.")
        write_home(tmp_path, web, f"{web.url}/feed")
        assert monitor("run", "--home", tmp_path, "--now").code == 0
        yield web, tmp_path


def titles(home: Path) -> list[str]:
    return sorted(row["title"] for row in call("articles", "--home", home, "--json").json)


def test_a_wrong_hit_is_hidden_from_lists_and_letter_and_can_be_brought_back(web_home: tuple[Web, Path]) -> None:
    web, home = web_home
    assert len(titles(home)) == 4
    assert call("corrections", f"{web.url}/a", "--as", "not-about-us", "--home", home).code == 0
    assert "Nyhet /a" not in titles(home)
    assert "Nyhet /a" not in Path(call("digest", "--home", home).out.strip()).read_text(encoding="utf-8")
    assert call("search", "öppnade", "--home", home).out.count("Nyhet") == 3
    (row,) = call("corrections", "--home", home, "--json").json
    assert (row["judgement"], row["role"], row["title"]) == ("not about us", "redaktör", "Nyhet /a")
    assert call("corrections", f"{web.url}/a", "--undo", "--home", home).code == 0
    assert "Nyhet /a" in titles(home)
    assert call("corrections", "--home", home, "--json").json == []
    assert "no corrections yet" in call("corrections", "--home", home).out


def test_a_later_word_replaces_an_earlier_one(web_home: tuple[Web, Path]) -> None:
    web, home = web_home
    for word in ("duplicate", "right"):
        assert call("corrections", f"{web.url}/a", "--as", word, "--home", home).code == 0
    assert [row["judgement"] for row in call("corrections", "--home", home, "--json").json] == ["right"]
    assert "Nyhet /a" in titles(home)
    assert "right" in call("corrections", "--home", home).out


def test_tune_reports_each_rule_and_proposes_and_changes_nothing(web_home: tuple[Web, Path]) -> None:
    web, home = web_home
    assert "nothing to learn from" in call("tune", "--home", home).out
    for path in URLS:
        call("corrections", f"{web.url}{path}", "--as", "not-about-us", "--home", home)
    report = call("tune", "--home", home, "--json").json
    assert report["rules"]
    assert all(rule["wrong"] == 4 and rule["precision"] == 0 for rule in report["rules"])
    before = (home / "monitor.toml").read_text(encoding="utf-8")
    assert "precision" in call("tune", "--home", home).out
    assert (home / "monitor.toml").read_text(encoding="utf-8") == before


def test_a_muted_rule_takes_nothing_more(web_home: tuple[Web, Path], make_home: Callable[..., Path]) -> None:
    web, home = web_home
    for path in URLS:
        call("corrections", f"{web.url}{path}", "--as", "not-about-us", "--home", home)
    rules = [rule["rule"] for rule in call("tune", "--home", home, "--json").json["rules"]]
    other = home / "other"
    other.mkdir()
    write_home(other, web, f"{web.url}/feed")
    muted = ", ".join(f'"{rule}"' for rule in rules)
    with (other / "monitor.toml").open("a", encoding="utf-8") as file:
        file.write(f"[matching]\nmute = [{muted}]\n")
    assert monitor("run", "--home", other, "--now").code == 0
    assert titles(other) == []


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["http://127.0.0.1/x"], "say what the article is"),
        (["http://127.0.0.1/x", "--as", "right", "--undo"], "say what the article is"),
        (["http://127.0.0.1/x", "--as", "right"], "no such article"),
        (["http://127.0.0.1/x", "--undo"], "no correction"),
        (["http://127.0.0.1/x", "--as", "bad"], "Invalid value"),
    ],
)
def test_wrong_use_is_told(tmp_path: Path, args: list[str], said: str) -> None:
    call("init", "Katrineholm", tmp_path / "home")
    result = call("corrections", *args, "--home", tmp_path / "home")
    assert result.code == 2
    assert said in result.err


def test_a_private_persons_name_is_no_search_word(tmp_path: Path) -> None:
    call("init", "Katrineholm", tmp_path / "home")
    path = tmp_path / "home" / "monitor.toml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("names = []", 'names = ["Anna Testsson"]'), encoding="utf-8"
    )
    result = call("articles", "--home", tmp_path / "home")
    assert result.code == 2
    assert "names" in result.err
    assert "places, not people" in result.err
