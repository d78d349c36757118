"""Addresses: which are acceptable (`safe_url`), and which name the same article (`canonical_url`, `identity_key`).

The reader follows the URL standard of browsers (https://url.spec.whatwg.org/), for http and https alone: an address
that we take apart otherwise than the browser does is a way past every later check. What comes out is printable ASCII.
"""

import ipaddress
import re
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote, unquote_to_bytes

import idna

from monitor.core.text import MAX_URL

_DEFAULT_PORTS = {"http": 80, "https": 443}
_MAX_PORT = 0xFFFF

# Browsers trim C0 controls and space; feeds also pad addresses with no-break and zero-width spaces.
_EDGES = "".join(map(chr, range(0x21))) + "\x7f\x85\xa0\u2028\u2029\u200b\u2060\ufeff"
_BREAKS = re.compile(r"[\t\r\n]+")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):")

# What the standard percent-encodes in each part of an http address: the complement of what may stand.
_NOT_IN_PATH = re.compile(r"[^!$%&'()*+,\-./0-9:;=@A-Z\[\\\]_a-z|~]")
_NOT_IN_QUERY = re.compile(r"[^!$%&()*+,\-./0-9:;=?@A-Z\[\]^_`a-z{|}~]")
_NOT_IN_FRAGMENT = re.compile(r"[^!#$%&'()*+,\-./0-9:;=?@A-Z\[\]^_a-z{|}~]")
_HERE = frozenset({".", "%2e"})
_ABOVE = frozenset({"..", ".%2e", "%2e.", "%2e%2e"})

# Narrower than the standard, which lets "!" and "&" into a host: DNS has none such.
_HOST = re.compile(r"(?=.{1,253}\Z)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*\Z")
_PORT = re.compile(r"0*[0-9]{0,5}\Z")
_OCTAL = re.compile(r"0[0-7]*\Z")
_HEX = re.compile(r"0x[0-9a-f]*\Z")

# An address that is its own safe and canonical form, as most of what feeds link to: nothing is left to read in it.
_PLAIN = re.compile(
    r"https?://(?=[^/]{1,200}/)(?!(?:m|mobil|mobile)\.)"
    r"(?P<host>(?:(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}"
    r"|(?:(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(?:\.(?!:|/)|(?=[:/]))){4})"
    r"(?::(?!(?:80|443)/)(?:[1-9][0-9]{1,3}|[1-5][0-9]{4}))?)"
    r"(?P<path>(?:/[A-Za-z0-9_~-][A-Za-z0-9_~.-]*)*/?)",
    re.ASCII,
)


class _Address(NamedTuple):
    """An http address in its parts; `host` carries the port, `query` its "?" and `fragment` its "#"."""

    scheme: str
    host: str
    path: str
    query: str
    fragment: str

    def __str__(self) -> str:
        return f"{self.scheme}://{self.host}{self.path}{self.query}{self.fragment}"


def safe_url(url: str, base: str = "") -> str:
    """Return the absolute http or https address as a browser would write it, or "" when there is none.

    User info, the default port and a dot after the host are dropped. An address over 2,048 characters is refused.
    """
    if _plain(url):
        return url
    address = _read(url, _read(base))
    return str(address) if address else ""


def netloc_of(url: str) -> str:
    """Return the host with its port, in the ASCII form that DNS knows, or "" when the address is not acceptable."""
    if plain := _plain(url):
        return plain["host"]
    address = _read(url)
    return address.host if address else ""


def host_of(url: str) -> str:
    """Return the host without its port, as `netloc_of` does."""
    netloc = netloc_of(url)
    return netloc if netloc.endswith("]") else netloc.rpartition(":")[0] or netloc  # "[::1]" has no port


def _plain(url: str) -> re.Match[str] | None:
    """Return the parts of an address in which nothing is left to read, None for any other."""
    return None if len(url) >= MAX_URL or "AMP" in url.upper() else _PLAIN.fullmatch(url)


