"""Mail servers that are none, hang, lie or break off, and addresses that are not to be reached."""

import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from types import TracebackType
from typing import Self

import msgspec
import pytest

from monitor.crawl import mail_server
from monitor.crawl.base import Polled
from monitor.crawl.mail_server import Account, MailboxError, connect
from monitor.crawl.mailbox import Wish, collect, put_away
from monitor.models import PollOutcome
from spiders.inbox import InboxOptions, InboxSpider
from tests.core.mails.samples import mail
from tests.crawl.kinds import Fake, poll
from tests.deliver.post_office import Dripper, closed_port
from tests.loopback import Answer

NOBODY = Fake(lambda _path, _asked: Answer())
WISH = Wish(since=date(2026, 11, 17))
SECRET = "en-hemlighet"  # noqa: S105 (of a server that is none)
MAIL = mail("Ny bro", plain="Den är klar.")


@dataclass
class Rude:
    """A server on loopback that answers a command with what `says` gives, and OK; with "!" at its end, with that alone.

    What `says` answers with nothing is answered as a plain server would; None ends the conversation.
    """

    says: Callable[[str], bytes | None] = lambda _command: b""
    greeting: bytes = b"* OK hello\r\n"
    heard: list[str] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits there
        self._listener.close()
        self._thread.join(2)

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            with line, line.makefile("rb") as heard:
                try:
                    line.sendall(self.greeting)
                    for raw in heard:
                        tag, _, command = raw.decode().strip().partition(" ")
                        self.heard.append(command)
                        answer = self.answer(command)
                        if answer is None:
                            break
                        ended = answer if answer.endswith(b"!") else answer + b"TAG OK done\r\n!"
                        line.sendall(ended[:-1].replace(b"TAG", tag.encode()))
                except OSError:
                    continue

    def answer(self, command: str) -> bytes | None:
        said = self.says(command)
        if said != b"":
            return said
        usual = {
            "CAPABILITY": b"* CAPABILITY IMAP4rev1\r\n",
            "EXAMINE": b"* 1 EXISTS\r\n* OK [UIDVALIDITY 7] fine\r\n",
            "SELECT": b"* 1 EXISTS\r\n* OK [UIDVALIDITY 7] fine\r\n",
            "UID SEARCH": b"* SEARCH 5\r\n",
        }
        return next((answer for start, answer in usual.items() if command.startswith(start)), b"")


def account(port: int, *, seconds: float = 5.0, bearer: bool = False) -> Account:
    return Account(
        host="127.0.0.1",
        port=port,
        user="bevakning",
        secret=SECRET,
        bearer=bearer,
        safe=False,
        allow_hosts=(f"127.0.0.1:{port}",),
        seconds=seconds,
    )


def fault(port: int, *, seconds: float = 5.0) -> MailboxError:
    with pytest.raises(MailboxError) as caught:
        collect(account(port, seconds=seconds), WISH)
    assert SECRET not in str(caught.value)
    return caught.value


# --- servers that misbehave ----------------------------------------------------------------------------


@pytest.mark.parametrize("greeting", [b"220 mail.example ESMTP\r\n", b"\x16\x03\x01\x00\xff\r\n", b"* BYE go away\r\n"])
def test_what_is_no_mail_server_is_told(greeting: bytes) -> None:
    with Rude(greeting=greeting) as server:
        problem = fault(server.port)
    assert "127.0.0.1 " in problem.reason
    assert problem.outcome in {PollOutcome.UNREADABLE, PollOutcome.TRANSIENT}


def test_a_server_that_is_silent_or_never_done_is_left_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    with Rude(greeting=b"") as server:
        assert fault(server.port, seconds=0.2).reason == "127.0.0.1 took longer than 0.2 s"
        monkeypatch.setattr(mail_server, "SILENCE", 0.2)
        assert fault(server.port).reason == "127.0.0.1 did not answer in time"
    with Dripper() as dripper:
        assert fault(dripper.port, seconds=0.2).reason == "127.0.0.1 took longer than 0.2 s"


