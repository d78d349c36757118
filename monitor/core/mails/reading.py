"""The bytes of one mail into entries. Who sent it to whom is not kept."""

import hashlib
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Literal

from monitor.core.charsets import decode
from monitor.core.dates import plausible, read_time
from monitor.core.mails.addresses import find_site
from monitor.core.mails.items import Item, items_of_page, items_of_text
from monitor.core.markup import plain_text
from monitor.core.services.answers import refuse
from monitor.core.text import MAX_SUMMARY, MAX_TEXT, clean_line, clean_text, shorten
from monitor.core.urls import canonical_url
from monitor.models import Entry, FeedReading, Outcome

Split = Literal["auto", "yes", "no"]

FEWEST = 3
"""Items that make a newsletter of a mail that was sent to many."""
MAX_BODY = 5_000_000
MAX_LINES = 200_000
_MAX_MARKUP = 1_000_000
"""Characters of a mail's text that are looked at, tags included."""
_MAX_HEAD = 64_000
_MAX_HEADER = 4_000
_MAX_LINKS = 50
_HEAD_ENDS = re.compile(rb"\r?\n\r?\n")
_LINK = re.compile(r"https?://[^\s<>\"']{4,2000}")
# The head of a mail that somebody passed on, within its text: who wrote it to whom.
_PASSED_ON = re.compile(r"(?im)^[\s>*|]{0,20}(?:från|from|till|to|cc|kopia|reply-to|svara till)\*?:[^\n]*@[^\n]*$")
_MAILBOX = re.compile(r"[^\s<>\"(),:;@]{1,64}@([\w-]{1,63}(?:\.[\w-]{1,63}){0,10})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """What is looked at of a mail."""

    subject: str
    date: str
    identity: str
    plain: str
    page: str
    """Its text in HTML."""
    to_many: bool
    """It says of itself that it goes to a list of readers."""


def read_mail(body: bytes, now: datetime, *, split: Split = "auto", whole: bool = False) -> FeedReading:
    """Read a mail: what an alert or a newsletter lists, one by one, else one text. Never raises.

    `split` decides otherwise. With `whole`, what the mail says of an item is its whole text, and no page is fetched.
    """
    if len(body) > MAX_BODY or body.count(b"\n") > MAX_LINES:
        return refuse(f"the mail is larger than {MAX_BODY // 1_000_000} MB or {MAX_LINES:,} lines")
    try:
        mail = _open(_with_short_headers(body))
    except Exception as error:  # noqa: BLE001 - the parser lets out what broken headers make it raise
        return refuse(f"the mail cannot be read: {type(error).__name__}")
    items = [] if split == "no" else items_of_page(mail.page) or items_of_text(mail.plain)
    alert = any(item.forwarded for item in items)
    if items and (split == "yes" or alert or (mail.to_many and len(items) >= FEWEST)):
        entries = {entry.key: entry for entry in (_entry(item, mail, now, whole) for item in items)}
        return FeedReading(outcome=Outcome.OK, entries=tuple(entries.values()))
    return _as_one(mail, hashlib.sha256(body).hexdigest()[:24], now)


def comes_from(header: bytes, senders: Collection[str]) -> bool:
    """Whether a From header names nobody but `senders`: domains ("google.com", with what is below it) or addresses.

    A display name that looks like an address counts as one. The header itself can be forged by whoever sends the mail.
    One that is longer than any names somebody else too.
    """
    if len(header) > _MAX_HEADER:
        return False
    text = header.decode("utf-8", "replace").lower()
    wanted = {sender.strip().lower().lstrip("@") for sender in senders}
    found = [(match[0], match[1].split(".")) for match in _MAILBOX.finditer(text)]
    return bool(found) and all(
        address in wanted or any(".".join(labels[start:]) in wanted for start in range(len(labels)))
        for address, labels in found
    )


def _with_short_headers(body: bytes) -> bytes:
    """Return a mail whose head is bounded: Python's reader of headers takes quadratic time on long ones."""
    found = _HEAD_ENDS.search(body)
    head, rest = (body[: found.start()], body[found.start() :]) if found else (body, b"")
    if len(head) <= _MAX_HEADER:
        return body
    headers = re.split(rb"\r?\n(?![ \t])", head[:_MAX_HEAD])
    return b"\r\n".join(header[:_MAX_HEADER] for header in headers) + rest


def _open(body: bytes) -> Mail:
    mail = message_from_bytes(body, policy=policy.default)
    subject, date, identity = (str(mail[name] or "") for name in ("Subject", "Date", "Message-ID"))
    bulk = str(mail["Precedence"] or "").strip().lower() in {"bulk", "list"}
    return Mail(
        subject=clean_line(subject),
        date=clean_line(date, 100),
        identity=clean_line(identity, 300),
        plain=_text_of(mail, "plain"),
        page=_text_of(mail, "html"),
        to_many=bulk or "List-Id" in mail or "List-Unsubscribe" in mail,
    )


def _text_of(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body(preferencelist=(kind,))
    payload = part.get_payload(decode=True) if part is not None else None
    if part is None or not isinstance(payload, bytes):
        return ""
    return decode(payload, f"text/{kind}; charset={part.get_content_charset() or ''}")[:_MAX_MARKUP]


def _as_one(mail: Mail, mark: str, now: datetime) -> FeedReading:
    text = mail.plain if mail.plain.strip() else plain_text(mail.page, markup=True)
    content = clean_text(_PASSED_ON.sub("", plain_text(text)), MAX_TEXT)
    title = mail.subject or clean_line(shorten(content, 100))
    if not title:
        return refuse("the mail holds neither a subject nor a text")
    entry = Entry(
        key=mail.identity or mark,
        title=title,
        summary=clean_text(content, MAX_SUMMARY),
        content=content,
        published=plausible(read_time(mail.date), now),
        published_raw=mail.date,
        whole=True,
        links=_sites((mail.plain, mail.page)),
    )
    return FeedReading(outcome=Outcome.OK, entries=(entry,))


def _sites(texts: Sequence[str]) -> tuple[str, ...]:
    links = next((found for text in texts if (found := _LINK.findall(text)[:_MAX_LINKS])), [])
    return tuple(dict.fromkeys(filter(None, map(find_site, links))))


def _entry(item: Item, mail: Mail, now: datetime, whole: bool) -> Entry:
    """Return the entry of an item. Where its link hides its address, the mail's words are all there is of it."""
    mark = hashlib.sha256(f"{item.title}\x1f{item.text}".encode()).hexdigest()[:24]
    alone = whole or not item.url
    return Entry(
        key=canonical_url(item.url) or mark,
        url=item.url,
        title=item.title,
        summary=item.text,
        content=item.text if alone else "",
        published=plausible(read_time(mail.date), now),
        published_raw=mail.date,
        whole=alone,
    )
