"""The state of a source in words, and what a person can do about it."""

from monitor.models import PollOutcome, SourceState

_WORDS = {
    PollOutcome.OK: "well",
    PollOutcome.NOT_MODIFIED: "well",
    PollOutcome.EMPTY: "empty",
    PollOutcome.RESERVED: "reserved",
    PollOutcome.BLOCKED: "blocked",
    PollOutcome.GONE: "gone",
    PollOutcome.TRANSIENT: "no answer",
    PollOutcome.ROBOTS: "robots",
    PollOutcome.UNREADABLE: "unreadable",
}
_ADVICE = {
    PollOutcome.EMPTY: "look whether it has moved; a search feed may be empty for long",
    PollOutcome.BLOCKED: "ask the site to let the monitor in, or take another kind of source (docs/health.md)",
    PollOutcome.GONE: "find its new address with: monitor add",
    PollOutcome.TRANSIENT: "wait; it is tried again by itself",
    PollOutcome.ROBOTS: "ask the site to allow it, or take the line out",
    PollOutcome.UNREADABLE: "look at the address: it holds something else than its kind",
}


def state_of(state: SourceState) -> str:
    """Return how a source is, in a word or two."""
    if state.source.paused:
        return "paused"
    if state.last is None:
        return "not asked yet"
    if state.last.outcome.healthy and state.rhythm.quiet:
        return "unusually quiet"
    if state.last.outcome is PollOutcome.NOT_MODIFIED and state.reserved:
        return _WORDS[PollOutcome.RESERVED]
    return _WORDS[state.last.outcome]


def advice(state: SourceState) -> str:
    """Return what a person should know of a source and can do, as a sentence; "" when all is well."""
    if state.last is None or state.source.paused:
        return ""
    if state.followed:
        return f"it has moved: write this address instead: {state.moved_to}"
    if not state.last.outcome.healthy or state.last.outcome is PollOutcome.EMPTY:
        return "; ".join(filter(None, (state.last.reason, _ADVICE[state.last.outcome])))
    if state.rhythm.quiet:
        return "it answers and brings nothing new: look whether it has moved"
    return state.reserved
