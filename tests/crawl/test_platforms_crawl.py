"""Posts of platforms in a real crawl on loopback: one post is one text, and secrets go where they belong alone."""

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.command import monitor
from tests.conftest import write_home
from tests.crawl.data_server import ACCOUNT, LOG_IN, PASSWORD, V1, XRPC
from tests.crawl.instance import TIMELINE
from tests.crawl.kinds import said
from tests.loopback import Answer, Web

TOKEN = "hemlig-nyckel-1234"  # noqa: S105 (of a fake)
SESSION = "ey.session.1234"
REFRESH = "ey.refresh.1234"
STATUS: dict[str, Any] = {
    "id": "1", "uri": "https://hem.example/users/x/statuses/1", "created_at": "2026-11-23T12:30:00Z",
    "visibility": "public", "content": "<p>Ny skola i #Katrineholm</p>",
    "card": {"url": "https://bloggen.example/skolan", "title": ""},
}  # fmt: skip
POST = {
    "uri": "at://did:plc:x/app.bsky.feed.post/3", "indexedAt": "2026-11-23T12:30:00Z",
    "record": {"text": "Ny simhall i Katrineholm"},
}  # fmt: skip


def test_two_instances_tell_of_one_post_and_secrets_go_to_the_host_of_their_line_alone(
    web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MONITOR_MASTODON", TOKEN)
    monkeypatch.setenv("MONITOR_BLUESKY", PASSWORD)
    account = f"account={ACCOUNT} password=env:MONITOR_BLUESKY"
    with Web() as other, Web() as moved:
        web.services[f"{TIMELINE}katrineholm"] = lambda _: said([STATUS | {"url": "https://hem.example/@x/1"}])
        web.services[XRPC + LOG_IN] = lambda _: said({"accessJwt": SESSION, "refreshJwt": REFRESH})
        web.services[XRPC + V1] = lambda _: said({"posts": [POST]})
        other.services[f"{TIMELINE}katrineholm"] = lambda _: said([STATUS])
        other.services[XRPC + LOG_IN] = lambda _: said({"accessJwt": SESSION})
        other.services[XRPC + V1] = lambda _: said({"message": f"no {SESSION} {PASSWORD}"})
        moved[f"{TIMELINE}katrineholm?limit=40"] = Answer(b"", 308, {"Location": f"{web.url}/stulen"})
        moved[XRPC + LOG_IN] = Answer(b"", 307, {"Location": f"{web.url}/stulen"})
        write_home(
            tmp_path, web, f"mastodon {web.url}/", f"mastodon {other.url}/",
            f"mastodon {moved.url}/ token=env:MONITOR_MASTODON", "mastodon http://instans.example/ name=Osäker",
            f"bluesky {web.url}/b {account}", f"bluesky {other.url}/b {account}", f"bluesky {moved.url}/b {account}",
        )  # fmt: skip
        toml = tmp_path / "monitor.toml"
        hosts = ", ".join(f'"{host.host}"' for host in (web, other, moved))
        toml.write_text(toml.read_text().replace(f'"{web.host}"', hosts))
        crawled = monitor("crawl", "--home", tmp_path, "--now")

    rows = monitor("sources", "--home", tmp_path, "--json").json
    assert [row["outcome"] for row in rows] == ["ok", "ok", "unreadable", "blocked", "ok", "unreadable", "unreadable"]
    assert {row["class"] for row in rows} == {"social"}
    assert rows[2]["reason"] == "the address leads elsewhere and was not followed (HTTP 308)"
    assert rows[5]["reason"] == "Bluesky answered with: no (secret) (secret)"

    assert [asked.headers["Authorization"] for asked in moved.asked if TIMELINE in asked.path] == [f"Bearer {TOKEN}"]
    assert [json.loads(asked.body) for asked in web.asked if asked.body] == [
        {"identifier": ACCOUNT, "password": PASSWORD}
    ]
    assert "/stulen" not in web.paths
    assert {asked.path.partition("?")[0] for asked in web.asked if "Authorization" in asked.headers} == {XRPC + V1}

    monitor("read", "--home", tmp_path)
    articles = monitor("articles", "--home", tmp_path, "--json").json
    assert {(article["title"], article["url"]) for article in articles} == {
        ("Ny skola i #Katrineholm", "https://hem.example/@x/1"),
        ("Ny simhall i Katrineholm", "https://bsky.app/profile/did:plc:x/post/3"),
    }
    with sqlite3.connect(tmp_path / "monitor.db") as db:  # what is linked to may be a source; a person's server is none
        assert db.execute("select site from candidates").fetchall() == [("bloggen.example",)]
    kept = b"".join(file.read_bytes() for file in tmp_path.glob("monitor.db*")) + repr(crawled).encode()
    for secret in (PASSWORD, TOKEN, SESSION, REFRESH):
        assert secret.encode() not in kept
