"""What a page says of its article in JSON-LD (https://schema.org/NewsArticle), in any of the shapes that are about.

Everything here is untrusted: wrong types, endless nesting and numbers of a million digits give less, never an error.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

MAX_SCRIPTS = 40
MAX_CHARACTERS = 1_000_000
MAX_NODES = 5_000

# What these hold is another page's, or another thing.
_ELSEWHERE = frozenset(
    {"itemlistelement", "mentions", "citation", "ispartof", "relatedlink", "comment", "review", "about", "publisher"}
    | {"author", "creator", "image", "thumbnail", "isbasedon", "significantlink", "subjectof", "workexample"}
)
_WRAPPING = re.compile(r"\A\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[)|(?:-->|//\s*\]\]>|\]\]>)\s*\Z")
_NO = frozenset({"false", "no", "0"})
_YES = frozenset({"true", "yes", "1"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """The article as JSON-LD describes it; "" and None where it does not."""

    headline: str = ""
    description: str = ""
    published: str = ""
    language: str = ""
    free: bool | None = None
    authors: tuple[tuple[str, str], ...] = ()
    """Kind (person, organization or "") and name, as written. For deciding a role; never kept."""
    publisher: str = ""
    is_article: bool = False


@dataclass(slots=True)
class _Found:
    articles: list[Mapping[str, object]] = field(default_factory=list)
    pages: list[Mapping[str, object]] = field(default_factory=list)
    free: list[bool] = field(default_factory=list)


def describe(scripts: Iterable[str]) -> Described:
    """Read the page's JSON-LD scripts: its first article, else what stands for the page."""
    found = _Found()
    for root in _roots(scripts):
        _collect(root, found)
    main = next(iter(found.articles), None) or next(iter(found.pages), {})
    return Described(
        headline=_text(main.get("headline")) or _text(main.get("name")),
        description=_text(main.get("description")),
        published=_text(main.get("datePublished")) or _text(main.get("uploadDate")),
        language=_text(main.get("inLanguage")),
        # One part behind the wall is enough: the rest is the teaser.
        free=None if not found.free else all(found.free),
        authors=tuple(_people(main.get("author") or main.get("creator"))),
        publisher=_text(main.get("publisher")),
        is_article=bool(found.articles),
    )


def _roots(scripts: Iterable[str]) -> Iterator[object]:
    for number, script in enumerate(scripts):
        if number >= MAX_SCRIPTS:
            return
        if len(script) <= MAX_CHARACTERS:
            try:
                # strict=False: line breaks inside strings are common
                yield json.loads(_WRAPPING.sub("", script), strict=False, parse_int=float)
            except (ValueError, RecursionError):
                continue


def _collect(root: object, found: _Found) -> None:
    """Walk without recursion, in the order of the document."""
    waiting: list[object] = [root]
    for _ in range(MAX_NODES):
        if not waiting:
            return
        node = waiting.pop()
        if isinstance(node, list):
            waiting.extend(reversed(node))
        elif isinstance(node, dict):
            _file(node, found)
            inner = [value for key, value in node.items() if str(key).lower() not in _ELSEWHERE]
            waiting.extend(value for value in reversed(inner) if isinstance(value, dict | list))


def _file(node: Mapping[str, object], found: _Found) -> None:
    kinds = {kind.rsplit("/", 1)[-1].lower() for kind in _strings(node.get("@type"))}
    if any(kind.endswith(("article", "posting")) for kind in kinds):
        found.articles.append(node)
    elif "datePublished" in node or kinds & {"webpage", "videoobject", "radioepisode", "episode"}:
        found.pages.append(node)
    said = _text(node.get("isAccessibleForFree")).rsplit("/", 1)[-1].lower()
    if said in _YES | _NO:
        found.free.append(said in _YES)


def _strings(value: object) -> Iterator[str]:
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, str):
            yield one


def _text(value: object) -> str:
    """Return the string that a value is or holds: itself, its @value or name, or that of its first."""
    for _ in range(4):
        if isinstance(value, list):
            value = value[0] if value else ""
        elif isinstance(value, dict):
            value = value.get("@value") or value.get("name") or value.get("@id") or ""
    if isinstance(value, bool):
        return str(value).lower()
    return value.strip() if isinstance(value, str) else ""


def _people(value: object) -> Iterator[tuple[str, str]]:
    for one in (value if isinstance(value, list) else [value])[:20]:
        kind = _text(one.get("@type")).lower() if isinstance(one, dict) else ""
        if name := _text(one):
            yield kind, name
