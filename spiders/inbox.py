"""A mailbox of alerts and newsletters: `inbox imaps://account@mail.example.se/INBOX password=file:secrets/mail`.

What an alert or a newsletter lists becomes an entry each, whose page the crawl fetches; every other mail is one text.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import PurePosixPath
from typing import Literal
from urllib.parse import unquote, urlsplit

import msgspec

from monitor.core.mails import comes_from, read_mail
from monitor.crawl.base import Fetch, Polled, SourceSpider
from monitor.crawl.mail_server import Account, MailboxError
from monitor.crawl.mailbox import MAX_MAIL, Post, Wish, collect, put_away
from monitor.models import Cursor, Entry, Outcome, PollOutcome, Refused, Source, Validators

DEFAULT_PORTS = {"imaps": 993, "imap": 143}


class InboxOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"senders": "from"}):
    """Options of one line of feeds.txt."""

    password: str = ""
    token: str = ""
    """An access token (XOAUTH2) instead, which another program keeps fresh."""
    senders: str = ""
    """`from=`: only mails from these domains or addresses, separated by semicolons."""
    done: str = ""
    """The folder that mails are moved to; without it they are marked as seen."""
    items: Literal["auto", "yes", "no"] = "auto"
    """Whether mails are taken apart: alerts and newsletters, all that list something, or none."""
    whole: Literal["yes", "no"] = "no"
    """Whether the mail's words are all there is: no page is fetched."""
    days: int = 7
    """How old mails may be at the first poll."""
    ca_file: str = ""
    """Certificates of an authority of the municipality's own, a file of the home."""

    def __post_init__(self) -> None:
        """Refuse what cannot work."""
        if bool(self.password) == bool(self.token):
            raise ValueError("write password=file:secrets/NAME (or token=, for XOAUTH2)")
        if not 1 <= self.days <= 365:
            raise ValueError("days= must be 1 to 365")
        if PurePosixPath(self.ca_file).is_absolute() or ".." in PurePosixPath(self.ca_file).parts:
            raise ValueError("ca_file= must be a file of this home")


class InboxSpider(SourceSpider):
    """Asks the mail server, from the number of the last mail on."""

    name = kind = "inbox"
    options_type = InboxOptions

    async def poll(self, source: Source, validators: Validators, cursor: Cursor, fetch: Fetch) -> Polled:
        """Read the new mails; they are marked or moved once their entries are saved."""
        options = msgspec.convert(dict(source.options), InboxOptions, strict=False)
        try:
            account = self._account(source, options)
            post = await asyncio.to_thread(collect, account, self._wish(options, cursor))
        except MailboxError as error:
            return Polled(poll=self.failed(source, error.outcome, error.reason))
        entries: list[Entry] = []
        taken: list[int] = []
        said = _told(post)
        reader = partial(read_mail, split=options.items, whole=options.whole == "yes")
        for uid, body in post.mails.items():
            reading = await self.work(reader, body, self.clock())
            if isinstance(reading, Refused) or reading.outcome is Outcome.REFUSED:
                said.append(f"mail {uid} was left: {reading.reason}")
            else:
                entries += reading.entries
                taken.append(uid)
        saved = partial(put_away, account, post.validity, taken, options.done) if taken else None
        return self._polled(source, entries, said, post, saved, known=bool(cursor))

    def _account(self, source: Source, options: InboxOptions) -> Account:
        parts = urlsplit(source.url)
        user, folder = unquote(parts.username or ""), unquote(parts.path).strip("/")
        if not (user.isascii() and user.isprintable() and folder.isprintable()):
            raise MailboxError(PollOutcome.UNREADABLE, "the account or the folder holds signs that none has")
        key = "token" if options.token else "password"
        return Account(
            host=parts.hostname or "",
            port=parts.port or DEFAULT_PORTS[parts.scheme],
            user=user,
            folder=folder or "INBOX",
            secret=self.secrets.read(options.token or options.password, key),
            bearer=bool(options.token),
            safe=parts.scheme == "imaps",
            ca_file=self.home / options.ca_file if options.ca_file else None,
            allow_hosts=self.allow_hosts,
        )

    def _wish(self, options: InboxOptions, cursor: Cursor) -> Wish:
        validity, uid = cursor.get("validity"), cursor.get("uid")
        senders = [sender for sender in options.senders.replace(",", ";").split(";") if sender.strip()]
        return Wish(
            since=(self.clock() - timedelta(days=options.days)).date(),
            validity=validity if isinstance(validity, int) else 0,
            uid=uid if isinstance(uid, int) else 0,
            fits=partial(comes_from, senders=senders) if senders else None,
            done=options.done,
        )

    def _polled(
        self,
        source: Source,
        entries: list[Entry],
        said: list[str],
        post: Post,
        saved: Callable[[], None] | None,
        *,
        known: bool,
    ) -> Polled:
        lost = post.large or post.mails
        failed = self.failed(source, PollOutcome.UNREADABLE, "; ".join(said)) if lost and not entries else None
        cursor = {"validity": post.validity, "uid": post.uid}
        polled = self.gather(source, entries, reason="; ".join(said), failed=failed, cursor=cursor)
        if polled.poll.outcome is PollOutcome.EMPTY and known:  # no new mail is no sign that something is wrong
            polled = replace(polled, poll=replace(polled.poll, outcome=PollOutcome.NOT_MODIFIED))
        return replace(polled, saved=saved)


def _told(post: Post) -> list[str]:
    """Return what became of the mails that were not read, in words."""
    said = {
        f"mails over {MAX_MAIL // 1_000_000} MB, which were left: {post.large}": post.large,
        f"mails from senders that from= does not name, which were left: {post.others}": post.others,
        f"mails that wait for the next poll: {post.waiting}": post.waiting,
    }
    return [words for words, count in said.items() if count]
