"""A small home for tests of pages: a feed, three articles of two stories, folded."""

from dataclasses import replace
from pathlib import Path

from monitor.store.db import open_database
from monitor.store.stories import stories_of
from tests.conftest import NOW
from tests.core.articles import make_article
from tests.store.test_stories import fold, save

SETTINGS = """# Hemmet
municipality = "Katrineholm"   # utan kommun
code = "0483"
names = [
  "KFV",  # bostäderna
]

[matching]
exclude = ["fotboll"]

[mail]
host = "smtp.kommun.example"
sender = "brev@kommun.example"

[[recipients]]
address = "stab@kommun.example"  # hela staben
"""
FEEDS = """# Våra källor
[Södermanland]
https://bladet.example/rss name="Djulöposten" class=local-paper  # ring först
"""
SCHOOL = "Katrineholms kommun bygger en ny skola i centrum. Skolan i Katrineholm öppnar i höst."
BRIDGE = "Bron över ån i Katrineholm stängs för lagning i maj, meddelar Katrineholms kommun."


def small_home(folder: Path) -> tuple[Path, list[int], list[int]]:
    """Write the home; return its folder, the rows of its articles and the stories of each."""
    folder.mkdir(exist_ok=True)
    (folder / "monitor.toml").write_text(SETTINGS, encoding="utf-8")
    (folder / "feeds.txt").write_text(FEEDS, encoding="utf-8")
    db = open_database(folder / "monitor.db")
    articles = [make_article("Ny skola byggs", SCHOOL), make_article("Bron stängs", BRIDGE, paper="radio")]
    ids = save(db, articles, NOW)
    fold(db, NOW)
    save(db, [replace(articles[0], title="Ny skola byggs i höst", text=SCHOOL + " Priset är okänt.")], NOW)
    fold(db, NOW)
    stories = [stories_of(db, [id_])[id_] for id_ in ids]
    db.close()
    return folder, ids, stories
