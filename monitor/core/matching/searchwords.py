"""Which words a home may search for. Private people are not watched: a name of one is refused with the reason."""

import re

from monitor.core.matching.signs import FIRST_NAMES
from monitor.core.places import municipalities
from monitor.models import Refused

LAW = "this program watches places, not people (GDPR articles 5 and 6: no profiling of private persons)"

_IDENTITY_NUMBER = re.compile(r"\b(?:\d{2})?\d{6}[-+ ]?\d{4}\b")
_PHONE = re.compile(r"^\+?[\d\s()/-]{7,}$")
_ADDRESS = re.compile(r"\S+@\S+\.\w+|^@\w+")
_WORD = re.compile(r"[^\W\d_][\w:’'-]*")
_SURNAME = re.compile(r"^[A-ZÅÄÖ][a-zåäöé]+(?:sson|ssons|sdotter|sdotters)$")
_BODY = re.compile(
    r"(?:gymnasi|skol|väg|gat|torg|plats|park|museum|museet|bibliotek|kyrk|hall|stiftelse|fond|pris|sällskap|förening|sjukhus"
    r"|hemmet|gård|värld|dag|center|centrum|arena|teater|festival|stipendi|klinik|bro|plan)\w*$",
    re.IGNORECASE,
)
_COMPANY = frozenset({"AB", "HB", "KB", "Aktiebolag", "Group", "Sverige", "Sweden", "Invest", "Fastigheter", "Bygg"})


def check_search_word(word: str) -> Refused | None:
    """Return why `word` may not be searched for, or None when it may.

    Refused are identity numbers, telephone numbers, e-mail addresses, handles and what looks like the name
    of a person. A school, street or company that bears a person's name may be searched for.
    """
    text = " ".join(word.split())
    if not text:
        return Refused("The search word is empty.")
    for pattern, what in ((_IDENTITY_NUMBER, "an identity number"), (_ADDRESS, "a person's address or handle")):
        if pattern.search(text):
            return Refused(f"“{text}” looks like {what}: {LAW}.")
    if _PHONE.match(text):
        return Refused(f"“{text}” looks like a telephone number: {LAW}.")
    words = _WORD.findall(text)
    if not words or _is_body(words):
        return None
    if text in {place.name for place in municipalities().values()}:
        return None
    if _has_person(words):
        return Refused(f"“{text}” looks like the name of a person: {LAW}.")
    return None


def _is_body(words: list[str]) -> bool:
    return any(word in _COMPANY for word in words) or _BODY.search(words[-1]) is not None


def _has_person(words: list[str]) -> bool:
    named = [word.title() if word.islower() or word.isupper() else word for word in words]
    if any(_SURNAME.match(word) for word in named):
        return True
    for first, second in zip(named, [*named[1:], ""], strict=True):
        if first in FIRST_NAMES and (len(named) == 1 or second[:1].isupper()):
            return True
    return False
