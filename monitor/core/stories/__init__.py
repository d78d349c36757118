"""Stories: which articles tell of one event, and why. A view of articles; nothing is deleted."""

from monitor.core.stories.folding import Alike, Fold, Pair, compare_all, fold
from monitor.core.stories.likeness import COPY, SAME_EVENT, Likeness, Rarity, Vector, compare
from monitor.core.stories.sketch import OPEN, Sketch, key_of, sketch

__all__ = [
    "COPY",
    "OPEN",
    "SAME_EVENT",
    "Alike",
    "Fold",
    "Likeness",
    "Pair",
    "Rarity",
    "Sketch",
    "Vector",
    "compare",
    "compare_all",
    "fold",
    "key_of",
    "sketch",
]
