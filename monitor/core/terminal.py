"""What is shown in a terminal or written into a log: words, and never a command to the terminal.

Control codes move the cursor, colour, rename the window, and in old terminals run programs; turned text (Unicode TR 36)
shows another word than the one that stands there. Each is written as its number, so that a person sees it.
"""

import re

# C0 without tab and line feed, DEL, C1, marks of direction, zero width, separators of lines, surrogates, tags.
_COMMANDS = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff"
    "\U000e0000-\U000e007f"
)
_IN_TEXT = re.compile(f"[{_COMMANDS}]")
_IN_LINE = re.compile(f"[\t\n{_COMMANDS}]")


def printable(text: str) -> str:
    """Return `text` fit for a terminal, its lines and tabs as they are."""
    return _IN_TEXT.sub(_number, text)


def one_line(text: str) -> str:
    """Return `text` fit for one line of a log or one cell of a table: nothing in it begins another."""
    return _IN_LINE.sub(_number, text)


def printable_json(text: str) -> str:
    """Return JSON that means the same, with what JSON lets stand and a terminal obeys written as \\uXXXX."""
    return _IN_TEXT.sub(_in_json, text)


def _number(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _in_json(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code < 0x10000:
        return f"\\u{code:04x}"
    high, low = divmod(code - 0x10000, 0x400)
    return f"\\u{0xD800 + high:04x}\\u{0xDC00 + low:04x}"
