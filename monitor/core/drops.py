"""Files that a person puts into a folder: lists as CSV or JSON, and mails (.eml), into entries.

    url;title;text;published;source            or in Swedish   länk;rubrik;text;datum;källa
    https://example.se/a;Ny skola;...;2026-11-23 14:10;Bladet

As Swedish Excel writes them: semicolons, a byte order mark or Windows-1252, perhaps a first line `sep=;`. An entry with
a text is whole; of one with an address alone, the page is fetched.
"""

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, tzinfo
from pathlib import PurePath

from monitor.core.charsets import decode
from monitor.core.dates import plausible, read_time
from monitor.core.feeds import read_feed
from monitor.core.mails import read_mail
from monitor.core.markup import plain_text
from monitor.core.services.answers import objects, refuse
from monitor.core.text import MAX_SUMMARY, MAX_TEXT, MAX_URL, clean_line, clean_text, shorten
from monitor.core.urls import canonical_url, safe_url, unwrap_url
from monitor.models import Entry, FeedReading, Outcome

MAX_BODY = 20_000_000
MAX_ROWS = 5_000
KINDS = (".csv", ".json", ".eml")

_NAMES = {
    "url": ("url", "link", "länk", "lank", "adress", "webbadress"),
    "title": ("title", "rubrik", "headline", "titel"),
    "text": ("text", "content", "innehåll", "innehall", "utdrag", "ingress", "summary"),
    "published": ("published", "date", "datum", "publicerad", "tid"),
    "source": ("source", "källa", "kalla", "medium", "media"),
}


def read_drop(name: str, body: bytes, now: datetime, *, zone: tzinfo = UTC) -> FeedReading:
    """Read a file by the ending of its name. Never raises."""
    ending = PurePath(name.lower()).suffix
    if len(body) > MAX_BODY:
        return refuse(f"the file is larger than {MAX_BODY // 1_000_000} MB")
    if not body.strip():
        return refuse("the file is empty")
    if ending == ".csv":
        return _read_csv(decode(body, ""), now, zone)
    if ending == ".json":
        return _read_json(body, now, zone)
    if ending == ".eml":
        return read_mail(body, now)
    return refuse(f"files of this kind are not read (there are: {', '.join(KINDS)})")


# --- lists ---------------------------------------------------------------------------------------------


def _read_csv(text: str, now: datetime, zone: tzinfo) -> FeedReading:
    text = text.lstrip("\ufeff")
    delimiter = ""
    if found := re.match(r"sep=([;,\t|])\r?\n", text):
        delimiter, text = found[1], text[found.end() :]
    head = text.partition("\n")[0]
    delimiter = delimiter or max(";,\t", key=head.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        return refuse(f"the list cannot be read: {error}")
    if not rows:
        return refuse("the file is empty")
    columns = [clean_line(name).casefold() for name in rows[0]]
    return _entries((dict(zip(columns, row, strict=False)) for row in rows[1:] if any(row)), len(rows), now, zone)


def _read_json(body: bytes, now: datetime, zone: tzinfo) -> FeedReading:
    try:
        said = json.loads(decode(body, ""))
    except (ValueError, RecursionError):
        return refuse("the file holds no JSON that can be read")
    if isinstance(said, dict) and "jsonfeed.org" in str(said.get("version")):
        return read_feed(body, "", "", now, zone=zone)
    items = objects(said, "items") if isinstance(said, dict) and "items" in said else objects(said)
    return _entries(({str(key).casefold(): item[key] for key in item} for item in items), len(items), now, zone)


def _entries(rows: Iterable[Mapping[str, object]], count: int, now: datetime, zone: tzinfo) -> FeedReading:
    if count > MAX_ROWS:
        return refuse(f"the file has more than {MAX_ROWS} rows: split it")
    read = [_entry(row, now, zone) for row in rows]
    entries = {entry.key: entry for entry in read if entry}
    if not entries:
        known = ", ".join(names[0] for names in _NAMES.values())
        return refuse(f"no row has a title, a text or a web address; the columns are {known}")
    lost = read.count(None)
    return FeedReading(
        outcome=Outcome.PARTIAL if lost else Outcome.OK,
        reason=f"rows without title, text and web address: {lost}" if lost else "",
        entries=tuple(entries.values()),
    )


def _entry(row: Mapping[str, object], now: datetime, zone: tzinfo) -> Entry | None:
    said = {field: _value(row, names) for field, names in _NAMES.items()}
    url = unwrap_url(safe_url(said["url"].strip()[:MAX_URL]))
    content = clean_text(plain_text(said["text"]), MAX_TEXT)
    title = clean_line(plain_text(said["title"])) or clean_line(shorten(content, 100))
    if not (url or title):
        return None
    source = clean_line(said["source"], 100)
    raw = clean_line(said["published"], 100)
    mark = hashlib.sha256(f"{title}\x1f{content}\x1f{raw}".encode()).hexdigest()[:24]
    return Entry(
        key=canonical_url(url) or mark,
        url=url,
        title=title,
        summary=clean_text(": ".join(filter(None, (source, content))), MAX_SUMMARY),
        content=content,
        published=plausible(read_time(raw, zone), now),
        published_raw=raw,
        whole=bool(content) or not url,
    )


def _value(row: Mapping[str, object], names: Iterable[str]) -> str:
    found = (row[name] for name in names if name in row)
    return next((str(value) for value in found if isinstance(value, str | int | float)), "")
