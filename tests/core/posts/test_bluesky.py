"""Posts of Bluesky: whatever comes, it is read, left out or refused in words."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.posts.bluesky import Session, read_posts, read_session
from monitor.core.services.answers import AnswerPage
from monitor.models import Entry, Refused

NOW = datetime(2026, 11, 24, 5, 30, tzinfo=UTC)
TEXT = "Åtta höjda röster i Katrineholm om badet: bladet.example/sim... och här"
LINK = "app.bsky.richtext.facet#link"


def place(part: str) -> dict[str, int]:
    """Return where a part of the text stands, in bytes."""
    start = len(TEXT[: TEXT.index(part)].encode())
    return {"byteStart": start, "byteEnd": start + len(part.encode())}


RECORD: dict[str, Any] = {
    "$type": "app.bsky.feed.post",
    "text": TEXT,
    "createdAt": "2026-11-23T12:30:00.000Z",
    "langs": ["sv"],
    "facets": [
        {
            "index": place("bladet.example/sim..."),
            "features": [{"$type": LINK, "uri": "https://bladet.example/simhallen"}],
        },
        {"index": place("här"), "features": [{"$type": LINK, "uri": "https://kommunen.example/bad"}]},
        {"index": place("Katrineholm"), "features": [{"$type": "app.bsky.richtext.facet#mention", "did": "did:plc:m"}]},
        {"index": {"byteStart": 0, "byteEnd": len(TEXT.encode()) + 1}, "features": [{"uri": "https://dold.example/"}]},
        {"index": {"byteStart": 5, "byteEnd": 5}, "features": [{"uri": "https://tom.example/"}]},
        {"index": {"byteStart": "0", "byteEnd": None}, "features": [{"uri": "https://udda.example/"}]},
    ],
    "embed": {
        "$type": "app.bsky.embed.recordWithMedia",
        "record": {"record": {"uri": "at://did:plc:annan/app.bsky.feed.post/3a"}},
        "media": {
            "$type": "app.bsky.embed.external",
            "external": {"uri": "https://bladet.example/simhallen", "title": "Simhallen dyrare", "description": "x"},
        },
    },
}
POST: dict[str, Any] = {
    "uri": "at://did:plc:abc123/app.bsky.feed.post/3kxyz",
    "cid": "bafy",
    "author": {"did": "did:plc:abc123", "handle": "hemlig.bsky.social", "displayName": "Hemlig Person", "labels": []},
    "record": RECORD,
    "indexedAt": "2026-11-23T12:30:04.100Z",
    "likeCount": 3,
    "labels": [],
}  # fmt: skip


def page(*posts: Any, **more: Any) -> AnswerPage:
    read = read_posts(json.dumps({"posts": posts} | more).encode(), NOW)
    assert isinstance(read, AnswerPage)
    return read


def test_a_post_is_a_whole_text_with_its_links_and_nothing_of_its_author_but_the_address() -> None:
    (entry,) = page(POST).entries
    assert entry == Entry(
        key="at://did:plc:abc123/app.bsky.feed.post/3kxyz",
        id="at://did:plc:abc123/app.bsky.feed.post/3kxyz",
        url="https://bsky.app/profile/did:plc:abc123/post/3kxyz",
        title="Åtta höjda röster i Katrineholm om badet: bladet.example/sim... och här",
        content=f"{TEXT}\nSimhallen dyrare",
        published=datetime(2026, 11, 23, 12, 30, tzinfo=UTC),
        published_raw="2026-11-23T12:30:00.000Z",
        whole=True,
        links=("https://bladet.example/simhallen", "https://kommunen.example/bad"),
    )
    assert "emlig" not in repr(entry)


def test_what_pictures_and_films_show_belongs_to_the_text() -> None:
    pictures = {"$type": "app.bsky.embed.images", "images": [{"alt": "Simhallen i snö"}, {"alt": ""}]}
    film = {"$type": "app.bsky.embed.video", "alt": "Invigningen"}
    one = page(POST | {"record": RECORD | {"embed": pictures}}).entries[0]
    other = page(POST | {"record": {"embed": film}}).entries[0]
    assert one.content.endswith("\nSimhallen i snö")
    assert (other.title, other.content) == ("Invigningen", "Invigningen")
    assert page(POST | {"record": None}).left_out == 1


def test_no_post_is_younger_than_the_moment_it_came_in() -> None:
    early = page(POST | {"record": RECORD | {"createdAt": "2026-11-24T05:00:00Z"}}).entries[0]
    assert early.published == datetime(2026, 11, 23, 12, 30, 4, tzinfo=UTC)
    assert page(POST | {"record": {"text": "x"}}).entries[0].published == early.published
    assert page(POST | {"record": {"text": "x"}, "indexedAt": None}).entries[0].published is None


def test_a_label_stands_before_the_headline_unless_it_was_taken_back() -> None:
    labelled = POST | {"labels": [{"val": "graphic-media"}, {"val": "spam", "neg": True}]}
    own = POST | {"record": RECORD | {"labels": {"values": [{"val": "sexual"}]}}}
    assert page(labelled).entries[0].title.startswith("[graphic-media] Åtta")
    assert page(own).entries[0].title.startswith("[sexual] Åtta")


def test_what_is_not_for_us_is_left_out_and_counted() -> None:
    members = POST | {"author": {"labels": [{"val": "!no-unauthenticated"}]}}
    hidden = POST | {"labels": [{"val": "!hide"}]}
    nowhere = [POST | {"uri": uri} for uri in ("", "at://did:plc:x/app.bsky.feed.like/3", "https://bsky.app/x", None)]
    read = page(members, hidden, *nowhere, POST, "text")
    assert (len(read.entries), read.left_out) == (1, 6)
    assert read.reason == (
        "posts left out: 1 by people who show them only to who is logged in, 1 hidden by moderation, "
        "4 with nothing to read"
    )


def test_another_page_follows_while_there_is_a_cursor_and_something_on_the_page() -> None:
    assert (page(POST, cursor="100").more, page(POST, cursor="100").next) == (True, "100")
    assert not page(POST).more
    assert not page(cursor="100").more


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "no JSON that can be read: nothing"),
        (b"<html><body>403 Forbidden</body></html>", "no JSON that can be read"),
        (b'{"error": "InvalidRequest", "message": "bad query"}', "Bluesky answered with: bad query"),
        (b'{"error": "AuthMissing"}', "Bluesky answered with: AuthMissing"),
        (b'{"posts": null}', "Bluesky answered with: no list of posts"),
        (b"[]", "Bluesky answered with: no list of posts"),
    ],
)
def test_what_is_no_list_of_posts_is_refused(body: bytes, said: str) -> None:
    refused = read_posts(body, NOW)
    assert isinstance(refused, Refused)
    assert said in refused.reason


def test_a_session_is_a_token_that_can_stand_in_a_header() -> None:
    assert read_session(b'{"accessJwt": "ey.a-b", "refreshJwt": "ey.r"}') == Session(access="ey.a-b", refresh="ey.r")
    for body, reason in (
        (b"x", "no JSON"),
        (b"{}", "without a session"),
        (b'{"accessJwt": "a\\r\\nb: c"}', "without a session"),
        (b'{"accessJwt": "ey", "active": false, "status": "takendown"}', "is not active: takendown"),
        (b'{"accessJwt": "ey", "active": false}', "is not active: no reason"),
    ):
        refused = read_session(body)
        assert isinstance(refused, Refused)
        assert reason in refused.reason


# --- anything ------------------------------------------------------------------------------------------

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.just("\ud83d"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(
        ["posts", "uri", "record", "text", "facets", "index", "byteStart", "features", "embed", "external", "labels",
         "values", "val", "author", "cursor", "error", "accessJwt", "active"]
    ), inner, max_size=5),
    max_leaves=20,
)  # fmt: skip
ODD_RECORD = st.dictionaries(st.sampled_from(list(RECORD)), JSON, max_size=4)
ODD = st.builds(
    lambda post, record: {"posts": [POST | {"record": RECORD | record} | post]},
    st.dictionaries(st.sampled_from(list(POST)), JSON, max_size=3),
    ODD_RECORD,
)


@given(st.binary(max_size=100) | (JSON | ODD).map(lambda value: json.dumps(value).encode()))
def test_no_bytes_make_a_reader_raise(body: bytes) -> None:
    read_posts(body, NOW)
    read_session(body)


@given(st.text(max_size=30), st.integers(-2, 130), st.integers(-2, 130))
def test_a_link_is_taken_exactly_when_its_part_lies_inside_the_text_in_bytes(text: str, start: int, end: int) -> None:
    facet = {"index": {"byteStart": start, "byteEnd": end}, "features": [{"uri": "https://bladet.example/"}]}
    words = f"å{text}"
    (entry,) = page(POST | {"record": {"text": words, "facets": [facet]}}).entries
    inside = 0 <= start < end <= len(words.encode())
    assert entry.links == (("https://bladet.example/",) if inside else ())
