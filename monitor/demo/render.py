"""Turn a site's content into the answers that its server gives: pages, feeds, robots.txt."""

import hashlib
import html.entities
import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import cache
from typing import Any

import jinja2
from babel.dates import format_datetime as write_date
from markupsafe import Markup, escape

from monitor.demo.addresses import Addresses
from monitor.demo.content import DemoArticle, FeedItem, Site, local

ANY_PATH = "*"
"""Key of the answer to every address that has none of its own."""

_FEED_TYPES = {
    "rss": "application/rss+xml",
    "rss-full": "application/rss+xml",
    "rss091": "text/xml",
    "atom": "application/atom+xml",
    "rdf": "application/rdf+xml",
    "json": "application/feed+json",
    "sitemap": "application/xml",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a server says to one address, before it looks at the conditions of a request."""

    status: int = 200
    content_type: str
    body: bytes
    etag: str = ""
    last_modified: str = ""
    gzip: bool = False
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Block:
    """One block of running text as a page shows it."""

    kind: str
    lines: tuple[Markup, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


def render_site(site: Site, addresses: Addresses) -> Mapping[str, Answer]:
    """Return the answers of one site by path."""
    base = addresses.base(site.host)
    if site.behaviour == "forbidden":
        return {ANY_PATH: _simple("forbidden", 403)}
    newest = max(site.articles, key=lambda article: article.updated or article.published)
    changed = local(newest.updated or newest.published)
    front = _page(site, base, None, changed)
    answers = {"/": front, site.feed_path: front if site.feed == "listing" else _feed(site, base, changed)}
    if site.robots is not None:
        rules = site.robots.strip().replace("{base}", base).encode()
        answers["/robots.txt"] = Answer(content_type="text/plain; charset=utf-8", body=rules + b"\n")
    for article in site.articles:
        answers[article.path] = _page(site, base, article, local(article.updated or article.published))
        if article.amp:
            answers[f"{article.path}/amp"] = _page(site, base, article, local(article.published), look="amp")
    return answers


# --- pages -------------------------------------------------------------------------------------------


def _page(site: Site, base: str, article: DemoArticle | None, changed: datetime, look: str = "") -> Answer:
    if article and article.status != 200:
        return _simple("forbidden", article.status)
    text = (
        _templates()
        .get_template(f"looks/{look or site.look}.html")
        .render(site=site, base=base, article=article, blocks=_shown(article) if article else ())
    )
    if article:
        text = unicodedata.normalize(article.form, text)
    if site.named_entities:
        text = _name_entities(text)
    return _answer(site, text, f"text/html; charset={site.charset}", changed)


def _simple(name: str, status: int) -> Answer:
    text = _templates().get_template(f"looks/{name}.html").render()
    return Answer(status=status, content_type="text/html; charset=utf-8", body=text.encode())


def _answer(site: Site, text: str, content_type: str, changed: datetime) -> Answer:
    body = text.encode(site.charset, "xmlcharrefreplace")
    return Answer(
        content_type=content_type,
        body=body,
        etag=f'"{hashlib.sha256(body).hexdigest()[:16]}"' if site.validators in {"both", "etag"} else "",
        last_modified=_http_date(changed) if site.validators in {"both", "modified"} else "",
        gzip=site.gzip,
    )


def _shown(article: DemoArticle) -> tuple[_Block, ...]:
    """Return the blocks that the page of `article` shows: those before the paywall."""
    blocks = tuple(_block(part, article.markup) for part in article.text.strip().split("\n\n"))
    return blocks[: article.teaser] if article.locked else blocks


def _block(part: str, markup: bool) -> _Block:
    lines = [line.strip() for line in part.strip().splitlines()]
    if part.startswith("|"):
        rows = tuple(tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines)
        return _Block(kind="table", rows=rows)
    if part.startswith("- "):
        return _Block(kind="list", lines=tuple(escape(line.removeprefix("- ")) for line in lines))
    text = " ".join(lines)
    return _Block(kind="text", lines=(Markup(text) if markup else escape(text),))  # noqa: S704 - the shipped file is HTML


def _name_entities(text: str) -> str:
    """Write what is not ASCII as named entities, as old publishing systems do."""
    names = html.entities.codepoint2name
    return "".join(sign if ord(sign) < 128 else f"&{names[ord(sign)]};" for sign in text)


# --- feeds -------------------------------------------------------------------------------------------


def _feed(site: Site, base: str, changed: datetime) -> Answer:
    return _answer(site, _write_feed(site, base), f"{_FEED_TYPES[site.feed]}; charset={site.charset}", changed)


def _write_feed(site: Site, base: str) -> str:
    items = [item for article in _newest_first(site) for item in _items(article, base)]
    if site.feed == "json":
        return _json_feed(site, base, items)
    name = "rss" if site.feed == "rss-full" else site.feed
    text = _templates().get_template(f"feeds/{name}.xml").render(site=site, base=base, items=items)
    return f'<?xml version="1.0" encoding="{site.charset}"?>\n{text}\n'


def _newest_first(site: Site) -> list[DemoArticle]:
    return sorted(site.articles, key=lambda article: article.published, reverse=True)


def _items(article: DemoArticle, base: str) -> list[dict[str, Any]]:
    return [_item(article, item, base) for item in article.items]


def _item(article: DemoArticle, item: FeedItem, base: str) -> dict[str, Any]:
    url = base + article.path
    published = local(item.published or article.published)
    return {
        "url": item.link.format(url=url, amp=f"{url}/amp"),
        "id": item.id,
        "title": unicodedata.normalize(article.form, item.title or article.title),
        "summary": unicodedata.normalize(article.form, item.summary or article.lead),
        "published": published,
        "updated": local(article.updated) if article.updated else published,
        "date": _mail_date(published) if item.date is None else item.date,
        "section": article.section,
        "blocks": _shown(article),
    }


def _json_feed(site: Site, base: str, items: list[dict[str, Any]]) -> str:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": site.name,
        "home_page_url": f"{base}/",
        "feed_url": base + site.feed_path,
        "language": "sv",
        "items": [
            {
                "id": item["id"] or item["url"],
                "url": item["url"],
                "title": item["title"],
                "summary": item["summary"],
                "date_published": item["published"].isoformat(),
                "tags": [item["section"]],
            }
            for item in items
        ],
    }
    return json.dumps(feed, indent=1)


# --- templates and dates -----------------------------------------------------------------------------


def render_template(name: str, /, **values: object) -> str:
    """Return the text of a template of the demo."""
    return _templates().get_template(name).render(**values)


@cache
def _templates() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("monitor.demo", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "iso": lambda moment: local(moment).isoformat(),
        "utc": lambda moment: local(moment).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "day": lambda moment: write_date(moment, "d MMMM y", locale="sv"),
        "clock": lambda moment: write_date(moment, "d MMMM y 'kl.' HH.mm", locale="sv"),
        "plain": lambda moment: write_date(moment, "y-MM-dd HH:mm", locale="sv"),
    }
    return environment


def _mail_date(moment: datetime) -> str:
    return format_datetime(moment)


def _http_date(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC), usegmt=True)
