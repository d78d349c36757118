"""The gate that every string from outside passes once: composed, without invisible or control characters, bounded.

What is kept is plain text. Escaping belongs to the place that shows it.
"""

import re
import unicodedata

MAX_TITLE = 500
MAX_SUMMARY = 10_000
MAX_TEXT = 200_000
MAX_URL = 2_048

# Soft hyphens, zero-width characters and fillers hide inside words, tags hide whole sentences from people alone, bidi
# controls turn what is shown around (Unicode TR 36). They carry no meaning in Swedish or English text. These are the
# Default_Ignorable_Code_Points of Unicode, but for shorthand and music, and the interlinear marks; the byte test of
# core.pages looks for the same.
_INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff"
    "\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff"
)
_CONTROL = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff"
_UNWANTED = re.compile(f"[{_CONTROL}{_INVISIBLE}]")
_FAMILIAR = re.compile("[\n -~\u00a0-\u00ac\u00ae-\u024f\u2010-\u2027\u20ac]*+")
"""What nearly all of our texts consist of: wanted, and composed whatever stands beside it."""
_BREAKS = re.compile(r"[\r\n\u2028\u2029\x85]+")
_OTHER_BREAKS = re.compile(r"[\r\t\u2028\u2029]")
_MOST_MARKS = 8
_LONG_RUN = re.compile(rf"[^\x00-\x7f]{{{_MOST_MARKS + 1},}}")


def clean_line(text: str, limit: int = MAX_TITLE) -> str:
    """Return `text` as one line: NFC, no invisible or control characters, white space folded, at most `limit` long."""
    return clean_text(_BREAKS.sub(" ", text[: limit * 8]), limit).replace("\n", " ")


def clean_text(text: str, limit: int = MAX_TEXT) -> str:
    """Return `text` with its line breaks: NFC, no invisible or control characters, at most `limit` characters."""
    text = text[: limit * 8]
    if not _FAMILIAR.fullmatch(text):
        # First away with what hides: a letter and its accent may be composed only then.
        text = _UNWANTED.sub("", _BREAKS.sub("\n", text))
        text = unicodedata.normalize("NFC", _LONG_RUN.sub(_thin_marks, text))
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return shorten("\n".join(filter(None, lines)), limit)


def is_clean(text: str) -> bool:
    """Whether nothing in `text` would be taken out of it or composed; its white space is not looked at."""
    if _FAMILIAR.fullmatch(text):
        return True
    if _UNWANTED.search(text) or _OTHER_BREAKS.search(text):
        return False
    # A long run may be one letter with thousands of accents, which takes quadratic time to look at.
    return _LONG_RUN.sub(_thin_marks, text) == text and unicodedata.is_normalized("NFC", text)


def _thin_marks(run: re.Match[str]) -> str:
    """Keep at most a few combining marks in a row: composing thousands on one letter takes quadratic time."""
    kept: list[str] = []
    marks = 0
    for character in run[0]:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks <= _MOST_MARKS:
            kept.append(character)
    return "".join(kept)


def shorten(text: str, limit: int) -> str:
    """Cut `text` to at most `limit` characters at a word, with an ellipsis when something was cut."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    space = limit - 1 if text[limit - 1] == " " else cut.rfind(" ")
    return (cut[:space] if space > limit // 2 else cut).rstrip(" ,;:–-") + "…"
