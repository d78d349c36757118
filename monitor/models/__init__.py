"""The domain's nouns as frozen values. What they carry is what the next stage needs; times are aware UTC.

    Source -> Poll, Entry -> Page -> Article, Mention -> Story -> Digest

Text in these values is plain text, already through `core.text`: never HTML, no control characters.
"""

from monitor.models.articles import (
    Access,
    Article,
    AuthorRole,
    FoundPlace,
    Mention,
    Page,
    PageReading,
    PageState,
    PlaceKind,
    Unavailable,
    Wanted,
)
from monitor.models.candidates import (
    Candidate,
    CandidateState,
    Trial,
)
from monitor.models.common import (
    Clock,
    Outcome,
    Period,
    Refused,
)
from monitor.models.sources import (
    Entry,
    FeedReading,
    Poll,
    PollOutcome,
    Source,
    SourceClass,
    SourceState,
    Validators,
)
from monitor.models.stories import (
    Aside,
    Need,
    NeedRule,
    Story,
    Tone,
    Topic,
    WeightKey,
    WeightPart,
)

__all__ = [
    "Access",
    "Article",
    "Aside",
    "AuthorRole",
    "Candidate",
    "CandidateState",
    "Clock",
    "Entry",
    "FeedReading",
    "FoundPlace",
    "Mention",
    "Need",
    "NeedRule",
    "Outcome",
    "Page",
    "PageReading",
    "PageState",
    "Period",
    "PlaceKind",
    "Poll",
    "PollOutcome",
    "Refused",
    "Source",
    "SourceClass",
    "SourceState",
    "Story",
    "Tone",
    "Topic",
    "Trial",
    "Unavailable",
    "Validators",
    "Wanted",
    "WeightKey",
    "WeightPart",
]
