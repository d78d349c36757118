"""Manners and health of a real crawl: reservations, robots.txt from run to run, pauses, moves, checks for robots."""

import itertools
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.command import monitor
from tests.loopback import Answer, Web

MakeHome = Callable[..., Path]
CHECK = b"<!doctype html><html><head><title>Just a moment...</title></head><body></body></html>"
HTML = {"Content-Type": "text/html; charset=utf-8"}


def crawl(home: Path, at: str = "2026-11-24T06:30:00+01:00") -> Any:
    return monitor("crawl", "--home", home, "--now", "--date", at)


def sources(home: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = monitor("sources", "--home", home, "--json").json
    return rows


def page(web: Web, path: str, text: str, head: str = "", **headers: str) -> None:
    body = f"<!doctype html><html><head><title>Katrineholm {path}</title>{head}</head><body><article>"
    web[path] = Answer(f"{body}<h1>Katrineholm {path}</h1><p>{text}</p></article></body></html>".encode(), 200,
                       HTML | {name.replace("_", "-"): value for name, value in headers.items()})  # fmt: skip


def test_of_reserved_pages_only_link_and_headline_are_kept_and_the_file_never_holds_their_text(
    web: Web, make_home: MakeHome
) -> None:
    text = "Katrineholms kommun bygger ut den hemliga simhallen under hösten och vintern."
    rules = [{"location": "/fil", "tdm-reservation": 1}]
    web["/.well-known/tdmrep.json"] = Answer(json.dumps(rules).encode(), 200, {"Content-Type": "application/json"})
    paths = ("/huvud", "/fil", "/meta", "/tyst", "/fri")
    web.feed("/feed", *((f"Katrineholm bygger {path}", path) for path in paths))
    web.feed("/lank", ("Katrineholm läker", "/lank/a"))
    page(web, "/huvud", text, tdm_reservation="1", tdm_policy="https://a.se/villkor")
    page(web, "/fil", text)
    page(web, "/meta", text, '<meta name="tdm-reservation" content="1">')
    page(web, "/tyst", "Här står om Katrineholms kommun.", X_Robots_Tag="nosnippet")
    page(web, "/fri", "Katrineholms kommun har öppet hus.")
    page(web, "/lank/a", text)
    home = make_home(f"{web.url}/feed", f"{web.url}/lank store=link")
    crawl(home)
    assert b"hemliga simhallen" not in b"".join(file.read_bytes() for file in home.glob("monitor.db*"))
    assert monitor("read", "--home", home).code == 0
    assert b"hemliga simhallen" not in b"".join(file.read_bytes() for file in home.glob("monitor.db*"))
    with sqlite3.connect(home / "monitor.db") as db:
        told = {url.rpartition("/")[2]: (lead + body, note) for url, lead, body, note in
                db.execute("select url, lead, text, note from articles")}  # fmt: skip
    assert set(told) == {"huvud", "fil", "meta", "tyst", "fri", "a"}
    assert {name for name, (words, _) in told.items() if words} == {"fri"}
    assert "villkor" in told["huvud"][1]
    assert "tdmrep.json" in told["fil"][1]
    assert "nosnippet" in told["tyst"][1]
    assert "/lank/a" not in web.paths
    assert web.paths.count("/.well-known/tdmrep.json") == 1


def test_a_reserved_feed_gives_headlines_and_robots_txt_is_asked_once_a_day(web: Web, make_home: MakeHome) -> None:
    web.feed("/feed", ("Katrineholm växer", "/a"))
    feed = web.answers["/feed"]
    summary = b"<description>Den hemliga ingressen.</description></item>"
    body = feed.body.replace(b"</item>", summary)
    web["/feed"] = Answer(body, 200, {**feed.headers, "tdm-reservation": "1"})
    web.feed("/kontroll")
    web["/kontroll"] = Answer(CHECK, 503, HTML)
    web["/avbrott"] = Answer(b"<html><title>503 Service Unavailable</title>", 503, HTML)
    home = make_home(f"{web.url}/feed", f"{web.url}/kontroll", f"{web.url}/avbrott")
    crawl(home, "2026-11-24T06:30:00+01:00")
    assert b"hemliga ingressen" not in b"".join(file.read_bytes() for file in home.glob("monitor.db*"))
    reserved, blocked, down = sources(home)
    assert (reserved["outcome"], reserved["state"], reserved["store"]) == ("reserved", "reserved", "link")
    assert (blocked["outcome"], down["outcome"]) == ("blocked", "transient")
    assert "check for robots" in blocked["reason"]
    crawl(home, "2026-11-24T20:30:00+01:00")
    assert web.paths.count("/robots.txt") == 1
    crawl(home, "2026-11-25T06:31:00+01:00")
    assert web.paths.count("/robots.txt") == 2


def test_a_moved_feed_is_asked_at_its_new_address_after_a_day_and_the_person_is_told(
    web: Web, make_home: MakeHome
) -> None:
    web.feed("/nytt", ("Annat", "/a"))
    web["/feed"] = Answer(b"", 301, {"Location": f"{web.url}/nytt"})
    home = make_home(f"{web.url}/feed")
    for at in ("2026-11-24T06:30", "2026-11-24T18:30", "2026-11-25T06:30", "2026-11-25T07:30"):
        crawl(home, f"{at}:00+01:00")
    assert web.paths.count("/feed") == 3
    (row,) = sources(home)
    assert (row["moved_to"], row["followed"], row["entries"]) == (f"{web.url}/nytt", True, 1)
    assert "write this address instead" in row["advice"]
    assert "write this address" in monitor("doctor", "--home", home).out


def test_a_pause_that_robots_txt_asks_for_is_kept(web: Web, make_home: MakeHome) -> None:
    web["/robots.txt"] = b"User-agent: *\nCrawl-delay: 0.4\n"
    web.feed("/feed", ("Ett", "/a"), ("Tre", "/c"))
    for path in ("/a", "/c"):
        page(web, path, "Flen.")
    crawl(make_home(f"{web.url}/feed"))
    moments = [asked.at for asked in web.asked if asked.path != "/robots.txt"]
    assert len(moments) == 4
    assert min(later - earlier for earlier, later in itertools.pairwise(moments)) >= 0.35
