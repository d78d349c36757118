"""Menus out of the tree, before anybody looks for text: a reader that finds little takes what it can get, and a town's
name in a menu would stand on every page of its newspaper.
"""

from itertools import islice
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
    links: dict[Any, int] = {}
    words: dict[Any, int] = {}
    for link in tree.iter("a"):
        if count := len("".join(link.itertext()).split()):
            for element in islice(link.iterancestors(), _LEVELS):
                if element.tag in _BODY:
                    break
                links[element] = links.get(element, 0) + 1
                words[element] = words.get(element, 0) + count
    for element, count in links.items():
        if count >= _FEWEST_LINKS and words[element] <= _WORDS_A_LINK * count:
            every = len(" ".join(element.itertext()).split())
            if words[element] >= _SHARE * every:
                _drop(element)
    # Last first. At every element that is let go, lxml walks what was dropped from its beginning to the first that is
    # still held: first to last, that is the square of a long menu.
    words.clear()
    while links:
        links.popitem()


def _drop(element: Any) -> None:
    if element.getparent() is not None:  # else it went with one that held it, or is the root
        element.drop_tree()
