"""What the network or a middleware raised, as an outcome and a sentence."""

from scrapy.exceptions import IgnoreRequest
from twisted.internet.error import ConnectError, DNSLookupError, TCPTimedOutError
from twisted.internet.error import TimeoutError as TwistedTimeoutError
from twisted.web.client import ResponseFailed

from monitor.models import PollOutcome


class RefusedAddressError(IgnoreRequest):
    """The address guard refused a request; the text is the reason."""


class RobotsForbidError(IgnoreRequest):
    """robots.txt forbids the address."""


class RobotsUnknownError(IgnoreRequest):
    """robots.txt could not be had (server error, no answer): RFC 9309, 2.3.1.4 says that everything is forbidden."""


def explain_failure(error: BaseException | None) -> tuple[PollOutcome, str]:
    """Turn what the network or a middleware raised into an outcome and a sentence."""
    if isinstance(error, RobotsForbidError):
        return PollOutcome.ROBOTS, "robots.txt forbids us to read it"
    if isinstance(error, RobotsUnknownError):
        return PollOutcome.TRANSIENT, str(error)
    if isinstance(error, RefusedAddressError):
        return PollOutcome.BLOCKED, f"the address is refused: {error}"
    if isinstance(error, IgnoreRequest):
        return PollOutcome.UNREADABLE, str(error)
    if isinstance(error, DNSLookupError):
        return PollOutcome.TRANSIENT, f"the host name has no usable address ({error})"
    if isinstance(error, TwistedTimeoutError | TCPTimedOutError | TimeoutError):
        return PollOutcome.TRANSIENT, "the site did not answer in time"
    if isinstance(error, ConnectError | ConnectionError):
        return PollOutcome.TRANSIENT, "the site could not be reached"
    if isinstance(error, ResponseFailed):
        return PollOutcome.TRANSIENT, "the answer broke off"
    return PollOutcome.TRANSIENT, f"the site could not be read ({type(error).__name__}: {error})"
