"""Proposed sources: a yes writes a line, a no is for good."""

from pathlib import Path

from monitor.core.candidates import Score
from monitor.models import CandidateState, Trial
from monitor.store import candidates as candidate_store
from monitor.store.db import open_database
from tests.conftest import NOW
from tests.web.browser import Browser
from tests.web.homes import FEEDS, small_home


def test_a_yes_writes_a_line_and_a_no_is_remembered(tmp_path: Path) -> None:
    folder, _, _ = small_home(tmp_path / "home")
    db = open_database(folder / "monitor.db")
    for name in ("blogg", "annan", "tom"):
        url = f"https://{name}.example/"
        candidate_store.note_links(db, "bladet.example", [url], at=NOW)
        feed = f"{url}rss" if name != "tom" else ""
        trial = Trial(title=f"Sidan {name}", kind="feed" if feed else "", feed=feed, items=9, matching=4)
        site = f"{name}.example"
        candidate_store.save_trial(db, site, trial, Score(points=7.0, words="", proposed=True), at=NOW, due=NOW)
    with Browser(folder) as browser:
        assert "Sidan blogg" in browser.get("/kandidater").text
        browser.post("/kandidater", {"plats": "blogg.example", "svar": "ja"})
        browser.post("/kandidater", {"plats": "annan.example", "svar": "nej"}, form="/kandidater")
        empty = browser.post("/kandidater", {"plats": "tom.example", "svar": "ja"}, form="/kandidater")
        assert empty.status_code == 409
        unknown = browser.post("/kandidater", {"plats": "x.example", "svar": "ja"}, form="/kandidater")
        assert unknown.status_code == 404
    assert (folder / "feeds.txt").read_text(
        encoding="utf-8"
    ) == FEEDS + 'https://blogg.example/rss name="Sidan blogg"\n'
    declined = candidate_store.list_candidates(db, (CandidateState.DECLINED,))
    assert [one.site for one in declined] == ["annan.example"]
    db.close()
