"""A check for robots told apart from an answer, and from a plain outage, by the marks that such checks leave.

Nothing here goes round a check. It is told as what it is: a block, never an empty source.
"""

import re
from collections.abc import Mapping
from functools import cache

import hyperscan

_HEADERS = (
    ("cf-mitigated", "challenge"),
    ("x-amzn-waf-action", ""),
    ("x-datadome", "protected"),
    ("x-sucuri-block", ""),
)
"""Name and beginning of the value, in lower case."""

_LOOKED_AT = 100_000
_HTML = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*(?:<!doctype html|<html|<head|<!--)", re.IGNORECASE)
# A normal page of a guarded site also loads its guard's script; these marks stand only in the check itself.
_MARKS = (
    rb"_cf_chl_opt",
    rb"cf-chl-",
    rb"cf_chl_(?:prog|rt)",
    rb"id=.challenge-(?:form|running|error)",
    rb"/_Incapsula_Resource\?",
    rb"captcha-delivery\.com",
    rb"px-captcha",
    rb"awsWafCookieDomainList",
    rb"gokuProps",
    rb"id=.anubis_challenge",
    rb"sucuri_cloudproxy_js",
    (
        rb"<title>\s*(?:just a moment|attention required! \||access denied|checking your browser"
        rb"|making sure you(?:'|&#39;)re not a bot|are you (?:a )?(?:human|robot)|ddos-guard|security check)"
    ),
)


def find_challenge(status: int, headers: Mapping[str, str], body: bytes) -> str:
    """Return how an answer shows a check for robots, as a sentence; "" when it shows none.

    `headers` have lower-case names. A 503 with no mark is an outage and none of this.
    """
    marked = any(headers.get(name, "-").lower().startswith(value) for name, value in _HEADERS if name in headers)
    beginning = body[:_LOOKED_AT]
    if marked or (looks_like_html(beginning) and _shows_mark(beginning)):
        return f"the site shows a check for robots instead of what was asked for (HTTP {status})"
    return ""


def looks_like_html(body: bytes) -> bool:
    """Whether the bytes begin as a web page does."""
    return bool(_HTML.match(body, 0, _LOOKED_AT))


def _shows_mark(body: bytes) -> bool:
    """Look for the marks in one pass: `re` tries each of them at every byte, which took 7 ms a page of 100 kB."""
    found: list[int] = []
    _finder().scan(body, match_event_handler=lambda number, *_: found.append(number))
    return bool(found)


@cache
def _finder() -> hyperscan.Database:
    finder = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    flags = [hyperscan.HS_FLAG_CASELESS | hyperscan.HS_FLAG_SINGLEMATCH] * len(_MARKS)
    finder.compile(expressions=list(_MARKS), ids=list(range(len(_MARKS))), elements=len(_MARKS), flags=flags)
    return finder