# --- reading an address --------------------------------------------------------------------------------


def _read(url: str, base: _Address | None = None) -> _Address | None:
    text = _SURROGATE.sub("\ufffd", _BREAKS.sub("", url.strip(_EDGES)))
    scheme = ""
    if named := _SCHEME.match(text):
        scheme, text = named[1].lower(), text[named.end() :]
    if len(text) > MAX_URL or (scheme and scheme not in _DEFAULT_PORTS):
        return None
    address = _resolve(scheme, text, base)
    return address if address and len(str(address)) <= MAX_URL else None


# One address is read a dozen times on its way from a feed to its page. What is kept has passed the bound of length.
@lru_cache(maxsize=2_048)
def _resolve(scheme: str, reference: str, base: _Address | None) -> _Address | None:
    """Read what follows the scheme; what it leaves out it has from `base`."""
    reference, hash_mark, fragment = reference.partition("#")
    path, query_mark, query = reference.partition("?")
    path = path.replace("\\", "/")
    query = query_mark + _encode(_NOT_IN_QUERY, query)
    fragment = hash_mark + _encode(_NOT_IN_FRAGMENT, fragment)
    names_host = path.startswith("//") or (scheme and (base is None or scheme != base.scheme))
    if names_host and (scheme or base):
        scheme = scheme or (base.scheme if base else "")
        authority, _, path = path.lstrip("/").partition("/")
        host = _read_authority(authority, _DEFAULT_PORTS[scheme])
        return _Address(scheme, host, _encode_path("/" + path), query, fragment) if host else None
    if base is None:
        return None
    if not path:
        return base._replace(query=query if query_mark else base.query, fragment=fragment)
    if not path.startswith("/"):
        path = base.path[: base.path.rindex("/") + 1] + path
    return base._replace(path=_encode_path(path), query=query, fragment=fragment)


def _encode(unwanted: re.Pattern[str], text: str) -> str:
    return unwanted.sub(lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode()), text)


def _encode_path(path: str) -> str:
    """Return an absolute path percent-encoded, its dot segments resolved."""
    kept: list[str] = []
    *inner, last = path.split("/")[1:]
    for segment in inner:
        if segment.lower() in _ABOVE:
            del kept[-1:]
        elif segment.lower() not in _HERE:
            kept.append(segment)
    if last.lower() in _ABOVE:
        del kept[-1:]
    kept.append("" if last.lower() in _ABOVE | _HERE else last)
    return "/" + _encode(_NOT_IN_PATH, "/".join(kept))


def _read_authority(authority: str, default_port: int) -> str:
    """Return host, and port where it is not the default one; "" when either is wrong."""
    place = authority.rpartition("@")[2]
    if place.startswith("["):
        inner, bracket, port = place[1:].partition("]")
        host = _read_ipv6(inner) if bracket and port[:1] in {"", ":"} else ""
        port = port[1:]
    else:
        name, _, port = place.partition(":")
        host = _read_host(name)
    if not host or not _PORT.match(port):
        return ""
    number = int(port or default_port)
    if number > _MAX_PORT:
        return ""
    return host if number == default_port else f"{host}:{number}"


def _read_ipv6(text: str) -> str:
    try:
        return "" if "%" in text else f"[{ipaddress.IPv6Address(text).compressed}]"
    except ValueError:
        return ""


@lru_cache(maxsize=2_048)
def _read_host(text: str) -> str:
    """Return the host as DNS knows it, or "". Numbers in any base become the IPv4 address that a browser would call."""
    try:
        name = unquote_to_bytes(text).decode()
        labels = (name if name.isascii() else idna.uts46_remap(name, std3_rules=False)).lower().split(".")
        host = ".".join(label if label.isascii() else idna.alabel(label).decode() for label in labels)
    except UnicodeError:
        return ""
    host = host.removesuffix(".")
    if not _HOST.match(host):
        return ""
    last = host.rpartition(".")[2]
    return _read_ipv4(host) if last.isdecimal() or _HEX.match(last) else host


