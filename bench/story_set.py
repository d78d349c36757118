"""The hand-made set of events in `tests/core/stories/`, B-cubed, and the folding that ours is held against."""

import json
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from monitor.core.stories import Rarity, Vector, compare_all, fold, sketch
from monitor.models import Article, FoundPlace, PlaceKind, SourceClass

FOLDER = Path(__file__).parents[1] / "tests" / "core" / "stories"
SETS = ("tuned", "held")
"""`tuned` was there when the numbers of core.stories were set; `held` was written afterwards."""

T = TypeVar("T")
Labels = Mapping[str, Hashable]
_CLASSES = {
    "radio": SourceClass.RADIO,
    "byran": SourceClass.NATIONAL,
    "rikskuriren": SourceClass.NATIONAL,
    "polisen": SourceClass.AUTHORITY,
    "viren": SourceClass.LOCAL_WEB,
    "faludirekt": SourceClass.LOCAL_WEB,
    "vaxjolokalt": SourceClass.LOCAL_WEB,
}


def read_set(*names: str) -> list[tuple[str, Article]]:
    """Return the articles of the sets, each with the event it tells of."""
    articles = []
    for name in names:
        for number, line in enumerate((FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()):
            row = json.loads(line)
            articles.append((row["event"], _article(row, f"{name}-{number}")))
    return articles


def source_class(name: str) -> SourceClass:
    """Return the class of one of the set's sources."""
    known = next((kind for start, kind in _CLASSES.items() if name.startswith(start)), None)
    if known:
        return known
    return SourceClass.OWN if "kommun" in name or "vatten" in name else SourceClass.LOCAL_PAPER


def _article(row: Mapping[str, str], number: str) -> Article:
    at = datetime.fromisoformat(row["at"]).replace(tzinfo=ZoneInfo("Europe/Stockholm")).astimezone(UTC)
    return Article(
        url=f"https://{row['source']}.example/{number}",
        source=f"https://{row['source']}.example/feed",
        title=row["title"],
        lead=row["lead"],
        text=f"{row['lead']}\n{row['text']}",
        published=at,
        seen_at=at,
        place=FoundPlace(
            code="0483", name=row["place"], kind=PlaceKind.MUNICIPALITY, about=True, score=1.0, reason="the set says so"
        ),
    )


# --- ways of folding -----------------------------------------------------------------------------------


def fold_ours(articles: Sequence[Article]) -> dict[str, Hashable]:
    """Fold as the product does."""
    sketches = [sketch(article) for article in articles]
    rarity = Rarity(len(sketches), Counter(word for one in sketches for word in one.stems))
    vectors = [Vector(one, rarity) for one in sketches]
    folds = fold({one.key: one.at for one in sketches}, compare_all(vectors))
    return {key: number for number, one in enumerate(folds) for key in one.keys}


def fold_titles(articles: Sequence[Article]) -> dict[str, Hashable]:
    """Baseline: headlines whose letter pairs have a Jaccard index of 0.5 or more, each with the first that fits."""

    def pairs(article: Article) -> frozenset[str]:
        title = article.title.casefold()
        return frozenset(title[i : i + 2] for i in range(len(title) - 1))

    return _greedy(articles, pairs, lambda one, other: len(one & other) >= 0.5 * len(one | other))


def fold_simhash(articles: Sequence[Article], distance: int = 3) -> dict[str, Hashable]:
    """Baseline: 64-bit simhash (Charikar 2002) of the words, at most `distance` bits apart."""
    return _greedy(articles, _simhash, lambda one, other: (one ^ other).bit_count() <= distance)


def _simhash(article: Article) -> int:
    sums = [0] * 64
    for word in f"{article.title} {article.text}".casefold().split():
        value = zlib.crc32(word.encode()) | zlib.crc32(word[::-1].encode()) << 32
        for bit in range(64):
            sums[bit] += 1 if value >> bit & 1 else -1
    return sum(1 << bit for bit in range(64) if sums[bit] > 0)


def _greedy(
    articles: Sequence[Article], mark: Callable[[Article], T], same: Callable[[T, T], bool]
) -> dict[str, Hashable]:
    seen: list[tuple[T, int]] = []
    labels: dict[str, Hashable] = {}
    for number, article in enumerate(sorted(articles, key=lambda one: (one.at, one.url))):
        marked = mark(article)
        label = next((known for other, known in seen if same(marked, other)), number)
        seen.append((marked, label))
        labels[article.url] = label
    return labels


# --- measures ------------------------------------------------------------------------------------------


def b_cubed(gold: Labels, found: Labels, of: Sequence[str] | None = None) -> tuple[float, float, float]:
    """Return precision, recall and F1 (Bagga and Baldwin 1998), over the articles `of` or all."""
    by_gold: dict[Hashable, set[str]] = defaultdict(set)
    by_found: dict[Hashable, set[str]] = defaultdict(set)
    for url, label in gold.items():
        by_gold[label].add(url)
        by_found[found[url]].add(url)
    chosen = list(gold if of is None else of)
    both = {url: len(by_gold[gold[url]] & by_found[found[url]]) for url in chosen}
    precision = sum(both[url] / len(by_found[found[url]]) for url in chosen) / len(chosen)
    recall = sum(both[url] / len(by_gold[gold[url]]) for url in chosen) / len(chosen)
    return precision, recall, 2 * precision * recall / (precision + recall)


def of_events(gold: Labels) -> list[str]:
    """Return the articles of events that more than one article tells of."""
    sizes = Counter(gold.values())
    return [url for url, label in gold.items() if sizes[label] > 1]
