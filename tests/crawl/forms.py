"""The forms in which an address can point where no crawl must go: spellings, names, answers of name servers, schemes.

Most name loopback, so that a guard that failed would do no harm. Names end in `.example`, and only `NAMES` answers.
"""

import ipaddress
from collections.abc import Iterator, Sequence

PUBLIC = "93.184.216.34"
TARGETS = ("127.0.0.1", "10.1.2.3", "169.254.169.254", "192.168.1.1", "172.16.0.1")
RANGES = (
    "0.0.0.0", "0.1.2.3", "10.0.0.0", "10.255.255.255", "100.64.0.1", "100.127.255.255", "127.0.0.2", "127.255.255.255",
    "169.254.0.1", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.0.170", "192.0.2.1", "192.88.99.1",
    "192.168.255.255", "198.18.0.1", "198.19.255.255", "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.255",
    "240.0.0.1", "255.255.255.255",
)  # fmt: skip
IPV6 = (
    "::", "::1", "0:0:0:0:0:0:0:1", "0000::0001", "::0.0.0.1", "::127.0.0.1", "::7f00:1", "::ffff:127.0.0.1",
    "::ffff:7f00:1", "::FFFF:7F00:0001", "0:0:0:0:0:ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254",
    "::ffff:0:127.0.0.1", "64:ff9b::127.0.0.1", "64:ff9b::a00:1", "64:ff9b::169.254.169.254", "64:ff9b:1::1",
    "100::1", "2001::1", "2001:0:7f00:1::", "2001:10::1", "2001:20::1", "2001:db8::1", "2002:7f00:1::",
    "2002:a00:1::1", "2002:a9fe:a9fe::", "3fff::1", "5f00::1", "fc00::1", "fd12:3456::1", "fe80::1", "febf::1",
    "fec0::1", "ff02::1", "ff0e::1",
)  # fmt: skip
SCOPED = ("fe80::1%25eth0", "fe80::1%25lo", "::1%25lo", "fe80::1%eth0", "::1%1", "ff02::1%25eth0")

NAMES: dict[str, Sequence[Sequence[str]]] = {
    "localhost": [["127.0.0.1", "::1"]],
    "localhost.localdomain": [["127.0.0.1"]],
    "ip6-localhost": [["::1"]],
    "private.example": [["10.0.0.1"]],
    "metadata.example": [["169.254.169.254"]],
    "carrier.example": [["100.64.0.1"]],
    "zero.example": [["0.0.0.0"]],
    "six.example": [["::1"]],
    "local6.example": [["fe80::1"]],
    "unique6.example": [["fd00::1"]],
    "mapped.example": [["::ffff:127.0.0.1"]],
    "nat64.example": [["64:ff9b::7f00:1"]],
    "sixtofour.example": [["2002:7f00:1::"]],
    "teredo.example": [["2001:0:7f00:1::"]],
    "many.example": [["127.0.0.1", "10.0.0.1", "::1", "fe80::1", "169.254.169.254"]],
    "multicast.example": [["224.0.0.1"]],
    "nothing.example": [[]],
    "xn--lokal-fua.example": [["127.0.0.1"]],
    "127.0.0.1.nip.example": [["127.0.0.1"]],
    "7f000001.nip.example": [["127.0.0.1"]],
}
"""A name -> what it answers at the first look-up, at the second, and so on; the last answer stands."""

CHANGING: dict[str, Sequence[Sequence[str]]] = {
    "rebinds.example": [[PUBLIC], ["127.0.0.1"]],
    "rebinds-late.example": [[PUBLIC], [PUBLIC], ["169.254.169.254"]],
    "rebinds-to-six.example": [[PUBLIC], ["::1"]],
    "mixed.example": [[PUBLIC, "127.0.0.1"]],
    "mixed-first.example": [["127.0.0.1", PUBLIC, "::1"]],
    "mixed-six.example": [["::ffff:127.0.0.1", PUBLIC, "fe80::1"]],
}
"""Names with a public address among the others: only that may be connected to."""


