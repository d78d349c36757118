"""What a site allows to be done with a page: TDM reservation, X-Robots-Tag, meta robots. Pure: bytes in, a verdict out.

TDM Reservation Protocol (W3C community group, final report of 10 May 2024): the HTTP header decides; else
/.well-known/tdmrep.json of the origin; else the page's own <meta>. Swedish law gives such a reservation its force
(15 a § upphovsrättslagen): no copying for mining where the author has reserved it. X-Robots-Tag and <meta name=robots>
are not law but wishes, and are followed.
"""

import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from monitor.core.gate import admitted
from monitor.core.sentences import sentences
from monitor.core.text import shorten
from monitor.models import Article, Entry, Mention, StorePolicy

AGENT = "town-monitor"
"""Our product token, as robots.txt and robots tags name it."""
TDM_FILE = "/.well-known/tdmrep.json"

_LOOKED_AT = 200_000
_MAX_RULES = 1_000
MAX_TDM_FILE = 200_000
"""Bytes of a tdmrep.json that are read; a longer one reserves everything."""
_LONGEST = 2_048
_EXCERPT = 600
_LEAD = 200
_POLICIES = tuple(StorePolicy)

_NAMES = frozenset({"robots", AGENT, "tdm-reservation", "tdm-policy"})
_OF_INTEREST = (b"robots", b"tdm-", AGENT.encode())
_END_OR_COMMENT = re.compile(rb"</head|<!--", re.IGNORECASE)
_META = re.compile(rb"<meta\s[^>]{1,500}", re.IGNORECASE)
_ATTRIBUTE = re.compile(rb"""(?<![\w-])([\w-]{1,40}+)\s*+=\s*+(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")


@dataclass(frozen=True, slots=True)
class TdmRule:
    """One rule of tdmrep.json: a path pattern (with `*` and `$`, as in robots.txt) and whether it reserves."""

    location: str
    reserved: bool
    policy: str = ""


@dataclass(frozen=True, slots=True)
class Allowed:
    """What may be kept of a page, and why not all of it (a sentence; "" when all)."""

    store: StorePolicy = StorePolicy.TEXT
    reason: str = ""
    reserved: bool = False
    """By the TDM protocol: its text may be used for nothing. Else it may be read, and not kept."""


@admitted
def judge_reservation(
    url: str, headers: Mapping[str, Sequence[str]], rules: Iterable[TdmRule], body: bytes = b""
) -> Allowed:
    """Return what may be kept of the page at `url`. `headers` have lower-case names; `body` is looked at if HTML."""
    metas = list(_metas(body))
    reserved, where, policy = _tdm(url, headers, rules, dict(reversed(metas)))
    if reserved:
        terms = f"; its terms: {policy}" if policy else ""
        reason = f"the site reserves its text against text and data mining ({where}){terms}"
        return Allowed(StorePolicy.LINK, reason, True)
    return _robots_tags([*headers.get("x-robots-tag", ()), *(tag for name, tag in metas if name in {"robots", AGENT})])


@admitted
def read_tdm_file(body: bytes) -> tuple[TdmRule, ...]:
    """Read tdmrep.json; what is not understood reserves nothing, and what is too much to be followed everything."""
    if len(body) > MAX_TDM_FILE:
        return (TdmRule("/", True),)
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return ()
    if not isinstance(data, list):
        return ()
    found = (_tdm_rule(item) for item in data[:_MAX_RULES] if isinstance(item, dict))
    return tuple(rule for rule in found if rule)


def stricter(first: StorePolicy, second: StorePolicy) -> StorePolicy:
    """Return the policy that keeps less."""
    return min(first, second, key=_POLICIES.index)


def headline_only(entry: Entry) -> Entry:
    """Return what is kept of an entry when only link and headline may be."""
    return replace(entry, summary="", content="", whole=False, links=())


def keep(article: Article, store: StorePolicy) -> Article:
    """Return what may be kept of an article that was read and judged."""
    if store is StorePolicy.TEXT:
        return article
    title_only = tuple(mention for mention in article.place.mentions if mention.where == "title")
    if store is StorePolicy.LINK:
        return replace(article, lead="", text="", place=replace(article.place, mentions=title_only))
    text, mentions = _excerpt(article)
    place = replace(article.place, mentions=(*title_only, *mentions))
    return replace(article, lead=shorten(article.lead, _LEAD), text=text, place=place)


# --- the TDM protocol ----------------------------------------------------------------------------------


def _tdm(
    url: str, headers: Mapping[str, Sequence[str]], rules: Iterable[TdmRule], metas: Mapping[str, str]
) -> tuple[bool, str, str]:
    """Return whether the page is reserved, where that is said, and the address of the terms."""
    said = _flag(next(iter(headers.get("tdm-reservation", ())), ""))
    if said is not None:
        return said, "HTTP header tdm-reservation", next(iter(headers.get("tdm-policy", ())), "")
    if rule := _rule_for(url, rules):
        return rule.reserved, TDM_FILE, rule.policy
    return bool(_flag(metas.get("tdm-reservation", ""))), "meta tdm-reservation", metas.get("tdm-policy", "")


def _flag(value: object) -> bool | None:
    return {"1": True, "0": False}.get(str(value).strip())


def _tdm_rule(item: Mapping[str, object]) -> TdmRule | None:
    location, reserved = item.get("location"), _flag(item.get("tdm-reservation"))
    if not isinstance(location, str) or not location or reserved is None:
        return None
    if len(location) > _LONGEST:
        return None
    policy = item.get("tdm-policy")
    return TdmRule(location, reserved, policy[:500] if isinstance(policy, str) else "")


def _rule_for(url: str, rules: Iterable[TdmRule]) -> TdmRule | None:
    """Return the most specific rule for a path, as in robots.txt; of two alike, the one that reserves."""
    parts = urlsplit(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    fitting = (rule for rule in rules if _fits(rule.location, path))
    return max(fitting, key=lambda rule: (len(rule.location), rule.reserved), default=None)


def _fits(pattern: str, path: str) -> bool:
    """Whether a path begins with a pattern in which `*` stands for anything and a last `$` for the end (RFC 9309)."""
    ends = pattern.endswith("$")
    first, *rest = pattern.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    at = len(first)
    for number, piece in enumerate(rest, 1):
        if ends and number == len(rest):
            return path.endswith(piece) and len(path) - len(piece) >= at
        found = path.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    return not ends or at == len(path)


# --- robots tags ---------------------------------------------------------------------------------------


def _robots_tags(tags: Sequence[str]) -> Allowed:
    """Read the wishes in X-Robots-Tag headers and robots metas: the strictest holds.

    A page that may not be indexed, or not quoted as far as we quote, is judged and not kept; one that may not be
    archived gives an excerpt.
    """
    wishes = sorted({wish for tag in tags for wish in _wishes(tag)})
    if nothing := next((wish for wish in wishes if wish != "noarchive" and _snippet(wish) < _EXCERPT), ""):
        reason = f"the site asks that nothing of its text is kept or quoted (robots: {nothing})"
        return Allowed(StorePolicy.LINK, reason)
    if wishes:
        return Allowed(StorePolicy.EXCERPT, f"the site asks that its text is not kept whole (robots: {wishes[0]})")
    return Allowed()


def _snippet(wish: str) -> int:
    """Return how many characters a wish allows to be quoted."""
    return int(wish.partition(":")[2] or 0)


def _wishes(tag: str) -> Iterator[str]:
    """Give the wishes of one tag that are meant for us: "name: wish, wish" is for that crawler only."""
    agent, colon, rest = (part.strip() for part in tag.lower().partition(":"))
    named = bool(colon) and re.fullmatch(r"[a-z][\w.-]*", agent) and agent not in _WITH_VALUE
    if named and agent != AGENT:
        return
    for wish in (rest if named else tag.lower()).split(","):
        plain = re.sub(r"\s*:\s*", ":", wish.strip())
        if plain in _PLAIN or re.fullmatch(r"max-snippet:\d{1,6}", plain):
            yield plain


_PLAIN = frozenset({"none", "noindex", "nosnippet", "noarchive"})
_WITH_VALUE = frozenset({"max-snippet", "max-image-preview", "max-video-preview", "unavailable_after"})


def _metas(body: bytes) -> Iterator[tuple[str, str]]:
    """Give name and content of the metas in the head of a page that matter here."""
    head = _head_of(body[:_LOOKED_AT])
    for tag in _META.findall(head):
        plain = tag.lower()
        if not any(name in plain for name in _OF_INTEREST):
            continue
        said = {name.lower(): a or b or c for name, a, b, c in _ATTRIBUTE.findall(tag)}
        name = said.get(b"name", b"").decode("latin-1").strip().lower()
        if name in _NAMES:
            yield name, html.unescape(said.get(b"content", b"").decode("utf-8", "replace")).strip()[:500]


def _head_of(markup: bytes) -> bytes:
    """Return the head of a page without its comments, in one pass: comments that never end cost no more than others."""
    pieces: list[bytes] = []
    at = 0
    while found := _END_OR_COMMENT.search(markup, at):
        pieces.append(markup[at : found.start()])
        if found[0] != b"<!--":
            return b"".join(pieces)
        end = markup.find(b"-->", found.end())
        at = end + 3 if end >= 0 else len(markup)
    return b"".join((*pieces, markup[at:]))


# --- excerpts ------------------------------------------------------------------------------------------


def _excerpt(article: Article) -> tuple[str, tuple[Mention, ...]]:
    """Return the first sentences that name the place, one a line and at most 600 characters, with their namings."""
    text = ""
    kept: list[Mention] = []
    namings = sorted((m for m in article.place.mentions if m.where == "text"), key=lambda m: m.start)
    for start, end in _sentences(article.text):
        inside = [mention for mention in namings if start <= mention.start and mention.end <= end]
        if not inside or len(text) + end - start > _EXCERPT:
            continue
        shift = len(text) - start
        kept += [replace(mention, start=mention.start + shift, end=mention.end + shift) for mention in inside]
        text += article.text[start:end] + "\n"
    return text.rstrip("\n"), tuple(kept)


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    at = 0
    for line in text.split("\n"):
        yield from ((at + start, at + end) for start, end in sentences(line))
        at += len(line) + 1
