"""The few words of an article that are repeated: its own sentences that name the municipality.

The limits put "no more than the purpose needs" (22 § upphovsrättslagen) in numbers. A sentence that names a private
person is passed over where another one will do; a person named in an office ("kommunalrådet ...") is not private.
"""

import re
from collections.abc import Iterable

from monitor.core.sentences import sentences
from monitor.core.text import shorten
from monitor.core.words import COMMON, stem
from monitor.models import Article

SUMMARY_LIMIT = 320
QUOTE_LIMIT = 240


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

    Without a lead, of the text beyond the headline. A sentence that names a private person is left out while another
    remains.
    """
    text = " ".join((article.lead or _beyond_headline(article))[: SUMMARY_LIMIT * 5].split())
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


def _beyond_headline(article: Article) -> str:
    """Return the text without its beginning where that is the headline: a post has no other, and is not told twice."""
    said = article.title.removesuffix("…")
    rest = article.text.removeprefix(said)
    if rest == article.text or not (said[-1:] in {".", "!", "?"} or said != article.title or rest[:1] in {"", "\n"}):
        return article.text
    return rest if said == article.title else f"…{rest}"
