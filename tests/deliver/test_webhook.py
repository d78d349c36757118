"""Posts to Teams, Slack and programs, over real HTTP on loopback."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.deliver.channels import Fate, Message, Point, Receipt
from monitor.deliver.webhook import ATTEMPTS, Hook, Kind, WebhookChannel, payload
from tests.deliver.post_office import Dripper, closed_port, make_certificate

HEADLINE = '[Klicka](javascript:alert(1)) *fet* <!channel> & "citat" åäö 🙂'


@dataclass
class Board:
    """Takes posts and answers what it is told to, the last answer for ever."""

    answers: list[tuple[int, dict[str, str], bytes]] = field(default_factory=lambda: [(200, {}, b"ok")])
    posts: list[tuple[str, dict[str, str], Any]] = field(default_factory=list)
    address: str = ""


@pytest.fixture
def board() -> Iterator[Board]:
    taken = Board()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            taken.posts.append((self.path, dict(self.headers), json.loads(body)))
            status, headers, answer = taken.answers.pop(0) if len(taken.answers) > 1 else taken.answers[0]
            if not status:
                self.connection.close()
                return
            self.send_response(status)
            for name, value in {"Content-Length": str(len(answer)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *args: object) -> None:
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    taken.address = f"127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield taken
    server.shutdown()
    server.server_close()


def message(title: str = HEADLINE) -> Message:
    return Message(
        key="digest-2026-11-24.katrineholm.abc@kommun.example",
        subject=f"Mediebevakning 24 nov: {title}",
        text="Hela brevet",
        points=(Point(title, "https://bladet.se/a?b=1&c=2", "Bladet"), Point("Utan länk")),
        web="https://bevakning.kommun.example/",
        data={"schema": "town-monitor/digest/1"},
    )


def hook(board: Board, kind: Kind = Kind.JSON, **more: Any) -> Hook:
    values = {"url": f"http://{board.address}/hook/SECRET?a=1", "allow_hosts": (board.address,), "timeout": 2.0, **more}
    return Hook(name="krisgruppen", kind=kind, **values)


def post(to: Hook, pauses: list[float] | None = None) -> Receipt:
    channel = WebhookChannel(to, sleep=(pauses if pauses is not None else []).append)
    receipt = channel.deliver(message())
    channel.close()
    return receipt


def test_a_program_gets_the_message_and_the_letters_data(board: Board) -> None:
    assert post(hook(board)).fate is Fate.SENT
    ((path, headers, body),) = board.posts
    assert path == "/hook/SECRET?a=1"
    assert headers["Content-Type"] == "application/json; charset=utf-8"
    assert headers["Idempotency-Key"] == message().key
    assert body["schema"] == "town-monitor/message/1"
    assert body["subject"] == message().subject
    assert body["points"][0] == {"text": HEADLINE, "url": "https://bladet.se/a?b=1&c=2", "source": "Bladet"}
    assert body["data"] == {"schema": "town-monitor/digest/1"}


def texts(value: object) -> Iterator[dict[str, Any]]:
    """Every element of a card or block that shows text."""
    if isinstance(value, dict):
        if "text" in value:
            yield value
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)


def test_teams_gets_an_adaptive_card_whose_headlines_are_no_markup(board: Board) -> None:
    assert post(hook(board, Kind.TEAMS)).fate is Fate.SENT
    body = board.posts[0][2]
    (attachment,) = body["attachments"]
    card = attachment["content"]
    assert body["type"] == "message"
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    assert (card["type"], card["version"]) == ("AdaptiveCard", "1.4")
    assert {block["type"] for block in card["body"]} == {"RichTextBlock"}
    assert {run["type"] for run in texts(card)} == {"TextRun"}
    first = card["body"][1]["inlines"][0]
    assert first["text"] == HEADLINE
    assert first["selectAction"] == {"type": "Action.OpenUrl", "url": "https://bladet.se/a?b=1&c=2"}
    assert card["actions"] == [
        {"type": "Action.OpenUrl", "title": "bevakning.kommun.example", "url": "https://bevakning.kommun.example/"}
    ]


def test_slack_gets_rich_text_whose_headlines_are_no_markup(board: Board) -> None:
    assert post(hook(board, Kind.SLACK)).fate is Fate.SENT
    body = board.posts[0][2]
    assert "<" not in body["text"]
    assert "&lt;!channel&gt; &amp;" in body["text"]
    assert {element["type"] for element in texts(body["blocks"])} == {"text", "link"}
    link = body["blocks"][0]["elements"][1]["elements"][0]["elements"][0]
    assert link == {"type": "link", "url": "https://bladet.se/a?b=1&c=2", "text": HEADLINE}


@given(title=st.text(max_size=400), kind=st.sampled_from(Kind))
def test_any_headline_makes_a_post_that_is_json_and_small(title: str, kind: Kind) -> None:
    many = Message(key="k", subject=title, text="t", points=(Point(title, "https://a.se/", title),) * 60)
    body = json.dumps(payload(many, kind), ensure_ascii=False).encode("utf-8", "replace")
    assert json.loads(body)
    if kind is not Kind.JSON:
        assert len(body) < 28_000


def test_a_short_message_has_no_list_and_no_button() -> None:
    plain = Message(key="k", subject="Hej", text="t", points=(Point("", "https://a.se/"),))
    for kind in Kind:
        assert "Action.OpenUrl" not in json.dumps(payload(Message(key="k", subject="Hej", text="t"), kind))
    assert "https://a.se/" in json.dumps(payload(plain, Kind.SLACK))


# --- what the other side may do ------------------------------------------------------------------------


def test_what_may_pass_is_tried_again_with_longer_pauses(board: Board) -> None:
    board.answers = [(503, {}, b"busy"), (429, {"Retry-After": "7"}, b""), (202, {}, b"")]
    pauses: list[float] = []
    assert post(hook(board), pauses).fate is Fate.SENT
    assert pauses == [2.0, 7.0]
    assert len(board.posts) == 3


def test_it_gives_up_for_this_run_after_three_attempts(board: Board) -> None:
    board.answers = [(500, {"Retry-After": "86400"}, b"\x1b[31mtrasig\r\nrad " + b"x" * 100_000)]
    pauses: list[float] = []
    receipt = post(hook(board), pauses)
    assert receipt.fate is Fate.LATER
    assert len(board.posts) == ATTEMPTS
    assert max(pauses) == 30.0
    assert receipt.reason.startswith("krisgruppen answers HTTP 500: [31mtrasig rad")
    assert len(receipt.reason) < 200


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 413])
def test_what_is_refused_is_not_tried_again(board: Board, status: int) -> None:
    board.answers = [(status, {}, b"invalid_token")]
    receipt = post(hook(board))
    assert receipt.fate is Fate.REFUSED
    assert f"HTTP {status}: invalid_token" in receipt.reason
    assert len(board.posts) == 1


def test_a_redirect_is_not_followed(board: Board) -> None:
    board.answers = [(307, {"Location": f"http://{board.address}/other"}, b"")]
    assert post(hook(board)).fate is Fate.REFUSED
    assert len(board.posts) == 1


def test_a_silence_after_the_post_leaves_it_unknown_and_is_not_repeated_at_once(board: Board) -> None:
    board.answers = [(0, {}, b"")]
    receipt = post(hook(board))
    assert receipt.fate is Fate.UNKNOWN
    assert len(board.posts) == 1


def test_an_answer_that_never_ends_is_cut_off() -> None:
    with Dripper() as dripper:
        to = Board(address=f"127.0.0.1:{dripper.port}")
        assert post(hook(to, timeout=0.2)).fate is Fate.UNKNOWN


def test_a_host_that_is_down_is_told_without_its_secret_address() -> None:
    to = hook(Board(address=f"127.0.0.1:{closed_port()}"))
    receipt = post(to)
    assert receipt.fate is Fate.LATER
    assert "krisgruppen cannot be reached: Connection refused" in receipt.reason
    assert "SECRET" not in receipt.reason + repr(to)


# --- the address guard ---------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "10.0.0.1", "169.254.169.254", "2130706433"])
def test_a_private_address_is_posted_to_only_when_allowed(board: Board, host: str) -> None:
    port = board.address.rpartition(":")[2]
    for scheme in ("http", "https"):
        receipt = post(hook(board, url=f"{scheme}://{host}:{port}/", allow_hosts=("127.0.0.1:1",)))
        assert receipt.fate is Fate.REFUSED
    assert board.posts == []


def test_without_https_nothing_is_posted_to_a_public_host(board: Board) -> None:
    receipt = post(hook(board, url="http://93.184.216.34/hook"))
    assert receipt.fate is Fate.REFUSED
    assert "only https" in receipt.reason


def test_the_certificate_must_be_that_of_the_host(board: Board, tmp_path: Path) -> None:
    certificate = make_certificate(tmp_path)
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    server.socket = certificate.context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    address = f"localhost:{server.server_port}"
    url = f"https://{address}/"
    try:
        stranger = post(hook(board, url=url, allow_hosts=(address,)))
        known = post(hook(board, url=url, allow_hosts=(address,), ca_file=str(certificate.file)))
    finally:
        server.shutdown()
        server.server_close()
    assert stranger.fate is Fate.LATER
    assert "certificate" in stranger.reason.lower()
    assert known.fate is Fate.LATER
    assert "HTTP 501" in known.reason
