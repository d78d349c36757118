"""A mail server with one mailbox: Twisted's IMAP4rev1, driven by the loop that serves the miniature web.

Twisted's own reactor is the crawl's, and runs in another thread. Of Twisted's interfaces of mailboxes and mails there
is what reading and marking needs: nothing is added, moved or taken away.
"""

# ruff: noqa: N802, ARG002 - names and arguments are Twisted's

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes
from email.utils import parsedate_to_datetime
from functools import partial
from io import BytesIO
from typing import Any

from twisted.cred.error import UnauthorizedLogin
from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectionDone
from twisted.mail import imap4
from twisted.python.failure import Failure
from zope.interface import implementer

FOLDER = "INBOX"
_VALIDITY = 20_261_124
"""The same at every start, as the numbers of the mails are."""


@implementer(imap4.IMessage, imap4.IMessageFile)
@dataclass(slots=True)
class Mail:
    """One mail of the mailbox, and how it was marked."""

    uid: int
    body: bytes
    flags: set[str] = field(default_factory=set)

    @property
    def headers(self) -> list[tuple[str, str]]:
        """Its headers as they stand."""
        return message_from_bytes(self.body).items()

    def getUID(self) -> int:
        return self.uid

    def getFlags(self) -> list[str]:
        return sorted(self.flags)

    def getInternalDate(self) -> str:
        return next(value for name, value in self.headers if name == "Date")

    def getSize(self) -> int:
        return len(self.body)

    def isMultipart(self) -> bool:
        return message_from_bytes(self.body).is_multipart()

    def getHeaders(self, negate: bool, *names: bytes) -> dict[str, str]:
        wanted = {name.decode("ascii").lower() for name in names}
        return {name: value for name, value in self.headers if (name.lower() in wanted) is not bool(negate)}

    def open(self) -> BytesIO:
        return BytesIO(self.body)


@implementer(imap4.IMailbox, imap4.ISearchableMailbox)
class Mailbox:
    """The mails of an account, numbered from 1."""

    def __init__(self, account: str, mails: Sequence[bytes]) -> None:
        self.account = account
        self.mails = {uid: Mail(uid, body) for uid, body in enumerate(mails, 1)}

    def getUIDValidity(self) -> int:
        return _VALIDITY

    def getUID(self, message: int) -> int:
        return message

    def getMessageCount(self) -> int:
        return len(self.mails)

    def getRecentCount(self) -> int:
        return 0

    def isWriteable(self) -> bool:
        return True

    def addListener(self, listener: object) -> None:
        """Nothing happens in the mailbox of which a listener could be told."""

    def removeListener(self, listener: object) -> None:
        """As little."""

    def getFlags(self) -> list[str]:
        return ["\\Seen"]

    def getHierarchicalDelimiter(self) -> str:
        return "/"

    def search(self, query: Sequence[object], uid: bool) -> list[int]:
        """Answer the two searches that the monitor makes: since a day, and from a number on."""
        match query:
            case [list(inner)]:
                return self.search(inner, uid)
            case [b"SINCE", bytes(day)]:
                first = datetime.strptime(day.decode("ascii"), "%d-%b-%Y").date()  # noqa: DTZ007 (a day)
                return [n for n, mail in self.mails.items() if _day_of(mail) >= first]
            case [b"UID", bytes(numbers)]:
                return sorted(self._chosen(imap4.parseIdList(numbers)))
            case _:
                raise imap4.IllegalQueryError(f"this mailbox is not searched for {query!r}")

    def fetch(self, messages: imap4.MessageSet, uid: bool) -> list[tuple[int, Mail]]:
        return sorted(self._chosen(messages).items())

    def store(self, messages: imap4.MessageSet, flags: Sequence[str], mode: int, uid: bool) -> dict[int, list[str]]:
        for mail in (chosen := self._chosen(messages)).values():
            mail.flags = mail.flags - set(flags) if mode < 0 else set(flags) | (mail.flags if mode else set())
        return {number: mail.getFlags() for number, mail in chosen.items()}

    def _chosen(self, numbers: imap4.MessageSet) -> Mapping[int, Mail]:
        numbers.last = len(self.mails)
        return {number: self.mails[number] for number in numbers if number in self.mails}


class _Server(imap4.IMAP4Server):
    """Lets the one account in."""

    def __init__(self, mailbox: Mailbox, password: str, soon: Callable[..., object]) -> None:
        super().__init__(scheduler=partial(_run, soon))  # type: ignore[no-untyped-call]
        self.user, self.password = mailbox.account, password
        self.mailboxes = imap4.MemoryAccountWithoutNamespaces(mailbox.account)
        self.mailboxes.addMailbox(FOLDER, mailbox)

    def authenticateLogin(self, user: bytes, passwd: bytes) -> tuple[Any, object, Callable[[], None]]:
        if (user, passwd) != (self.user.encode(), self.password.encode()):
            raise UnauthorizedLogin
        return imap4.IAccount, self.mailboxes, lambda: None

    def setTimeout(self, period: float | None) -> None:
        """Set none: it would be one of the reactor. The web hangs up at its end."""

    def resetTimeout(self) -> None:
        """There is none."""


class Wire(asyncio.Protocol):
    """One connection: what asyncio brings is handed to Twisted's protocol, for which this is the transport."""

    disconnecting = False

    def __init__(self, mailbox: Mailbox, password: str) -> None:
        self._soon = asyncio.get_running_loop().call_soon
        self._server: Any = _Server(mailbox, password, self._soon)
        self._producer: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin the conversation."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 (a TCP connection is one)
        self._transport = transport
        self._server.makeConnection(self)

    def data_received(self, data: bytes) -> None:
        """Hand on what the client says."""
        self._server.dataReceived(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """End the conversation."""
        self._producer = None
        self._server.connectionLost(Failure(exc or ConnectionDone()))

    def write(self, data: bytes) -> None:
        self._transport.write(data)

    def writeSequence(self, parts: Sequence[bytes]) -> None:
        self._transport.write(b"".join(parts))

    def loseConnection(self) -> None:
        self.disconnecting = True
        self._transport.close()

    def registerProducer(self, producer: Any, streaming: bool) -> None:
        self._producer = producer
        self._soon(self._pull)

    def unregisterProducer(self) -> None:
        self._producer = None

    def _pull(self) -> None:
        if self._producer:
            self._producer.resumeProducing()
            self._soon(self._pull)


def _run(soon: Callable[..., object], steps: Iterator[Any]) -> "Deferred[None]":
    """Take one step after the other, each once what the one before waits for is there."""
    done: Deferred[None] = Deferred()

    def go(_: object = None) -> None:
        try:
            step = next(steps)
        except StopIteration:
            done.callback(None)
        except Exception:  # noqa: BLE001 (told to the client)
            done.errback()
        else:
            if isinstance(step, Deferred):
                step.addCallbacks(go, done.errback)
            else:
                soon(go)

    go()
    return done


def _day_of(mail: Mail) -> Any:
    return parsedate_to_datetime(mail.getInternalDate()).date()
