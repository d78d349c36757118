"""Which role opens which page; forged, foreign, old and huge requests; headers; faults told in words."""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlite_utils import Database
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from monitor.config import read_home
from monitor.errors import StoreError
from monitor.models import Role
from monitor.store.accounts import add_account, start_session
from monitor.store.db import open_database
from monitor.store.outbox import ended_mailings, token_of
from monitor.web import security
from monitor.web.app import make_app
from monitor.web.forms import MAX_BYTES, MAX_FIELDS
from monitor.web.people import Door, door_of, open_to_all
from monitor.web.site import Site
from tests.conftest import NOW
from tests.web.browser import Browser, bare_home

OPEN = {
    "/halsa": "a supervisor has no login, and it holds no content",
    "/utskick/avsluta/{token}": "the token in the address permits it; a mail client has no login",
    "/logga-in": "the login",
    "/logga-ut": "ends what there is",
    "/logga-in/oidc": "the login",
    "/logga-in/oidc/svar": "the login",
    "/hjalp": "holds nothing of the home",
    "/tillganglighet": "DOS-lagen: whoever cannot log in must be able to read it",
    "/om": "holds nothing of the home",
    "/fil/{name}": "stylesheet and script",
}
"""Routes that need no role, each by decision."""
IN_PLACE_OF = {"{id:int}": "1", "{id}": "1", "{day}": "2026-11-24", "{token}": "x", "{name}": "page.css"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return bare_home(tmp_path, 'login = "accounts"')


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Browser]:
    with Browser(bare_home(tmp_path)) as opened:
        yield opened


def doors(folder: Path) -> list[tuple[Route, Door]]:
    app = make_app(read_home(folder), lambda: NOW)
    found = []
    for route in app.routes:
        assert isinstance(route, Route)
        door = door_of(route)
        assert door is not None
        found.append((route, door))
    return found


def address_of(route: Route) -> str:
    return re.sub(r"\{\w+(:\w+)?\}", lambda found: IN_PLACE_OF.get(found[0], "1"), route.path)


# --- roles ---------------------------------------------------------------------------------------------


def test_every_route_needs_a_role_or_is_open_by_decision(folder: Path) -> None:
    for route, door in doors(folder):
        assert (door.role is None) == (route.path in OPEN), route.path
        assert door.foreign_form == (route.path == "/utskick/avsluta/{token}"), route.path
        assert door.get_writes == (route.path == "/logga-in/oidc/svar"), route.path


def test_who_has_too_little_a_role_is_refused_on_every_route(folder: Path) -> None:
    db = open_database(folder / "monitor.db")
    for role in Role:
        add_account(db, role.value, "-", NOW, role=role)
        start_session(db, f"token of {role.value}", role.value, NOW.replace(year=2027), NOW)
    db.close()
    with Browser(folder) as browser:
        stranger = browser.another()
        for route, door in doors(folder):
            if door.role is None:
                continue
            path = address_of(route)
            for method in sorted((route.methods or set()) - {"HEAD"}):
                answer = stranger.request(method, path)
                refused = 303 if method == "GET" else 403
                assert answer.status_code == refused, (method, path)
                for role in Role:
                    if role.covers(door.role):
                        continue
                    client = browser.another()
                    client.cookies["monitor"] = f"token of {role.value}"
                    answer = client.request(method, path)
                    assert answer.status_code == 403, (method, path, role)
                    assert "Din roll tillåter inte det här" in answer.text


def test_a_page_of_which_nobody_has_said_who_may_open_it_stops_the_start(tmp_path: Path) -> None:
    from monitor.web import app

    async def forgotten(request: object) -> None: ...

    with pytest.raises(RuntimeError, match="/glomd: say who may open it"):
        app._check_doors([Route("/glomd", forgotten)])


def test_a_get_cannot_write_whatever_its_handler_does(tmp_path: Path) -> None:
    @open_to_all()
    async def by_write(_request: Request) -> Response:
        await site.write(lambda db: db.execute("create table x (y)"))
        return Response()

    @open_to_all()
    async def by_read(_request: Request) -> Response:
        await site.read(lambda db: db.execute("create table x (y)"))
        return Response()

    with Browser(bare_home(tmp_path)) as browser:
        site: Site = browser.app.state.site
        browser.app.router.routes += [Route("/a", by_write), Route("/b", by_read)]
        assert browser.get("/a").status_code == 500
        assert browser.get("/b").status_code == 503  # "attempt to write a readonly database"
        tables = Database(tmp_path / "monitor.db")
        assert "x" not in tables.table_names()
        tables.close()