def _read_ipv4(host: str) -> str:
    """Return the dotted form of an IPv4 address in the manners of inet_aton: 127.1, 0x7f.0.0.1, 2130706433."""
    *leading, last = (_read_number(part) for part in host.split("."))
    try:  # the last number fills the bytes that the others leave: at least one
        packed = bytes(leading) + last.to_bytes(4 - len(leading) or -1, "big")
    except (ValueError, OverflowError):
        return ""
    return str(ipaddress.IPv4Address(packed))


def _read_number(text: str) -> int:
    """Return the value of one part of an IPv4 address, or -1."""
    if _HEX.match(text):
        return int(text[2:] or "0", 16)
    if not text.isdecimal() or (text.startswith("0") and not _OCTAL.match(text)):
        return -1
    return int(text, 8 if text.startswith("0") else 10)


# --- which addresses name the same article -------------------------------------------------------------

# Known from the services that add them, not from another project's list.
_TRACKER_NAMES = """
    __tn__ __twitter_impression _ga _gl _hsenc _hsmi _openstat cmp cmpid dclid epik fb_action_ids
    fb_action_types fb_ref fb_source fbclid gad_source gbraid gclid gclsrc guccounter guce_referrer
    guce_referrer_sig icid igsh igshid intcid intcmp itm_campaign itm_content itm_medium itm_source li_fat_id
    mibextid mkt_tok ml_subscriber msclkid ncid ns_campaign ns_fee ns_linkname ns_mchannel ns_source ocid s_cid
    sc_cid sfnsn smid spm sr_share srsltid ttclid twclid wbraid wt.mc_id wt_mc wt_mc_id wt_zmc xtor yclid ysclid
"""
_TRACKERS = frozenset(_TRACKER_NAMES.split())
_TRACKER_FAMILIES = ("utm_", "at_", "hsa_", "matomo_", "mc_", "mtm_", "oly_", "piwik_", "pk_", "vero_")
_AMP_PARAMETERS = frozenset({"amp", "amp=", "amp=1", "amp=true", "output=amp", "outputtype=amp"})
_AMP_TAIL = re.compile(r"(?<=[^/])(?:(?:/amp)+(?=/?\Z)|\.amp(?=(?:\.html?)?\Z))", re.IGNORECASE)
_WWW = re.compile(r"\Awww\.(?=[^.:]+\.)")
_DEVICE_HOST = re.compile(r"\A(?:(?:m|mobil|mobile|amp)\.)+(?=[^.:]+\.)")
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")
_UNRESERVED = re.compile(r"[0-9A-Za-z._~-]")  # RFC 3986, 2.3: escaped or not, the same character

# Pages that only send the reader on: host, start of the path, and the parameters that may hold the address.
_GOOGLE = r"(?:www\.)?google\.(?:com?\.)?[a-z]{2,3}"
_FORWARDERS = (
    (re.compile(_GOOGLE), "/url", ("q", "url")),
    (re.compile(r"(?:www\.)?bing\.com"), "/news/apiclick", ("url",)),
    (re.compile(r"(?:www\.)?duckduckgo\.com"), "/l/", ("uddg",)),
    (re.compile(r"lm?\.facebook\.com|l\.instagram\.com"), "/", ("u",)),
    (re.compile(r"(?:www\.)?youtube\.com"), "/redirect", ("q",)),
    (re.compile(r"feeds[0-9]?\.feedburner\.com|feedproxy\.google\.com"), "/", ("url", "u", "link")),
    (re.compile(r"(?:[a-z0-9-]+\.)?safelinks\.protection\.outlook\.com"), "/", ("url",)),
)
# Copies of AMP pages carry the address of the original in their path, with "s/" for https.
_AMP_COPIES = re.compile(rf"(?:{_GOOGLE}/amp|[a-z0-9-]+\.cdn\.ampproject\.org/[acv])/(s/)?(?=[^/]+\.)")
_FORWARDING = re.compile("|".join((*(host.pattern for host, _, _ in _FORWARDERS), r"[a-z0-9-]+\.cdn\.ampproject\.org")))


