"""The part of monitor.toml that says to whom letters and alerts go, and how. `config` reads it with the rest.

Secrets stand elsewhere: in the environment, or in a file that only its owner may read.
"""

import os
import re
import stat
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import time
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import msgspec

from monitor.config.secrets import read_secret
from monitor.core.addresses import is_allowed
from monitor.core.text import clean_line
from monitor.core.urls import safe_url
from monitor.errors import ConfigError

SETTINGS = "monitor.toml"
PASSWORD = "MONITOR_MAIL_PASSWORD"  # noqa: S105 (the name of a variable, not a password)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LOCAL = ("localhost", "127.0.0.1", "::1")
_TIME = re.compile(r"([01]?\d|2[0-3])[.:]([0-5]\d)")
_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")


class Mail(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[mail]`: the server that takes the letters, and who they come from."""

    host: str = ""
    port: int = 0
    """0: 587 with starttls, 465 with tls, 25 with none."""
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    password_file: str = ""
    """File with the password, mode 600; else the environment variable MONITOR_MAIL_PASSWORD."""
    sender: str = ""
    """Mail address in From."""
    sender_name: str = ""
    reply_to: str = ""
    unsubscribe: Literal["mail", "web"] = "mail"
    """How the mailing is ended: by a mail to `reply_to`, or also on the pages of `[digest] web` with one click."""
    timeout: float = 30.0
    """Seconds that the server may stay silent."""
    ca_file: str = ""
    """Certificates (PEM) to trust besides the machine's own."""

    @property
    def real_port(self) -> int:
        """The port, also where none is set."""
        return self.port or {"starttls": 587, "tls": 465, "none": 25}[self.security]


class RecipientSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[[recipients]]`: one mail address and which letter it gets."""

    address: str
    name: str = ""
    letter: Literal["whole", "short"] = "whole"
    about: str = ""
    """Unit or topic whose stories alone are sent, as readers call it."""
    words: tuple[str, ...] = ()
    """What `about` means: beginnings of words, with "*" in front also inside words."""
    topics: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    """Topics and responsible units whose stories belong to it, by their names in the letter."""
    weekdays: tuple[str, ...] = WEEKDAYS
    when_empty: bool = True
    """Whether a letter about a unit goes also on days without stories about it."""


class WebhookSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[[webhooks]]`: one address to post to. The address is a secret: keep it in a file where others may read this."""

    name: str
    url: str = ""
    url_file: str = ""
    """File with the address, mode 600, instead of `url`."""
    kind: Literal["teams", "slack", "json"] = "json"
    letter: Literal["whole", "short"] = "whole"
    about: str = ""
    words: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    weekdays: tuple[str, ...] = WEEKDAYS
    when_empty: bool = True
    timeout: float = 15.0


class AlertSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[alerts]`: who is told at once what cannot wait. Without `to` and `webhooks`, nobody."""

    to: tuple[str, ...] = ()
    webhooks: tuple[str, ...] = ()
    """Names of `[[webhooks]]`."""
    per_day: int = 3
    quiet: str = "21.00-06.30"
    """Hours without alerts, local time; "" for none."""
    fewest: int = 4
    """Articles in an hour below which no number is alarming."""


class ReviewSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[review]`: the reviewed mode. Without `until` letters go unreviewed."""

    until: str = ""
    """Until when the letter waits for a review, local time. Then it goes, and says that nobody has reviewed it."""
    role: str = ""
    """Who reviews, as the letter says it: a role, never a name."""


class WatchdogSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[watchdog]`: who is told when there is no letter."""

    to: tuple[str, ...] = ()
    """Empty: all who would have got a letter today."""


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """All of the above, as `Settings` takes them in."""

    mail: Mail = msgspec.field(default_factory=Mail)
    recipients: tuple[RecipientSettings, ...] = ()
    webhooks: tuple[WebhookSettings, ...] = ()
    alerts: AlertSettings = msgspec.field(default_factory=AlertSettings)
    review: ReviewSettings = msgspec.field(default_factory=ReviewSettings)
    watchdog: WatchdogSettings = msgspec.field(default_factory=WatchdogSettings)


def read_time(text: str) -> time:
    """Read "06.30" or "06:30". Raises ValueError."""
    if not (found := _TIME.fullmatch(text)):
        raise ValueError(text)
    return time(int(found[1]), int(found[2]))


def read_hours(text: str) -> tuple[time, time]:
    """Read "21.00-06.30". Raises ValueError."""
    begin, _, end = text.partition("-")
    return read_time(begin.strip()), read_time(end.strip())


def mail_password(mail: Mail, home: Path, environment: Mapping[str, str] = os.environ) -> str:
    """Return the password of `[mail] user`. Raises ConfigError when it is nowhere."""
    if not mail.user:
        return ""
    if mail.password_file:
        return read_secret(Path(mail.password_file), home, "mail.password_file")
    if given := environment.get(PASSWORD):
        return given
    raise ConfigError(
        home, "mail.user", f"the password is missing: set {PASSWORD}, or name a file in [mail] password_file"
    )


def webhook_url(hook: WebhookSettings, home: Path) -> str:
    """Return where to post. Raises ConfigError that does not show the address.

    An https address in monitor.toml is a secret there: the file must be its owner's alone. A host of one's own network
    that is posted to without TLS holds nothing that a reader of the file could use from outside.
    """
    settings = home / SETTINGS
    if hook.url.startswith("https:") and settings.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        what = f"others may read its address in {SETTINGS}. Write: chmod 600 {SETTINGS}, or move it to url_file"
        raise ConfigError(settings, "webhooks.url", what)
    url = read_secret(Path(hook.url_file), home, "webhooks.url_file") if hook.url_file else hook.url
    if not safe_url(url):
        raise ConfigError(home, "webhooks.url", f'the address of "{hook.name}" is no web address')
    return url


def check_delivery(path: Path, settings: Delivery, allow_hosts: Collection[str]) -> None:
    """Raise ConfigError, which names the key, where a value has the right type and still makes no sense."""
    for key, what in _faults(settings, allow_hosts):
        raise ConfigError(path, key, what)


_Fault = tuple[str, str]


def _faults(settings: Delivery, allow_hosts: Collection[str]) -> Iterator[_Fault]:
    yield from _faults_of_mail(settings)
    identities = [(person.address.lower(), person.letter, person.about) for person in settings.recipients]
    for person, identity in zip(settings.recipients, identities, strict=True):
        yield from _faults_of_address(person.address, "recipients.address")
        if identities.count(identity) > 1:
            yield "recipients.address", f'"{person.address}" is to get the same letter twice: remove one of the two'
        yield from _faults_of_part(person, "recipients", person.address)
    for hook in settings.webhooks:
        yield from _faults_of_hook(hook, allow_hosts)
        if [other.name for other in settings.webhooks].count(hook.name) > 1:
            yield "webhooks.name", f'"{hook.name}" stands twice: give each webhook its own name'
        yield from _faults_of_part(hook, "webhooks", hook.name)
    yield from _faults_of_rest(settings)


def _faults_of_mail(settings: Delivery) -> Iterator[_Fault]:
    mail = settings.mail
    mailed = bool(settings.recipients or settings.alerts.to or settings.watchdog.to)
    if mailed and not mail.host:
        yield "mail.host", 'is missing: the letters go by mail. Write for example: host = "smtp.kommun.example"'
    if mailed or mail.sender:
        yield from _faults_of_address(mail.sender, "mail.sender")
    if mail.reply_to:
        yield from _faults_of_address(mail.reply_to, "mail.reply_to")
    if not re.fullmatch(r"[\w.:-]*", mail.host, re.ASCII):
        yield "mail.host", f'"{clean_line(mail.host, 60)}" is no name of a server'
    if mail.security == "none" and mail.host not in ("", *LOCAL):
        yield "mail.security", '"none" is for a server on this machine only. Write "starttls" or "tls"'
    if not 0 <= mail.port <= 65_535:
        yield "mail.port", f"{mail.port} is no port"
    if not 1 <= mail.timeout <= 600:
        yield "mail.timeout", f"{mail.timeout:g} must be 1 to 600 seconds"


def _faults_of_address(address: str, key: str) -> Iterator[_Fault]:
    if not _ADDRESS.fullmatch(address):
        yield key, f'"{clean_line(address, 80)}" is no mail address. Write for example: "kommunikation@kommun.example"'


def _faults_of_hook(hook: WebhookSettings, allow_hosts: Collection[str]) -> Iterator[_Fault]:
    if not hook.name.strip():
        yield "webhooks.name", "is empty: a name tells the webhooks apart"
    if bool(hook.url) == bool(hook.url_file):
        yield "webhooks.url", f'"{hook.name}" needs either url or url_file'
    if hook.url:
        parts = urlsplit(safe_url(hook.url))
        port = parts.port or {"https": 443, "http": 80}.get(parts.scheme, 0)
        if not parts.hostname:
            yield "webhooks.url", f'the address of "{hook.name}" is no web address'
        elif parts.scheme != "https" and not is_allowed(parts.hostname, port, allow_hosts):
            yield "webhooks.url", f'the address of "{hook.name}" must begin with https://'
    if not 1 <= hook.timeout <= 120:
        yield "webhooks.timeout", f"{hook.timeout:g} must be 1 to 120 seconds"


def _faults_of_part(entry: RecipientSettings | WebhookSettings, key: str, name: str) -> Iterator[_Fault]:
    for day in entry.weekdays:
        if day not in WEEKDAYS:
            yield f"{key}.weekdays", f'"{clean_line(day, 40)}" is not one of {", ".join(WEEKDAYS)}'
    if not entry.weekdays:
        yield f"{key}.weekdays", f'"{name}" has no day. Write for example: ["mon", "wed", "fri"], or leave it out'
    chosen = entry.words or entry.topics or entry.units
    if bool(entry.about.strip()) != bool(chosen):
        what = (
            'about and words (or topics, units) belong together. Write for example: about = "Skola", words = ["skol"]'
        )
        yield f"{key}.words" if entry.about else f"{key}.about", f'"{name}": {what}'
    if any(not word.strip("* ") for word in (*entry.words, *entry.topics, *entry.units)):
        yield f"{key}.words", f'"{name}": an empty word would take every story'


def _faults_of_rest(settings: Delivery) -> Iterator[_Fault]:
    alerts, review = settings.alerts, settings.review
    for address in alerts.to:
        yield from _faults_of_address(address, "alerts.to")
    for address in settings.watchdog.to:
        yield from _faults_of_address(address, "watchdog.to")
    names = {hook.name for hook in settings.webhooks}
    for name in alerts.webhooks:
        if name not in names:
            yield "alerts.webhooks", f'"{clean_line(name, 40)}" is the name of no [[webhooks]]'
    if alerts.quiet and not _readable(read_hours, alerts.quiet):
        yield "alerts.quiet", f'"{clean_line(alerts.quiet, 40)}" is no span of hours. Write for example: "21.00-06.30"'
    if not 0 <= alerts.per_day <= 20:
        yield "alerts.per_day", f"{alerts.per_day} must be 0 to 20"
    if alerts.fewest < 1:
        yield "alerts.fewest", f"{alerts.fewest} must be at least 1"
    if review.until and not _readable(read_time, review.until):
        yield "review.until", f'"{clean_line(review.until, 40)}" is no time of day. Write for example: "07.00"'
    if review.until and not review.role.strip():
        yield "review.role", 'is missing: who reviews, as a role. Write for example: role = "kommunikatör"'


def _readable(read: Callable[[str], object], text: str) -> bool:
    try:
        read(text)
    except ValueError:
        return False
    return True
