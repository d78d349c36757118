"""Bytes into characters when what is declared and what is sent differ."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.charsets import decode

TEXT = "Ålder är ”ingen gräns” – 100 €"


def declared(charset: str, text: str = TEXT) -> str:
    return f'<?xml version="1.0" encoding="{charset}"?><a>{text}</a>'


@pytest.mark.parametrize(
    "actual", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "cp1252"]
)
@pytest.mark.parametrize(
    "label", ["utf-8", "ISO-8859-1", "windows-1252", "us-ascii", "undefined", "punycode", "x-user"]
)
def test_swedish_text_survives_any_label(actual: str, label: str) -> None:
    assert decode(declared(label).encode(actual)) == declared(label)


def test_big_endian_utf32_is_told_by_its_zeros() -> None:
    assert decode(declared("utf-32").encode("utf-32-be")) == declared("utf-32")


def test_upper_case_in_windows_quotes_is_not_taken_for_utf8() -> None:
    assert decode("”KAFÉ” i HÖG".encode("cp1252")) == "”KAFÉ” i HÖG"


def test_a_pasted_windows_byte_does_not_spoil_a_utf8_document() -> None:
    assert decode("Årets pris går till Örjan".encode() + b" \x96 i \xe5r") == "Årets pris går till Örjan – i år"


def test_other_alphabets_follow_their_label_in_document_or_header() -> None:
    russian = declared("koi8-r", "Привет")
    assert decode(russian.encode("koi8-r")) == russian
    assert decode("Привет".encode("cp1251"), "text/xml; charset='windows-1251'") == "Привет"
    assert decode("中文".encode("gbk"), "text/xml; charset=gb2312") == "中文"


def test_a_label_that_the_bytes_disprove_is_passed_over() -> None:
    assert decode("På väg".encode("cp1252"), "text/xml; charset=big5") == "På väg"


def test_bytes_that_mean_nothing_become_replacement_characters() -> None:
    assert decode(b"\x81\x8d\xff") == "\ufffd\ufffdÿ"
    assert decode(b"\xff\xfea") == "\ufffd"


@given(st.binary(), st.text(max_size=20).map("text/xml; charset={}".format))
def test_any_bytes_become_text_that_can_be_encoded(body: bytes, content_type: str) -> None:
    decode(body, content_type).encode()
    decode(b'<?xml encoding="' + body, content_type).encode()
