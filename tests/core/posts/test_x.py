"""Posts of X: whatever comes, it is read or refused in words."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.posts.told import MAX_BODY, Told, read_told
from monitor.core.posts.x import (
    MILLIONTHS,
    XPage,
    affordable,
    cap_of,
    moment_of,
    price_of,
    read_posts,
)
from monitor.models import Refused

NOW = datetime(2026, 11, 24, 5, 30, tzinfo=UTC)
POST: dict[str, Any] = {
    "id": "1992817263549873300",
    "text": "Nytt bad i Katrineholm?\nTyck till &amp; rösta https://t.co/a",
    "created_at": "2026-11-23T14:10:00.000Z",
    "author_id": "4711",
    "entities": {"urls": [{"url": "https://t.co/a", "expanded_url": "https://www.katrineholm.se/bad"}]},
}
META = {"newest_id": "1992817263549873300", "oldest_id": "1992817263549873300", "result_count": 1}


def packed(value: Any) -> bytes:
    return json.dumps(value).encode()


def page(body: Any) -> XPage:
    read = read_posts(packed(body), NOW)
    assert isinstance(read, XPage)
    return read


def test_a_post_is_a_whole_text_without_the_one_who_wrote_it() -> None:
    read = page({"data": [POST], "meta": META | {"next_token": "b26v"}})
    (entry,) = read.entries
    assert (entry.key, entry.title) == ("1992817263549873300", "Nytt bad i Katrineholm?")
    assert entry.url == "https://x.com/i/web/status/1992817263549873300"
    assert entry.content == "Nytt bad i Katrineholm?\nTyck till & rösta https://t.co/a"
    assert entry.published == datetime(2026, 11, 23, 14, 10, tzinfo=UTC)
    assert entry.links == ("https://www.katrineholm.se/bad",)
    assert entry.whole
    assert "4711" not in repr(entry)
    assert (read.next, read.newest, read.charged) == ("b26v", "1992817263549873300", 1)


def test_no_hit_is_an_answer_without_a_list() -> None:
    read = page({"meta": {"result_count": 0}})
    assert (read.entries, read.newest, read.oldest, read.charged) == ((), "", "", 0)


def test_what_is_left_out_is_told_and_odd_posts_are_charged_for() -> None:
    read = page({"data": [POST, "odd", {"id": "x"}, {"id": "1"}], "meta": META, "errors": [{"message": "Gone."}]})
    assert (len(read.entries), read.charged, read.reason) == (1, 4, "X left something out: Gone.")
    assert page({"meta": META | {"result_count": 7}}).charged == 7


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"data": 1, "meta": {}}', b'{"meta": []}', b"<html>"])
def test_what_is_no_list_of_posts_is_refused(body: bytes) -> None:
    assert isinstance(read_posts(body, NOW), Refused)


def test_the_number_of_a_post_tells_its_moment() -> None:
    assert moment_of("0") == datetime(2010, 11, 4, 1, 42, 54, 657_000, tzinfo=UTC)
    assert moment_of(str(86_400_000 << 22)) == datetime(2010, 11, 5, 1, 42, 54, 657_000, tzinfo=UTC)
    assert moment_of("x") is None
    assert moment_of("9" * 19) is not None


@given(st.floats(0.000001, 1_000), st.floats(0, 1_000_000))
def test_what_may_be_asked_for_never_costs_more_than_is_left(price: float, kronor: float) -> None:
    posts = affordable(cap_of(kronor), price)
    assert posts == 0 or 10 <= posts <= 100
    assert price_of(posts, price) <= kronor * MILLIONTHS
    assert price_of(posts, price) >= posts * price * MILLIONTHS - 1


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
        st.sampled_from(["data", "meta", "errors", "id", "text", "entities", "urls", "expanded_url", "message"]),
        inner, max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip


@given(st.binary(max_size=300) | JSON.map(packed))
def test_nothing_that_x_answers_makes_a_reader_raise(body: bytes) -> None:
    assert isinstance(read_posts(body, NOW), XPage | Refused)
    assert isinstance(read_told(body), Told)


# --- what a refusal says -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (
            {"error": {"code": 403, "message": "Exceeded <a href='/x'>quota</a>.",
                       "errors": [{"reason": "quotaExceeded", "message": "Exceeded."}]}},
            Told("Exceeded quota.", "quotaExceeded"),
        ),
        ({"error": {"message": "Invalid OAuth token.", "code": 190}}, Told("Invalid OAuth token.", "190")),
        ({"title": "Unauthorized", "detail": "Not you", "status": 401}, Told("Not you")),
        ({"errors": [{"message": "Bad value"}], "title": "Invalid Request"}, Told("Bad value")),
        ({"message": "Forbidden", "error": 403}, Told("Forbidden")),
        ({"error": "invalid_grant"}, Told("invalid_grant")),
        ([], Told()),
    ],
)  # fmt: skip
def test_the_words_of_a_refusal_are_found_in_every_shape(body: Any, told: Told) -> None:
    assert read_told(packed(body)) == told


def test_a_refusal_that_is_no_json_or_too_long_says_nothing() -> None:
    assert read_told(b"<html>Forbidden</html>") == Told()
    assert read_told(packed({"message": "x" * MAX_BODY})) == Told()
    assert read_told(b"[" * 90_000) == Told()
