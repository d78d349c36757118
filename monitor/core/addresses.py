"""Which network addresses a request may go to: verdicts only; whoever connects asks before it does."""

import ipaddress
from collections.abc import Collection

from monitor.models import Refused


def judge_address(address: str) -> Refused | None:
    """Say whether an IP address is refused: everything that is not a public unicast address (IANA registries)."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return Refused(f"{address!r} is no IP address")
    mapped = getattr(ip, "ipv4_mapped", None) or getattr(ip, "sixtofour", None)
    if mapped is not None:
        ip = mapped
    if not ip.is_global or ip.is_multicast or ip.is_reserved:
        return Refused(f"{address} is not a public address")
    return None


def judge_request(host: str, port: int, allow_hosts: Collection[str]) -> Refused | None:
    """Say whether host and port are refused before anything is resolved. An allowed host is so on its ports only."""
    bare = host.strip("[]").lower()
    ports = {entry.rpartition(":")[2] for entry in allow_hosts if allowed_host(entry) == bare}
    if ports:
        return None if str(port) in ports else Refused(f"port {port} of {host} is not named in [crawl] allow_hosts")
    try:
        ipaddress.ip_address(bare)
    except ValueError:
        return None  # a name: what it resolves to decides
    return judge_address(bare)


def is_allowed(host: str, port: int, allow_hosts: Collection[str]) -> bool:
    """Whether `[crawl] allow_hosts` names this host and port, so that its address need not be a public one."""
    return any((allowed_host(entry), entry.rpartition(":")[2]) == (host.strip("[]").lower(), str(port))
               for entry in allow_hosts)  # fmt: skip


def allowed_host(entry: str) -> str:
    """Return the host of a `host:port` of `[crawl] allow_hosts`."""
    return entry.rpartition(":")[0].strip("[]").lower()
