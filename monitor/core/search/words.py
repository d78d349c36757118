"""Words as the search index holds them: as written, and their roots.

The index is one line of tokens an article. First its words as written (lower case), for phrases and beginnings; then
each root once: "=skol" for a word anywhere, "+skol" for one in the headline. A root's mark is no letter, so no word
that a text or a person holds can be taken for one. Å, Ä and Ö are letters of their own and are never folded.
"""

import re
import unicodedata
from functools import lru_cache
from importlib.metadata import version

from monitor.core.words import stem

ANYWHERE = "="
HEADLINE = "+"
BREAK = "="
"""A token of its own between headline, lead and text: no phrase goes across."""

INDEX_VERSION = f"1, snowballstemmer {version('snowballstemmer')}"
"""Changes when the same text gives other tokens: what was indexed before must then be indexed anew."""

_LONGEST = 64
_WORD = re.compile(r"[^\W_]+")
_VOWEL = re.compile(r"[aeiouyåäöé]")

# Endings that Snowball leaves on, because it touches nothing before its region R1 and knows no "-an" and no "-et":
# it stems "skolor" to "skol", but "skolan" to "skolan". Each asks for so many letters before it, a vowel among them.
_ENDINGS = (
    (re.compile(r"ans?$"), 3),  # skolan, gatans
    (re.compile(r"(?<!h)ets?$"), 2),  # barnet, årets; not the -het of nyhet
    (re.compile(r"ens?$"), 2),  # åren
    (re.compile(r"ums?$"), 4),  # museum beside museet
    (re.compile(r"(?<=[oyåäö])ar(?:na?s?)?$"), 2),  # broar, byarna, sjöarna
    (re.compile(r"(?<=[oyåäö])ns?$"), 2),  # bron, byns, sjön
    (re.compile(r"(?<=[aeo][lr])ns?$"), 3),  # rektorn, cykeln
)
_SYNCOPE = re.compile(r"([^aeiouyåäö])e([lr])$")  # cykel, cyklar

# Plurals that change the vowel, and the two adjectives that towns write most. Closed classes: no rule finds them.
_CHANGED = {
    "städ": "stad", "bränd": "brand", "böck": "bok", "händ": "hand", "länd": "land", "tänd": "tand", "stränd": "strand",
    "bönd": "bond", "nätt": "natt", "rött": "rot", "fött": "fot", "söner": "son", "sön": "son", "män": "man",
    "männ": "man", "mann": "man", "nya": "ny", "nytt": "ny", "stort": "stor", "argt": "arg", "ledamöt": "ledamot",
    "bröd": "brod", "brödr": "brod", "mödr": "mod", "dött": "dott", "döttr": "dott",
}  # fmt: skip


def words_of(text: str) -> list[str]:
    """Return the words of a text in lower case, as they are indexed; a hyphen or colon parts words."""
    return [word[:_LONGEST] for word in _WORD.findall(unicodedata.normalize("NFC", text).lower())]


@lru_cache(maxsize=200_000)
def root(word: str) -> str:
    """Return what the inflections of a word in lower case have in common: stemmed until nothing changes.

    Stemming once is not enough: Snowball takes one ending, and "skolornas" has two.
    """
    known = ""
    while word != known:
        known, word = word, _CHANGED.get(word) or _shorten(stem(word))
    return word


def _shorten(word: str) -> str:
    for ending, least in _ENDINGS:
        found = ending.search(word)
        if found and found.start() >= least and _VOWEL.search(word, 0, found.start()):
            return word[: found.start()]
    return _SYNCOPE.sub(r"\1\2", word) if len(word) > 4 else word


def index_text(title: str, lead: str, text: str) -> str:
    """Return the tokens of an article as the index holds them, parted by blanks."""
    headline = words_of(title)
    tokens = [*headline, BREAK, *words_of(lead), BREAK, *words_of(text)]
    tokens += sorted({ANYWHERE + root(word) for word in tokens if word != BREAK})
    tokens += sorted({HEADLINE + root(word) for word in headline})
    return " ".join(tokens)
