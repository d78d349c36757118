"""The bytes of a feed into entries: RSS 0.9x to 2.0, RDF, Atom and JSON Feed.

What comes out is plain text, web addresses and UTC times, whatever went in. feedparser reads the XML: it knows the odd
feeds; its own sanitising and resolving of markup are off: they are quadratic on hostile input, and no markup is kept.
Bytes that were built to be slow can still take it many seconds, so call this in a worker that can be stopped.
"""

import io
import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo

import feedparser

from monitor.core.bounds import tame_xml, too_much_xml
from monitor.core.charsets import decode
from monitor.core.dates import MAX_RAW, plausible, read_time
from monitor.core.markup import plain_text
from monitor.core.plain_feeds import read_plainly
from monitor.core.text import MAX_SUMMARY, MAX_URL, clean_line, clean_text
from monitor.core.urls import canonical_url, safe_url, unwrap_url
from monitor.models import Entry, FeedReading, Outcome

MAX_BODY = 5_000_000
MAX_ENTRIES = 1_000
MAX_MARKS = 500_000
"""Of < and &, each of which costs feedparser a turn, whatever follows; half of what it reads in ten seconds."""
MAX_DEPTH = 20_000
"""Tags within tags; the time that feedparser takes is quadratic in them."""
_LANGUAGE = re.compile(r"[a-zA-Z]{2,3}(?:[-_][0-9a-zA-Z]{1,8}){0,4}")

_HTML_PAGE = re.compile(r"(?is)(?:<[?!](?!--)[^>]*>|<!--(?>.*?-->)|\s)*+<(?:html|head|body|title|meta|script|div)\b")
_FEED_ROOT = re.compile(r"<(?:\w+:)?(?:rss|feed|rdf|channel)\b", re.IGNORECASE)
_FEED_END = re.compile(r"</(?:\w+:)?(?:rss|feed|rdf|channel)\s*>", re.IGNORECASE)
_ENTRY_START = re.compile(r"<(?:\w+:)?(?:item|entry)[\s>]", re.IGNORECASE)
_ENTRY_END = re.compile(r"</(?:\w+:)?(?:item|entry)\s*>", re.IGNORECASE)

# Characters and references to characters that XML does not allow: with them the strict parser gives up on the whole.
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_REFERENCE = re.compile(r"&#(?:x([0-9a-f]+)|([0-9]+));?", re.IGNORECASE)
_ALLOWED = re.compile(r"[\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MAX_DIGITS = 8
_NOTHING = "\u2060"  # keeps what stood around the reference from making a new one; the gate of core.text removes it

_HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})
_READABLE_TYPES = ("text/", "application/xhtml+xml")

_Fields = Mapping[str, object]
_ReadDate = Callable[[str], datetime | None]


def read_feed(
    body: bytes, url: str, content_type: str = "", now: datetime | None = None, *, zone: tzinfo = UTC
) -> FeedReading:
    """Read the bytes that `url` answered with; the entries stay in the order of the feed. Never raises.

    With `now`, a date more than two days ahead of it is not believed. `zone` holds for times that name no zone.
    Partial means that something is missing from what the source sent; a feed that is merely not well formed is ok.
    """
    if len(body) > MAX_BODY:
        return _refuse(f"the feed is larger than {MAX_BODY // 1_000_000} MB")
    text = _mend(decode(body, content_type))
    if not text:
        return _refuse("the source answered with an empty page")

    def read_date(raw: str) -> datetime | None:
        return plausible(read_time(raw, zone), now)

    if text[0] in "{[":
        return _read_json(text, url, read_date)
    if _HTML_PAGE.match(text):
        return _refuse("the source answered with an HTML page, not a feed")
    return _read_xml(text, url, read_date)


def _refuse(reason: str) -> FeedReading:
    return FeedReading(outcome=Outcome.REFUSED, reason=reason)


def _mend(text: str) -> str:
    """Take away what would make a strict parser refuse everything: edges, control characters, impossible references."""
    return _REFERENCE.sub(_keep_if_allowed, _FORBIDDEN.sub("", text)).strip("\ufeff \t\r\n")


def _keep_if_allowed(found: re.Match[str]) -> str:
    digits, base = (found[1], 16) if found[1] else (found[2], 10)
    code = int(digits, base) if len(digits) <= _MAX_DIGITS else 0
    return found[0] if code <= 0x10FFFF and _ALLOWED.match(chr(code)) else _NOTHING


# --- XML -----------------------------------------------------------------------------------------------


