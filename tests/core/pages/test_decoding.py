"""Pages lie about their encoding; what a reader sees comes out all the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.pages.decoding import decode_page, encoding_of

TEXT = "<html><p>Å i åa ä e ö</p></html>"


@pytest.mark.parametrize(
    ("encoding", "content_type"),
    [
        ("utf-8", ""),
        ("utf-8", "text/html; charset=iso-8859-1"),
        ("utf-8-sig", "text/html; charset=utf-8"),
        ("latin-1", ""),
        ("latin-1", "text/html; charset=utf-8"),
        ("cp1252", "text/html; charset=ISO-8859-1"),
        ("mac-roman", "text/html; charset=macintosh"),
        ("utf-16", ""),
        ("utf-16-le", "text/html; charset=utf-8"),
        ("utf-16-be", ""),
        ("utf-32", ""),
        ("utf-32-le", ""),
        ("utf-32-be", ""),
    ],
)
def test_the_text_of_a_page_comes_out(encoding: str, content_type: str) -> None:
    assert decode_page(TEXT.encode(encoding), content_type) == TEXT


def test_a_page_names_its_encoding_in_its_head_and_the_header_goes_first() -> None:
    body = '<meta http-equiv="Content-Type" content="text/html; charset=macintosh"><p>Åmål</p>'.encode("mac-roman")
    assert decode_page(body).endswith("<p>Åmål</p>")
    assert encoding_of(body, "text/html; charset=cp850") == "cp850"
    assert encoding_of(b'<meta charset="windows-1252">') == "cp1252"


@pytest.mark.parametrize("label", ["zlib", "idna", "rot13", "x-nonexistent", "utf-16", "utf-32"])
def test_an_encoding_that_cannot_be_is_not_believed(label: str) -> None:
    body = f'<meta charset="{label}"><p>Växjö</p>'.encode()
    assert "Växjö" in decode_page(body)


def test_zero_bytes_alone_are_no_text() -> None:
    assert encoding_of(b"\0" * 100) == ""


@given(st.binary(max_size=200), st.text(max_size=40))
def test_no_bytes_raise(body: bytes, content_type: str) -> None:
    decode_page(body, content_type)
