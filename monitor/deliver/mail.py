"""Mail: a letter as the bytes of a message, and the conversation with the server.

The message is made with the old `email` classes on purpose: EmailMessage folds Swedish subjects wrongly (CPython 92081,
120930, 144156) and lets an encoded word in a headline become a header of its own (CVE-2024-6923).
"""

import contextlib
import hashlib
import re
import smtplib
import socket
import ssl
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.charset import QP, Charset
from email.header import Header
from email.message import Message as MimePart
from email.mime.multipart import MIMEMultipart
from email.utils import format_datetime, formataddr
from enum import StrEnum
from typing import Any

from monitor.core.text import clean_line, shorten
from monitor.deliver.channels import Fate, Message, Receipt
from monitor.errors import DeliveryError

_LAYOUT = policy.compat32.clone(linesep="\r\n", mangle_from_=False)
_REPLY_LIMIT = 200
_NAME_LIMIT = 60
_LOSSES = 2
"""So many broken conversations in one run, and the server is left alone until the next."""


class Security(StrEnum):
    """How the connection is protected."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """The mail server that takes our letters."""

    host: str
    port: int = 587
    security: Security = Security.STARTTLS
    user: str = ""
    password: str = ""
    timeout: float = 30.0
    """Seconds that it may stay silent."""
    patience: float = 120.0
    """Seconds that one letter may take in all: a server that sends a byte now and then is never silent."""
    ca_file: str = ""
    """Certificates (PEM) to trust besides the machine's own: a municipality's own authority."""

    def __repr__(self) -> str:
        """Leave the password out: a traceback or log may show this."""
        return f"Server({self.host}:{self.port}, {self.security})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who the letters come from."""

    address: str
    name: str
    list_id: str = ""
    """Identifies the letters in a mail program's filters (RFC 2919)."""
    reply_to: str = ""


# --- the message -----------------------------------------------------------------------------------------


def build_mail(message: Message, sender: Sender, *, language: str, date: datetime) -> bytes:
    """Return the mail as it goes over the wire: both bodies as UTF-8 in quoted-printable, no line over 78 bytes.

    The same values give the same bytes. Raises DeliveryError when the headers do not read back as they were set.
    """
    headers: dict[str, Any] = {
        "From": _mailbox(sender.name, sender.address),
        "To": _mailbox(message.name, message.to),
        "Subject": Header(_broken_up(message.subject), "utf-8", header_name="Subject"),
        "Date": format_datetime(date),
        "Message-ID": f"<{message.key}>",
    }
    if sender.reply_to:
        headers["Reply-To"] = sender.reply_to
    if sender.list_id:
        headers["List-Id"] = _mailbox(sender.name, sender.list_id)
    if message.unsubscribe:
        headers["List-Unsubscribe"] = ", ".join(f"<{address}>" for address in message.unsubscribe)
        if any(address.startswith("https:") for address in message.unsubscribe):
            headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    headers |= {
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "OOF, AutoReply",
        "Content-Language": language,
    }
    whole = _bodies(message)
    for name, value in headers.items():
        whole[name] = value
    raw = whole.as_bytes(policy=_LAYOUT)
    _check_headers(raw, whole)
    return raw


def _bodies(message: Message) -> MimePart:
    if not message.html:
        return _part("plain", message.text)
    # "=_" never stands in quoted-printable, so the boundary cannot stand in a body.
    whole = MIMEMultipart("alternative", boundary="=_" + hashlib.sha256(message.key.encode()).hexdigest()[:32])
    whole.attach(_part("plain", message.text))
    whole.attach(_part("html", message.html))
    return whole


def _part(subtype: str, body: str) -> MimePart:
    charset = Charset("utf-8")
    charset.body_encoding = QP
    part = MimePart()
    part["Content-Type"] = f'text/{subtype}; charset="utf-8"'
    part.set_payload(body, charset)
    return part