@pytest.mark.parametrize("when", ["LOGIN", "EXAMINE", "UID SEARCH", "UID FETCH"])
def test_a_server_that_breaks_off_is_asked_again_another_time(when: str) -> None:
    with Rude(lambda command: None if command.startswith(when) else b"") as server:
        problem = fault(server.port)
    assert (problem.outcome, problem.reason) == (PollOutcome.TRANSIENT, "127.0.0.1 broke off the conversation")


@pytest.mark.parametrize(
    "flood",
    [
        b"* 1 FETCH (UID 5 RFC822.SIZE 9 BODY[] {99999999999}\r\n!",
        b"* 1 FETCH (UID 5 RFC822.SIZE 9)\r\n" * 40_000,
    ],
)
def test_a_server_that_sends_without_end_is_cut_off(flood: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail_server, "MOST_BYTES", 1_000_000)
    with Rude(lambda command: flood if command.startswith("UID FETCH") else b"") as server:
        assert fault(server.port).reason == "the mail server sends more than was asked for"


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ("UID SEARCH", b"* SEARCH ett tv\xc3\xa5\r\n"),
        ("UID FETCH", b"* 1 FETCH (UID 5 RFC822.SIZE 9 BODY[] {x}\r\n* nonsense\r\n)\r\nA B\r\n!"),
    ],
)
def test_an_answer_without_sense_is_told(when: str, said: bytes) -> None:
    with Rude(lambda command: said if command.startswith(when) else b"") as server:
        assert fault(server.port, seconds=0.5).reason


def test_odd_answers_to_a_fetch_lose_only_what_they_are_about() -> None:
    def says(command: str) -> bytes:
        if "RFC822.SIZE" in command:
            return (
                b"* 2 FETCH (FLAGS (\\Seen))\r\n* 1 FETCH (UID 5 RFC822.SIZE 90)\r\n"
                b"* 3 FETCH (UID 6 RFC822.SIZE 90)\r\n* 4 FETCH (UID 7 RFC822.SIZE 9)\r\n"
            )
        if command.startswith("UID SEARCH"):
            return b"* SEARCH 5 6 7 8\r\n"
        if command.startswith("UID FETCH 5"):
            return b"* 1 FETCH (BODY[] {%d}\r\n%b UID 5)\r\n" % (len(MAIL), MAIL)
        if command.startswith("UID FETCH 6"):
            return b"* 3 FETCH (UID 6 BODY[] NIL)\r\n"
        return b""

    with Rude(says) as server:
        post = collect(account(server.port), WISH)
    assert (post.mails, post.validity, post.uid) == ({5: MAIL}, 7, 8)


def test_a_mail_that_is_larger_than_its_server_said_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.crawl.mailbox.MAX_MAIL", 100)

    def says(command: str) -> bytes:
        if command.startswith("UID FETCH"):
            return b"* 1 FETCH (UID 5 RFC822.SIZE 90 BODY[] {%d}\r\n%b)\r\n" % (len(MAIL), MAIL)
        return b""

    with Rude(says) as server:
        post = collect(account(server.port), WISH)
    assert (post.mails, post.large) == ({}, 1)


def test_a_server_that_repeats_the_password_is_not_repeated() -> None:
    refusal = f"TAG NO {SECRET} is wrong\r\n!".encode()
    with Rude(lambda command: refusal if command.startswith("LOGIN") else b"") as server:
        said = '127.0.0.1 does not let bevakning in with this password ("(secret) is wrong")'
        assert fault(server.port).reason == said


# --- marking and moving --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("able", "asked"),
    [
        ("MOVE", ['UID MOVE 5,6 "Klart"']),
        ("UIDPLUS", ['UID COPY 5,6 "Klart"', r"UID STORE 5,6 +FLAGS.SILENT (\Deleted)", "UID EXPUNGE 5,6"]),
        ("", [r"UID STORE 5,6 +FLAGS.SILENT (\Seen)"]),
    ],
)
def test_mails_are_moved_as_the_server_can(able: str, asked: list[str]) -> None:
    says = {"CAPABILITY": f"* CAPABILITY IMAP4rev1 {able}\r\n".encode()}
    with Rude(lambda command: says.get(command, b"")) as server:
        if able:
            put_away(account(server.port), 7, [6, 5], "Klart")
        else:
            with pytest.raises(MailboxError, match="can move no single mail"):
                put_away(account(server.port), 7, [6, 5], "Klart")
    assert [command for command in server.heard if command.startswith("UID")] == asked