def test_a_robot_that_opens_every_page_changes_nothing(tmp_path: Path) -> None:
    folder = bare_home(tmp_path)

    def state() -> str:
        db = Database(folder / "monitor.db")
        db.execute("pragma wal_checkpoint(truncate)").fetchall()
        db.close()
        return hashlib.sha256((folder / "monitor.db").read_bytes()).hexdigest()

    open_database(folder / "monitor.db").close()  # as `monitor serve` does when it starts
    with Browser(folder) as browser:
        before = state()
        for route, _ in doors(folder):
            if "GET" in (route.methods or ()):
                assert browser.get(address_of(route)).status_code < 500 or route.path == "/halsa"
        assert state() == before


# --- forged, foreign and old forms ---------------------------------------------------------------------

FIELDS = {"anteckning": "Ring <i>tillbaka</i>\r\ni morgon"}


@pytest.mark.parametrize(
    ("headers", "sentence"),
    [
        ({}, "skickades från en annan webbplats"),
        ({"Origin": "null"}, "skickades från en annan webbplats"),
        ({"Origin": "http://evil.example"}, "skickades från en annan webbplats"),
        ({"Origin": "http://localhost.evil.example", "Sec-Fetch-Site": "same-origin"}, "från en annan webbplats"),
        ({"Sec-Fetch-Site": "cross-site"}, "skickades från en annan webbplats"),
        ({"Sec-Fetch-Site": "same-site", "Origin": "http://localhost"}, "skickades från en annan webbplats"),
        ({"Origin": "http://localhost"}, "för gammalt eller inte vårt"),
        ({"Origin": "null", "Sec-Fetch-Site": "same-origin"}, "för gammalt eller inte vårt"),
    ],
)
def test_a_forged_form_is_refused_and_its_text_kept(browser: Browser, headers: dict[str, str], sentence: str) -> None:
    browser.get("/installningar")
    answer = browser.client.post("/installningar", data={**FIELDS, "csrf": "0" * 64}, headers=headers)
    assert answer.status_code == 403
    assert sentence in answer.text
    assert "Ring &lt;i&gt;tillbaka&lt;/i&gt;\ni morgon" in answer.text


def test_the_token_of_another_browser_does_not_do(browser: Browser) -> None:
    other = browser.another()
    other.get("/installningar")
    token = security.form_token(other.cookies["monitor"])
    assert browser.post("/installningar", {"csrf": token}, form="/installningar").status_code == 403
    assert browser.post("/installningar", form="/installningar").status_code == 303


@pytest.mark.parametrize("origin", ["http://localhost", "null"])
def test_our_own_form_is_taken(browser: Browser, origin: str) -> None:
    browser.get("/installningar")
    data = {"csrf": security.form_token(browser.client.cookies["monitor"])}
    headers = {"Origin": origin, "Sec-Fetch-Site": "same-origin"}
    assert browser.client.post("/installningar", data=data, headers=headers).status_code == 303


# --- huge and odd requests -----------------------------------------------------------------------------


def test_a_huge_body_is_refused_however_it_comes(browser: Browser) -> None:
    answer = browser.client.post("/installningar", data={"x": "a" * (MAX_BYTES + 1)})
    assert answer.status_code == 413
    assert "högst 256 kB" in answer.text
    pieces = (b"x=" + b"a" * 65536 for _ in range(8))
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    assert browser.client.post("/installningar", content=pieces, headers=kind).status_code == 413


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "application/xml", "x"])
def test_only_forms_are_taken(browser: Browser, kind: str) -> None:
    answer = browser.client.post("/installningar", content=b"{}", headers={"Content-Type": kind})
    assert answer.status_code == 415
    assert "Adressen tar bara emot formulär" in answer.text


def test_too_many_fields_and_damaged_forms_are_refused(browser: Browser) -> None:
    answer = browser.client.post("/installningar", data={f"f{number}": "1" for number in range(MAX_FIELDS + 1)})
    assert answer.status_code == 400
    assert "för många fält" in answer.text
    for kind, body in (
        ("multipart/form-data", b"--x\r\n"),
        ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\nb'),
    ):
        answer = browser.client.post("/installningar", content=body, headers={"Content-Type": kind})
        assert answer.status_code == 400, body


def test_a_form_is_text_with_ordinary_line_ends(browser: Browser) -> None:
    body = "t=a%0D%0Ab%0Dc%00%1Bd%FF"
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = browser.client.post("/installningar", content=body, headers=headers)
    assert "a\nb\ncd\ufffd" in answer.text


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "OPTIONS", "POST"])
def test_what_an_address_does_not_do_is_said(browser: Browser, method: str) -> None:
    answer = browser.client.request(method, "/arkiv")
    assert answer.status_code == 405
    assert "Adressen kan inte användas så" in answer.text
    assert "GET" in answer.headers["allow"]


# --- headers -------------------------------------------------------------------------------------------