def _mailbox(name: str, address: str) -> str:
    name = shorten(_broken_up(name), _NAME_LIMIT)
    if name.isascii():
        return formataddr((name, address))
    return f"{Header(name, 'utf-8').encode(linesep='')} <{address}>"


def _broken_up(text: str) -> str:
    """Return `text` as one line. What looks like an encoded word is broken up: some gateways decode twice."""
    return clean_line(text).replace("=?", "= ?")


def _check_headers(raw: bytes, meant: MimePart) -> None:
    found = message_from_bytes(raw)
    if found.keys() != meant.keys() or found.defects:
        raise DeliveryError("a mail would have had other headers than it should; it was not sent")


# --- the conversation ------------------------------------------------------------------------------------


class MailChannel:
    """Mail through one server: one connection for a run, opened with the first letter."""

    def __init__(self, server: Server, sender: Sender, *, language: str, clock: Callable[[], datetime]) -> None:
        self._server = server
        self._sender = sender
        self._language = language
        self._clock = clock
        self._smtp: _Conversation | None = None
        self._lost = 0

    def deliver(self, message: Message) -> Receipt:
        """Hand over one letter to one recipient."""
        raw = build_mail(message, self._sender, language=self._language, date=self._clock())
        if self._lost >= _LOSSES:
            return Receipt(Fate.LATER, f"not tried: {self._server.host} has just failed {_LOSSES} times")
        smtp = self._connect()
        receipt = smtp if isinstance(smtp, Receipt) else self._hand_over(smtp, message.to, raw)
        if receipt.fate is Fate.SENT:
            self._lost = 0
        elif self._smtp is None:
            self._lost += 1
        return receipt

    def check(self) -> Receipt:
        """Connect and log in, and send nothing."""
        smtp = self._connect()
        self.close()
        return smtp if isinstance(smtp, Receipt) else Receipt(Fate.SENT)

    def close(self) -> None:
        """Say goodbye, if anybody listens."""
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException), smtp.bounded():
                smtp.quit()
            smtp.close()

    def _connect(self) -> "_Conversation | Receipt":
        """Return the connection, opened if it is not; or why it cannot be opened."""
        if self._smtp is not None:
            return self._smtp
        server = self._server
        try:
            self._smtp = _open(server)
        except smtplib.SMTPAuthenticationError as error:
            return Receipt(Fate.LATER, f"{server.host} does not accept user name and password: {_said(error)}")
        except smtplib.SMTPNotSupportedError as error:
            return Receipt(Fate.LATER, f"{server.host} cannot do what [mail] asks for, so nothing was sent: {error}")
        except ssl.SSLError as error:
            return Receipt(Fate.LATER, f"no safe connection to {server.host}: {_reason(error)}")
        except TimeoutError:
            return Receipt(Fate.LATER, f"{server.host}:{server.port} does not answer within {server.timeout:g} s")
        except (OSError, smtplib.SMTPException, UnicodeError) as error:  # UnicodeError: no name that DNS could know
            return Receipt(Fate.LATER, f"{server.host}:{server.port} cannot be reached: {_reason(error)}")
        return self._smtp

    def _hand_over(self, smtp: "_Conversation", to: str, raw: bytes) -> Receipt:
        has_whole = False
        try:
            with smtp.bounded():
                size = [f"size={len(raw)}"] if smtp.has_extn("size") else []
                code, reply = smtp.mail(self._sender.address, size)
                if code != 250:
                    return self._refused(smtp, code, f"the server does not take the sender: {_words(code, reply)}")
                code, reply = smtp.rcpt(to)
                if code not in (250, 251):
                    return self._refused(smtp, code, f"the server does not take the recipient: {_words(code, reply)}")
                has_whole = True
                code, reply = smtp.data(raw)
        except smtplib.SMTPDataError as error:
            return self._refused(smtp, error.smtp_code, f"the server does not take the letter: {_said(error)}")
        except (OSError, smtplib.SMTPException) as error:
            self._hang_up(smtp)
            if has_whole:
                return Receipt(Fate.UNKNOWN, f"the server fell silent when it had the letter: {_reason(error)}")
            return Receipt(Fate.LATER, f"the conversation with the server broke off: {_reason(error)}")
        if code != 250:
            return self._refused(smtp, code, f"the server does not take the letter: {_words(code, reply)}")
        return Receipt(Fate.SENT, _words(code, reply))

    def _refused(self, smtp: "_Conversation", code: int, reason: str) -> Receipt:
        """Leave the connection fit for the next letter. Codes from 500 on are final (RFC 5321, 4.2.1)."""
        try:
            with smtp.bounded():
                if code == 421 or smtp.rset()[0] != 250:
                    self._hang_up(smtp)
        except (OSError, smtplib.SMTPException):
            self._hang_up(smtp)
        return Receipt(Fate.REFUSED if code >= 500 else Fate.LATER, reason)

    def _hang_up(self, smtp: "_Conversation") -> None:
        smtp.close()
        self._smtp = None


