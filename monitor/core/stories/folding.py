"""Fold articles into stories. The result depends on which articles there are, not on the order in which they came.

Copies of one text go together first. Then the two groups that are most alike become one, as long as any two are alike
enough (agglomerative clustering; a link counts its best pair most and its three best a little, so that one chance
likeness does not chain two events).
"""

import heapq
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from monitor.core.stories.likeness import SAME_EVENT, Likeness, Vector, compare

BEST = 0.7
"""How much the best pair counts in a link; the rest is the mean of the best pairs."""
PAIRS = 3

Pair = tuple[str, str]
"""The keys of two articles, in alphabetical order."""
Alike = Mapping[Pair, Likeness]
_Order = tuple[float, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fold:
    """Articles of one event, the oldest first. `story` is that of its fixed articles, if it has any."""

    keys: tuple[str, ...]
    story: int | None = None
    near: Mapping[str, tuple[str, Likeness]] = field(default_factory=dict)
    """For each article but the first: the article it is most like, an earlier one if it can be, and how alike."""
    copies: frozenset[str] = frozenset()
    """Articles whose text stands in an earlier one of these."""


def compare_all(vectors: Iterable[Vector]) -> dict[Pair, Likeness]:
    """Compare every article with every other; return the pairs that are alike at all."""
    by_key = sorted(vectors, key=lambda vector: vector.sketch.key)
    return {
        (one.sketch.key, other.sketch.key): likeness
        for number, one in enumerate(by_key)
        for other in by_key[number + 1 :]
        if (likeness := compare(one, other)).score
    }


def fold(moments: Mapping[str, float], alike: Alike, stories: Mapping[str, int] | None = None) -> list[Fold]:
    """Fold articles into stories, the oldest story first.

    `moments` says when each article (by its key) was news, in seconds; `alike` which are alike. `stories` names the
    story
    of each article that stays where it is: a letter has shown it there, or a person has put it there. Two stories
    with such articles never become one.
    """
    order = {key: (moment, key) for key, moment in moments.items()}
    groups = _Groups(order, stories or {})
    for pair, likeness in sorted(alike.items(), key=lambda item: (-item[1].copied, item[0])):
        if likeness.copy:
            groups.join(*pair)
    _join_alike(groups, alike)
    near: dict[str, dict[str, Likeness]] = {}
    for (one, other), likeness in alike.items():
        near.setdefault(one, {})[other] = likeness
        near.setdefault(other, {})[one] = likeness
    folds = [_tell(keys, groups.story_of(keys[0]), near, order) for keys in groups.listed()]
    return sorted(folds, key=lambda one: order[one.keys[0]])


class _Groups:
    """Which articles are together. A group is named by its oldest article."""

    def __init__(self, order: Mapping[str, _Order], stories: Mapping[str, int]) -> None:
        self._order = order
        self._members = {key: [key] for key in order}
        self._group = {key: key for key in order}
        self._stories = dict(stories)
        first: dict[int, str] = {}
        for key, story in sorted(stories.items()):
            self.join(first.setdefault(story, key), key)

    def of(self, key: str) -> str:
        return self._group[key]

    def story_of(self, key: str) -> int | None:
        return self._stories.get(self._group[key])

    def may_join(self, one: str, other: str) -> bool:
        stories = {self.story_of(one), self.story_of(other)} - {None}
        return len(stories) < 2

    def join(self, one: str, other: str) -> str:
        """Put the groups of two articles together unless a person or a letter holds them apart; return the group."""
        kept, gone = sorted((self._group[one], self._group[other]), key=self._order.__getitem__)
        if kept == gone or not self.may_join(kept, gone):
            return kept
        members = self._members.pop(gone)
        self._members[kept] += members
        for key in members:
            self._group[key] = kept
        story = self._stories.pop(gone, None)
        if story is not None:
            self._stories[kept] = story
        return kept

    def listed(self) -> Iterable[list[str]]:
        return (sorted(members, key=self._order.__getitem__) for members in self._members.values())


def _ordered(one: str, other: str) -> Pair:
    return (one, other) if one < other else (other, one)


def _join_alike(groups: _Groups, alike: Alike) -> None:
    """Join the two groups with the strongest link, again and again, while it is strong enough."""
    links: dict[str, dict[str, list[float]]] = {}
    for (one, other), likeness in alike.items():
        first, second = groups.of(one), groups.of(other)
        if first != second:
            # Of copies on either side the best pair speaks for all: ten reprints are no ten witnesses.
            best = max(likeness.score, links.get(first, {}).get(second, [0.0])[0])
            links.setdefault(first, {})[second] = links.setdefault(second, {})[first] = [best]
    sizes = dict.fromkeys(links, 1)
    queue = [
        (-strength, one, other)
        for one, others in links.items()
        for other in others
        if one < other and (strength := _strength(links, sizes, one, other)) >= SAME_EVENT
    ]
    heapq.heapify(queue)
    while queue:
        strength, one, other = heapq.heappop(queue)
        if one not in links or other not in links[one] or strength != -_strength(links, sizes, one, other):
            continue
        if not groups.may_join(one, other):
            continue
        kept = groups.join(one, other)
        gone = other if kept == one else one
        sizes[kept] += sizes.pop(gone)
        _merge_links(links, kept, gone)
        for neighbour in links[kept]:
            if (strength := _strength(links, sizes, kept, neighbour)) >= SAME_EVENT:
                first, second = _ordered(kept, neighbour)
                heapq.heappush(queue, (-strength, first, second))


def _strength(
    links: Mapping[str, Mapping[str, Sequence[float]]], sizes: Mapping[str, int], one: str, other: str
) -> float:
    scores = links[one][other]
    return BEST * scores[0] + (1 - BEST) * sum(scores) / min(PAIRS, sizes[one] * sizes[other])


def _merge_links(links: dict[str, dict[str, list[float]]], kept: str, gone: str) -> None:
    for neighbour, scores in links.pop(gone).items():
        del links[neighbour][gone]
        if neighbour != kept:
            merged = sorted([*links[kept].get(neighbour, ()), *scores], reverse=True)[:PAIRS]
            links[kept][neighbour] = links[neighbour][kept] = merged


def _tell(
    keys: Sequence[str], story: int | None, near: Mapping[str, Mapping[str, Likeness]], order: Mapping[str, _Order]
) -> Fold:
    """Say of each article but the first which one it is most like, and which are copies of an earlier one."""
    together = set(keys)
    told: dict[str, tuple[str, Likeness]] = {}
    copies = set()
    for key in keys[1:]:
        found = [(other, likeness) for other, likeness in near.get(key, {}).items() if other in together]
        earlier = [item for item in found if order[item[0]] < order[key]]
        if chosen := earlier or found:
            told[key] = max(chosen, key=lambda item: (item[1].score, item[1].copied, item[0]))
        if any(likeness.copy for _, likeness in earlier):
            copies.add(key)
    return Fold(keys=tuple(keys), story=story, near=told, copies=frozenset(copies))
