"""What the municipality does about a mention, a call or a letter: the case, and the log that is its truth."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monitor.models.stories import NeedRule, Tone


class CaseKind(StrEnum):
    """What is asked of the municipality. Each kind has a time to answer of its own (`[followup] days`)."""

    QUESTION = "question"
    COMPLAINT = "complaint"
    ERROR = "error"
    """An error to correct, in a text or in what the municipality does."""
    PRAISE = "praise"
    INFORMATION = "information"


class Channel(StrEnum):
    """How it reached the municipality."""

    MENTION = "mention"
    """Found by the monitoring: nobody sent it."""
    PHONE = "phone"
    MAIL = "mail"
    LETTER = "letter"
    VISIT = "visit"
    SOCIAL = "social"
    """Written to one of the municipality's own accounts."""
    OTHER = "other"


class CaseStatus(StrEnum):
    """How far it has come. The last two close the case."""

    NEW = "new"
    ASSESSED = "assessed"
    ANSWERING = "answering"
    WATCHED = "watched"
    ANSWERED = "answered"
    NO_ACTION = "no action"


class AnswerWay(StrEnum):
    """Where the answer was given."""

    NONE = ""
    LINK = "link"
    """Published: there is an address."""
    PHONE = "phone"
    MAIL = "mail"
    LETTER = "letter"
    MEETING = "meeting"
    PRESS = "press"
    """To a newsroom."""


class Registration(StrEnum):
    """What becomes of it as a public document (OSL 5 kap. 1 §)."""

    UNDECIDED = "undecided"
    REGISTER = "register"
    """Entered in the register."""
    ORDERED = "ordered"
    """Not secret, and kept in such order that it can be found at once."""
    MINOR = "minor"
    """Evidently of little importance."""


class Direction(StrEnum):
    """Whether the document came in, went out, or was drawn up within the municipality."""

    IN = "in"
    OUT = "out"
    WITHIN = "within"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case as it stands after the newest row of its log. Every field but number and version is told by the log.

    A unit or a role owns it, never a person. Times are aware UTC.
    """

    number: str
    """What people say: "261124-1", the local day and a counter."""
    version: int = 0
    """How many rows its log has. Whoever saves tells which version was read."""
    title: str
    kind: CaseKind = CaseKind.QUESTION
    channel: Channel = Channel.MENTION
    status: CaseStatus = CaseStatus.NEW
    owner: str = ""
    proposed: str = ""
    """The unit that the topic points to: a proposal until someone takes it."""
    rule: NeedRule | None = None
    """By which rule the monitoring says that it needs an answer; None when a person opened it."""
    reason: str = ""
    """The sentence of the article that decided."""
    received: datetime
    """When it came in, or when the monitoring first saw it."""
    due: datetime | None = None
    confirm_by: datetime | None = None
    """When the sender is to know that it has arrived; None where there is no sender to tell."""
    confirmed: bool = False
    note: str = ""
    answer: str = ""
    answer_way: AnswerWay = AnswerWay.NONE
    answer_link: str = ""
    answered_at: datetime | None = None
    answered_by: str = ""
    """As a role."""
    closed_at: datetime | None = None
    merged_into: str = ""
    """Number of the case that took it over."""
    split_from: str = ""
    story: int | None = None
    articles: tuple[int, ...] = ()
    """Rows of the articles it is about."""
    registration: Registration = Registration.UNDECIDED
    registration_reason: str = ""
    diary_number: str = ""
    """Given by the municipality's own records system, typed by a person."""
    direction: Direction = Direction.IN
    sender: str = ""
    sender_hidden: bool = False
    """The sender is left out of the public list (OSL 5 kap. 2 § second paragraph)."""
    recipient: str = ""
    matter: str = ""
    """The matter in short, worded so that anyone may read it."""
    secret: bool = False
    """Something in it may be covered by secrecy: then it must be registered."""

    @property
    def closed(self) -> bool:
        """Whether nothing is left to do."""
        return self.closed_at is not None


class CaseAction(StrEnum):
    """What a row of the log tells."""

    OPENED = "opened"
    CHANGED = "changed"
    CLOSED = "closed"
    REOPENED = "reopened"
    MERGED = "merged"
    """This case became part of another."""
    TOOK_OVER = "took over"
    """Another case became part of this one."""
    SPLIT = "split"
    """A part of this case became a case of its own."""
    JOINED = "joined"
    """Further articles of its story were added."""
    SENT = "sent"
    """It stood in a letter."""


Plain = str | int | bool | list[int] | None
"""A value of a case as the log keeps it: JSON."""


@dataclass(frozen=True, slots=True)
class Change:
    """One field, from -> to."""

    field: str
    before: Plain
    after: Plain


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseEvent:
    """One row of a case's log. It is never changed; the case is what its rows add up to."""

    number: str
    version: int
    """1 for the first; each row adds one."""
    at: datetime
    role: str
    """Who, as a role or unit: never a name."""
    action: CaseAction
    changes: tuple[Change, ...] = ()
    note: str = ""
    """The other case, the letter's day, or a reason in words."""


MONITOR = "monitor"
"""The role under which the monitoring itself writes in a log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenText:
    """An article as it read when it became part of a case: kept with the case, also when the article is purged."""

    article: int
    url: str
    source: str
    title: str
    text: str
    published: datetime | None
    seen_at: datetime
    kept_at: datetime


class CaseView(StrEnum):
    """Which cases a list shows."""

    OPEN = "open"
    MINE = "mine"
    """Open, and owned by the unit of whoever looks."""
    WITHOUT_OWNER = "without owner"
    LATE = "late"
    CLOSED = "closed"


class CaseOrder(StrEnum):
    """What a list of cases is sorted by."""

    DUE = "due"
    STATUS = "status"
    OWNER = "owner"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseQuery:
    """What a list of cases holds: the same for the page and for each of its exports."""

    view: CaseView = CaseView.OPEN
    own_unit: str = ""
    """The unit of whoever looks."""
    unit: str = ""
    tone: Tone | None = None
    words: str = ""
    """Stands somewhere in number, title, note, matter, owner or answer; upper and lower case are alike."""
    order: CaseOrder = CaseOrder.DUE
    downwards: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLine:
    """A case as a list tells it."""

    case: Case
    changed_at: datetime
    tone: Tone
    """As a person has set it for the story."""
    articles: int
    sources: int
    source: str
    """Address of the source that was first, "" for a case by hand."""
