"""A check for robots told apart from an answer, and from a plain outage, by the marks that such checks leave.

Nothing here goes round a check. It is told as what it is: a block, never an empty source.
"""

import re
from collections.abc import Mapping

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
_MARKS = re.compile(
    rb"_cf_chl_opt|cf-chl-|cf_chl_(?:prog|rt)|id=.challenge-(?:form|running|error)|/_Incapsula_Resource\?"
    rb"|captcha-delivery\.com|px-captcha|awsWafCookieDomainList|gokuProps|id=.anubis_challenge"
    rb"|sucuri_cloudproxy_js|<title>\s*(?:just a moment|attention required! \||access denied|checking your browser"
    rb"|making sure you(?:'|&#39;)re not a bot|are you (?:a )?(?:human|robot)|ddos-guard|security check)",
    re.IGNORECASE,
)


def find_challenge(status: int, headers: Mapping[str, str], body: bytes) -> str:
    """Return how an answer shows a check for robots, as a sentence; "" when it shows none.

    `headers` have lower-case names. A 503 with no mark is an outage and none of this.
    """
    marked = any(headers.get(name, "-").lower().startswith(value) for name, value in _HEADERS if name in headers)
    beginning = body[:_LOOKED_AT]
    if marked or (looks_like_html(beginning) and _MARKS.search(beginning)):
        return f"the site shows a check for robots instead of what was asked for (HTTP {status})"
    return ""


def looks_like_html(body: bytes) -> bool:
    """Whether the bytes begin as a web page does."""
    return bool(_HTML.match(body))
