"""The figures of a bench: told to whoever reads along, and kept for the table of `make bench`.

    tell("polling", "1,000 feeds cold, reader / ours", 6.1, "x", at_least=5)

`python -m bench` names a file in BENCH_ROWS; each figure is a line of JSON there. Run alone, a bench only prints.
"""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One figure. A ratio has the unit "x"; what it is a ratio of stands in its name."""

    bench: str
    name: str
    value: float
    unit: str
    at_least: float | None = None
    at_most: float | None = None
    more_is_better: bool = False
    """Of a figure without a target: which way is good."""

    @property
    def held(self) -> bool | None:
        """Whether the target was reached; None when there is none."""
        if self.at_least is None and self.at_most is None:
            return None
        return (self.at_least is None or self.value >= self.at_least) and (
            self.at_most is None or self.value <= self.at_most
        )

    @property
    def target(self) -> str:
        """The target in words."""
        return ", ".join(
            f"{sign} {limit:g}" for sign, limit in ((">=", self.at_least), ("<=", self.at_most)) if limit is not None
        )

    def worse_than(self, before: "Row") -> float:
        """Return by what share it is worse than an earlier one; negative when it is better."""
        if not self.value or not before.value:
            return 0.0
        change = self.value / before.value
        return (1 / change if self.more_is_better or self.at_least is not None else change) - 1


def tell(
    bench: str,
    name: str,
    value: float,
    unit: str,
    *,
    at_least: float | None = None,
    at_most: float | None = None,
    more_is_better: bool = False,
) -> Row:
    """Print a figure, and keep it when somebody collects."""
    row = Row(
        bench=bench,
        name=name,
        value=value,
        unit=unit,
        at_least=at_least,
        at_most=at_most,
        more_is_better=more_is_better,
    )
    verdict = {None: "", True: f"  (aim {row.target})", False: f"  (aim {row.target}: NOT REACHED)"}[row.held]
    print(f"{name}: {value:,.2f} {unit}{verdict}", flush=True)
    if path := os.environ.get("BENCH_ROWS"):
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(row), ensure_ascii=False) + "\n")
    return row


def read_rows(path: Path) -> list[Row]:
    """Return the figures of a file of rows."""
    return [Row(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]
