"""Posts of Threads and Instagram: whatever comes, it is read or refused in words."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.posts.meta import judge_code, read_hashtag, read_media
from monitor.core.services.answers import AnswerPage
from monitor.models import Refused

NOW = datetime(2026, 11, 24, 5, 30, tzinfo=UTC)
POST: dict[str, Any] = {
    "id": "17841",
    "text": "Fint i Katrineholm i dag\n#katrineholm",
    "permalink": "https://www.threads.com/@konto/post/abc",
    "timestamp": "2026-11-23T05:42:03+0000",
    "username": "en-person",
}


def packed(value: Any) -> bytes:
    return json.dumps(value).encode()


def page(value: Any) -> AnswerPage:
    read = read_media(packed(value), "Threads", NOW)
    assert isinstance(read, AnswerPage)
    return read


def test_a_post_is_a_whole_text_without_a_name() -> None:
    (entry,) = page({"data": [POST]}).entries
    assert (entry.key, entry.title) == ("17841", "Fint i Katrineholm i dag")
    assert entry.published == datetime(2026, 11, 23, 5, 42, 3, tzinfo=UTC)
    assert entry.whole
    assert "en-person" not in repr(entry)


def test_a_caption_is_the_text_of_a_picture_and_one_without_is_left_out() -> None:
    picture = {"id": "1", "caption": "Vid sjön", "permalink": "https://www.instagram.com/p/abc/"}
    assert [entry.content for entry in page({"data": [picture, picture | {"caption": None}, "odd"]}).entries] == [
        "Vid sjön"
    ]


def test_the_next_page_is_known_by_its_mark_and_never_by_the_address_with_the_token() -> None:
    paging = {"cursors": {"after": "QVFI"}, "next": "https://graph.facebook.com/v26.0/1?access_token=hemlig"}
    read = page({"data": [], "paging": paging})
    assert (read.next, read.more) == ("QVFI", True)
    assert "hemlig" not in repr(read)
    assert page({"data": [], "paging": {"cursors": {"after": "QVFI"}}}).next == ""


@pytest.mark.parametrize("body", [b"", b"[]", b'{"error": {"message": "Oj"}}', b'{"data": {}}', b"<html>"])
def test_what_is_no_list_is_refused(body: bytes) -> None:
    assert isinstance(read_media(body, "Threads", NOW), Refused)
    assert isinstance(read_hashtag(body), Refused)


def test_a_hashtag_has_a_number() -> None:
    assert read_hashtag(packed({"data": [{"id": "17843857450040591"}]})) == "17843857450040591"
    assert isinstance(read_hashtag(packed({"data": [{"id": "../me"}]})), Refused)


@pytest.mark.parametrize(
    ("code", "said"),
    [("190", "ask for a new one"), ("10", "has the review approved it?"), ("200", "approved"), ("4", "too often")],
)
def test_the_codes_of_meta_say_what_is_wrong(code: str, said: str) -> None:
    told = judge_code(code)
    assert told is not None
    assert said in told[1]


def test_other_codes_say_nothing() -> None:
    assert judge_code("100") is None
    assert judge_code("") is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
        st.sampled_from(["data", "id", "text", "caption", "permalink", "timestamp", "paging", "cursors", "after"]),
        inner, max_size=5,
    ),
    max_leaves=14,
)  # fmt: skip


@given(st.binary(max_size=300) | JSON.map(packed))
def test_nothing_that_meta_answers_makes_a_reader_raise(body: bytes) -> None:
    assert isinstance(read_media(body, "Instagram", NOW), AnswerPage | Refused)
    assert isinstance(read_hashtag(body), str | Refused)
