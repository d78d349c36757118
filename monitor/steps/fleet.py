"""Many homes, one crawl: what several homes list is asked once; each home's database takes what is its own.

Nothing is shared but answers of the public web: databases, rules, letters and secrets stay apart (decision 0029).
"""

import hashlib
import logging
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TypeVar

from sqlite_utils import Database

from monitor.config import Home
from monitor.core.matching import build_matcher
from monitor.core.pages import read_names, which_names
from monitor.crawl.base import Polled
from monitor.crawl.run import Manners, Plan, run_crawl
from monitor.crawl.site_files import SiteFiles
from monitor.models import Clock, Page, Refused, Source, Unavailable, Validators, Wanted
from monitor.steps import say_nothing, watch_of
from monitor.steps.crawl import CrawlResult, HomeIntake, MayName, due_sources, manners_of
from monitor.store import intake as intake_store
from monitor.store.arrivals import Arrival
from monitor.workers import Workers

log = logging.getLogger(__name__)
T = TypeVar("T")

SHARED_KINDS = frozenset({"feed", "sitemap", "listing", "noticeboard", "pressroom"})
"""Kinds whose answer is the same for everybody. The others search for a home's words, use its secrets or files, or
remember how far it has come: each home polls them by itself."""
_KEPT_BYTES = 32 * 1024**2
"""How much of answered pages is kept for homes that want them later in the same run."""
_KEPT_READINGS = 300
_KEPT_WORDS = 10_000
"""Of how much that sources said it is remembered which names it holds."""
_TAKEN_BYTES = 16 * 1024**2
"""How much homes take before they save it. All of it is among what is kept of answered pages anyway."""
_ENTRY = 1_000

PageKey = tuple[str, bool]


def is_shared(source: Source) -> bool:
    """Whether a source may be polled for several homes at once."""
    secret = any(value.startswith(("env:", "file:")) for value in source.options.values())
    return source.kind in SHARED_KINDS and not secret


def groups_of(homes: Mapping[str, Home]) -> list[dict[str, Home]]:
    """Divide homes into those that crawl together: with one and the same `[crawl]` but for contact and pages.

    Above all `allow_hosts`: a private address that one home may fetch is never fetched in a crawl for another.
    """
    groups: dict[Manners, dict[str, Home]] = defaultdict(dict)
    for name, home in homes.items():
        groups[replace(manners_of(home), contact="")][name] = home
    return list(groups.values())


def contact_of(homes: Iterable[Home]) -> str:
    """Return whom a site may ask about a crawl for these homes: the first three of their contacts."""
    contacts = dict.fromkeys(home.settings.crawl.contact for home in homes if home.settings.crawl.contact)
    return ", ".join(list(contacts)[:3])


class NameSieve:
    """Tells which of all homes' names bytes may hold: looked for once, asked for by every home in turn."""

    def __init__(self, names: Mapping[str, Sequence[str]]) -> None:
        words = read_names(name for own in names.values() for name in own)
        self._own = {home: frozenset(read_names(own).folded) for home, own in names.items()}
        self._which = lru_cache(maxsize=16)(lambda body, kind: which_names(body, words, kind))
        self._said: dict[bytes, frozenset[str]] = {}

    def of(self, home: str) -> MayName:
        """Return the byte test of one home."""
        own = self._own[home]
        return lambda body, kind: not own.isdisjoint(self._which(body, kind) if kind else self._words(body))

    def _words(self, body: bytes) -> frozenset[str]:
        """Return the names in what a source said: of many pages one home asks, and then the next."""
        key = hashlib.sha256(body).digest()
        if key not in self._said:
            if len(self._said) >= _KEPT_WORDS:
                self._said.clear()
            self._said[key] = self._which(body, "")
        return self._said[key]


