"""The gate that every string from outside passes once: composed, without invisible or control characters, bounded.

What is kept is plain text. Escaping belongs to the place that shows it.
"""

import re
import unicodedata

MAX_TITLE = 500
MAX_SUMMARY = 10_000
MAX_TEXT = 200_000
MAX_URL = 2_048

# Soft hyphens and zero-width characters hide inside words; bidi controls turn what is shown around
# (Unicode TR 36). They carry no meaning in Swedish or English text.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb]"
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_BREAKS = re.compile(r"[\r\n\u2028\u2029\x85]+")
_MOST_MARKS = 8
_LONG_RUN = re.compile(rf"[^\x00-\x7f]{{{_MOST_MARKS + 1},}}")
_SPACES = re.compile(r"[^\S\n]+")


def clean_line(text: str, limit: int = MAX_TITLE) -> str:
    """Return `text` as one line: NFC, no invisible or control characters, white space folded, at most `limit` long."""
    return clean_text(_BREAKS.sub(" ", text[: limit * 8]), limit).replace("\n", " ")


def clean_text(text: str, limit: int = MAX_TEXT) -> str:
    """Return `text` with its line breaks: NFC, no invisible or control characters, at most `limit` characters."""
    text = unicodedata.normalize("NFC", _LONG_RUN.sub(_thin_marks, text[: limit * 8]))
    text = _BREAKS.sub("\n", text)
    text = _CONTROL.sub("", _INVISIBLE.sub("", text))
    lines = (_SPACES.sub(" ", line).strip() for line in text.split("\n"))
    return shorten("\n".join(line for line in lines if line), limit)


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
