"""What a page says about itself besides its text: title, canonical address, language, access, who signs it.

The name of a person is looked at to tell a role and is never part of what is returned.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from monitor.core.markup import plain_text
from monitor.core.pages.jsonld import Described, describe
from monitor.core.text import MAX_SUMMARY, MAX_TITLE, clean_line
from monitor.core.urls import canonical_url, host_of, safe_url
from monitor.models import Access, AuthorRole

_MAX_VALUE = 2_000
_SEPARATOR = re.compile(r"\s+[|–—·»:•-]\s+|\s*\|\s*")
_PARTS = re.compile(_SEPARATOR.pattern + r"|:\s+")
_DEVICE = re.compile(r"\A(?:www|m|mobil|mobile|amp)\.")
_SHARED = frozenset({"co", "com", "org", "net", "gov", "ac", "blogspot", "wordpress", "substack", "github", "blogg"})
_LANGUAGE = re.compile(r"[a-zA-Z]{2,3}(?=[-_]|\Z)")
_LOCKED_TIERS = frozenset({"locked", "metered", "premium", "paid", "subscriber", "paywalled"})

_AGENCIES = re.compile(
    r"(?<!\w)(?:TT|NTB|STT|FNB|AFP|AP|DPA|dpa|Ritzaus?|Reuters|Bloomberg|Xinhua)(?!\w)|\ASiren\Z"
    r"|(?i:telegrambyrå|nyhetsbyrå|associated press|news ?agency|newswire)"
)
_NEWSROOM = re.compile(
    r"redaktion|newsroom|\bstaff\b|\bnews\b|nyheter|tidning|kurir|bladet\b|posten\b|\bradio\b|\bsvt\b|\bpress|kommun\b"
    r"|\bregion\b|polisen|myndighet|editorial|\bdesk\b|webmaster|\badmin\b|kommunikation|förening|\bab\b",
    re.IGNORECASE,
)
_PERSON = re.compile(r"\A(?:av |by |text:? )?[^\W\d_][\w'’.-]+(?: [\w'’.-]+){1,4}\Z", re.IGNORECASE)
_AGENCY_BYLINE = re.compile(r"(?:\A|[/(])(?:TT|NTB|AFP|AP|Reuters)(?:\)|\.?\Z)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What the head of a page holds, as written."""

    meta: dict[str, str]
    """By name, property or itemprop in lower case; the first of each."""
    described: Described
    title: str
    heading: str
    canonical: str
    language: str

    @property
    def tells_of_article(self) -> bool:
        """Whether the head is about one article, so that its title and summary are the article's own."""
        return self.described.is_article or self.meta.get("og:type", "").lower() == "article"


def read_head(tree: Any) -> Head:
    """Collect what the page says about itself."""
    meta: dict[str, str] = {}
    for element in tree.iter("meta"):
        content = element.get("content")
        for attribute in ("property", "name", "itemprop", "http-equiv"):
            if content and (name := element.get(attribute)):
                meta.setdefault(name.strip().lower(), content[:_MAX_VALUE].strip())
    links = (link.get("href") for link in tree.iter("link") if "canonical" in (link.get("rel") or "").lower().split())
    return Head(
        meta=meta,
        described=describe(script.text or "" for script in tree.xpath("//script[contains(@type, 'ld+json')]")),
        title=next((line for element in tree.iter("title") if (line := _line(element))), ""),
        heading=_heading(tree),
        canonical=next((href for href in links if href), ""),
        language=tree.get("lang") or tree.get("xml:lang") or "",
    )


def _heading(tree: Any) -> str:
    """Return the heading of the article: within it if one is marked, else the first that is no logo."""
    for path in ("//article//h1", "//main//h1", "//h1"):
        for element in tree.xpath(path)[:3]:
            if line := _line(element):
                return line
    return ""


def _line(element: Any) -> str:
    return clean_line("".join(element.itertext())[:_MAX_VALUE])


def _plain(text: str, limit: int = MAX_TITLE) -> str:
    """Return a value of the head as text: many a page escapes it twice."""
    return clean_line(plain_text(text[: 2 * limit]), limit)


def find_title(head: Head) -> str:
    """Return the headline without the name of the site."""
    page_titles = [_plain(title) for title in (head.meta.get("og:title", ""), head.title) if title]
    site = {_plain(name).casefold() for name in ("", head.meta.get("og:site_name", ""), head.described.publisher)}
    # The heading that a reader sees, when the title that the page gives others confirms that it is the article's.
    if head.heading.casefold() not in site and _confirms(page_titles[:1], head.heading.casefold()):
        return head.heading
    headline = _plain(head.described.headline) if head.described.is_article else ""
    for title in (headline, *page_titles):
        if title and title.casefold() not in site:
            return _without_site(title, site)
    return head.heading


