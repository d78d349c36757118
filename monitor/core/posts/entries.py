"""What a post becomes, on whichever platform it stands."""

import re
from collections.abc import Iterable, Mapping

from monitor.core.sentences import sentences
from monitor.core.text import MAX_SUMMARY, clean_line, clean_text, shorten
from monitor.core.urls import safe_url

MAX_HEADLINE = 100
MAX_LINKS = 20

_SHORTEST = 20
"""Characters of a sentence that may stand alone as a headline: "Hej!" says nothing."""
_CALLS = re.compile(r"\A\s*(?:@[\w.@-]+[\s,:]+)+(?=\S)")
_LAST_TAGS = re.compile(r"(?<=[.!?…])(?:\s+#\w+)+\Z")
_NO_WORDS = re.compile(r"(?:[#@]\S+|\W)+")


def headline(text: str, warning: str = "") -> str:
    """Return what stands for the headline that a post has not: the author's warning, else its first line with words.

    Of a long line, as many whole sentences as fit, without hashtags behind them: a letter goes on where it ends.
    """
    lines = [clean_line(line) for line in text.split("\n")]
    told = (line for line in lines if line and not _NO_WORDS.fullmatch(line))
    line = _LAST_TAGS.sub("", clean_line(warning) or next(told, next(iter(lines), "")))
    ends = [end for _, end in sentences(line) if _SHORTEST < end <= MAX_HEADLINE]
    return line[: ends[-1]] if ends else shorten(line, MAX_HEADLINE)


def join_parts(parts: Iterable[str]) -> str:
    """Return the text of a post: what it says, then what pictures and links in it say besides, nothing twice.

    The accounts that an answer calls first are not what it says, and are names of persons.
    """
    text = ""
    for part in (_CALLS.sub("", part) for part in parts):
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
