"""A conversation with a mail server: the address judged, TLS, the login, and bounds of size and of time.

Everything here blocks: run it in a thread.
"""

import contextlib
import imaplib
import socket
import ssl
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from imap_tools.errors import ImapToolsError, UnexpectedCommandStatusError
from imap_tools.mailbox import BaseMailBox

from monitor.core.addresses import is_allowed, judge_address, judge_request
from monitor.core.text import clean_line
from monitor.models import PollOutcome

SECONDS = 60.0
"""How long one conversation may last in all, however busy the server keeps it."""
SILENCE = 20.0
MOST_BYTES = 40_000_000
"""What one conversation may bring."""

Resolve = Callable[[str, int], Sequence[str]]


class MailboxError(Exception):
    """The mailbox cannot be read or changed; the text is the reason."""

    def __init__(self, outcome: PollOutcome, reason: str) -> None:
        super().__init__(reason)
        self.outcome = outcome
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One folder of one account, and how it is reached."""

    host: str
    port: int
    user: str
    folder: str = "INBOX"
    secret: str = field(repr=False)
    bearer: bool = False
    """The secret is an access token (XOAUTH2), not a password."""
    safe: bool = True
    """TLS from the first byte, the certificate checked against the name."""
    ca_file: Path | None = None
    """Certificates that are trusted besides those of the system."""
    allow_hosts: Collection[str] = ()
    seconds: float = SECONDS


class _Line(imaplib.IMAP4):
    """IMAP over a socket that is connected already, with a bound of what is taken in."""

    def __init__(self, wire: socket.socket) -> None:
        self._wire = wire
        self._left = MOST_BYTES
        super().__init__(timeout=SILENCE)

    def _create_socket(self, timeout: float | None = None) -> socket.socket:  # noqa: ARG002 (imaplib's name)
        return self._wire

    def read(self, size: int) -> bytes:
        self._count(size)
        return super().read(size)

    def readline(self) -> bytes:
        line = super().readline()
        self._count(len(line))
        return line

    def _count(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            raise MailboxError(PollOutcome.UNREADABLE, "the mail server sends more than was asked for")


class Box(BaseMailBox):
    """imap-tools' mailbox, over a socket that is connected already."""

    def __init__(self, wire: socket.socket) -> None:
        self._wire = wire
        super().__init__()

    def _get_mailbox_client(self) -> imaplib.IMAP4:
        return _Line(self._wire)


@contextlib.contextmanager
def open_box(account: Account) -> Iterator[Box]:
    """Connect and log in. Whatever goes wrong in the conversation becomes a MailboxError."""
    wire = connect(account)
    handle = wire.dup()  # TLS takes the socket over; a second handle on it can still end it
    late = threading.Event()
    timer = threading.Timer(account.seconds, _cut, (handle, late))
    timer.daemon = True
    timer.start()
    client: imaplib.IMAP4 | None = None
    try:
        if account.safe:
            wire = _wrap(account, wire)
        box = Box(wire)
        client = box.client
        _log_in(box, account)
        yield box
        with contextlib.suppress(OSError, imaplib.IMAP4.error, ImapToolsError):
            box.logout()
    except MailboxError:
        raise
    except Exception as error:  # (a hostile server may break the library anywhere)
        raise _explain(error, account, late=late.is_set()) from error
    finally:
        timer.cancel()
        with contextlib.suppress(OSError):
            if client is not None:
                client.shutdown()
        handle.close()
        wire.close()


def connect(account: Account, resolve: Resolve | None = None) -> socket.socket:
    """Resolve, judge, and connect to the very address that was judged. Raises MailboxError."""
    host, port = account.host, account.port
    allowed = is_allowed(host, port, account.allow_hosts)
    if refused := judge_request(host, port, account.allow_hosts):
        raise _refused(refused.reason)
    if not account.safe and not allowed:
        raise _refused("mail is read over TLS only: write imaps://")
    try:
        addresses = (resolve or _resolve)(host, port)
        if not allowed and (verdict := next(filter(None, map(judge_address, addresses)), None)):
            raise _refused(f"{host}: {verdict.reason}")
        return _reach(addresses, port)
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise MailboxError(PollOutcome.TRANSIENT, f"{host} could not be reached ({clean_line(reason, 100)})") from error


def _refused(reason: str) -> MailboxError:
    what = f"the address is refused: {reason}; private addresses are read only when allow_hosts names them"
    return MailboxError(PollOutcome.BLOCKED, what)


def _resolve(host: str, port: int) -> list[str]:
    return [str(address[0]) for *_, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def _reach(addresses: Sequence[str], port: int) -> socket.socket:
    for number, address in enumerate(addresses, 1):
        try:
            return socket.create_connection((address, port), timeout=SILENCE)
        except OSError:
            if number == len(addresses):
                raise
    raise OSError("the name has no address")


def _wrap(account: Account, wire: socket.socket) -> ssl.SSLSocket:
    """Begin TLS; the certificate is checked against the name, whichever address answers."""
    context = ssl.create_default_context()
    if account.ca_file:
        try:
            context.load_verify_locations(account.ca_file)
        except OSError as error:
            what = f"ca_file={account.ca_file.name} holds no certificates that can be read"
            raise MailboxError(PollOutcome.UNREADABLE, what) from error
    return context.wrap_socket(wire, server_hostname=account.host)


def _cut(wire: socket.socket, late: threading.Event) -> None:
    """End a conversation that takes too long in all: an answer of one byte now and then is never silent."""
    late.set()
    with contextlib.suppress(OSError):
        wire.shutdown(socket.SHUT_RDWR)


def _log_in(box: Box, account: Account) -> None:
    try:
        (box.xoauth2 if account.bearer else box.login)(account.user, account.secret, initial_folder=None)
    except (OSError, imaplib.IMAP4.abort):
        raise
    except (imaplib.IMAP4.error, ImapToolsError) as error:
        what = f"{account.host} does not let {account.user} in with this {'token' if account.bearer else 'password'}"
        said = _said(error).replace(account.secret, "(secret)")  # a server may repeat it
        raise MailboxError(PollOutcome.BLOCKED, what + said) from None


def _said(error: Exception) -> str:
    """Return what a server said, in brackets, or ""."""
    data = error.command_result[1] if isinstance(error, UnexpectedCommandStatusError) else None
    words = [part.decode("utf-8", "replace") for part in data or () if isinstance(part, bytes)]
    said = clean_line(" ".join(words), 120)
    return f' ("{said}")' if said else ""


def _explain(error: Exception, account: Account, *, late: bool) -> MailboxError:
    if late:
        return MailboxError(PollOutcome.TRANSIENT, f"{account.host} took longer than {account.seconds:g} s")
    if isinstance(error, ssl.SSLCertVerificationError):
        what = f"the certificate of {account.host} cannot be trusted ({clean_line(error.verify_message, 100)})"
        return MailboxError(PollOutcome.BLOCKED, f"{what}; of an authority of your own, name it with ca_file=")
    if isinstance(error, TimeoutError):
        return MailboxError(PollOutcome.TRANSIENT, f"{account.host} did not answer in time")
    if isinstance(error, OSError | imaplib.IMAP4.abort):
        return MailboxError(PollOutcome.TRANSIENT, f"{account.host} broke off the conversation")
    said = _said(error) or f" ({type(error).__name__})"
    return MailboxError(PollOutcome.UNREADABLE, f"{account.host} answers otherwise than a mail server does{said}")