class FleetIntake:
    """The `Intake` of a crawl for several homes. A home that fails is left out from then on and disturbs no other.

    Homes save many polls and pages at once: what each costs a home is mostly its transaction. Polls wait for no more
    others than are still to come, so that a source that hangs holds back the pages of few.
    """

    def __init__(self, intakes: Mapping[str, HomeIntake]) -> None:
        self.intakes = dict(intakes)
        self.faults: dict[str, Exception] = {}
        """What went wrong with homes that were left out."""
        self.listing: dict[str, list[str]] = defaultdict(list)
        """Source -> the homes to which its polls go."""
        self.due = 0
        """How many polls are still to come."""
        self._waiting: dict[PageKey, list[tuple[str, Wanted]]] = {}
        self._answered: OrderedDict[PageKey, Page | Unavailable] = OrderedDict()
        self._kept = 0
        self._polls = 0
        self._taken = 0
        """Bytes of what was taken and not saved."""

    def want(self, home: str, *sources: str) -> list[Wanted]:
        """Return the pages of sources that a home wants and nobody has asked for yet."""
        return self._ask(home, lambda intake: intake.want(*sources))

    def polled(self, polled: Polled) -> list[Wanted]:
        """Let every home that lists the source take the poll; return the pages to fetch, each once."""
        arrival = Arrival(polled.poll, polled.entries, polled.cursor)
        for home in self.listing[polled.poll.source]:
            if intake := self.intakes.get(home):
                intake.take_poll(arrival)
        self.due -= 1
        self._polls += 1
        self._taken += sum(_ENTRY + len(entry.summary) + len(entry.content) for entry in polled.entries)
        return self._save_some() if self._polls < max(self.due, 1) and not polled.saved else self.save()

    def fetched(self, wanted: Wanted, page: Page) -> list[Wanted]:
        """Hand a page to every home that wants it."""
        return self._answer(wanted, page)

    def unavailable(self, wanted: Wanted, outcome: Unavailable) -> list[Wanted]:
        """Tell every home that wants a page that it could not be had."""
        return self._answer(wanted, outcome)

    def save(self) -> list[Wanted]:
        """Let every home save what it has taken; return what they want then and nobody has asked for."""
        self._polls = self._taken = 0
        return [wanted for home in list(self.intakes) for wanted in self._ask(home, lambda intake: intake.save())]

    def _save_some(self) -> list[Wanted]:
        return self.save() if self._taken > _TAKEN_BYTES else []

    def _answer(self, wanted: Wanted, answer: Page | Unavailable) -> list[Wanted]:
        key = _key(wanted)
        self._keep(key, answer)
        for home, own in self._waiting.pop(key, ()):
            self._hand(home, own, answer)
        self._taken += _size(answer)
        return self._save_some()

    def _hand(self, home: str, wanted: Wanted, answer: Page | Unavailable) -> None:
        if intake := self.intakes.get(home):
            try:
                intake.take_page(wanted, answer)
            except Exception as fault:  # noqa: BLE001 (a page that the names cannot be looked for in)
                self.leave_out(home, fault)

    def _ask(self, home: str, save: Callable[[HomeIntake], Sequence[Wanted]]) -> list[Wanted]:
        """Let a home save something; return what it wants then and nobody has asked for."""
        intake = self.intakes.get(home)
        if intake is None:
            return []
        try:
            wanted = save(intake)
        except Exception as fault:  # noqa: BLE001 (a full disk, a locked or broken database: this home's alone)
            self.leave_out(home, fault)
            return []
        return [one for one in wanted if self._is_first(home, one)]

    def leave_out(self, home: str, fault: Exception) -> None:
        """Go on without a home."""
        log.debug("left out: %r", fault, extra={"source": home})
        self.faults[home] = fault
        self.intakes.pop(home, None)

    def _is_first(self, home: str, wanted: Wanted) -> bool:
        """Note that a home wants a page; True when it is to be fetched now."""
        key = _key(wanted)
        if answer := self._answered.get(key):
            self._hand(home, wanted, answer)
            return False
        waiting = self._waiting.setdefault(key, [])
        waiting.append((home, wanted))
        return len(waiting) == 1

    def _keep(self, key: PageKey, answer: Page | Unavailable) -> None:
        """Keep an answer for homes that want it later in this run; the oldest go when there are too many."""
        self._answered[key] = answer
        self._kept += _size(answer)
        while self._kept > _KEPT_BYTES:
            self._kept -= _size(self._answered.popitem(last=False)[1])


def _key(wanted: Wanted) -> PageKey:
    return wanted.url, wanted.any_type


def _size(answer: Page | Unavailable) -> int:
    return 1_000 + (len(answer.body) if isinstance(answer, Page) else 0)


def crawl_together(
    homes: Mapping[str, tuple[Home, Database]],
    clock: Clock,
    files: SiteFiles,
    *,
    contact: str = "",
    everything: bool = False,
    runs: Mapping[str, int] | None = None,
) -> tuple[dict[str, CrawlResult], dict[str, Exception]]:
    """Poll what is due in any of `homes`, of one group, and fetch what any of them wants, as their `runs`.

    Return what it brought each home, and what went wrong with those that were left out.
    """
    sieve = NameSieve({name: build_matcher(watch_of(home)).names for name, (home, _) in homes.items()})
    intake = FleetIntake(
        {
            name: HomeIntake(db, home, sieve.of(name), clock, say_nothing, run=(runs or {}).get(name))
            for name, (home, db) in homes.items()
        }
    )
    results = {name: one.result for name, one in intake.intakes.items()}
    plan = plan_together(homes, intake, clock, everything=everything)
    first = next(home for home, _ in homes.values())
    manners = replace(manners_of(first), contact=contact or contact_of(home for home, _ in homes.values()))
    with Workers() as workers:
        try:
            run_crawl(replace(plan, site_files=files), manners, intake, workers.run, clock)
        finally:
            intake.save()
    return results, intake.faults


