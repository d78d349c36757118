"""The purge of a home: by its own settings, letters on disk included."""

from datetime import timedelta
from pathlib import Path

from monitor.config import read_home
from monitor.models import Period
from monitor.steps.purge import purge
from monitor.store import digests
from monitor.store.db import open_database
from monitor.store.retention import What, list_deletions
from tests.conftest import NOW
from tests.web.browser import bare_home


def test_letters_are_kept_unless_the_home_says_for_how_long(tmp_path: Path) -> None:
    folder = bare_home(tmp_path)
    out = folder / "reports" / "out"
    out.mkdir(parents=True)
    db = open_database(folder / "monitor.db")
    for days in (10, 400):
        day = NOW - timedelta(days=days)
        for suffix in (".html", ".txt", ".json"):
            (out / f"{day.date()}{suffix}").write_text("x", encoding="utf-8")
        period = Period(start=day - timedelta(days=1), end=day)
        digests.save_digest(db, day.date(), period=period, made_at=day, complete=False, data='{"x": 1}', articles=[])
    (out / "index.html").write_text("x", encoding="utf-8")
    (out / "0000-99-99.html").write_text("x", encoding="utf-8")
    assert purge(read_home(folder), db, lambda: NOW)
    assert len(list(out.iterdir())) == 8

    settings = folder / "monitor.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + "\n[retention]\nletters_days = 365\n", encoding="utf-8")
    home = read_home(folder)
    for pretend in (True, False):
        (gone,) = (gone for gone in purge(home, db, lambda: NOW, pretend=pretend) if gone.what is What.LETTERS)
        assert gone.rows == 1
        assert len(list(out.iterdir())) == (8 if pretend else 5)
    recent = (NOW - timedelta(days=10)).date()
    assert digests.digest_days(db) == [recent.isoformat()]
    assert [letter.day for letter in digests.past_digests(db, 9)] == [recent]
    assert digests.read_digest(db, (NOW - timedelta(days=400)).date()) is None
    # That a day's letter was incomplete is still known: the statistics tell it.
    assert len(digests.incomplete_days(db, (NOW - timedelta(days=500)).date())) == 2
    assert [row["rule"] for row in list_deletions(db)] == ["letter: [retention] letters_days"]
    db.close()
