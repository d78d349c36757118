"""Menus out of the tree, before anybody looks for text: a reader that finds little takes what it can get, and a town's
name in a menu would stand on every page of its newspaper.
"""

from collections import Counter
from collections.abc import Iterator
from itertools import islice, takewhile
from typing import Any

_MARKED = "//nav | //menu | //*[@role='navigation'] | //footer[not(ancestor::article)]"
_BODY = frozenset({"body", "html", "article", "main"})
_LEVELS = 5
_FEWEST_LINKS = 3
_SHARE = 0.8
_WORDS_A_LINK = 8


def drop_menus(tree: Any) -> None:
    """Take out of the tree, in place, what is marked as navigation and what is nothing but a list of short links."""
    for element in tree.xpath(_MARKED):
        _drop(element)
    links: Counter[Any] = Counter()
    words: Counter[Any] = Counter()
    for link in tree.iter("a"):
        count = len("".join(link.itertext()).split())
        for element in _containers(link) if count else ():
            links[element] += 1
            words[element] += count
    for element, count in links.items():
        if count >= _FEWEST_LINKS and words[element] <= _WORDS_A_LINK * count:
            every = len(" ".join(element.itertext()).split())
            if words[element] >= _SHARE * every:
                _drop(element)


def _containers(link: Any) -> Iterator[Any]:
    return islice(takewhile(lambda element: element.tag not in _BODY, link.iterancestors()), _LEVELS)


def _drop(element: Any) -> None:
    if element.getparent() is not None:  # else it went with one that held it, or is the root
        element.drop_tree()
