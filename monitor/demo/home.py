"""The demo's home: an ordinary home whose sources are the sites of the miniature web."""

import errno
import hashlib
import json
import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from secrets import token_urlsafe

from monitor.config.secrets import FOLDER
from monitor.demo.addresses import Addresses
from monitor.demo.content import SERVICES, STOCKHOLM, Site, sites, source_of
from monitor.errors import UsageError

DEMO_NOW = datetime(2026, 11, 24, 6, 30, tzinfo=STOCKHOLM)
"""The morning on which the demo always runs: the articles are dated for it."""

BASE_PORT = 8900
_TRIES = 20
_STEP = 20
_MARK = "demo.json"
KEY_FILE = Path(FOLDER, "demo")
"""Holds the one token and password of all services of the miniature web."""
_KINDS = SERVICES | {"sitemap", "listing"}
"""Ways to tell what is new that are no feed, and stand before the address in feeds.txt."""

_SETTINGS = """\
# The home of `monitor demo`: an ordinary home, whose sources are invented and live on this machine.
municipality = "Katrineholm"
code = "0483"
organisation = "Katrineholms kommun"
names = []
time_zone = "Europe/Stockholm"
language = "sv"

[crawl]
contact = "https://kommunen.example/mediebevakning"
delay = 0.05
pages_per_source = 100
allow_hosts = [
{hosts}
]

[digest]
at = "06.30"
stories = 40
also = 60

[retention]
pages_days = 14
text_days = 90
"""


def make_home(folder: Path) -> Addresses:
    """Make the demo's home in `folder`, unless it is there, and return where its sites are served.

    The addresses stay what they were: they are the identity of sources and articles. A home that an earlier version
    made gets the sources of this one. Raises UsageError when the folder is a home of another kind.
    """
    mark = folder / _MARK
    known = _read(mark) if mark.exists() else None
    if known is None and (folder / "monitor.toml").exists():
        raise UsageError(f"{folder} is a home of its own, not the demo's. Choose another folder with --home")
    addresses = known[0] if known else find_addresses()
    settings, sources = write_settings(addresses), write_sources(addresses)
    edition = hashlib.sha256(f"{settings}{sources}".encode()).hexdigest()[:16]
    if known and known[1] == edition:
        return addresses
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "monitor.toml").write_text(settings, encoding="utf-8")
        (folder / "feeds.txt").write_text(sources, encoding="utf-8")
        _write_key(folder / KEY_FILE)
        where = {"port": addresses.port, "many_hosts": addresses.many_hosts, "edition": edition}
        mark.write_text(json.dumps(where), encoding="utf-8")
    except OSError as fault:
        raise UsageError(f"{folder}: the demo's home could not be written: {fault.strerror or fault}") from fault
    return addresses


def _write_key(file: Path) -> None:
    """Write a new key, which only the owner of the file may read."""
    file.parent.mkdir(mode=0o700, exist_ok=True)
    file.unlink(missing_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as key:
        key.write(f"{token_urlsafe(24)}\n")


def find_addresses() -> Addresses:
    """Return addresses at which nothing is served yet."""
    many_hosts = _has_many_hosts()
    for port in range(BASE_PORT, BASE_PORT + _TRIES * _STEP, _STEP):
        addresses = Addresses(port=port, many_hosts=many_hosts)
        if _are_free(addresses):
            return addresses
    last = BASE_PORT + _TRIES * _STEP - 1
    raise UsageError(f"no ports for the demo: between {BASE_PORT} and {last} other programs answer on 127.0.0.1")


def write_settings(addresses: Addresses) -> str:
    """Return the text of monitor.toml."""
    hosts = ("{}:{}".format(*addresses.bind(site.host)) for site in sites())
    return _SETTINGS.format(hosts="\n".join(f'    "{host}",' for host in hosts))


def write_sources(addresses: Addresses) -> str:
    """Return the text of feeds.txt."""
    return "\n".join(_source_lines(addresses)) + "\n"


def _source_lines(addresses: Addresses) -> Iterator[str]:
    yield "# The sources of the miniature web. The media are invented."
    listed = [site for site in sites() if site.listed]
    for group in dict.fromkeys(site.group for site in listed):
        yield f"\n[{group}]"
        for site in listed:
            if site.group == group:
                yield _source_line(site, addresses)


def _source_line(site: Site, addresses: Addresses) -> str:
    address = source_of(site, addresses)
    words = [site.feed if site.feed in _KINDS else "", address, f'name="{site.name}"', f"class={site.source_class}"]
    words += [f"area={site.area}" if site.area else "", "important=yes" if site.important else "", site.options]
    return " ".join(filter(None, words))


def _read(mark: Path) -> tuple[Addresses, str]:
    """Return where the sites are served, and the edition of the home."""
    try:
        known = json.loads(mark.read_text(encoding="utf-8"))
        addresses = Addresses(port=int(known["port"]), many_hosts=bool(known["many_hosts"]))
        return addresses, str(known.get("edition", ""))
    except (OSError, ValueError, KeyError, TypeError) as fault:
        what = "cannot be understood: delete the folder, and the demo makes it anew"
        raise UsageError(f"{mark}: {what}") from fault


def _has_many_hosts() -> bool:
    """Whether this system answers on all of 127.0.0.0/8, as Linux does and macOS does not."""
    with socket.socket() as trial:
        try:
            trial.bind(("127.0.0.2", 0))
        except OSError:
            return False
    return True


def _are_free(addresses: Addresses) -> bool:
    with ExitStack() as stack:
        for site in sites():
            trial = stack.enter_context(socket.socket())
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trial.bind(addresses.bind(site.host))
            except OSError as fault:
                if fault.errno in {errno.EADDRINUSE, errno.EACCES}:
                    return False
                raise
    return True
