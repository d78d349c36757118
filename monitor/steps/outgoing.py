"""What the settings say about ways out: who gets which letter, and the channels that take it there."""

import re
import unicodedata
from collections.abc import Callable
from hashlib import sha256
from types import TracebackType
from typing import Self

from monitor.config import Home, Settings
from monitor.config.delivery import (
    WEEKDAYS,
    RecipientSettings,
    WebhookSettings,
    mail_password,
    webhook_url,
)
from monitor.core.recipients import Edition, Recipient
from monitor.deliver.channels import Channel, Fate, Message, Receipt
from monitor.deliver.mail import MailChannel, Security, Sender, Server
from monitor.deliver.webhook import Hook, Kind, WebhookChannel
from monitor.errors import ConfigError
from monitor.models import Clock

MAIL = "mail"
WEBHOOK = "webhook"
_NO_HOST = "town-monitor.invalid"

Sleep = Callable[[float], object]


def recipients_of(settings: Settings) -> tuple[Recipient, ...]:
    """Return everybody who is to get a letter, mail addresses first."""
    mailed = (_recipient(entry, entry.address, MAIL) for entry in settings.recipients)
    posted = (_recipient(entry, entry.name, WEBHOOK) for entry in settings.webhooks)
    return (*mailed, *posted)


def _recipient(entry: RecipientSettings | WebhookSettings, address: str, channel: str) -> Recipient:
    return Recipient(
        address=address,
        name=entry.name,
        channel=channel,
        edition=Edition(
            short=entry.letter == "short",
            about=entry.about,
            words=entry.words,
            topics=entry.topics,
            units=entry.units,
        ),
        weekdays=frozenset(map(WEEKDAYS.index, entry.weekdays)),
        when_empty=entry.when_empty,
    )


def key_of(settings: Settings, item: str, recipient: Recipient) -> str:
    """Return what tells one message to one recipient apart for good: the Message-ID without its brackets.

    The address stands in it as a fingerprint only: a forwarded letter is not to tell who got it.
    """
    who = f"{recipient.channel} {recipient.address.lower()} {recipient.edition.name}"
    host = settings.mail.sender.partition("@")[2] or _NO_HOST
    return f"{plain(item)}.{plain(settings.municipality)}.{sha256(who.encode()).hexdigest()[:16]}@{host}"


def plain(text: str) -> str:
    """Return `text` in the letters that may stand in a Message-ID or List-Id."""
    bare = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", bare).strip("-") or "x"


class Channels:
    """The ways out of one run, each opened when it is first used."""

    def __init__(self, home: Home, clock: Clock, sleep: Sleep) -> None:
        self._home = home
        self._clock = clock
        self._sleep = sleep
        self._open: dict[str, Channel] = {}

    def __enter__(self) -> Self:
        """Hold the channels for a run."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close what was opened."""
        for channel in self._open.values():
            channel.close()

    def of(self, recipient: Recipient) -> Channel:
        """Return the way to `recipient`. A wrong secret stops this way only, and says so at every delivery."""
        name = MAIL if recipient.channel == MAIL else f"{WEBHOOK} {recipient.address}"
        if name not in self._open:
            try:
                channel = self._mail() if recipient.channel == MAIL else self._webhook(recipient.address)
            except ConfigError as error:
                channel = _Shut(str(error))
            self._open[name] = channel
        return self._open[name]

    def _mail(self) -> Channel:
        return mail_channel(self._home, self._clock)

    def _webhook(self, name: str) -> Channel:
        settings = self._home.settings
        entry = next(hook for hook in settings.webhooks if hook.name == name)
        hook = Hook(
            name=name,
            url=webhook_url(entry, self._home.path),
            kind=Kind(entry.kind),
            timeout=entry.timeout,
            allow_hosts=settings.crawl.allow_hosts,
            ca_file=_beside(self._home, settings.mail.ca_file),
        )
        return WebhookChannel(hook, sleep=self._sleep)


def mail_channel(home: Home, clock: Clock) -> MailChannel:
    """Return the way through `[mail]`. Raises ConfigError when its secret cannot be had."""
    settings = home.settings
    mail = settings.mail
    server = Server(
        host=mail.host,
        port=mail.real_port,
        security=Security(mail.security),
        user=mail.user,
        password=mail_password(mail, home.path),
        timeout=mail.timeout,
        patience=4 * mail.timeout,
        ca_file=_beside(home, mail.ca_file),
    )
    domain = mail.sender.partition("@")[2]
    sender = Sender(
        address=mail.sender,
        name=mail.sender_name or settings.organisation or settings.municipality,
        list_id=f"{plain(settings.municipality)}.letter.{domain}",
        reply_to=mail.reply_to,
    )
    return MailChannel(server, sender, language=settings.language, clock=clock)


def _beside(home: Home, file: str) -> str:
    """Return the path of `[mail] ca_file`, which is given from the home. Raises ConfigError."""
    if not file:
        return ""
    path = home.path / file
    if not path.is_file():
        raise ConfigError(path, "mail.ca_file", "no such file")
    return str(path)


class _Shut:
    """A way out that cannot be used before somebody mends the settings."""

    def __init__(self, reason: str) -> None:
        self._receipt = Receipt(Fate.LATER, reason)

    def deliver(self, message: Message) -> Receipt:  # noqa: ARG002 (a channel's signature)
        """Say why not."""
        return self._receipt

    def close(self) -> None:
        """Nothing is open."""
