"""The few words of an article that are repeated: its own sentences that name the municipality, and one short quote.

The limits put "no more than the purpose needs" (22 § upphovsrättslagen) in numbers. A sentence that names a private
person is passed over where another one will do; a person named in an office ("kommunalrådet ...") is not private.
"""

import re
from collections.abc import Iterable

from monitor.core.sentences import sentences
from monitor.core.text import shorten
from monitor.core.words import COMMON, stem
from monitor.models import Article, Mention

SUMMARY_LIMIT = 320
QUOTE_LIMIT = 240
_BODY = 20_000

Parts = tuple[tuple[str, bool], ...]
"""Pieces of a text, each with whether it names the municipality."""

_CAPITALS = re.compile(
    r"\b[A-ZÅÄÖÉ][a-zåäöéüè]+(?:-[A-ZÅÄÖ][a-zåäö]+)?(?: [A-ZÅÄÖÉ][a-zåäöéüè]+(?:-[A-ZÅÄÖ][a-zåäö]+)?)+\b"
)
_OFFICE = re.compile(
    r"(?:kommunalråd|oppositionsråd|råd|minister|ordförande|ledamot|ledare|chef|direktör|rektor|landshövding|talesperson"
    r"|presstalesman|befäl|åklagare|borgmästare|politiker|strateg|ombud|sekreterare)\w*(?: \([\w-]{1,4}\))?,? ?$",
    re.IGNORECASE,
)
_OFFICE_AFTER = re.compile(
    r"^ ?(?:\([A-ZÅÄÖ]{1,3}\)|, (?:\w+ ){0,2}\w*(?:kommunalråd|råd|ordförande|chef|direktör|rektor|minister|åklagare"
    r"|talesperson))"
)
_NO_FIRST_NAME = re.compile(
    r"(?:skolan|kyrkan|parken|gården|bolaget|företaget|föreningen|klubben|hotellet|butiken|laget|boendet|hemmet|huset"
    r"|teatern|museet|banken|tidningen|partiet|stiftelsen|sjön|byn|orten|vägen|gatan|bussen|tåget|kvarteret)$",
    re.IGNORECASE,
)
_NO_SURNAME = re.compile(
    r"(?:gatan|vägen|torget|parken|skolan|gården|kommun|sjön|berget|stad|län|hallen|kyrkan|station|centrum|plats)$",
    re.IGNORECASE,
)


def names_private_person(sentence: str, places: Iterable[str] = ()) -> bool:
    """Whether a sentence gives someone's full name without an office. Words with capitals in a row are one."""
    known = set(places)
    for match in _CAPITALS.finditer(sentence):
        words = match[0].split()
        if stem(words[0]) in COMMON or _NO_FIRST_NAME.search(words[0]):
            words = words[1:]
        if len(words) < 2 or set(words) & known or _NO_SURNAME.search(words[-1]):
            continue
        before = sentence[: match.start()] if not _OFFICE.search(f"{words[0]} ") else f"{words[0]} "
        if _OFFICE.search(before) or _OFFICE_AFTER.search(sentence[match.end() :]):
            continue
        return True
    return False


def summarise(article: Article) -> str:
    """Return whole sentences of the lead: those that name the municipality first chosen, in their own order.

    Without a lead, of the text. A sentence that names a private person is left out while another remains.
    """
    text = " ".join((article.lead or article.text)[: SUMMARY_LIMIT * 5].split())
    names = {mention.text for mention in article.place.mentions}
    places = {word for name in names for word in name.split()}
    said = [text[start:end].strip() for start, end in sentences(text)]
    ranked = sorted(
        range(len(said)),
        key=lambda n: (names_private_person(said[n], places), not any(name in said[n] for name in names), n),
    )
    chosen: list[int] = []
    for number in ranked:
        if chosen and names_private_person(said[number], places):
            continue
        if len(" ".join(said[n] for n in [*chosen, number])) <= SUMMARY_LIMIT:
            chosen.append(number)
    if not chosen:
        return shorten(said[ranked[0]], SUMMARY_LIMIT) if said else ""
    return " ".join(said[number] for number in sorted(chosen))


def choose_quote(article: Article, besides: str = "") -> Parts:
    """Return the sentence to quote, its namings marked: one that says more than headline and `besides` do.

    A sentence without a private person's name comes first, then one that fits whole, then the fullest naming.
    """
    text = article.text[:_BODY]
    places = {word for mention in article.place.mentions for word in mention.text.split()}
    best: tuple[tuple[bool, bool, int, int], tuple[int, int], list[Mention]] | None = None
    for start, end, mentions in _naming_sentences(text, article.place.mentions):
        words = text[start:end]
        if words[:60] in besides or words in article.title:
            continue
        fullest = max(mention.end - mention.start for mention in mentions)
        rank = (names_private_person(words, places), end - start > QUOTE_LIMIT, -fullest, start)
        if best is None or rank < best[0]:
            best = (rank, (start, end), mentions)
    if best is None:
        return ()
    _, (start, end), mentions = best
    return _cut(_mark(text, start, end, mentions), mentions[0].start - start)


def _naming_sentences(text: str, mentions: Iterable[Mention]) -> Iterable[tuple[int, int, list[Mention]]]:
    namings = sorted(
        (m for m in mentions if m.where == "text" and 0 <= m.start < m.end <= len(text)),
        key=lambda mention: (mention.start, -mention.end),
    )
    line_start = 0
    for line in text.split("\n"):
        for start, end in sentences(line):
            first, last = line_start + start, line_start + end
            inside = [mention for mention in namings if first <= mention.start and mention.end <= last]
            if inside:
                yield first, last, inside
        line_start += len(line) + 1


def _mark(text: str, start: int, end: int, mentions: Iterable[Mention]) -> list[tuple[str, bool]]:
    parts: list[tuple[str, bool]] = []
    at = start
    for mention in mentions:
        if mention.start < at:
            continue
        if mention.start > at:
            parts.append((text[at : mention.start], False))
        parts.append((text[mention.start : mention.end], True))
        at = mention.end
    if at < end:
        parts.append((text[at:end], False))
    return parts


def _cut(parts: list[tuple[str, bool]], naming: int) -> Parts:
    """Return the parts, or the piece of them around the first naming that fits, cut between words."""
    if sum(len(text) for text, _ in parts) <= QUOTE_LIMIT:
        return tuple(parts)
    room = QUOTE_LIMIT - 2
    cut: list[tuple[str, bool]] = []
    if naming > room // 2:
        before, parts = parts[0][0][-(room // 2) :], parts[1:]
        cut.append(("…" + before[before.find(" ") + 1 :], False))
    for text, hit in parts:
        left = room - sum(len(piece) for piece, _ in cut)
        if len(text) > left:
            if hit and not any(known for _, known in cut):
                cut.append((text[:left], True))
            elif not hit:
                cut.append((shorten(text, max(left, 2)), False))
            break
        cut.append((text, hit))
    return tuple(cut)
