"""Homes that send: their settings, and a letter in their database."""

from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from monitor.config import Home, read_home
from monitor.core.digest import Digest
from monitor.deliver.render import render_digest
from monitor.store import digests as digest_store

PEOPLE = """
[[recipients]]
address = "ledning@kommun.example"
letter = "short"
[[recipients]]
address = "kommunikation@kommun.example"
name = "Kommunikation"
[[recipients]]
address = "skola@kommun.example"
about = "Skola"
words = ["förskol", "*skola"]
"""
ALL = ["kommunikation@kommun.example", "ledning@kommun.example", "skola@kommun.example"]


def write_home(folder: Path, port: int, more: str = PEOPLE, top: str = "") -> Home:
    folder.mkdir(exist_ok=True)
    (folder / "monitor.toml").write_text(
        f'municipality = "Katrineholm"\ncode = "0483"\norganisation = "Katrineholms kommun"\n{top}\n'
        f'[mail]\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\nsender = "bevakning@kommun.example"\n'
        f"timeout = 2\n{more}\n",
        encoding="utf-8",
    )
    (folder / "feeds.txt").write_text("", encoding="utf-8")
    return read_home(folder)


def store_letter(db: Database, digest: Digest, made: datetime | None = None) -> None:
    rendered = render_digest(digest)
    save(db, digest, rendered.json, made or digest.made_at)


def save(db: Database, digest: Digest, data: str, made: datetime) -> None:
    digest_store.save_digest(db, digest.day, period=digest.period, made_at=made, complete=True, data=data, articles=[])
