"""A post as an entry: what was written, where and when; not who wrote it."""

from collections.abc import Iterable
from datetime import datetime

from monitor.core.dates import plausible
from monitor.core.posts.entries import headline, join_parts, links_of
from monitor.core.text import clean_line
from monitor.core.urls import safe_url
from monitor.models import Entry


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
    words = join_parts([text])
    line = clean_line(title) or headline(words)
    address = safe_url(url)
    if not (identity and address and line):
        return None
    return Entry(
        key=identity,
        id=identity,
        url=address,
        title=line,
        content=words,
        published=plausible(published, now),
        published_raw=raw,
        whole=True,
        links=links_of(links),
    )