def plan_together(
    homes: Mapping[str, tuple[Home, Database]], intake: FleetIntake, clock: Clock, *, everything: bool = False
) -> Plan:
    """Return the plan of one crawl, and tell `intake` to whom each poll goes.

    A source that is due in one home is polled for all that list it. It is asked conditionally only when all of them
    know the same answer, and where it moved only when all of them follow it.
    """
    sources: dict[str, Source] = {}
    due: set[str] = set()
    known: dict[str, set[Validators]] = defaultdict(set)
    moved: dict[str, set[str]] = defaultdict(set)
    for name, (home, db) in homes.items():
        try:
            intake_store.register_sources(db, home.sources)
            validators, moves = intake_store.validators(db), intake_store.moved_sources(db)
            ready = {source.url for source in due_sources(home, db, clock(), everything=everything)}
        except Exception as fault:  # noqa: BLE001 (this home's alone)
            intake.leave_out(name, fault)
            continue
        for source in shared_sources(home):
            if not _is_same(source, sources.setdefault(source.url, source)):
                continue  # the home polls it by itself: see `own_sources`
            intake.listing[source.url].append(name)
            known[source.url].add(validators.get(source.url, Validators()))
            moved[source.url].add(moves.get(source.url, ""))
            if source.url in ready:
                due.add(source.url)
    intake.due = len(due)
    return Plan(
        sources=[source for url, source in sources.items() if url in due],
        validators={url: next(iter(found)) for url, found in known.items() if len(found) == 1},
        moved={url: to for url, found in moved.items() if len(found) == 1 and (to := next(iter(found)))},
        pages=[wanted for name, (home, _) in homes.items() for wanted in _waiting_pages(name, home, intake, due)],
    )


def shared_sources(home: Home) -> list[Source]:
    """Return the sources of a home that are polled for all homes together."""
    return [source for source in home.sources if is_shared(source) and not source.paused]


def own_sources(homes: Mapping[str, Home]) -> dict[str, Home]:
    """Return each home with those of its sources that it polls by itself."""
    first: dict[str, Source] = {}
    own: dict[str, Home] = {}
    for name, home in homes.items():
        shared = {
            source.url for source in shared_sources(home) if _is_same(source, first.setdefault(source.url, source))
        }
        own[name] = replace(home, sources=tuple(source for source in home.sources if source.url not in shared))
    return own


def _is_same(source: Source, other: Source) -> bool:
    return (source.kind, source.options) == (other.kind, other.options)


def _waiting_pages(name: str, home: Home, intake: FleetIntake, due: set[str]) -> list[Wanted]:
    """Return the pages that a home wants from before, of sources that are not polled now."""
    shared = (source.url for source in shared_sources(home) if name in intake.listing[source.url])
    return intake.want(name, *(url for url in (*shared, home.seen.url) if url not in due))


class ReadOnce(Workers):
    """Workers that read the same bytes once for all homes that kept them."""

    def __init__(self) -> None:
        super().__init__()
        self._known: dict[tuple[object, ...], object] = {}

    def begin(self, function: Callable[..., T], calls: Iterable[tuple[object, ...]]) -> Iterator[T | Refused]:
        """Run as `map` does: what is known already is not to be started."""
        return self.map(function, calls)

    def map(self, function: Callable[..., T], calls: Iterable[tuple[object, ...]]) -> Iterator[T | Refused]:
        """Run `function` on those of the calls (body, address, Content-Type, time) that are new; results in order."""
        asked = [(_reading_key(call), call) for call in calls]
        new = {key: call for key, call in asked if key not in self._known}
        for key, reading in zip(new, super().map(function, list(new.values())), strict=True):
            self._known[key] = reading
        for key, _ in asked:
            yield self._known[key]  # type: ignore[misc]  # what `function` returned
        for key in list(self._known)[:-_KEPT_READINGS]:
            del self._known[key]


def _reading_key(call: tuple[object, ...]) -> tuple[object, ...]:
    body, *rest = call[:3]
    return hashlib.sha256(body if isinstance(body, bytes) else b"").digest(), *rest
