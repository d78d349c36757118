"""A post as an entry: what was written, where and when; not who wrote it."""

from collections.abc import Iterable
from datetime import datetime

from monitor.core.dates import plausible
from monitor.core.text import MAX_TEXT, clean_line, clean_text, shorten
from monitor.core.urls import safe_url
from monitor.models import Entry

MAX_HEADLINE = 100
MOST_LINKS = 20


def make_post(
    identity: str,
    url: str,
    text: str,
    now: datetime,
    *,
    title: str = "",
    published: datetime | None = None,
    raw: str = "",
    links: Iterable[str] = (),
) -> Entry | None:
    """Return a post that is its own whole text; None without an identity, an address or anything to read.

    One without a title gets the beginning of its text for a headline.
    """
    words = clean_text(text, MAX_TEXT)
    headline = clean_line(title) or shorten(words.partition("\n")[0], MAX_HEADLINE)
    address = safe_url(url) if url else ""
    if not (identity and address and headline):
        return None
    safe = (safe_url(link) for link in links if link)
    return Entry(
        key=identity,
        id=identity,
        url=address,
        title=headline,
        content=words,
        published=plausible(published, now),
        published_raw=raw,
        whole=True,
        links=tuple(dict.fromkeys(filter(None, safe)))[:MOST_LINKS],
    )