def test_the_headers_are_those_of_the_guide(browser: Browser) -> None:
    for path in ("/arkiv", "/installningar", "/nowhere", "/hjalp", "/halsa", "/"):
        headers = browser.get(path).headers
        assert headers["content-security-policy"] == (
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; font-src 'self'; "
            "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
        )
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert headers["cache-control"] == "no-store"
    kept = browser.get("/fil/page.css").headers
    assert kept["cache-control"] == "public, max-age=31536000, immutable"
    assert kept["content-type"].startswith("text/css")
    assert browser.get("/fil/frame.html.j2").status_code == 404


def test_no_page_has_an_inline_style_or_script(browser: Browser) -> None:
    for path in ("/arkiv", "/installningar", "/hjalp", "/tillganglighet", "/om", "/kallor", "/nowhere"):
        page = browser.get(path).text
        assert not re.search(r"<style|style=|<script(?![^>]* src=)|\son\w+=", page), path


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "", "169.254.169.254", "localhost:x"])
def test_a_foreign_name_is_not_answered(browser: Browser, host: str) -> None:
    answer = browser.client.get("/arkiv", headers={"Host": host})
    assert answer.status_code == 400
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8420", "127.0.0.1:1", "[::1]:8420", "[::1]"])
def test_the_names_of_this_machine_are_answered(browser: Browser, host: str) -> None:
    assert browser.client.get("/om", headers={"Host": host}).status_code == 200


# --- faults --------------------------------------------------------------------------------------------


def test_a_locked_database_gives_a_sentence_and_keeps_the_text(
    tmp_path: Path, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monitor.web.connections.BUSY_SECONDS", 0.05)
    browser.get("/installningar")
    other = open_database(tmp_path / "monitor.db")
    other.conn.execute("begin immediate")
    answer = browser.post("/installningar", FIELDS)
    other.conn.execute("rollback")
    other.close()
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "10"
    assert "Databasen är upptagen eller disken är full" in answer.text
    assert "Ring &lt;i&gt;tillbaka" in answer.text
    assert browser.post("/installningar", FIELDS, form="/installningar").status_code == 303


def test_a_full_disk_gives_a_sentence(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise StoreError("/srv/home/monitor.db: the database could not be written: database or disk is full")

    monkeypatch.setattr("monitor.web.settings.save_preferences", full)
    answer = browser.post("/installningar", FIELDS, form="/installningar")
    assert answer.status_code == 503
    assert "/srv" not in answer.text


def test_a_damaged_database_gives_a_sentence_on_every_page(tmp_path: Path, browser: Browser) -> None:
    (tmp_path / "monitor.db").write_bytes(b"no database" * 1000)
    for path in ("/arkiv", "/", "/installningar", "/halsa"):
        answer = browser.get(path)
        assert answer.status_code == 503, path
        assert str(tmp_path) not in answer.text
        assert "Databasen är upptagen" in answer.text


def test_one_click_ends_a_mailing_without_a_form_of_ours(tmp_path: Path, browser: Browser) -> None:
    db = open_database(tmp_path / "monitor.db")
    token = token_of(db, "kommunikation@kommun.example")
    body = b'--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n'
    headers = {"Content-Type": "multipart/form-data; boundary=x", "Origin": "https://mail.example"}
    answer = browser.client.post(f"/utskick/avsluta/{token}", content=body, headers=headers)
    assert answer.status_code == 200
    assert ended_mailings(db) == {"kommunikation@kommun.example"}
    db.close()


def test_an_unforeseen_fault_shows_no_trace(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise LookupError("a secret")

    monkeypatch.setattr("monitor.web.settings.save_preferences", broken)
    answer = browser.post("/installningar", FIELDS, form="/installningar")
    assert answer.status_code == 500
    assert "Något gick fel här" in answer.text
    assert "secret" not in answer.text
    assert answer.headers["content-security-policy"] == security.CONTENT_POLICY


def test_the_files_of_the_home_are_read_again_when_they_change(tmp_path: Path, browser: Browser) -> None:
    assert "Katrineholms kommun" in browser.get("/om").text
    settings = (tmp_path / "monitor.toml").read_text(encoding="utf-8")
    (tmp_path / "monitor.toml").write_text(settings.replace("Katrineholms kommun", "Staden"), encoding="utf-8")
    assert "Staden" in browser.get("/om").text
    (tmp_path / "monitor.toml").write_text("municipality = ", encoding="utf-8")
    assert "Staden" in browser.get("/om").text


def test_a_database_put_in_place_of_another_is_read(tmp_path: Path, browser: Browser) -> None:
    browser.post("/installningar", {"tangenter": ""}, form="/installningar")
    assert 'data-keys="off"' in browser.get("/arkiv").text
    for name in ("monitor.db", "monitor.db-wal", "monitor.db-shm"):
        (tmp_path / name).unlink(missing_ok=True)
    assert 'data-keys="on"' in browser.get("/arkiv").text
