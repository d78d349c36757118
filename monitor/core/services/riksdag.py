"""The document list of the Riksdag (https://data.riksdagen.se/dokumentlista/, utformat=json).

    {"dokumentlista": {"@traffar": "123", "@sida": "1", "@sidor": "7", "@nasta_sida": "http://...", "dokument": [
      {"dok_id", "titel", "undertitel", "datum", "publicerad", "summary", "dokument_url_html": "//...", ...}]}}

Numbers are texts. `dokument` is missing without a hit and a single object with one. The address of the next page has
http and may ask for HTML, so it is not followed: only whether there is one is read. A parameter that is not understood
is ignored there, and the whole list comes: more hits than a search can have tell it.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo

from monitor.core.dates import plausible, read_time
from monitor.core.markup import plain_text
from monitor.core.services.answers import AnswerPage, field, number_field, objects, read_json, text_field
from monitor.core.text import MAX_SUMMARY, clean_line, clean_text
from monitor.core.urls import safe_url
from monitor.models import Entry, Refused

SITE = "https://data.riksdagen.se/"
MAX_HITS = 5_000
LAST_PAGE = 100
"""The service refuses to give more pages than this of one search."""


def read_documents(body: bytes, now: datetime, zone: tzinfo = UTC) -> AnswerPage | Refused:
    """Read one page of a search."""
    said = read_json(body, "Riksdagen")
    if isinstance(said, Refused):
        return said
    found = field(said, "dokumentlista")
    if not isinstance(found, dict):
        return Refused("Riksdagen answered with JSON that is no list of documents")
    hits = number_field(found, "@traffar")
    if hits > MAX_HITS:
        return Refused(f"Riksdagen answered with {hits} documents: it has not understood what was searched for")
    page, pages = number_field(found, "@sida"), number_field(found, "@sidor")
    more = bool(text_field(found, "@nasta_sida")) and page < min(pages, LAST_PAGE)
    return AnswerPage(entries=tuple(_entries(found, now, zone)), more=more)


def _entries(found: object, now: datetime, zone: tzinfo) -> Iterator[Entry]:
    for document in objects(found, "dokument"):
        identity = text_field(document, "dok_id") or text_field(document, "id")
        addresses = (text_field(document, name) for name in ("dokument_url_html", "dokument_url_text"))
        url = next(filter(None, (safe_url(address, SITE) for address in addresses if address)), "")
        if not (identity and url):
            continue
        title = text_field(document, "titel") or text_field(document, "sokdata", "titel")
        parts = [text_field(document, "undertitel") or text_field(document, "sokdata", "undertitel")]
        parts.append(plain_text(text_field(document, "summary", limit=MAX_SUMMARY)))
        raw = text_field(document, "publicerad") or text_field(document, "datum")
        yield Entry(
            key=identity,
            id=identity,
            url=url,
            title=clean_line(plain_text(title)),
            summary=clean_text("\n".join(filter(None, parts)), MAX_SUMMARY),
            published=plausible(read_time(raw, zone), now),
            published_raw=raw,
        )
