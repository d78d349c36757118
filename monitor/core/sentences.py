"""Where the sentences of a line of Swedish text start and end."""

import re
from collections.abc import Iterator

Span = tuple[int, int]

_STOP = re.compile(r"(?<![.!?…])[.!?…]++[”\"’')\]]*+(?=[^\S\n]+[”\"’'(\[–—-]*+ ?[A-ZÅÄÖÉÜ0-9])")
_ABBREVIATIONS = """
bl.a ca dir dr dvs etc ev exkl f.d f.n f.ö fr.o.m gm i.a inkl jfr kap kl kr m.a.o m.fl m.m max min nr obs o.d o.s.v
osv p.g.a prof resp s.k sek sid st t.ex t.h t.o.m t.v tel tim vol jan feb mar apr jun jul aug sep sept okt nov dec
"""
_KNOWN = frozenset(_ABBREVIATIONS.split())
_BEFORE_WORD = re.compile(r"[\s(\[”\"’'–—-]")
_LONGEST_ABBREVIATION = 12


def sentences(text: str) -> Iterator[Span]:
    """Give where each sentence of a line starts and ends. A stop after an abbreviation or an initial ends none."""
    start = 0
    for stop in _STOP.finditer(text):
        at = stop.start()
        word = _BEFORE_WORD.split(text[max(start, at - _LONGEST_ABBREVIATION) : at])[-1].lower()
        if text[at] == "." and (word in _KNOWN or (len(word) == 1 and word.isalpha())):
            continue
        yield start, stop.end()
        start = stop.end() + 1
    if text[start:].strip():
        yield start, len(text)


def sentences_of(text: str) -> Iterator[str]:
    """Give the sentences of a text, line by line."""
    for line in text.split("\n"):
        for start, end in sentences(line):
            yield line[start:end].strip()
