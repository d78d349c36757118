"""What a home watches for."""

from dataclasses import dataclass

from monitor.models import PlaceKind

ALL_KINDS = frozenset(PlaceKind)
THRESHOLD = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """The municipalities to find, and what a home adds to or takes from them.

    Without `codes` the town lies outside Sweden: then only `name` and `names` are looked for, as written,
    and a found place's code is "".
    """

    codes: tuple[str, ...] = ()
    name: str = ""
    names: tuple[str, ...] = ()
    """Extra names of the first code: schools, companies, projects, the municipal company. They count as written."""
    require: tuple[str, ...] = ()
    """Words of which at least one must stand in the title or the text."""
    exclude: tuple[str, ...] = ()
    """Words of which none may stand there."""
    kinds: frozenset[PlaceKind] = ALL_KINDS
    """Kinds of names that count."""
    mute: frozenset[str] = frozenset()
    """Rules whose namings do not count, by the name that `Mention.rule` bears."""
    threshold: float = THRESHOLD
    """The least score, from 0 to 1, at which a place counts as found."""
