""" "Fel träff?": three key presses, what else the rule took, the undo; and the page of a story."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.core.matching import Judgement
from monitor.store import corrections as correction_store
from monitor.store.db import open_database
from tests.web.browser import Browser
from tests.web.homes import small_home


@pytest.fixture
def home(tmp_path: Path) -> tuple[Path, list[int], list[int]]:
    return small_home(tmp_path / "home")


@pytest.fixture
def browser(home: tuple[Path, list[int], list[int]]) -> Iterator[Browser]:
    with Browser(home[0]) as browser:
        yield browser


def test_a_hit_is_corrected_hidden_listed_and_brought_back(
    home: tuple[Path, list[int], list[int]], browser: Browser
) -> None:
    folder, (id_, other), _ = home
    page = browser.get(f"/traff/{id_}/ratta").text
    assert page.count('type="radio"') == 4
    assert "autofocus" in page
    assert "Bron stängs" in page  # what the same rule took besides
    assert browser.post(f"/traff/{id_}/ratta", {"orsak": "1"}).headers["location"] == f"/traff#traff-{id_}"
    assert "Gäller inte oss" in browser.get("/traff").text
    assert "Ny skola" not in browser.get("/arkiv").text
    db = open_database(folder / "monitor.db")
    assert [example.judgement for example in correction_store.read_corrections(db)] == [Judgement.NOT_ABOUT_US]
    db.close()
    assert browser.post(f"/traff/{id_}/angra", form="/traff").status_code == 303
    assert "Ny skola" in browser.get("/arkiv").text
    assert browser.post(f"/traff/{id_}/angra", form=f"/traff/{other}/ratta").status_code == 409


def test_a_wrong_tone_hides_nothing(home: tuple[Path, list[int], list[int]], browser: Browser) -> None:
    _, (id_, _), _ = home
    browser.post(f"/traff/{id_}/ratta", {"orsak": "4"}, form=f"/traff/{id_}/ratta")
    assert "Ny skola" in browser.get("/arkiv").text
    assert "Fel ton" in browser.get("/traff").text


def test_a_correction_without_a_reason_or_an_article_is_refused(
    home: tuple[Path, list[int], list[int]], browser: Browser
) -> None:
    _, (id_, _), _ = home
    refused = browser.post(f"/traff/{id_}/ratta", {"orsak": "9"}, form=f"/traff/{id_}/ratta")
    assert refused.status_code == 400
    assert "Välj ett av de fyra skälen" in refused.text
    assert browser.get("/traff/999/ratta").status_code == 404
    assert browser.post("/traff/999/ratta", {"orsak": "1"}, form=f"/traff/{id_}/ratta").status_code == 404


def test_a_story_shows_its_articles_its_weight_and_what_changed(
    home: tuple[Path, list[int], list[int]], browser: Browser
) -> None:
    _, _, (story, _) = home
    page = browser.get(f"/handelse/{story}").text
    assert "Därför hamnar den här" in page
    assert "Räckvidd" in page
    assert "Rubriken var ”Ny skola byggs”" in page
    assert browser.get("/handelse/999").status_code == 404


def test_stories_are_merged_split_toned_and_given_back_with_a_log(
    home: tuple[Path, list[int], list[int]], browser: Browser
) -> None:
    _, ids, (story, other) = home
    address = f"/handelse/{story}"
    merged = browser.post(address, {"gor": "sla-ihop", "med": str(other), "varfor": "samma sak"}, form=address)
    assert merged.headers["location"] == address
    assert browser.get(f"/handelse/{other}").headers["location"] == address
    page = browser.get(address).text
    assert "Bron stängs" in page
    assert "samma sak" in page
    split = browser.post(address, {"gor": "dela", "artikel": [str(ids[1])]}).headers["location"]
    assert split not in (address, f"/handelse/{other}")
    moved = browser.post(split, {"gor": "dela", "artikel": [str(ids[1])], "till": str(story)}, form=address)
    assert moved.headers["location"] == address
    browser.post(address, {"gor": "ton", "ton": "critical"}, form=address)
    assert "tone-critical" in browser.get(address).text
    assert browser.post(address, {"gor": "slapp"}, form=address).status_code == 303


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"gor": "sla-ihop", "med": "999"}, 409),
        ({"gor": "sla-ihop", "med": "x"}, 400),
        ({"gor": "dela"}, 400),
        ({"gor": "ton", "ton": "arg"}, 400),
        ({"gor": "annat"}, 400),
    ],
)
def test_what_makes_no_sense_keeps_the_story(
    home: tuple[Path, list[int], list[int]], browser: Browser, fields: dict[str, str], status: int
) -> None:
    address = f"/handelse/{home[2][0]}"
    assert browser.post(address, fields, form=address).status_code == status
    assert browser.get(address).status_code == 200