def _read_xml(whole: str, url: str, read_date: _ReadDate) -> FeedReading:
    text, offered = _first_entries(whole)
    markup, loss = tame_xml(text)
    if markup.count(b"<") + markup.count(b"&") > MAX_MARKS:
        return _refuse(f"the feed cannot be read: it has more than {MAX_MARKS} signs of markup")
    # Deeper than a tree may be: feedparser makes none, and tags that a sloppy feed leaves open only look like depth.
    if excess := too_much_xml(markup, deepest=MAX_DEPTH):
        return _refuse(f"the feed cannot be read: {excess}")
    headers = {"content-type": "application/xml; charset=utf-8"}
    if "xml:base" in text:
        # Only then: given an address, feedparser also resolves a guid like "123" against it, and every entry would
        # change its identity on the day the feed moves.
        headers["content-location"] = url
    try:
        # A stream, never bytes: bytes that spell a path would be opened as a file.
        parsed = read_plainly(markup) or feedparser.parse(
            io.BytesIO(markup), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    except Exception as error:  # noqa: BLE001 - it promises `bozo`, yet lets out what its codecs and regexes raise
        return _refuse(f"the feed cannot be read: {type(error).__name__}")
    if not parsed.entries and not _FEED_ROOT.search(text):
        return _refuse("the source answered with something that is no feed")
    entries = [_read_item(item, url, read_date) for item in parsed.entries[:MAX_ENTRIES]]
    missing = _missing(offered if offered > MAX_ENTRIES else len(parsed.entries), entries)
    missing += [loss] if loss else []
    if parsed.bozo:
        missing += _missing_from_ill_formed(text, len(parsed.entries))
    reading = _reading(_field(parsed.feed, "title"), _field(parsed.feed, "language"), entries, missing)
    return replace(reading, pause=_pause(parsed.feed))


def _first_entries(text: str) -> tuple[str, int]:
    """Return a feed with as many entries as are read, and how many it offers; what stands round them stays.

    feedparser takes quadratic time on entries that are never ended, and has no bound of its own.
    """
    starts = [found.start() for found in _ENTRY_START.finditer(text)]
    if len(starts) <= MAX_ENTRIES:
        return text, len(starts)
    cut = starts[MAX_ENTRIES]
    last = max((found.end() for found in _ENTRY_END.finditer(text, cut)), default=len(text))
    return text[:cut] + text[last:], len(starts)


_PERIODS = {"hourly": 1, "daily": 24, "weekly": 7 * 24, "monthly": 30 * 24, "yearly": 365 * 24}


def _pause(feed: _Fields) -> timedelta | None:
    """Return how often a feed says that it changes: RSS ttl in minutes, else the syndication module's period."""
    ttl = _field(feed, "ttl")
    if re.fullmatch(r"[1-9]\d{0,6}", ttl, re.ASCII):
        return timedelta(minutes=int(ttl))
    hours = _PERIODS.get(_field(feed, "sy_updateperiod").lower())
    often = _field(feed, "sy_updatefrequency")
    return timedelta(hours=hours) / (int(often) if re.fullmatch(r"[1-9]\d{0,4}", often) else 1) if hours else None


def _read_item(item: _Fields, url: str, read_date: _ReadDate) -> Entry | None:
    identity = _field(item, "id")
    links = [_field(link, "href") for link in _parts(item, "links") if link.get("rel") == "alternate"]
    addresses = [_field(item, "feedburner_origlink"), _field(item, "link"), *links]
    if "/" not in identity:  # feedparser takes a guid for the link where there is none; "123" is no address
        addresses = [address for address in addresses if address != identity]
    contents = [part for part in _parts(item, "content") if _field(part, "type").startswith(_READABLE_TYPES)]
    content = max(contents, key=lambda part: len(_field(part, "value")), default={})
    return _entry(
        identity=identity,
        url=_first_address(addresses, url) or safe_url(identity),
        title=plain_text(_field(item, "title"), markup=_is_html(item.get("title_detail"))),
        summary=plain_text(_field(item, "summary"), markup=_is_html(item.get("summary_detail"))),
        content=plain_text(_field(content, "value"), markup=_is_html(content)),
        published=_field(item, "published") or _field(item, "updated") or _field(item, "created"),
        updated=_field(item, "updated"),
        read_date=read_date,
    )


def _field(item: _Fields, name: str) -> str:
    # Not item.get: feedparser's own warns, and answers for other names than the one asked for.
    value = dict.get(item, name) if isinstance(item, dict) else None
    return value.strip() if isinstance(value, str) else ""


def _parts(item: _Fields, name: str) -> list[_Fields]:
    parts = item.get(name)
    return [part for part in parts if isinstance(part, dict)] if isinstance(parts, list) else []


def _is_html(detail: object) -> bool:
    return isinstance(detail, dict) and detail.get("type") in _HTML_TYPES


def _missing_from_ill_formed(text: str, count: int) -> list[str]:
    """Say what a feed that broke the rules of XML has lost by it: often nothing."""
    missing = []
    if (lost := len(_ENTRY_START.findall(text)) - count) > 0:
        missing.append(f"entries in a part that cannot be read: {lost}")
    if not _FEED_END.search(text[-1_000:]):
        missing.append("the feed ends in the middle")
    return missing


# --- JSON Feed -----------------------------------------------------------------------------------------


def _read_json(text: str, url: str, read_date: _ReadDate) -> FeedReading:
    """Read JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/), tolerant of wrong types."""
    try:
        feed = json.loads(text)
    except (ValueError, RecursionError):
        return _refuse("the source answered with JSON that cannot be read")
    if not isinstance(feed, dict) or "jsonfeed.org" not in str(feed.get("version")):
        return _refuse("the source answered with JSON that is no JSON Feed")
    items = feed.get("items")
    items = items if isinstance(items, list) else []
    entries = [_read_json_item(item, url, read_date) for item in items[:MAX_ENTRIES]]
    return _reading(_value(feed, "title"), _value(feed, "language"), entries, _missing(len(items), entries))


def _read_json_item(item: object, url: str, read_date: _ReadDate) -> Entry | None:
    if not isinstance(item, dict):
        return None
    content = plain_text(_value(item, "content_html"), markup=True) or plain_text(_value(item, "content_text"))
    return _entry(
        identity=_value(item, "id"),
        url=_first_address([_value(item, "url"), _value(item, "external_url")], url),
        title=plain_text(_value(item, "title")),
        summary=plain_text(_value(item, "summary")),
        content=content,
        published=_value(item, "date_published") or _value(item, "date_modified"),
        updated=_value(item, "date_modified"),
        read_date=read_date,
    )


def _value(item: _Fields, name: str) -> str:
    """Return a field as text; numbers count, as ids are often sent so. Lone surrogates, which JSON can spell, go."""
    value = item.get(name)
    text = str(value) if isinstance(value, str | int | float) else ""
    return text.encode(errors="ignore").decode().strip()


# --- entries -------------------------------------------------------------------------------------------


def _entry(
    *,
    identity: str,
    url: str,
    title: str,
    summary: str,
    content: str,
    published: str,
    updated: str,
    read_date: _ReadDate,
) -> Entry | None:
    """Return the entry without its key, or None when there is nothing in it to show or to follow."""
    url = unwrap_url(url)
    title = clean_line(title)
    content = clean_text(content)
    summary = clean_text(summary or content, MAX_SUMMARY)
    if not (url or title or summary):
        return None
    return Entry(
        key="",
        id=clean_line(identity, MAX_URL),
        url=url,
        title=title,
        summary=summary,
        content=content,
        published=read_date(published),
        published_raw=clean_line(published, MAX_RAW),
        updated=read_date(updated),
    )


def _first_address(references: Iterable[str], base: str) -> str:
    return next(filter(None, (safe_url(reference, base) for reference in references if reference)), "")


def _missing(count: int, entries: Sequence[Entry | None]) -> list[str]:
    missing = []
    if count > len(entries):
        missing.append(f"only the first {len(entries)} of {count} entries were read")
    if empty := sum(entry is None for entry in entries):
        missing.append(f"entries with neither text nor a web address: {empty} of {len(entries)}")
    return missing


def _reading(title: str, language: str, entries: Iterable[Entry | None], missing: Sequence[str]) -> FeedReading:
    return FeedReading(
        outcome=Outcome.PARTIAL if missing else Outcome.OK,
        reason="; ".join(missing),
        title=clean_line(plain_text(title)),
        language=language if _LANGUAGE.fullmatch(language) else "",
        entries=_with_keys([entry for entry in entries if entry]),
    )


def _with_keys(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """Give every entry its identity in the source, and keep the first of those that have the same."""
    bearers = defaultdict(set)
    for entry in entries:
        bearers[entry.id].add(_address_or_title(entry))
    keyed: dict[str, Entry] = {}
    for entry in entries:
        # Two items with one id are one item that was moved. More than two, or a whole feed, is a generator that does
        # not know what an id is.
        shared = len(bearers[entry.id]) > 2 or 1 < len(bearers[entry.id]) == len(entries)
        key = " ".join(filter(None, [entry.id, _address_or_title(entry) if shared or not entry.id else ""]))
        keyed.setdefault(key, replace(entry, key=key))
    return tuple(keyed.values())


def _address_or_title(entry: Entry) -> str:
    known = [entry.title, entry.published_raw]
    return canonical_url(entry.url) or " ".join(filter(None, known if all(known) else [*known, entry.summary[:200]]))
