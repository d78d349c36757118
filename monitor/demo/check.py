"""Compare what a run has made of the miniature web with what it must make of it."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import lxml.html

from monitor.demo.content import Demand, title_in
from monitor.models import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What stands in a letter, as a reader sees it."""

    text: str
    linked: frozenset[str]
    """The addresses that it links to, and what it names of texts without one."""
    covered: frozenset[str]
    """Those linked, and the rest of a story one of which is linked: "and N more", the municipality's own text on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How a run stands the test. `faults` are sentences."""

    mentions: int
    """Planted mentions that must be found."""
    due: int
    """Those of them that the letter of the period must show."""
    shown: int
    """Those of them that it shows."""
    traps: int
    """Articles that must not be taken."""
    missed: tuple[str, ...] = ()
    taken: tuple[str, ...] = ()
    unshown: tuple[str, ...] = ()
    """What was found and should stand in the letter, and does not."""
    misplaced: tuple[str, ...] = ()
    """What stands in the letter and should not."""

    @property
    def faults(self) -> tuple[str, ...]:
        """Everything that is wrong."""
        return (*self.missed, *self.taken, *self.unshown, *self.misplaced)


@dataclass(frozen=True, slots=True, kw_only=True)
class Folding:
    """How many of the planted events became exactly one story each: those of several articles, and those of one."""

    several: int
    several_right: int
    single: int
    single_right: int


def read_letter(page: str, stories: Collection[Collection[str]], counted: Collection[str]) -> Letter:
    """Read what the letter `page` shows. `stories` are the addresses of each story, `counted` those of the letter."""
    tree = lxml.html.document_fromstring(page)
    text = _plain(tree.text_content())
    named = {name for story in stories for name in story if (title := title_in(name)) and _plain(title) in text}
    linked = frozenset(str(address) for address in tree.xpath("//a/@href")) | named
    folded = {url for story in stories if linked.intersection(story) for url in story}
    covered = linked | (folded & frozenset(counted))
    return Letter(text=text, linked=linked, covered=covered)


def judge_run(demands: Sequence[Demand], stored: Collection[str], letter: Letter, period: Period) -> Verdict:
    """Compare the addresses of the stored articles, and the letter of `period`, with the demands."""
    strict = [demand for demand in demands if not demand.later]
    due = [demand for demand in strict if not demand.open and in_letter(demand, period)]
    lost = frozenset(stored) - letter.covered
    return Verdict(
        mentions=sum(demand.wanted for demand in strict),
        due=len(due),
        shown=len([demand for demand in due if demand.url in letter.covered]),
        traps=sum(not demand.wanted for demand in strict),
        missed=tuple(_tell(demand, "was not found") for demand in strict if demand.wanted and demand.url not in stored),
        taken=tuple(_tell(demand, "was taken") for demand in strict if not demand.wanted and demand.url in stored),
        unshown=tuple(_tell(demand, "is not in the letter") for demand in due if demand.url in lost),
        misplaced=tuple(_misplaced(strict, letter, period)),
    )


def in_letter(demand: Demand, period: Period) -> bool:
    """Whether the letter of `period` must show the article."""
    return demand.wanted and demand.dated and period.holds(demand.published)


def judge_folding(demands: Sequence[Demand], stored: Collection[str], stories: Collection[Collection[str]]) -> Folding:
    """Count the planted events whose stored articles, and no others, are one story."""
    events: dict[str, set[str]] = {}
    for demand in demands:
        if demand.story and demand.url in stored:
            events.setdefault(demand.story, set()).add(demand.url)
    told = {frozenset(story) for story in stories}
    several = [urls for urls in events.values() if len(urls) > 1]
    single = [urls for urls in events.values() if len(urls) == 1]
    return Folding(
        several=len(several),
        several_right=sum(urls in told for urls in several),
        single=len(single),
        single_right=sum(urls in told for urls in single),
    )


def _misplaced(demands: Sequence[Demand], letter: Letter, period: Period) -> Iterator[str]:
    for demand in demands:
        if demand.open or in_letter(demand, period):
            continue
        if demand.url in letter.covered or (not demand.wanted and _plain(demand.title) in letter.text):
            yield _tell(demand, "stands in the letter")


def _plain(text: str) -> str:
    """Return `text` as one line with one kind of quotation marks: a title within quotes has single ones."""
    return " ".join(text.replace("\u00ad", "").replace("’", "”").split())


def _tell(demand: Demand, what: str) -> str:
    return f"{demand.site}, “{demand.title}”: {what}. {demand.why}"
