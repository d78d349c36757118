"""How the fetching went, and whether the letter may be read as whole."""

from collections.abc import Collection, Sequence
from datetime import timedelta

from monitor.core.digest.values import Fault, FaultKind, Gap, Health
from monitor.core.text import clean_line
from monitor.core.urls import host_of, safe_url
from monitor.models import Period, PollOutcome, Source, SourceState

_MANY_MISSING = 0.1
_STALE = timedelta(hours=6)
_NAME_LIMIT = 60

_KINDS = {
    PollOutcome.BLOCKED: FaultKind.BLOCKED,
    PollOutcome.GONE: FaultKind.GONE,
    PollOutcome.TRANSIENT: FaultKind.NO_ANSWER,
    PollOutcome.ROBOTS: FaultKind.ROBOTS,
    PollOutcome.UNREADABLE: FaultKind.UNREADABLE,
    PollOutcome.EMPTY: FaultKind.SILENT,
}


def health_of(sources: Sequence[SourceState], faults_shown: int) -> Health:
    """Return how the fetching of `sources` stands now."""
    paused = [state for state in sources if state.source.paused]
    sources = [state for state in sources if not state.source.paused]
    missing = [state for state in sources if _is_missing(state)]
    silent = [state for state in sources if _is_silent(state)]
    told = [*_important_first(missing), *_important_first(silent), *paused]
    faults = [_fault(state) for state in told]
    return Health(
        fetched=len(sources) - len(missing),
        total=len(sources),
        newest_ok=max((state.last_ok for state in sources if state.last_ok), default=None),
        faults=tuple(faults[:faults_shown]),
        hidden=len(faults[faults_shown:]),
    )


def gaps_of(sources: Sequence[SourceState], period: Period, articles: int) -> tuple[Gap, ...]:
    """Return why a letter with so many articles is incomplete; nothing when it may be read as whole."""
    sources = [state for state in sources if not state.source.paused]
    missing = [state for state in sources if _is_missing(state)]
    newest = max((state.last_ok for state in sources if state.last_ok), default=None)
    lost = any(state.source.important and (state.last_ok is None or state.last_ok < period.start) for state in missing)
    found = {
        Gap.IMPORTANT: lost,
        Gap.MANY: len(missing) > _MANY_MISSING * len(sources),
        Gap.STALE: newest is None or newest < period.end - _STALE,
        Gap.EMPTY: bool(missing) and not articles,
    }
    return tuple(gap for gap, holds in found.items() if holds)


def is_blind(unread: Collection[str], sources: Sequence[Source]) -> bool:
    """Whether a day on which the `unread` sources were never read is no measure: an important one, or many."""
    missing = [source for source in sources if source.url in unread]
    return any(source.important for source in missing) or len(missing) > _MANY_MISSING * len(sources)


def fault_of(state: SourceState) -> Fault | None:
    """Return what is wrong with a source now, paused ones among them; None when it answers as it usually does."""
    wrong = state.source.paused or _is_missing(state) or _is_silent(state)
    return _fault(state) if wrong else None


def source_name(state: SourceState) -> str:
    """Return what a source is called: its name in feeds.txt, else its host."""
    return clean_line(state.source.name, _NAME_LIMIT) or host_of(state.source.url) or state.source.url


def _is_missing(state: SourceState) -> bool:
    return state.last is None or not state.last.outcome.healthy


def _is_silent(state: SourceState) -> bool:
    """Whether a source answers and holds nothing, or nothing new for unusually long."""
    return state.last is not None and (
        state.last.outcome is PollOutcome.EMPTY or (state.rhythm.quiet and state.last.outcome.healthy)
    )


def _important_first(states: Sequence[SourceState]) -> list[SourceState]:
    return sorted(states, key=lambda state: not state.source.important)


def _fault(state: SourceState) -> Fault:
    poll = state.last
    return Fault(
        source=source_name(state),
        site=safe_url("/", state.source.url),
        kind=_kind_of(state),
        important=state.source.important,
        status=poll.status if poll else None,
        last_ok=state.last_ok,
        newest=state.rhythm.newest,
    )


def _kind_of(state: SourceState) -> FaultKind:
    if state.source.paused:
        return FaultKind.PAUSED
    return _KINDS.get(state.last.outcome, FaultKind.QUIET) if state.last else FaultKind.NEVER
