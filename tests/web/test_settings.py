"""The page of settings: what a person chooses, and how long the home keeps what."""

from datetime import timedelta
from pathlib import Path

from monitor.models import SourceClass
from monitor.store.db import open_database
from monitor.store.retention import purge
from tests.conftest import NOW
from tests.store.keeping import limits
from tests.store.test_retention import CLASSES, fill
from tests.web.browser import Browser, bare_home


def test_the_page_tells_what_is_kept_by_which_decision_and_what_went(tmp_path: Path) -> None:
    top = '[retention]\ndecision = "KS 2026/118"\nclass_days = { own = 400 }'
    folder = bare_home(tmp_path, top=top)
    db = open_database(folder / "monitor.db")
    fill(db, NOW - timedelta(days=40), [CLASSES[SourceClass.SOCIAL]])
    purge(db, NOW, limits(NOW))
    db.close()
    with Browser(folder) as browser:
        page = browser.get("/installningar").text
    assert "Enligt beslut KS 2026/118." in page
    assert "<td>blogg, forum, sociala medier</td><td>30</td>" in page
    assert "<td>egen kanal</td><td>400</td>" in page
    assert "<td>sociala medier</td><td>1</td><td>KS 2026/118</td>" in page


def test_a_home_without_a_decision_says_so(tmp_path: Path) -> None:
    with Browser(bare_home(tmp_path)) as browser:
        page = browser.get("/installningar").text
    assert "Inget beslut är angivet" in page
    assert "Senaste gallringar" not in page
