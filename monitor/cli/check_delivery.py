"""What `monitor doctor` looks at before a letter can reach people: server, secrets, disk, permissions, time zone."""

import os
import shutil
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from monitor.config import Home
from monitor.config.delivery import webhook_url
from monitor.deliver.channels import Fate
from monitor.errors import ConfigError
from monitor.steps.outgoing import mail_channel

_ROOM = 500_000_000
"""Free bytes that a month of work may need."""


def check_delivery(home: Home) -> Iterator[tuple[bool, str]]:
    """Check the ways out and what they stand on; say what to do."""
    yield from check_mail(home)
    yield from check_webhooks(home)
    yield from check_machine(home)


def check_mail(home: Home) -> Iterator[tuple[bool, str]]:
    """Connect to the mail server and log in; send nothing."""
    settings = home.settings
    if not settings.recipients and not settings.webhooks:
        yield True, "nobody gets the letter by mail or webhook: [[recipients]] in monitor.toml names them"
        return
    if not settings.mail.host:
        return
    where = f"mail server {settings.mail.host}:{settings.mail.real_port} ({settings.mail.security})"
    try:
        receipt = mail_channel(home, lambda: datetime.now(UTC)).check()
    except ConfigError as error:
        yield False, f"{where}: {error}"
        return
    if receipt.fate is Fate.SENT:
        yield True, f"{where} answers" + (" and takes the login" if settings.mail.user else "")
    else:
        yield False, f"{receipt.reason}. Check host, port and security in [mail]; the network may block the port"


def check_webhooks(home: Home) -> Iterator[tuple[bool, str]]:
    """Check that each webhook's address can be had and is kept as a secret. Nothing is posted."""
    for hook in home.settings.webhooks:
        try:
            webhook_url(hook, home.path)
        except ConfigError as error:
            yield False, f"webhook {hook.name}: {error}"
        else:
            yield True, f"webhook {hook.name}: its address is there"


def check_machine(home: Home) -> Iterator[tuple[bool, str]]:
    """Check disk, permissions and the machine's time zone, by which cron runs."""
    free = shutil.disk_usage(home.path).free
    yield free > _ROOM, f"{free / 1e9:.1f} GB free on the disk" + ("" if free > _ROOM else ": make room")
    closed = [path.name for path in (home.path, home.database, home.reports) if not _writable(path)]
    yield (
        not closed,
        "the home can be written" if not closed else f"{', '.join(closed)} cannot be written: chown to who runs this",
    )
    here = datetime.now(UTC).astimezone(home.settings.zone).utcoffset()
    same = here == datetime.now(UTC).astimezone().utcoffset()
    note = (
        "" if same else f", not {home.settings.time_zone}: the timers of systemd name their zone, cron goes by this one"
    )
    yield True, f"the machine's time zone is {time.tzname[0]}{note}"


def _writable(path: Path) -> bool:
    return not path.exists() or os.access(path, os.W_OK)
