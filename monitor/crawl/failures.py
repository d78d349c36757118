"""What the network or a middleware raised, as an outcome and a sentence."""

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)
from twisted.internet.error import ConnectError

from monitor.models import PollOutcome


class RefusedAddressError(IgnoreRequest):
    """The address guard refused a request; the text is the reason."""


class RobotsForbidError(IgnoreRequest):
    """robots.txt forbids the address."""


class RobotsUnknownError(IgnoreRequest):
    """robots.txt could not be had (server error, no answer): RFC 9309, 2.3.1.4 says that everything is forbidden."""


class BudgetSpentError(IgnoreRequest):
    """The request would be more than the crawl was allowed."""


class PostponedError(IgnoreRequest):
    """The host asks for long pauses: the rest follows in the next run."""


# The first class that fits decides; "{}" takes the error's own words.
_FAILURES: tuple[tuple[type[BaseException], PollOutcome, str], ...] = (
    (RobotsForbidError, PollOutcome.ROBOTS, "robots.txt forbids us to read it"),
    (RobotsUnknownError, PollOutcome.TRANSIENT, "{}"),
    (RefusedAddressError, PollOutcome.BLOCKED, "the address is refused: {}"),
    (BudgetSpentError, PollOutcome.TRANSIENT, "{}"),
    (PostponedError, PollOutcome.TRANSIENT, "{}"),
    (IgnoreRequest, PollOutcome.UNREADABLE, "{}"),
    (UnsupportedURLSchemeError, PollOutcome.UNREADABLE, "the address is not http or https"),
    (CannotResolveHostError, PollOutcome.TRANSIENT, "the host name has no usable address ({})"),
    (DownloadTimeoutError, PollOutcome.TRANSIENT, "the site did not answer in time"),
    (DownloadCancelledError, PollOutcome.UNREADABLE, "the answer is too large"),
    (ResponseDataLossError, PollOutcome.TRANSIENT, "the answer broke off before its end"),
    (DownloadFailedError, PollOutcome.TRANSIENT, "the answer broke off ({})"),
    (DownloadConnectionRefusedError, PollOutcome.TRANSIENT, "the site could not be reached"),
    (ConnectError, PollOutcome.TRANSIENT, "the site could not be reached ({})"),
    (OSError, PollOutcome.TRANSIENT, "the site could not be reached ({})"),
)


def explain_failure(error: BaseException | None) -> tuple[PollOutcome, str]:
    """Turn an error into an outcome and a sentence for the person."""
    words = " ".join(str(error).split())[:200]
    for kind, outcome, sentence in _FAILURES:
        if isinstance(error, kind):
            return outcome, sentence.format(words)
    return PollOutcome.TRANSIENT, f"the site could not be read ({type(error).__name__}: {words})"
