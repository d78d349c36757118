"""The mailbox of the miniature web, read with an IMAP client that knows nothing of the server."""

import asyncio
import imaplib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import pytest

from monitor.demo.inbox import FOLDER, Mailbox, Wire

ACCOUNT = "bevakning"
LONG = b"rad\r\n" * 60_000


def mail(day: int, text: bytes = b"Hej\r\n") -> bytes:
    head = f"From: Lista <brev@lista.example>\r\nDate: Mon, {day:02} Nov 2026 10:00:00 +0100\r\nSubject: {day}\r\n\r\n"
    return head.encode() + text


@pytest.fixture(scope="module")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    yield loop
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


@pytest.fixture
def port(loop: asyncio.AbstractEventLoop) -> Iterator[int]:
    mailbox = Mailbox(ACCOUNT, [mail(day) for day in (2, 16, 23)] + [mail(24, LONG)] * 5)

    async def listen() -> asyncio.Server:
        return await loop.create_server(partial(Wire, mailbox, "the key"), "127.0.0.1", 0)

    server = asyncio.run_coroutine_threadsafe(listen(), loop).result()
    yield server.sockets[0].getsockname()[1]
    loop.call_soon_threadsafe(server.close)


@contextmanager
def opened(port: int, *, readonly: bool = True) -> Iterator[imaplib.IMAP4]:
    with imaplib.IMAP4("127.0.0.1", port, timeout=5) as client:
        client.login(ACCOUNT, "the key")
        assert client.select(FOLDER, readonly=readonly) == ("OK", [b"8"])
        yield client


def test_the_one_account_is_let_in_with_its_password_only(port: int) -> None:
    for user, password in ((ACCOUNT, "guessed"), ("other", "the key")):
        with imaplib.IMAP4("127.0.0.1", port, timeout=5) as client, pytest.raises(imaplib.IMAP4.error):
            client.login(user, password)


def test_mails_are_found_by_their_day_and_by_their_number(port: int) -> None:
    with opened(port) as client:
        assert client.uid("SEARCH", "(SINCE 16-Nov-2026)") == ("OK", [b"2 3 4 5 6 7 8"])
        assert client.uid("SEARCH", "UID 7:*") == ("OK", [b"7 8"])
        assert client.uid("SEARCH", "UID 9:*") == ("OK", [b"8"]), "as RFC 3501 has it: * is the last, first or not"
        with pytest.raises(imaplib.IMAP4.error, match="not searched for"):
            client.uid("SEARCH", "SUBJECT x")


def test_a_mail_is_fetched_whole_and_its_sender_alone(port: int) -> None:
    with opened(port) as client:
        _, (whole, *_) = client.uid("FETCH", "8", "(UID BODY.PEEK[])")
        assert isinstance(whole, tuple)
        assert whole[1] == mail(24, LONG)
        _, (head, *_) = client.uid("FETCH", "1", "(UID RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM)])")
        assert isinstance(head, tuple)
        assert f"RFC822.SIZE {len(mail(2))}".encode() in head[0]
        assert head[1].strip() == b"From: Lista <brev@lista.example>"


def test_the_mailbox_has_the_same_number_at_every_start(port: int) -> None:
    with opened(port) as client:
        assert client.response("UIDVALIDITY")[1] == [b"20261124"]


def test_marks_are_kept_and_looking_makes_none(port: int) -> None:
    with opened(port, readonly=False) as client:
        client.uid("FETCH", "1:3", "(UID BODY.PEEK[])")
        client.uid("STORE", "2,3", "+FLAGS.SILENT", r"(\Seen)")
        client.uid("STORE", "3", "-FLAGS.SILENT", r"(\Seen)")
    with opened(port) as client:
        _, flags = client.uid("FETCH", "1:3", "(FLAGS)")
        assert [b"\\Seen" in line for line in flags if isinstance(line, bytes)] == [False, True, False]


def test_a_folder_that_is_not_there_is_told(port: int) -> None:
    with imaplib.IMAP4("127.0.0.1", port, timeout=5) as client:
        client.login(ACCOUNT, "the key")
        assert client.select("Klart")[0] == "NO"
        assert FOLDER.encode() in (client.list()[1][0] or b"")
