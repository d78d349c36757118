"""The pages in the browser, asked over a real port on loopback."""

import http.client
import json
import threading
from collections.abc import Callable, Iterator, MutableMapping
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from monitor.config import read_home
from monitor.models import Clock
from monitor.store.db import open_database
from monitor.store.outbox import ended_mailings, token_of
from monitor.web.app import make_app
from monitor.web.security import LETTER_POLICY
from tests.command import monitor
from tests.conftest import write_home
from tests.loopback import Answer, Web

Ask = Callable[..., tuple[int, str, dict[str, str]]]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with Web() as web:
        yield crawled(web, tmp_path_factory.mktemp("home"))


def crawled(web: Web, folder: Path) -> Path:
    web.feed("/feed", ("Ny skola <b>byggs</b> i Katrineholm", "/a"))
    web.page(
        "/a", "Ny skola &lt;b&gt;byggs&lt;/b&gt; i Katrineholm", "Katrineholms kommun bygger en ny skola i centrum."
    )
    web["/down"] = Answer(b"no", 403)
    write_home(folder, web, f'{web.url}/feed name="Djulöposten"', f'{web.url}/down name="Stängda bladet"')
    monitor("run", "--home", folder, "--now")
    return folder


@pytest.fixture
def ask(home: Path, clock: Clock) -> Iterator[Ask]:
    server = uvicorn.Server(uvicorn.Config(make_app(read_home(home), clock), port=0, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        thread.join(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]

    def get(path: str, host: str = "localhost", method: str = "GET") -> tuple[int, str, dict[str, str]]:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request(method, path, headers={"Host": host})
        answer = connection.getresponse()
        headers = {name.lower(): value for name, value in answer.getheaders()}
        body = answer.read().decode()
        connection.close()
        return answer.status, body, headers

    yield get
    server.should_exit = True
    thread.join()


def test_the_pages_of_a_home(ask: Ask, home: Path) -> None:
    status, _, headers = ask("/")
    assert (status, headers["location"]) == (303, "/brev/2026-11-24")
    for suffix, kind in (
        (".html", "text/html"),
        (".txt", "text/plain"),
        (".json", "application/json"),
    ):
        status, body, headers = ask(f"/brev/2026-11-24{suffix}")
        assert status == 200
        assert headers["content-type"].startswith(kind)
        written = home / "reports" / "out" / f"2026-11-24{suffix}"
        assert body == written.read_text(encoding="utf-8")
    status, body, headers = ask("/brev/2026-11-24")
    assert status == 200
    assert body.count("<main") == 1
    assert "Ny skola" in body
    assert "<script" not in body
    assert headers["content-security-policy"] == LETTER_POLICY
    status, body, _ = ask("/arkiv")
    assert status == 200
    assert "Ny skola" in body
    assert "<b>" not in body
    status, body, _ = ask("/kallor")
    assert "Djulöposten" in body
    assert "✕ Fel" in body
    assert "HTTP 403" in body
    assert "Släpper inte in bevakningen." in body


def test_the_archive_is_searched_and_no_query_breaks_it(ask: Ask) -> None:
    assert "1 artikel<" in ask("/arkiv?q=centrum")[1]
    assert "Ingen artikel innehåller ”simhall”" in ask("/arkiv?q=simhall")[1]
    for query in ("%22", "AND", "%3Cscript%3Ealert(1)%3C/script%3E", "*", "x" * 3000):
        status, body, _ = ask(f"/arkiv?q={query}")
        assert status == 200
        assert "<script>" not in body


def test_health_tells_a_supervisor_and_no_stranger(ask: Ask) -> None:
    status, body, _ = ask("/halsa")
    assert status == 200
    assert json.loads(body) == {"ok": True, "hours_since_last_good_poll": 0.0, "sources": 2, "failing": 1}


@pytest.mark.parametrize(
    "path",
    ["/nowhere", "/brev/2020-01-01", "/brev/..%2f..%2fmonitor.db", "/brev/2026-11-24.exe", "/brev/x", "/monitor.toml"],
)
def test_what_is_not_there_is_said_and_nothing_else_can_be_read(ask: Ask, path: str) -> None:
    status, body, _ = ask(path)
    assert status == 404
    assert "Sidan finns inte" in body


def test_every_answer_carries_the_safe_headers_and_answers_to_its_own_name_only(ask: Ask) -> None:
    for path in ("/arkiv", "/brev/2026-11-24", "/nowhere", "/halsa"):
        headers = ask(path)[2]
        assert headers["content-security-policy"].startswith("default-src 'none'")
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
    assert ask("/arkiv", host="evil.example")[0] == 400


def test_nothing_can_be_changed(ask: Ask, home: Path) -> None:
    before = (home / "monitor.db").read_bytes()
    for path in ("/", "/arkiv?q=skola", "/kallor", "/brev/2026-11-24", "/halsa"):
        ask(path)
        assert ask(path, method="POST")[0] == 405
    assert (home / "monitor.db").read_bytes() == before


def test_a_mailing_is_ended_by_a_button_and_never_by_opening_a_link(ask: Ask, home: Path) -> None:
    db = open_database(home / "monitor.db")
    token = token_of(db, "kommunikation@kommun.example")
    path = f"/utskick/avsluta/{token}"
    for _ in range(2):
        status, body, headers = ask(path)
        assert status == 200
        assert "Avsluta utskicket" in body
        assert '<form method="post">' in body
        assert headers["cache-control"] == "no-store"
    assert ended_mailings(db) == frozenset()
    status, body, _ = ask(path, method="POST")
    assert status == 200
    assert "Inga fler brev skickas till kommunikation@kommun.example." in body
    assert ended_mailings(db) == {"kommunikation@kommun.example"}
    for method in ("GET", "POST"):
        assert ask("/utskick/avsluta/guessed", method=method)[0] == 404
    db.close()


def test_a_home_without_letters_leads_to_its_sources(tmp_path: Path, clock: Clock) -> None:
    import asyncio

    monitor("init", "Flen", tmp_path / "home")
    app = make_app(read_home(tmp_path / "home"), clock)

    async def get(path: str) -> tuple[int, dict[bytes, bytes], bytes]:
        sent: list[MutableMapping[str, Any]] = []

        async def receive() -> MutableMapping[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: MutableMapping[str, Any]) -> None:
            sent.append(message)

        scope = {"type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": b"",
                 "headers": [(b"host", b"localhost")], "scheme": "http", "server": ("localhost", 80)}  # fmt: skip
        await app(scope, receive, send)
        headers = dict(sent[0]["headers"])
        return int(str(sent[0]["status"])), headers, b"".join(m.get("body", b"") for m in sent[1:])

    assert asyncio.run(get("/"))[1][b"location"] == b"/kallor"
    assert "Inga källor än" in asyncio.run(get("/kallor"))[2].decode()
    assert "Inga artiklar än" in asyncio.run(get("/arkiv"))[2].decode()
    assert asyncio.run(get("/halsa"))[0] == 503
