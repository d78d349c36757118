"""What a story weighs, as a sum that can be told (design guide 2.1). Amounts: `[weight]` in monitor.toml."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import log2

from monitor.core.triage.classes import Sources, level_of, reach_of
from monitor.models import Article, Period, PlaceKind, Tone, WeightKey, WeightPart


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """How much each thing adds."""

    reach: float = 3.0
    """For each of the one to three steps of reach."""
    sources: float = 2.0
    """Times log2(1 + independent sources)."""
    critical: float = 3.0
    mixed: float = 1.0
    positive: float = 1.0
    neutral: float = 0.0
    headline: float = 2.0
    lead: float = 1.0
    new: float = 2.0
    moved_up: float = 2.0
    floor: float = 0.0
    """A story under this weight is one line."""

    def of_tone(self, tone: Tone) -> float:
        """Return what a tone adds; one that nobody has judged adds nothing."""
        return {
            Tone.CRITICAL: self.critical,
            Tone.MIXED: self.mixed,
            Tone.POSITIVE: self.positive,
            Tone.NEUTRAL: self.neutral,
        }.get(tone, 0.0)


def weigh(
    articles: Sequence[Article],
    copies: Collection[str],
    *,
    tone: Tone,
    period: Period,
    sources: Sources,
    weights: Weights,
) -> tuple[WeightPart, ...]:
    """Return the terms of a story's weight. `articles` are those from outside, the one that speaks for it first."""
    reach = max((reach_of(article, sources) for article in articles), default=1)
    independent = len({article.source for article in articles if article.url not in copies}) or 1
    terms = [
        WeightPart(key=WeightKey.REACH, found=str(reach), adds=weights.reach * reach),
        WeightPart(key=WeightKey.SOURCES, found=str(independent), adds=weights.sources * log2(1 + independent)),
        WeightPart(key=WeightKey.TONE, found=tone.value, adds=weights.of_tone(tone)),
    ]
    where = {_stands(article) for article in articles}
    if "headline" in where:
        terms.append(WeightPart(key=WeightKey.PLACE, found="headline", adds=weights.headline))
    elif "lead" in where:
        terms.append(WeightPart(key=WeightKey.PLACE, found="lead", adds=weights.lead))
    earlier = [level_of(article, sources) for article in articles if article.at < period.start]
    present = [level_of(article, sources) for article in articles if article.at >= period.start]
    if not earlier:
        terms.append(WeightPart(key=WeightKey.NEW, found="", adds=weights.new))
    elif present and max(present) > max(earlier):
        terms.append(WeightPart(key=WeightKey.MOVED_UP, found="", adds=weights.moved_up))
    return tuple(terms)


def _stands(article: Article) -> str:
    """Return where the municipality is named highest: "headline", "lead" or ""."""
    place = article.place
    if place.kind is PlaceKind.NAMED_AFTER:
        return ""
    if any(mention.where == "title" for mention in place.mentions):
        return "headline"
    return "lead" if any(mention.text in article.lead for mention in place.mentions) else ""


def tell_weight(parts: Sequence[WeightPart]) -> tuple[str, ...]:
    """Return the sum in words, a line for each term that adds something and one for the sum."""
    words = {
        WeightKey.REACH: "reach {0} of 3",
        WeightKey.SOURCES: "{0} independent sources",
        WeightKey.TONE: "tone: {0}",
        WeightKey.PLACE: "the municipality is named in the {0}",
        WeightKey.NEW: "new today",
        WeightKey.MOVED_UP: "has reached a larger kind of source",
    }
    told = [f"{words[part.key].format(part.found)}: +{part.adds:.1f}" for part in parts if part.adds]
    return (*told, f"sum: {sum(part.adds for part in parts):.1f}")
