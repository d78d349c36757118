"""What the network or a middleware raised, as an outcome and a sentence."""

from aiohttp import ClientConnectorError, ClientOSError, ClientResponseError, ServerDisconnectedError
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

from monitor.models import PollOutcome


class RefusedAddressError(IgnoreRequest):
    """The address guard refused a request; the text is the reason."""


class RobotsForbidError(IgnoreRequest):
    """robots.txt forbids the address."""


class RobotsUnknownError(IgnoreRequest):
    """robots.txt could not be had (server error, no answer): RFC 9309, 2.3.1.4 says that everything is forbidden."""


class BudgetSpentError(IgnoreRequest):
    """The request would be more than the crawl was allowed."""


class OversizedAnswerError(IgnoreRequest):
    """An answer is larger than we read: its head, its body, or what it unpacks to. The text says which."""


class BrokenAnswerError(IgnoreRequest):
    """An answer ended before its end, or its packing is damaged; the text says how it was seen."""


class PostponedError(IgnoreRequest):
    """The host asks for long pauses: the rest follows in the next run."""


MAX_REDIRECTS = 5

# The first class that fits decides; "{}" takes the error's own words.
_FAILURES: tuple[tuple[type[BaseException], PollOutcome, str], ...] = (
    (RobotsForbidError, PollOutcome.ROBOTS, "robots.txt forbids us to read it"),
    (RobotsUnknownError, PollOutcome.TRANSIENT, "{}"),
    (RefusedAddressError, PollOutcome.BLOCKED, "the address is refused: {}"),
    (BudgetSpentError, PollOutcome.TRANSIENT, "{}"),
    (PostponedError, PollOutcome.TRANSIENT, "{}"),
    (OversizedAnswerError, PollOutcome.UNREADABLE, "the answer is refused: {}"),
    (BrokenAnswerError, PollOutcome.TRANSIENT, "the answer broke off ({})"),
    (IgnoreRequest, PollOutcome.UNREADABLE, "{}"),
    (UnsupportedURLSchemeError, PollOutcome.UNREADABLE, "the address is not http or https"),
    (CannotResolveHostError, PollOutcome.TRANSIENT, "the host name has no usable address ({})"),
    (DownloadTimeoutError, PollOutcome.TRANSIENT, "the site did not answer in time"),
    (DownloadCancelledError, PollOutcome.UNREADABLE, "the answer is too large"),
    (ResponseDataLossError, PollOutcome.TRANSIENT, "the answer broke off before its end"),
    (DownloadFailedError, PollOutcome.TRANSIENT, "the answer broke off ({})"),
    (DownloadConnectionRefusedError, PollOutcome.TRANSIENT, "the site could not be reached"),
    (OSError, PollOutcome.TRANSIENT, "the site could not be reached ({})"),
)


# What Scrapy and OpenSSL say, and what it means.
_WORDS = (
    ("max redirections reached", f"the site redirects more than {MAX_REDIRECTS} times on end"),
    ("certificate verify failed", "the site's certificate is not valid for its name and today"),
    ("[SSL:", "the site does not speak TLS as it should"),
)


def explain_failure(error: BaseException | None) -> tuple[PollOutcome, str]:
    """Turn an error into an outcome and a sentence for the person."""
    words = " ".join(_words_of(error).split())[:200]
    known = next((meaning for said, meaning in _WORDS if said in words), "")
    for kind, outcome, sentence in _FAILURES:
        if isinstance(error, kind):
            return outcome, known or sentence.format(words)
    return PollOutcome.TRANSIENT, known or f"the site could not be read ({type(error).__name__}: {words})"


def _words_of(error: BaseException | None) -> str:
    """Return the words of an error; of one that wraps what the client raised, the words of that."""
    inner = error.__cause__ if error else None
    if isinstance(inner, ServerDisconnectedError | ClientOSError) and not isinstance(inner, ClientConnectorError):
        return "the connection was closed"
    if isinstance(inner, ClientResponseError):
        return f"it does not keep to HTTP: {inner.message}"
    return str(error)
