"""A mailbox over IMAP: which mails are new, their bytes, and what is done with them once they are saved.

Everything here blocks: run it in a thread. Looking marks nothing; only mails that were taken are marked or moved, and
nothing is ever expunged that others marked: imap-tools' own flag() and move() would.
"""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from imap_tools import AND
from imap_tools.errors import MailboxFolderSelectError, UnexpectedCommandStatusError
from imap_tools.utils import encode_folder

from monitor.core.text import clean_line
from monitor.crawl.mail_server import Account, Box, MailboxError, open_box
from monitor.models import PollOutcome

MAX_MAIL = 5_000_000
"""Bytes of one mail."""
MAX_MAILS = 50
"""Mails taken in one poll; the rest waits for the next."""
MAX_LISTED = 500
_ROOM = 30_000_000
"""Bytes of mails in one poll, before the last of them."""
_NAMES_SHOWN = 8
_UID = re.compile(rb"\bUID (\d{1,10})\b")
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d{1,12})\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Which mails are wanted: those above `uid` in a folder of this `validity`, else those since a day."""

    since: date
    validity: int = 0
    uid: int = 0
    fits: Callable[[bytes], bool] | None = None
    """Whether the From header is one of the senders that are wanted; without it, all are."""
    done: str = ""
    """The folder they are to be moved to: it must be there."""


@dataclass(slots=True, kw_only=True)
class Post:
    """What was new."""

    validity: int
    uid: int
    """The highest number that was dealt with."""
    mails: dict[int, bytes] = field(default_factory=dict)
    large: int = 0
    """Mails over MAX_MAIL, which were not fetched."""
    others: int = 0
    """Mails from senders that were not wanted, of which only that was looked at."""
    waiting: int = 0
    """Mails that are left for the next poll."""


def collect(account: Account, wish: Wish) -> Post:
    """Return the mails that are new, oldest first. Raises MailboxError."""
    with open_box(account) as box:
        if wish.done and not box.folder.exists(wish.done):
            raise _no_folder(box, wish.done)
        validity = _choose(box, account.folder, readonly=True)
        known = wish.uid if validity == wish.validity else 0
        criteria = f"UID {known + 1}:*" if known else str(AND(date_gte=wish.since))
        numbers = sorted(uid for uid in map(int, box.uids(criteria, charset=None)) if uid > known)
        post = Post(validity=validity, uid=known)
        _take(box, numbers[:MAX_LISTED], wish, post)
        post.waiting = sum(uid > post.uid for uid in numbers)
    return post


def _take(box: Box, uids: Sequence[int], wish: Wish, post: Post) -> None:
    """Fetch what is wanted, in order, until one poll has enough."""
    heads = _heads(box, uids, with_from=wish.fits is not None)
    room = _ROOM
    for uid in uids:
        if len(post.mails) == MAX_MAILS or room < 0:
            return
        post.uid = uid
        size, sender = heads.get(uid, (0, b""))
        if uid not in heads:  # gone meanwhile
            continue
        if wish.fits and not wish.fits(sender):
            post.others += 1
        elif size > MAX_MAIL or (body := _body(box, uid)) is None:
            post.large += 1
        elif body:
            post.mails[uid] = body
            room -= len(body)


def put_away(account: Account, validity: int, uids: Collection[int], done: str) -> None:
    """Mark mails as seen or, with `done`, move them to that folder. Raises MailboxError."""
    chosen = ",".join(map(str, sorted(uids)))
    with open_box(account) as box:
        if _choose(box, account.folder) != validity:
            raise MailboxError(PollOutcome.TRANSIENT, "the folder was made anew meanwhile; nothing in it was marked")
        if not done:
            _do(box, "STORE", chosen, "+FLAGS.SILENT", r"(\Seen)")
            return
        _, said = box.client.capability()
        able = b" ".join(part for part in said if isinstance(part, bytes)).upper().split()
        folder = encode_folder(done).decode()
        if b"MOVE" in able:
            _do(box, "MOVE", chosen, folder)
        elif b"UIDPLUS" in able:
            _do(box, "COPY", chosen, folder)
            _do(box, "STORE", chosen, "+FLAGS.SILENT", r"(\Deleted)")
            _do(box, "EXPUNGE", chosen)
        else:
            _do(box, "STORE", chosen, "+FLAGS.SILENT", r"(\Seen)")
            what = "the mail server can move no single mail (it knows neither MOVE nor UIDPLUS): leave out done="
            raise MailboxError(PollOutcome.UNREADABLE, what)


# --- what is asked -------------------------------------------------------------------------------------


def _choose(box: Box, folder: str, *, readonly: bool = False) -> int:
    """Open a folder; return its UIDVALIDITY (RFC 3501, 2.3.1.1)."""
    try:
        box.folder.set(folder, readonly=readonly)
    except MailboxFolderSelectError:
        raise _no_folder(box, folder) from None
    _, said = box.client.response("UIDVALIDITY")
    found = said[0] if said else None
    return int(found) if isinstance(found, bytes) and found.isdigit() and len(found) < 12 else 0


def _no_folder(box: Box, folder: str) -> MailboxError:
    names = [clean_line(info.name, 60) for info in box.folder.list()]
    shown = ", ".join(names[:_NAMES_SHOWN]) + (" and more" if len(names) > _NAMES_SHOWN else "")
    return MailboxError(PollOutcome.UNREADABLE, f'there is no folder "{clean_line(folder, 60)}" (there are: {shown})')


def _heads(box: Box, uids: Sequence[int], *, with_from: bool) -> dict[int, tuple[int, bytes]]:
    """Return size and From header of mails; nothing is marked by looking."""
    if not uids:
        return {}
    wanted = "(UID RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM)])" if with_from else "(UID RFC822.SIZE)"
    found: dict[int, tuple[int, bytes]] = {}
    for about, literal in _fetch(box, ",".join(map(str, uids)), wanted):
        uid, size = _UID.search(about), _SIZE.search(about)
        if uid and size:
            found[int(uid[1])] = (int(size[1]), literal)
    return found


def _body(box: Box, uid: int) -> bytes | None:
    """Return a whole mail, b"" when it is gone, None when it is larger than its server said."""
    for about, literal in _fetch(box, str(uid), "(UID BODY.PEEK[])"):
        found = _UID.search(about)
        if found and int(found[1]) == uid:
            return literal if len(literal) <= MAX_MAIL else None
    return b""


def _fetch(box: Box, uids: str, wanted: str) -> Iterator[tuple[bytes, bytes]]:
    """Give, for each answer to a FETCH, what stands round the literal, and the literal."""
    about = literal = b""
    for part in _do(box, "FETCH", uids, wanted):
        if isinstance(part, tuple):
            about, literal = about + part[0], part[1]
        elif isinstance(part, bytes):
            yield about + part, literal
            about = literal = b""


def _do(box: Box, command: str, *words: str) -> Sequence[object]:
    """Send a UID command; return its answers. Raises UnexpectedCommandStatusError."""
    result = box.client.uid(command, *words)
    if result[0] != "OK":
        raise UnexpectedCommandStatusError(result, "OK")
    return list(result[1] or ())
