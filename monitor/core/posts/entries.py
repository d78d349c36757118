"""What a post becomes, on whichever platform it stands."""

import re
from collections.abc import Iterable, Mapping

from monitor.core.text import MAX_SUMMARY, clean_line, clean_text, shorten
from monitor.core.urls import safe_url

MAX_HEADLINE = 100
MAX_LINKS = 20

_NO_WORDS = re.compile(r"(?:[#@]\S+|\W)+")


def headline(text: str, warning: str = "") -> str:
    """Return what stands for the headline that a post has not: the author's warning, else its first line with words."""
    lines = [clean_line(line) for line in text.split("\n")]
    told = (line for line in lines if line and not _NO_WORDS.fullmatch(line))
    return shorten(clean_line(warning) or next(told, next(iter(lines), "")), MAX_HEADLINE)


def join_parts(parts: Iterable[str]) -> str:
    """Return the text of a post: what it says, then what pictures and links in it say besides, nothing twice."""
    text = ""
    for part in parts:
        if part and part not in text:
            text = f"{text}\n{part}"
    return clean_text(text, MAX_SUMMARY)


def links_of(addresses: Iterable[str]) -> tuple[str, ...]:
    """Return the addresses that a post links to, each once."""
    return tuple(dict.fromkeys(filter(None, map(safe_url, addresses))))[:MAX_LINKS]


def tell_left_out(counts: Mapping[str, int]) -> str:
    """Say which hits were left out; `counts` has the reason in words."""
    told = ", ".join(f"{count} {reason}" for reason, count in counts.items() if count)
    return f"posts left out: {told}" if told else ""