def _confirms(titles: Sequence[str], heading: str) -> bool:
    return any(title.startswith(heading) or heading in _PARTS.split(title) for title in map(str.casefold, titles))


def _without_site(title: str, site: set[str]) -> str:
    parts = _SEPARATOR.split(title)
    if len(parts) > 1 and parts[-1].casefold() in site:
        return title[: title.rindex(parts[-1])].rstrip(" |–—·»:•-")
    return title


def find_description(head: Head) -> str:
    """Return the summary that the page gives for others to show."""
    names = ("og:description", "description", "twitter:description")
    said = (
        head.described.description if head.described.is_article else "",
        *(head.meta.get(name, "") for name in names),
    )
    return next((line for text in said if (line := _plain(text, MAX_SUMMARY))), "")


def find_address(head: Head, url: str) -> str:
    """Return the canonical address: the page's own claim where it names the same site, else the one that answered.

    og:url is believed only if it ends as the address does: it often is the front page or an internal link.
    """
    fetched = canonical_url(url)
    claimed = canonical_url(head.canonical, url) if head.canonical else ""
    if claimed and same_site(claimed, fetched) and (_path(claimed) or not _path(fetched)):
        return claimed
    claimed = canonical_url(head.meta.get("og:url", ""), url) if head.meta.get("og:url") else ""
    if (
        claimed
        and same_site(claimed, fetched)
        and _path(claimed).rpartition("/")[2] == _path(fetched).rpartition("/")[2]
    ):
        return claimed
    return fetched or safe_url(url)


def _path(url: str) -> str:
    return url.partition("://")[2].partition("/")[2].partition("?")[0].strip("/")


def same_site(one: str, other: str) -> bool:
    """Tell whether two addresses are of one publisher, as far as their hosts can tell."""
    first, second = (_DEVICE.sub("", host_of(url)) for url in (one, other))
    return bool(first) and (first == second or _site(first) == _site(second))


def _site(host: str) -> str:
    labels = host.split(".")
    return ".".join(labels[-3:] if len(labels) > 2 and labels[-2] in _SHARED else labels[-2:])


def find_language(head: Head) -> str:
    """Return the language as two or three letters, or ""."""
    claims = (
        head.language,
        head.meta.get("og:locale", ""),
        head.described.language,
        head.meta.get("content-language", ""),
    )
    found = (_LANGUAGE.match(claim.strip()) for claim in claims)
    return next((claim[0].lower() for claim in found if claim), "")


def find_access(head: Head) -> Access:
    """Return whether the page says that it is behind a wall: schema.org, else the tier that Meta defined."""
    free = head.described.free
    said = head.meta.get("isaccessibleforfree", "").rsplit("/", 1)[-1].lower()
    if free is None and said in {"true", "false"}:
        free = said == "true"
    tier = head.meta.get("article:content_tier", "").lower()
    if tier in _LOCKED_TIERS and not free:
        free = False
    if tier == "free" and free is None:
        free = True
    return Access.UNKNOWN if free is None else Access.FREE if free else Access.LOCKED


def find_author_role(tree: Any, head: Head, blocks: Sequence[str]) -> AuthorRole:
    """Return who signs the text, as a role: an agency before a newsroom before a person."""
    roles = {_role(kind, clean_line(name, 200), head) for kind, name in _signatures(tree, head)}
    if any(_AGENCY_BYLINE.search(block[-12:]) for block in (*blocks[:2], *blocks[-2:])):
        roles.add(AuthorRole.AGENCY)
    for role in (AuthorRole.AGENCY, AuthorRole.PERSON, AuthorRole.NEWSROOM):
        if role in roles:
            return role
    return AuthorRole.UNKNOWN


def _signatures(tree: Any, head: Head) -> Iterator[tuple[str, str]]:
    yield from head.described.authors
    for name in ("author", "article:author", "byl", "dc.creator", "parsely-author", "sailthru.author"):
        if head.meta.get(name):
            yield "", head.meta[name]
    marked = "//*[@rel='author' or @itemprop='author' or contains(@class, 'byline') or contains(@class, 'author')]"
    for element in tree.xpath(marked)[:5]:
        yield "", _line(element)


def _role(kind: str, name: str, head: Head) -> AuthorRole:
    if _AGENCIES.search(name):
        return AuthorRole.AGENCY
    house = {head.described.publisher.casefold(), head.meta.get("og:site_name", "").casefold()} - {""}
    if kind == "person" and not _NEWSROOM.search(name):
        return AuthorRole.PERSON
    if kind.endswith("organization") or name.casefold() in house or _NEWSROOM.search(name):
        return AuthorRole.NEWSROOM
    return AuthorRole.PERSON if _PERSON.match(name) else AuthorRole.UNKNOWN
