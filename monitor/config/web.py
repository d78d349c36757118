"""`[web]` of monitor.toml: who may see and change what in the browser, and how they log in (docs/login.md)."""

import os
import re
from collections.abc import Iterator, Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import msgspec

from monitor.config.delivery import LOCAL
from monitor.config.secrets import read_secret
from monitor.core.text import clean_line
from monitor.core.urls import safe_url
from monitor.errors import ConfigError
from monitor.models import Role

OIDC_SECRET = "MONITOR_OIDC_SECRET"  # noqa: S105 (the name of a variable, not a secret)
_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,63}")


class OidcSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[web.oidc]`: log in with a provider that speaks OpenID Connect, such as Entra ID."""

    issuer: str = ""
    """Address of the provider; its settings are read from ISSUER/.well-known/openid-configuration."""
    client_id: str = ""
    client_secret_file: str = ""
    """File with the secret, mode 600; else the environment variable MONITOR_OIDC_SECRET."""
    scopes: str = "openid profile"
    claim: str = "roles"
    """The claim that lists a person's groups or app roles."""
    roles: Mapping[str, Role] = {}
    """Group or app role to role. Who is in none of them is refused."""
    unit_claim: str = ""
    """The claim that `units` reads; without it, `claim`."""
    units: Mapping[str, str] = {}
    """Value of the claim to the name of a unit."""


class ProxySettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[web.proxy]`: a proxy in front has logged the person in and says who it is in headers."""

    peers: tuple[str, ...] = ()
    """Addresses of the proxy. A header that comes from any other address counts for nothing."""
    user_header: str = "X-Remote-User"
    groups_header: str = "X-Remote-Groups"
    """Groups, with commas between."""
    roles: Mapping[str, Role] = {}
    units: Mapping[str, str] = {}


class WebSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[web]`: the pages in the browser."""

    login: Literal["none", "accounts", "oidc", "proxy"] = "none"
    """"none": everybody who reaches the port is `role`; it is then opened on this machine only."""
    role: Role = Role.ADMINISTRATOR
    """What everybody is without a login."""
    units: tuple[str, ...] = ()
    """The municipality's units, as cases name their owners. Empty: those of the topics."""
    session_hours: float = 10.0
    """How long a login holds."""
    oidc: OidcSettings = msgspec.field(default_factory=OidcSettings)
    proxy: ProxySettings = msgspec.field(default_factory=ProxySettings)


def oidc_secret(settings: OidcSettings, home: Path, environment: Mapping[str, str] = os.environ) -> str:
    """Return the client's secret. Raises ConfigError when it is nowhere."""
    if settings.client_secret_file:
        return read_secret(Path(settings.client_secret_file), home, "web.oidc.client_secret_file")
    if given := environment.get(OIDC_SECRET):
        return given
    what = f"the secret is missing: set {OIDC_SECRET}, or name a file with mode 600 in client_secret_file"
    raise ConfigError(home, "web.oidc", what)


def check_web(path: Path, web: WebSettings, address: str) -> None:
    """Raise ConfigError, which names the key, where a value has the right type and still makes no sense.

    `address` is `[digest] web`, under which people reach the pages.
    """
    for key, what in _faults(web, address):
        raise ConfigError(path, key, what)


_Fault = tuple[str, str]


def _faults(web: WebSettings, address: str) -> Iterator[_Fault]:
    if not 0.1 <= web.session_hours <= 24 * 30:
        yield "web.session_hours", f"{web.session_hours} hours: write a number from 0.1 to 720"
    for unit in web.units:
        if not unit.strip() or unit != clean_line(unit, 80):
            yield "web.units", f'"{clean_line(unit, 40)}" is no name: write one line of at most 80 characters'
        if web.units.count(unit) > 1:
            yield "web.units", f'"{unit}" stands twice: remove one of the two'
    if web.login == "oidc":
        yield from _faults_of_oidc(web, address)
    if web.login == "proxy":
        yield from _faults_of_proxy(web)


def _faults_of_oidc(web: WebSettings, address: str) -> Iterator[_Fault]:
    oidc = web.oidc
    issuer = urlsplit(oidc.issuer)
    if not safe_url(oidc.issuer) or (issuer.scheme == "http" and issuer.hostname not in LOCAL):
        yield "web.oidc.issuer", 'write the https address of the provider: "https://login.example/tenant/v2.0"'
    if not oidc.client_id:
        yield "web.oidc.client_id", "is missing: the provider gives it when the application is registered"
    if "openid" not in oidc.scopes.split():
        yield "web.oidc.scopes", '"openid" must be one of them'
    if not address:
        yield "digest.web", "is missing: the provider sends people back to that address after the login"
    yield from _faults_of_groups("web.oidc", oidc.roles, oidc.units, web.units)


def _faults_of_proxy(web: WebSettings) -> Iterator[_Fault]:
    if not web.proxy.peers:
        yield "web.proxy.peers", 'is missing: the address of the proxy. Write for example: peers = ["127.0.0.1"]'
    for peer in web.proxy.peers:
        try:
            ip_address(peer)
        except ValueError:
            yield "web.proxy.peers", f'"{clean_line(peer, 60)}" is no IP address'
    for key, name in (("user_header", web.proxy.user_header), ("groups_header", web.proxy.groups_header)):
        if not _HEADER.fullmatch(name):
            yield f"web.proxy.{key}", f'"{clean_line(name, 60)}" is no name of a header'
    yield from _faults_of_groups("web.proxy", web.proxy.roles, web.proxy.units, web.units)


def _faults_of_groups(
    key: str, roles: Mapping[str, Role], of_unit: Mapping[str, str], units: tuple[str, ...]
) -> Iterator[_Fault]:
    if not roles:
        yield f"{key}.roles", 'nobody could log in: write for example: roles = { "Kommunikation" = "editor" }'
    for unit in of_unit.values():
        if units and unit not in units:
            yield f"{key}.units", f'"{clean_line(unit, 80)}" is not one of [web] units'
