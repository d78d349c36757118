"""Which network addresses a request may go to: verdicts only; whoever connects asks before it does.

The ranges stand here and are not asked of `ipaddress.is_global`, whose answers differ between versions of Python.
Source: IANA's special-purpose address registries, https://www.iana.org/assignments/iana-ipv4-special-registry/ and
iana-ipv6-special-registry.
"""

import ipaddress
from collections.abc import Collection
from functools import lru_cache

from monitor.core.urls import host_of
from monitor.models import Refused

_NOT_PUBLIC_4 = tuple(
    (ipaddress.IPv4Network(network), what)
    for network, what in (
        ("0.0.0.0/8", "this network"),
        ("10.0.0.0/8", "a private network"),
        ("100.64.0.0/10", "a network behind a carrier's NAT"),
        ("127.0.0.0/8", "this machine"),
        ("169.254.0.0/16", "link-local"),
        ("172.16.0.0/12", "a private network"),
        ("192.0.0.0/24", "kept for protocols"),
        ("192.0.2.0/24", "for documentation"),
        ("192.88.99.0/24", "a relay of 6to4"),
        ("192.168.0.0/16", "a private network"),
        ("198.18.0.0/15", "for benchmarks"),
        ("198.51.100.0/24", "for documentation"),
        ("203.0.113.0/24", "for documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
    )
)
_PUBLIC_6 = ipaddress.IPv6Network("2000::/3")
"""Global unicast: all other addresses of IPv6 are loopback, mapped, local, multicast or not given out at all."""
_NOT_PUBLIC_6 = tuple(
    (ipaddress.IPv6Network(network), what)
    for network, what in (
        ("2001::/23", "kept for protocols, Teredo among them"),
        ("2001:db8::/32", "for documentation"),
        ("2002::/16", "an IPv4 address in the dress of 6to4"),
        ("3fff::/20", "for documentation"),
    )
)
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
"""Where a network that speaks IPv6 alone finds the IPv4 addresses of others (RFC 6052)."""


def judge_address(address: str) -> Refused | None:
    """Say whether an IP address is refused: everything that is not a public unicast address."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return Refused(f"{address!r} is no IP address")
    if what := _judge_4(ip) if isinstance(ip, ipaddress.IPv4Address) else _judge_6(ip):
        return Refused(f"{address} is not a public address ({what})")
    return None


def _judge_4(ip: ipaddress.IPv4Address) -> str:
    return next((what for network, what in _NOT_PUBLIC_4 if ip in network), "")


def _judge_6(ip: ipaddress.IPv6Address) -> str:
    if ip.scope_id is not None:
        return "it names a network card"
    if ip in _NAT64:
        return _judge_4(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF))
    if ip not in _PUBLIC_6:
        return "outside the public part of IPv6"
    return next((what for network, what in _NOT_PUBLIC_6 if ip in network), "")


def judge_request(host: str, port: int, allow_hosts: Collection[str]) -> Refused | None:
    """Say whether host and port are refused before anything is resolved. An allowed host is so on its ports only."""
    bare = host.strip("[]").lower()
    if ports := _ports_by_host(tuple(allow_hosts)).get(bare):
        return None if str(port) in ports else Refused(f"port {port} of {host} is not named in [crawl] allow_hosts")
    plain = bare if ":" in bare else plain_host(bare)  # 127.1, 0x7f000001 and fullwidth digits are 127.0.0.1
    if not plain:
        return Refused(f"{host!r} is no host name")
    if ":" not in plain and not plain.replace(".", "").isdigit():
        return None  # a name: what it resolves to decides
    return judge_address(plain)


@lru_cache(maxsize=4_096)
def plain_host(host: str) -> str:
    """Return a host name or IPv4 address in the one form that DNS knows, or "" when it is none."""
    return "" if set("/\\?#@:") & set(host) else host_of(f"http://{host}/")


def is_allowed(host: str, port: int, allow_hosts: Collection[str]) -> bool:
    """Whether `[crawl] allow_hosts` names this host and port, so that its address need not be a public one."""
    return str(port) in _ports_by_host(tuple(allow_hosts)).get(host.strip("[]").lower(), ())


@lru_cache(maxsize=8)
def _ports_by_host(allow_hosts: tuple[str, ...]) -> dict[str, set[str]]:
    ports: dict[str, set[str]] = {}
    for entry in allow_hosts:
        ports.setdefault(allowed_host(entry), set()).add(entry.rpartition(":")[2])
    return ports


def allowed_host(entry: str) -> str:
    """Return the host of a `host:port` of `[crawl] allow_hosts`."""
    return entry.rpartition(":")[0].strip("[]").lower()
