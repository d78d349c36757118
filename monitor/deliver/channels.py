"""How a message leaves the house: what mail and webhooks have in common. The second seam of the program."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


class Fate(StrEnum):
    """What became of one attempt to deliver."""

    SENT = "sent"
    """The other side has taken it."""
    LATER = "later"
    """Nothing was delivered; another attempt may succeed."""
    REFUSED = "refused"
    """Nothing was delivered; the other side will not have it."""
    UNKNOWN = "unknown"
    """The other side fell silent after it had the whole message: it may have been delivered or not."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """How an attempt ended. `reason` is a sentence in English for the person at the keyboard."""

    fate: Fate
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """One line of a message in a chat: a headline, its address and who says it."""

    text: str
    url: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What is told to one recipient.

    `key` is the same at every attempt: as Message-ID it lets a mail program recognise the second copy.
    """

    key: str
    subject: str
    text: str
    to: str = ""
    """Mail address; a webhook knows its own."""
    name: str = ""
    html: str = ""
    points: tuple[Point, ...] = ()
    web: str = ""
    """Where the whole can be read."""
    unsubscribe: tuple[str, ...] = ()
    """Addresses (https, mailto) that end the sending to this recipient."""
    data: Mapping[str, object] = field(default_factory=dict)
    """The letter as data, for programs."""


class Channel(Protocol):
    """A way out. It never raises for what the other side does: that is the receipt."""

    def deliver(self, message: Message) -> Receipt:
        """Try once to hand over `message`."""
        ...

    def close(self) -> None:
        """End the connection, if there is one."""
        ...