class _Conversation(smtplib.SMTP):
    """SMTP that ends when it has taken too long in all, however often the server says a word."""

    def __init__(self, server: Server) -> None:
        self._patience = server.patience
        super().__init__(server.host, server.port, timeout=server.timeout)

    def connect(self, *args: Any, **more: Any) -> tuple[int, bytes]:
        """Connect and read the greeting."""
        with self.bounded():
            return super().connect(*args, **more)

    @contextlib.contextmanager
    def bounded(self) -> Iterator[None]:
        """Cut the line when what stands in the block takes longer than the patience."""
        timer = threading.Timer(self._patience, self._cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _cut(self) -> None:
        line = self.sock
        if line is not None:
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)


class _SafeConversation(_Conversation, smtplib.SMTP_SSL):
    """The same inside TLS from the first byte."""

    def __init__(self, server: Server, context: ssl.SSLContext) -> None:
        self._patience = server.patience
        smtplib.SMTP_SSL.__init__(self, server.host, server.port, timeout=server.timeout, context=context)


def _open(server: Server) -> _Conversation:
    """Connect, protect the connection and log in. Raises what smtplib raises."""
    smtp = _SafeConversation(server, _trust(server)) if server.security is Security.TLS else _Conversation(server)
    try:
        with smtp.bounded():
            smtp.ehlo_or_helo_if_needed()
            if server.security is Security.STARTTLS:
                smtp.starttls(context=_trust(server))
                smtp.ehlo()
            if server.user:
                _log_in(smtp, server.user, server.password)
    except BaseException:
        smtp.close()
        raise
    return smtp


def _trust(server: Server) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if server.ca_file:
        context.load_verify_locations(server.ca_file)
    return context


def _log_in(smtp: smtplib.SMTP, user: str, password: str) -> None:
    """Log in. smtplib fails at letters outside ASCII; AUTH PLAIN takes them as UTF-8 (RFC 4616)."""
    if (user + password).isascii():
        smtp.login(user, password)
        return
    if "PLAIN" not in smtp.esmtp_features.get("auth", "").upper().split():
        raise smtplib.SMTPNotSupportedError("its ways to log in know only passwords of the letters a to z")
    code, reply = smtp.docmd("AUTH", f"PLAIN {b64encode(f'{chr(0)}{user}{chr(0)}{password}'.encode()).decode()}")
    if code not in (235, 503):
        raise smtplib.SMTPAuthenticationError(code, reply)


def _said(error: smtplib.SMTPResponseException) -> str:
    return _words(error.smtp_code, error.smtp_error)


def _words(code: int, reply: bytes | str) -> str:
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    return clean_line(f"{code} {text}", _REPLY_LIMIT)


def _reason(error: Exception) -> str:
    """Return a fault of the connection in words, without Python's own brackets."""
    text = getattr(error, "strerror", "") or re.sub(r"^\(-?\d+, |\)$", "", str(error)) or type(error).__name__
    return clean_line(str(text), _REPLY_LIMIT)
