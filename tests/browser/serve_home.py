"""Serve a home with invented articles and cases for the browser tests: python -m tests.browser.serve_home FOLDER

Prints the address once it answers, and a hash of everything in the database for each line on standard input.
"""

import asyncio
import hashlib
import socket
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import uvicorn

from monitor.config import read_home
from monitor.models import Case, CaseKind, CaseStatus, Channel
from monitor.steps.publish import publish
from monitor.store import cases as case_store
from monitor.store.db import open_database
from monitor.web.app import make_app
from tests.core.articles import make_article
from tests.store.test_stories import fold, save

NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
_SETTINGS = """\
municipality = "Katrineholm"
code = "0483"
organisation = "Katrineholms kommun"

[digest]
web = "http://127.0.0.1"

[web]
units = ["Bildning", "Kommunikation", "Samhällsbyggnad"]
"""
_SOURCES = """\
https://djuloposten.example/feed name="Djulöposten" class=local-paper important=yes
https://viren.example/feed name="Viren Direkt" class=local-web
"""
_NURSERY = (
    "Förskolan Blåstjärnan i Katrineholm stängdes efter ett fuktlarm i fredags kväll. ”Katrineholms kommun borde ha "
    "haft en plan för barnen innan beskedet gick ut”, säger en förälder. Katrineholms kommun har inte gått att nå."
)
_HOSTILE = '<img src=x onerror=alert(1)> {{7*7}} "Katrineholm"'


def make_home(folder: Path) -> None:
    """Make a home with a letter, four articles (one hostile) and two cases besides those that the letter opens."""
    folder.mkdir(parents=True)
    (folder / "monitor.toml").write_text(_SETTINGS, encoding="utf-8")
    (folder / "feeds.txt").write_text(_SOURCES, encoding="utf-8")
    db = open_database(folder / "monitor.db")
    articles = [
        make_article("Förskolan Blåstjärnan i Katrineholm stängd", _NURSERY, paper="djuloposten", hours=3),
        make_article("Blåstjärnan stängd efter fuktlarm", f"{_NURSERY} Mer följer.", paper="viren", hours=6),
        make_article("När får gångvägen i Katrineholm belysning?", "Jag vill ha svar av Katrineholms kommun.", hours=8),
        make_article(_HOSTILE, f"{_HOSTILE} skrev någon om Katrineholm.", paper="viren", hours=9),
    ]
    save(db, articles, NOW - timedelta(hours=3))
    fold(db, NOW - timedelta(hours=2))
    home = read_home(folder)
    publish(home, db, lambda: NOW - timedelta(minutes=18))
    for days, title, kind, status in (
        (8, "Parkering för rörelsehindrade vid torget", CaseKind.QUESTION, CaseStatus.ANSWERING),
        (3, "Kritik mot väntetider för bygglov", CaseKind.COMPLAINT, CaseStatus.ASSESSED),
    ):
        received = NOW - timedelta(days=days)
        case = Case(
            number="", title=title, channel=Channel.PHONE, kind=kind, status=status, received=received,
            due=received + timedelta(days=5), owner="Samhällsbyggnad",
        )  # fmt: skip
        case_store.open_case(db, case, role="Kommunikation", now=received, zone=home.settings.zone)
    db.close()


def hash_of(database: Path) -> str:
    """Return a hash of the database as it lies on the disk: the file and what waits in its log."""
    files = (database, database.with_name(f"{database.name}-wal"))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files if file.exists())).hexdigest()


async def serve(folder: Path) -> None:
    """Serve until standard input ends."""
    app = make_app(read_home(folder), lambda: NOW)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    # Bound here: whoever connects before the server has started waits, and is not refused.
    bound = socket.create_server(("127.0.0.1", 0))
    running = asyncio.ensure_future(server.serve(sockets=[bound]))
    print(f"http://127.0.0.1:{bound.getsockname()[1]}", flush=True)  # noqa: T201 (told to node)
    while await asyncio.to_thread(sys.stdin.readline):
        print(await asyncio.to_thread(hash_of, folder / "monitor.db"), flush=True)  # noqa: T201 (told to node)
    server.should_exit = True
    await running


if __name__ == "__main__":
    make_home(Path(sys.argv[1]))
    asyncio.run(serve(Path(sys.argv[1])))
