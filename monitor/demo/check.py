"""Compare what a run has made of the miniature web with what it must make of it."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from monitor.demo.content import Demand
from monitor.models import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How a run stands the test. `faults` are sentences."""

    mentions: int
    """Planted mentions that must be found."""
    traps: int
    """Articles that must not be taken."""
    missed: tuple[str, ...] = ()
    taken: tuple[str, ...] = ()
    misplaced: tuple[str, ...] = ()
    """What stands in the letter and should not, or the other way round."""

    @property
    def faults(self) -> tuple[str, ...]:
        """Everything that is wrong."""
        return (*self.missed, *self.taken, *self.misplaced)


def judge_run(demands: Sequence[Demand], stored: Collection[str], covered: Collection[str], period: Period) -> Verdict:
    """Compare the addresses of the stored articles, and of those that the letter covers, with the demands."""
    strict = [demand for demand in demands if not demand.later]
    return Verdict(
        mentions=sum(demand.wanted for demand in strict),
        traps=sum(not demand.wanted for demand in strict),
        missed=tuple(_tell(demand, "was not found") for demand in strict if demand.wanted and demand.url not in stored),
        taken=tuple(_tell(demand, "was taken") for demand in strict if not demand.wanted and demand.url in stored),
        misplaced=tuple(_misplaced(strict, stored, covered, period)),
    )


def in_letter(demand: Demand, period: Period) -> bool:
    """Whether the letter of `period` must show the article."""
    return demand.wanted and demand.dated and period.holds(demand.published)


def _misplaced(
    demands: Sequence[Demand], stored: Collection[str], covered: Collection[str], period: Period
) -> Iterator[str]:
    for demand in demands:
        if demand.open or demand.url not in stored:
            continue
        if in_letter(demand, period) and demand.url not in covered:
            yield _tell(demand, "does not stand in the letter")
        if not in_letter(demand, period) and demand.url in covered:
            yield _tell(demand, "stands in the letter")


def _tell(demand: Demand, what: str) -> str:
    return f"{demand.site}, “{demand.title}”: {what}. {demand.why}"