def spell(address: str) -> Iterator[str]:
    """Write an IPv4 address in the ways that inet_aton reads, and some more."""
    a, b, c, d = (int(part) for part in address.split("."))
    whole = int(ipaddress.IPv4Address(address))
    yield str(whole)
    yield f"{whole:#x}"
    yield f"{whole:#o}".replace("0o", "0")
    yield f"{whole:#X}"
    yield f"0{a:o}.0{b:o}.0{c:o}.0{d:o}"
    yield f"000{a:o}.{b}.{c}.{d}"
    yield f"{a:#x}.{b:#x}.{c:#x}.{d:#x}"
    yield f"{a:#x}.{b}.0{c:o}.{d}"
    yield f"{a}.{b}.{c * 256 + d}"
    yield f"{a}.{b * 65536 + c * 256 + d}"
    yield f"0x{a:08x}.{b}.{c}.{d}"
    yield f"{a}.{b}.{c}.{d}."
    yield f"{whole}."
    yield "".join(chr(0xFF10 + int(digit)) if digit.isdigit() else digit for digit in address)
    yield address.replace(".", "。")
    yield address.replace(".", "．")
    yield address.replace(".", "｡")
    yield "".join(chr(0x1D7CE + int(digit)) if digit.isdigit() else digit for digit in address)
    yield "".join(f"%{ord(letter):02x}" for letter in address)
    yield address.replace(".", "%2e")
    yield address.replace("1", "①")
    yield f"{a}.{b}.{c}.{d}\u00ad"
    yield f"{a}\u200b.{b}.{c}.{d}"


def authorities() -> Iterator[str]:
    """Return authorities that programs take apart in different ways."""
    for bad in ("127.0.0.1", "169.254.169.254", "[::1]"):
        yield f"user:secret@{bad}"
        yield f"www.example.se@{bad}"
        yield f"{bad}:80\\@www.example.se"
        yield f"{bad}\\@www.example.se"
        yield f"www.example.se%40{bad}"
        yield f"{bad}%2f@www.example.se"
        yield f"{bad}#@www.example.se"
        yield f"{bad}?@www.example.se"
        yield f"@{bad}"
        yield f"a@b@{bad}"
        yield f"{bad}%00.www.example.se"
        yield f"{bad}%09"
        yield f"{bad}:"
        yield f"{bad}:0080"


def schemes() -> Iterator[str]:
    """Return addresses of other schemes."""
    yield from (
        "file:///etc/passwd", "file://localhost/etc/passwd", "FILE:/etc/passwd", "ftp://127.0.0.1/x",
        "gopher://127.0.0.1:70/_x", "dict://127.0.0.1:11211/stat", "ldap://127.0.0.1/", "s3://bucket/key",
        "data:text/html,x", "javascript:alert(1)", "jar:http://127.0.0.1!/", "ws://127.0.0.1/", "tftp://127.0.0.1/x",
        "ssh://127.0.0.1/", "about:blank", "blob:http://127.0.0.1/x", "view-source:http://127.0.0.1/",
        "http:127.0.0.1/", "http:/127.0.0.1/", "http:///127.0.0.1/", "http:\\\\127.0.0.1\\", "http://", "http:///",
        "https://[::1", "http://127.0.0.1:99999/", "http://127.0.0.1:-1/", "http://127.0.0.1:x/",
        " http://127.0.0.1/", "\thttp://127.0.0.1/", "ht\ntp://127.0.0.1/", "http://127.0.0.1\t/",
        "HTTP://LOCALHOST/", "hTTps://127.1/",
    )  # fmt: skip


def forms() -> dict[str, list[str]]:
    """Return addresses that must not be connected to, by what they try. More than 200."""
    return {
        "ranges of IPv4": [f"http://{address}/" for address in RANGES],
        "spellings of IPv4": [f"http://{host}/" for target in TARGETS for host in spell(target)],
        "IPv6": [f"http://[{address}]/" for address in IPV6],
        "scoped IPv6": [f"http://[{address}]/" for address in SCOPED],
        "names": [f"http://{name}/" for name in NAMES],
        "names with a dot or in capitals": [f"http://{name.upper()}./" for name in NAMES],
        "authorities": [f"http://{authority}/" for authority in authorities()],
        "schemes": list(schemes()),
        "ports": [f"http://127.0.0.1:{port}/" for port in (22, 25, 443, 3306, 5432, 6379, 8080, 11211)],
        "over TLS": [f"https://{host}/" for host in (*TARGETS, "[::1]", "localhost", "0x7f.1")],
    }
