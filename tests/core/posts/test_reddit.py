"""Posts of Reddit: whatever comes, it is read or refused in words."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.posts.reddit import read_posts, read_token
from monitor.core.services.answers import AnswerPage
from monitor.models import Refused

NOW = datetime(2026, 11, 24, 5, 30, tzinfo=UTC)
POST: dict[str, Any] = {
    "name": "t3_1abc",
    "title": "Flytta till Katrineholm?",
    "selftext": "Hur är det att bo där?",
    "author": "en-person",
    "permalink": "/r/sweden/comments/1abc/flytta_till_katrineholm/",
    "url": "https://www.reddit.com/r/sweden/comments/1abc/flytta_till_katrineholm/",
    "is_self": True,
    "created_utc": 1795420200.0,
    "removed_by_category": None,
}


def packed(value: Any) -> bytes:
    return json.dumps(value).encode()


def listing(*posts: Any, after: str | None = None, kind: str = "t3") -> bytes:
    return packed({"kind": "Listing", "data": {"after": after, "children": [{"kind": kind, "data": p} for p in posts]}})


def page(body: bytes) -> AnswerPage:
    read = read_posts(body, NOW)
    assert isinstance(read, AnswerPage)
    return read


def test_a_post_is_a_whole_text_without_the_one_who_wrote_it() -> None:
    read = page(listing(POST, after="t3_1abc"))
    (entry,) = read.entries
    assert (entry.key, entry.title, entry.content) == ("t3_1abc", POST["title"], "Hur är det att bo där?")
    assert entry.url == POST["url"]
    assert entry.published == datetime(2026, 11, 23, 7, 50, tzinfo=UTC)
    assert (entry.whole, entry.links, read.next, read.more) == (True, (), "t3_1abc", True)
    assert "en-person" not in repr(entry)


def test_a_post_that_links_to_a_text_tells_the_address() -> None:
    link = POST | {"is_self": False, "selftext": "", "url": "https://www.example.se/bad"}
    (entry,) = page(listing(link)).entries
    assert (entry.content, entry.links) == ("", ("https://www.example.se/bad",))


def test_what_was_removed_and_what_is_no_post_is_left_out() -> None:
    removed = POST | {"removed_by_category": "moderator"}
    deleted = POST | {"selftext": "[deleted]"}
    read = page(listing(removed, deleted, POST | {"permalink": ""}, POST | {"created_utc": True, "name": "t3_2"}))
    assert [(entry.key, entry.published) for entry in read.entries] == [("t3_2", None)]
    assert (read.left_out, read.reason) == (2, "posts left out: 2 removed")
    assert page(listing(POST, kind="t5")).entries == ()


@pytest.mark.parametrize("body", [b"", b"[]", b'{"message": "Forbidden", "error": 403}', b"<html>"])
def test_what_is_no_list_of_posts_is_refused(body: bytes) -> None:
    assert isinstance(read_posts(body, NOW), Refused)


def test_a_token_is_read_or_refused_in_the_words_of_reddit() -> None:
    assert read_token(packed({"access_token": "eyJ-x", "token_type": "bearer"})) == "eyJ-x"
    assert read_token(packed({"error": "invalid_grant"})) == Refused("Reddit handed out no token: invalid_grant")
    assert read_token(b"{}") == Refused("Reddit handed out no token: it does not say why")
    assert isinstance(read_token(b"<html>"), Refused)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
        st.sampled_from(["data", "children", "kind", "name", "title", "permalink", "created_utc", "selftext", "url"]),
        inner | st.just("t3"), max_size=5,
    ),
    max_leaves=14,
)  # fmt: skip


@given(st.binary(max_size=300) | JSON.map(packed) | JSON.map(listing))
def test_nothing_that_reddit_answers_makes_a_reader_raise(body: bytes) -> None:
    assert isinstance(read_posts(body, NOW), AnswerPage | Refused)
    assert isinstance(read_token(body), str | Refused)
