"""What a terminal or a log is given."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.terminal import one_line, printable, printable_json

ANY = st.text(st.characters(codec=None), max_size=200)
TURNED = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Skolan i Katrineholm byggs ut – 50 %", "Skolan i Katrineholm byggs ut – 50 %"),
        ("\x1b[31mröd", "\\x1b[31mröd"),
        ("\x1b]0;ny rubrik på fönstret\x07", "\\x1b]0;ny rubrik på fönstret\\x07"),
        ("\x9b31m", "\\x9b31m"),
        ("gnp\u202efdp.exe", "gnp\\u202efdp.exe"),
        ("en\rannan", "en\\x0dannan"),
        ("\ud800", "\\ud800"),
        ("\U000e0041", "\\U000e0041"),
        ("rad\n\tkolumn", "rad\n\tkolumn"),
    ],
)
def test_a_command_to_the_terminal_is_shown_as_its_number(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_a_line_of_a_log_begins_no_other() -> None:
    assert one_line("a\n2026-11-24 ERROR forged\t\u2028x\x85y") == "a\\x0a2026-11-24 ERROR forged\\x09\\u2028x\\x85y"


def test_json_writes_what_is_beyond_sixteen_bits_as_a_pair() -> None:
    assert printable_json('"\U000e0041\x9b"') == '"\\udb40\\udc41\\u009b"'
    assert json.loads(printable_json('"\U000e0041\x9b"')) == "\U000e0041\x9b"


@given(ANY)
def test_no_text_commands_a_terminal(text: str) -> None:
    for shown, allowed in ((printable(text), "\n\t"), (one_line(text), "")):
        assert all(sign in allowed for sign in shown if unicodedata.category(sign) in {"Cc", "Cs", "Zl", "Zp"})
        assert not set(shown) & set(TURNED)
        shown.encode()


@given(st.recursive(ANY | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(ANY, inner), max_leaves=5))
def test_json_means_the_same_afterwards(value: object) -> None:
    shown = printable_json(json.dumps(value, ensure_ascii=False))
    # Two halves of a pair that stand side by side are one character in JSON, however it is written.
    assert json.loads(shown) == json.loads(json.dumps(value))
    assert not set(shown) & set(TURNED + "\x1b\x9b\x7f")
    shown.encode()