def canonical_url(url: str, base: str = "") -> str:
    """Return the address that names the article whichever way a reader was led to it, or "" when not acceptable.

    Without fragment (save `#!`), tracking parameters, AMP forms, mobile hosts and known forwarders. Scheme, `www.` and
    the order of parameters stay, so that the address can still be fetched; `identity_key` is what goes without them.
    """
    if _plain(url):
        return url
    address = safe_url(url, base)
    # One step bares another (a forwarder leads to an AMP page). Every step that changes anything takes characters away
    # or turns an escape to upper case, so this ends, and where it ends is its own canonical form.
    while (simpler := _simplify(address)) != address:
        address = simpler
    return address


def identity_key(url: str) -> str:
    """Return the key under which an article is stored once: its canonical address without scheme, `www.`, last slash.

    Parameters are sorted. The key is no address: it is never fetched nor shown. "" when the address is not acceptable.
    """
    if plain := _plain(url):
        return _WWW.sub("", plain["host"]) + plain["path"].rstrip("/")
    address = _read(canonical_url(url))
    if address is None:
        return ""
    host = _WWW.sub("", address.host)
    query = "&".join(sorted(address.query[1:].split("&")))
    return host + address.path.rstrip("/") + (query and "?" + query) + address.fragment


def unwrap_url(url: str) -> str:
    """Return the address that a known forwarder (google.com/url?q=...) or AMP copy carries, else `url` made safe.

    The forwarder itself need not be asked: it is a page of its own, often one that robots.txt forbids.
    """
    if _plain(url):  # a forwarder carries the address in its parameters, and an AMP copy is none
        return url
    address = _read(url)
    while address and (target := _forwarded_to(address)) and len(target) < len(str(address)):
        address = _read(target)
    return str(address) if address else ""


def is_forwarder(host: str) -> bool:
    """Whether addresses of a host, with its port or without, may carry those of others: see `unwrap_url`."""
    return bool(_FORWARDING.fullmatch(host.lower().partition(":")[0].removesuffix(".")))


@lru_cache(maxsize=2_048)
def _simplify(url: str) -> str:
    address = _read(unwrap_url(url))
    if address is None:
        return ""
    # "&amp;" that was escaped twice in the feed leaves its "amp;" at the name.
    parameters = (re.sub(r"\A(?:amp;)+", "", part) for part in address.query[1:].split("&"))
    query = "&".join(part for part in parameters if part and not _is_tracking(part))
    plain = address._replace(
        host=_DEVICE_HOST.sub("", address.host),
        path=_AMP_TAIL.sub("", address.path),
        query=query and "?" + query,
        fragment=address.fragment if address.fragment.startswith("#!") else "",
    )
    return _ESCAPE.sub(_unescape, str(plain))


def _unescape(found: re.Match[str]) -> str:
    character = chr(int(found[0][1:], 16))
    return character if _UNRESERVED.match(character) else found[0].upper()


def _is_tracking(parameter: str) -> bool:
    parameter = parameter.lower()
    name = parameter.partition("=")[0]
    return name in _TRACKERS or name.startswith(_TRACKER_FAMILIES) or parameter in _AMP_PARAMETERS


def _forwarded_to(address: _Address) -> str:
    """Return the address that a forwarder or an AMP copy carries in itself, or ""."""
    if copied := _AMP_COPIES.match(address.host + address.path):
        original = (address.host + address.path)[copied.end() :]
        return safe_url(f"{'https' if copied[1] else 'http'}://{original}{address.query}")
    for host, path, names in _FORWARDERS:
        if host.fullmatch(address.host) and address.path.startswith(path):
            carried = (part.partition("=") for part in address.query[1:].split("&"))
            targets = (safe_url(unquote(value)) for name, _, value in carried if name in names)
            return next(filter(None, targets), "")
    return ""