def test_a_token_is_handed_over_as_one() -> None:
    with Rude(lambda command: None if command.startswith("AUTHENTICATE") else b"") as server:
        with pytest.raises(MailboxError, match="broke off"):
            collect(account(server.port, bearer=True), WISH)
        assert "AUTHENTICATE XOAUTH2" in server.heard


# --- addresses -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "addresses", "said"),
    [
        ("mail.kommun.example", ["10.0.0.1"], "10.0.0.1 is not a public address"),
        ("mail.kommun.example", ["93.184.216.34", "::1"], "::1 is not a public address"),
        ("169.254.169.254", [], "169.254.169.254 is not a public address"),
        ("[::ffff:127.0.0.1]", [], "is not a public address"),
        ("intranet.example", ["10.0.0.1"], "port 993 of intranet.example is not named in [crawl] allow_hosts"),
    ],
)
def test_the_mailbox_is_no_way_to_the_inner_network(host: str, addresses: list[str], said: str) -> None:
    given = Account(host=host, port=993, user="x", secret=SECRET, allow_hosts=("intranet.example:143",))
    with pytest.raises(MailboxError) as caught:
        connect(given, lambda _host, _port: addresses)
    assert caught.value.outcome is PollOutcome.BLOCKED
    assert said in caught.value.reason


def test_without_tls_only_hosts_in_allow_hosts_are_read() -> None:
    given = Account(host="mail.example.se", port=143, user="x", secret=SECRET, safe=False)
    with pytest.raises(MailboxError, match="over TLS only: write imaps://"):
        connect(given, lambda _host, _port: ["93.184.216.34"])


def test_the_address_that_was_judged_is_the_one_that_is_connected_to() -> None:
    with Rude() as server:
        given = Account(
            host="brevhuset", port=server.port, user="x", secret=SECRET, allow_hosts=(f"brevhuset:{server.port}",)
        )
        with connect(given, lambda _host, _port: ["127.0.0.1"]) as line:
            assert line.getpeername() == ("127.0.0.1", server.port)
        with pytest.raises(MailboxError, match=r"could not be reached .*no address"):
            connect(given, lambda _host, _port: [])
    assert "127.0.0.1 could not be reached" in fault(closed_port()).reason

    def knows_none(_host: str, _port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    gone = Account(host="mail.kommun.example", port=993, user="x", secret=SECRET)
    with pytest.raises(MailboxError, match=r"could not be reached \(Name or service not known\)"):
        connect(gone, knows_none)


# --- lines of feeds.txt --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "write password=file:secrets/NAME"),
        ({"password": "env:X", "token": "env:Y"}, "write password="),
        ({"password": "env:X", "days": "0"}, "days= must be 1 to 365"),
        ({"password": "env:X", "ca_file": "../ca.pem"}, "must be a file of this home"),
        ({"password": "env:X", "ca_file": "/etc/ca.pem"}, "must be a file of this home"),
        ({"password": "env:X", "items": "some"}, "some"),
        ({"password": "env:X", "senders": "x"}, "senders"),
    ],
)
def test_a_line_that_cannot_work_is_refused(options: dict[str, str], said: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=said):
        msgspec.convert(options, InboxOptions, strict=False)


def test_an_account_with_signs_that_none_has_is_refused() -> None:
    for url in ("imaps://x%0D%0Aa1@mail.example.se/INBOX", "imaps://x@mail.example.se/IN%0D%0ABOX"):
        polled: Polled = poll(InboxSpider, NOBODY, url, password="env:MONITOR_MAIL")  # noqa: S106 (where it stands)
        assert "signs that none has" in polled.poll.reason
