"""Many homes, one crawl: nothing is shared but answers of the public web."""

import fcntl
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command import kill, start
from tests.loopback import Answer, Web

PAGE = "Skolan byggs ut i {} nästa år. Kommunen säger att arbetet börjar i {} under våren, och att det tar två år."


def write_home(folder: Path, town: str, allowed: str, *lines: str, toml: str = "") -> None:
    folder.mkdir(parents=True)
    folder.joinpath("monitor.toml").write_text(
        f'municipality = "{town}"\n[crawl]\ncontact = "x@kommun.example"\ndelay = 0\nallow_hosts = [{allowed}]\n{toml}',
        encoding="utf-8",
    )
    folder.joinpath("feeds.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


def rows(home: Path, sql: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(home / "monitor.db")
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


@pytest.fixture(scope="module")
def private() -> Iterator[Web]:
    with Web() as web:
        yield web


def test_many_homes_share_a_crawl_and_nothing_else(web: Web, private: Web, tmp_path: Path) -> None:
    for town in ("Flen", "Mora"):
        web.page(f"/{town}", f"Nyheter från {town}", PAGE.format(town, town))
        web.page(f"/lokalt-{town}", f"Lokalt i {town}", PAGE.format(town, town))
        web.feed(f"/{town}.xml", (f"Lokalt i {town}", f"/lokalt-{town}"))
    web.page("/ingen", "Väder", "Det blir regn.")
    web.feed("/riks.xml", ("Nyheter", "/Flen"), ("Mer", "/Mora"), ("Väder", "/ingen"), etag='"1"')
    private["/hemligt"] = Answer(b"<p>Flen</p>")
    web["/spion.xml"] = Answer(
        f"<rss><channel><title>T</title><item><title>Flen</title><link>{private.url}/hemligt</link></item>"
        "</channel></rss>".encode()
    )
    allowed = f'"{web.host}"'
    riks = f"{web.url}/riks.xml"
    fleet = tmp_path / "fleet"
    write_home(fleet / "flen", "Flen", allowed, riks, f"{web.url}/Flen.xml", f"{web.url}/spion.xml")
    write_home(fleet / "mora", "Mora", allowed, riks, f"{web.url}/Mora.xml")
    write_home(fleet / "trasigt", "Mora", allowed, riks, toml="fel = 1\n")
    write_home(fleet / "skadat", "Mora", allowed, riks)
    fleet.joinpath("skadat/monitor.db").write_bytes(b"no database" * 1000)
    write_home(fleet / "privat", "Flen", f'{allowed}, "{private.host}"', f"{private.url}/feed.xml")
    private.feed("/feed.xml", ("Internt", "/internt"))
    private.page("/internt", "Internt i Flen", PAGE.format("Flen", "Flen"))

    ended = start("fleet", fleet)

    assert ended.code == 1
    assert "trasigt: " in ended.err
    assert "skadat: " in ended.err
    # Asked once for both homes, and each home keeps what names its own town.
    assert web.paths.count("/riks.xml") == 1
    assert web.paths.count("/Flen") == web.paths.count("/Mora") == web.paths.count("/ingen") == 1
    for name, town in (("flen", "Flen"), ("mora", "Mora")):
        articles = {url for (url,) in rows(fleet / name, "select url from articles") if web.host in str(url)}
        assert articles == {f"{web.url}/{town}", f"{web.url}/lokalt-{town}"}
        assert len(rows(fleet / name, "select 1 from entries where source like '%riks.xml'")) == 3
        assert list(fleet.joinpath(name, "reports/out").glob("*.html"))
    # What one home may fetch on a private address is fetched for that home alone.
    assert private.paths.count("/hemligt") == 0
    assert "/internt" in private.paths
    ((reason,),) = rows(fleet / "flen", "select reason from pages where url like '%hemligt'")
    assert "allow_hosts" in str(reason)


def wait_for_the_dead(*homes: Path) -> None:
    """Wait until no process of a group that was killed holds the lock of a home."""
    for home in homes:
        with home.joinpath("monitor.lock").open("a", encoding="ascii") as file:
            fcntl.flock(file, fcntl.LOCK_EX)


TABLES = (
    "select source, key, url, title, first_seen from entries order by source, key",
    "select key, url, state, reason, run, attempts from pages order by key",
    "select url, title, text from articles order by url",
)


@pytest.mark.parametrize(
    ("point", "nth"),
    [("poll saved", 1), ("poll saved", 4), ("page kept", 1), ("page without the names", 1), ("run ended", 1)],
)
def test_a_fleet_that_is_killed_loses_nothing_and_doubles_nothing(
    web: Web, tmp_path: Path, point: str, nth: int
) -> None:
    web.page("/Flen", "Nyheter från Flen", PAGE.format("Flen", "Flen"))
    web.page("/Mora", "Nyheter från Mora", PAGE.format("Mora", "Mora"))
    web.page("/ingen", "Väder", "Det blir regn.")
    web.feed("/riks.xml", ("Nyheter", "/Flen"), ("Väder", "/ingen"))
    web.feed("/radio.xml", ("Mer", "/Mora"), ("Väder", "/ingen"))
    for fleet in ("killed", "whole"):
        for town in ("Flen", "Mora"):
            lines = (f"{web.url}/riks.xml", f"{web.url}/radio.xml")
            write_home(tmp_path / fleet / town, town, f'"{web.host}"', *lines)

    assert kill("fleet", tmp_path / "killed", at=point, nth=nth)
    wait_for_the_dead(tmp_path / "killed" / "Flen", tmp_path / "killed" / "Mora")
    for fleet in ("killed", "whole"):
        assert start("fleet", tmp_path / fleet, "--now").code == 0

    for town in ("Flen", "Mora"):
        killed, whole = tmp_path / "killed" / town, tmp_path / "whole" / town
        for sql in TABLES:
            assert rows(killed, sql) == rows(whole, sql)
        assert rows(killed, "select count(*) from articles") == [(1,)]
