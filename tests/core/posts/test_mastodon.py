"""Posts of Mastodon: whatever comes, it is read, left out or refused in words."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.posts.entries import headline, join_parts
from monitor.core.posts.markup import read_markup
from monitor.core.posts.mastodon import StatusPage, day_before, order, read_statuses
from monitor.models import Entry, Refused

NOW = datetime(2026, 11, 24, 5, 30, tzinfo=UTC)
LINK = (
    '<https://a.example/api/v1/timelines/tag/x?limit=40&max_id=11540>; rel="next", '
    '<https://a.example/api/v1/timelines/tag/x?limit=40&min_id=11560>; rel="prev"'
)
MARKUP = (
    '<p>Nya simhallen i <a href="https://a.example/tags/katrineholm" class="mention hashtag" rel="tag">#'
    "<span>katrineholm</span></a> är dyr &amp; fin<br>tycker "
    '<span class="h-card"><a href="https://b.example/@invanare" class="u-url mention">'
    "@<span>invanare</span></a></span></p><p>"
    '<a href="https://bladet.example/nyheter/simhallen-kostar?utm_source=x" rel="nofollow">'
    '<span class="invisible">https://</span><span class="ellipsis">bladet.example/nyheter/simhal</span>'
    '<span class="invisible">len-kostar?utm_source=x</span></a></p>'
)
STATUS: dict[str, Any] = {
    "id": "115500000000000001",
    "uri": "https://b.example/users/invanare/statuses/7",
    "url": "https://b.example/@invanare/7",
    "created_at": "2026-11-23T12:30:00.123Z",
    "edited_at": None,
    "visibility": "public",
    "sensitive": False,
    "spoiler_text": "",
    "language": "sv",
    "content": MARKUP,
    "reblog": None,
    "account": {
        "id": "9", "username": "invanare", "acct": "invanare@b.example", "display_name": "Hemlig Person", "bot": False,
        "discoverable": None, "note": "<p>Hemlig presentation</p>", "followers_count": 12,
    },
    "media_attachments": [{"type": "image", "url": "https://b.example/bild.jpg", "description": "Simhallen i snö"}],
    "mentions": [{"id": "1", "acct": "invanare@b.example"}],
    "tags": [{"name": "katrineholm", "url": "https://a.example/tags/katrineholm"}],
    "card": {"url": "https://bladet.example/nyheter/simhallen-kostar", "title": "Simhallen kostar mer"},
}  # fmt: skip


def page(statuses: Any, link: str = "", *, bots: bool = False) -> StatusPage:
    read = read_statuses(json.dumps(statuses).encode(), link, NOW, bots=bots)
    assert isinstance(read, StatusPage)
    return read


def test_a_post_is_a_whole_text_with_its_links_and_nothing_of_its_author_but_the_address() -> None:
    (entry,) = page([STATUS]).entries
    assert entry == Entry(
        key="https://b.example/users/invanare/statuses/7",
        id="https://b.example/users/invanare/statuses/7",
        url="https://b.example/@invanare/7",
        title="Nya simhallen i #katrineholm är dyr & fin",
        content=(
            "Nya simhallen i #katrineholm är dyr & fin\ntycker @invanare\nbladet.example/nyheter/simhal…\n"
            "Simhallen i snö\nSimhallen kostar mer"
        ),
        published=datetime(2026, 11, 23, 12, 30, tzinfo=UTC),
        published_raw="2026-11-23T12:30:00.123Z",
        whole=True,
        links=(
            "https://bladet.example/nyheter/simhallen-kostar?utm_source=x",
            "https://bladet.example/nyheter/simhallen-kostar",
        ),
    )
    assert "Hemlig" not in repr(entry)


def test_the_same_post_seen_from_two_instances_has_one_key_and_one_address() -> None:
    here = STATUS | {"id": "1", "uri": "https://b.example/users/invanare/statuses/7"}
    there = STATUS | {"id": "2", "url": None}
    one, other = page([here]).entries[0], page([there]).entries[0]
    assert (one.key, one.url) == (other.key, other.url) == (STATUS["uri"], STATUS["url"])


@pytest.mark.parametrize(
    ("uri", "url", "shown"),
    [
        ("https://c.example/notes/9x", "https://c.example/notes/9x", "https://c.example/notes/9x"),
        ("https://c.example/objects/1-2", None, "https://c.example/objects/1-2"),
        ("tag:gammal.example,2017:1", "https://gammal.example/notice/1", "https://gammal.example/notice/1"),
        ("https://elak.example/1", "https://bladet.example/nyheter/simhallen", "https://elak.example/1"),
        ("https://elak.example/1", "javascript:alert(1)", "https://elak.example/1"),
    ],
)
def test_a_post_is_shown_where_its_own_server_shows_it(uri: str, url: str | None, shown: str) -> None:
    (entry,) = page([STATUS | {"uri": uri, "url": url}]).entries
    assert (entry.key, entry.url) == (uri, shown)


def test_what_an_author_hides_behind_a_warning_has_the_warning_for_a_headline() -> None:
    (entry,) = page([STATUS | {"spoiler_text": "Kommunpolitik", "sensitive": True}]).entries
    assert entry.title == "Kommunpolitik"
    assert entry.content.startswith("Kommunpolitik\nNya simhallen")


def test_an_edited_post_says_when() -> None:
    (entry,) = page([STATUS | {"edited_at": "2026-11-23T13:00:00.000Z"}]).entries
    assert entry.updated == datetime(2026, 11, 23, 13, tzinfo=UTC)


def test_what_is_not_for_us_is_left_out_and_counted_and_a_boost_is_no_post() -> None:
    bot = STATUS | {"account": {"bot": True}}
    hidden = STATUS | {"account": {"noindex": True}}
    quiet = [STATUS | {"visibility": visibility} for visibility in ("unlisted", "private", "direct", None)]
    nowhere = STATUS | {"uri": None}
    odd = STATUS | {"account": None, "uri": "https://b.example/8", "url": None}
    read = page([STATUS | {"reblog": STATUS}, bot, hidden, *quiet, nowhere, odd, "text", None])
    assert [entry.key for entry in read.entries] == ["https://b.example/8"]
    assert read.left_out == 7
    assert read.reason == (
        "posts left out: 1 by bots, 1 by people who ask not to be indexed, 4 that are not public, "
        "1 with nothing to read"
    )
    assert len(page([bot], bots=True).entries) == 1


def test_the_next_page_is_named_by_the_link_header_and_is_never_an_address_to_follow() -> None:
    ids = [STATUS | {"id": id_} for id_ in ("115500000000000001", "99", "115500000000000003", 7, None)]
    read = page(ids, LINK)
    assert (read.more, read.next, read.newest, read.oldest) == (True, "11540", "115500000000000003", "7")
    assert not page([STATUS]).more
    assert not page([], LINK).more
    assert page([STATUS], '<https://[x/?max_id=1>; rel="next"').next == ""


def test_a_search_answers_with_the_posts_inside_an_object() -> None:
    read = page({"accounts": [], "statuses": [STATUS], "hashtags": []})
    assert (len(read.entries), read.more) == (1, True)
    assert not page({"statuses": []}).more


def test_a_hashtag_that_nobody_has_used_is_no_failure() -> None:
    assert page({"error": "Record not found"}) == StatusPage(entries=())


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "no JSON that can be read: nothing"),
        (b"<!doctype html><html>", "no JSON that can be read"),
        (b'{"error": "The access token is invalid"}', "answered with: The access token is invalid"),
        (b"{}", "answered with: no list of posts"),
        (b'"x"', "answered with: no list of posts"),
        (b'{"statuses": {"id": 1}}', "answered with: no list of posts"),
    ],
)
def test_what_is_no_list_of_posts_is_refused(body: bytes, said: str) -> None:
    refused = read_statuses(body, "", NOW)
    assert isinstance(refused, Refused)
    assert said in refused.reason


def test_ids_are_ordered_as_numbers_and_reach_a_day_back() -> None:
    assert max("99", "100", key=order) == "100"
    assert day_before("115500000000000001") == "115494337689600001"
    assert [day_before(id_) for id_ in ("7", "01J8ZQ3V5N", "")] == ["7", "01J8ZQ3V5N", ""]


# --- the words of a post -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "warning", "title"),
    [
        ("Ny skola byggs. Den blir stor.", "", "Ny skola byggs. Den blir stor."),
        ("#katrineholm\n@kommunen\nNy skola", "", "Ny skola"),
        ("#katrineholm #flen", "", "#katrineholm #flen"),
        ("God morgon. #katrineholm #flen", "", "God morgon."),
        ("Ny skola i #katrineholm", "", "Ny skola i #katrineholm"),
        ("text", "Politik", "Politik"),
        ("", "", ""),
        ("ord " * 60, "", "ord " * 24 + "ord…"),
        ("Nu är det mörkt igen. Helt mörkt. Allt " + "ord " * 60, "", "Nu är det mörkt igen. Helt mörkt."),
        ("Hej! " + "ord " * 60, "", "Hej! " + "ord " * 22 + "ord…"),
    ],
)
def test_a_post_has_its_first_line_with_words_for_a_headline(text: str, warning: str, title: str) -> None:
    assert headline(text, warning) == title


def test_whom_an_answer_calls_is_not_a_part_of_what_it_says() -> None:
    assert join_parts(["@grannen @kommunen@social.example.se: Ja, i Katrineholm"]) == "Ja, i Katrineholm"
    assert join_parts(["Tack @kommunen"]) == "Tack @kommunen"
    assert join_parts(["@kommunen"]) == "@kommunen"


def test_what_a_picture_or_a_link_says_again_is_not_said_twice() -> None:
    assert join_parts(["Ny skola i Katrineholm", "", "Ny skola", "En bild"]) == "Ny skola i Katrineholm\nEn bild"


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("utan taggar &amp; <3", "utan taggar & <3"),
        ("bara &lt;text&gt;", "bara <text>"),
        ("<p>ett</p><p>två</p>", "\nett\n\ntvå\n"),
        ("<p>a<script>b</script><style>c</style>d</p>", "\nad\n"),
        ("</span></span>x", "x"),
        ("<span class='invisible'>dolt", ""),
    ],
)
def test_markup_is_read_as_it_is_seen(markup: str, text: str) -> None:
    assert read_markup(markup)[0] == text


# --- anything ------------------------------------------------------------------------------------------

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(
        ["id", "uri", "url", "visibility", "content", "account", "bot", "reblog", "statuses", "error", "card",
         "media_attachments", "created_at", "spoiler_text"]
    ), inner, max_size=5),
    max_leaves=20,
)  # fmt: skip
ODD = st.dictionaries(st.sampled_from(list(STATUS)), JSON, max_size=5).map(lambda odd: [STATUS | odd])


@given(st.binary(max_size=100) | (JSON | ODD).map(lambda value: json.dumps(value).encode()), st.text(max_size=40))
def test_no_bytes_make_the_reader_raise(body: bytes, link: str) -> None:
    read_statuses(body, link, NOW)
    read_statuses(body, f'<https://a/?{link}>; rel="next"', NOW)


@given(st.text() | st.text(alphabet="<>/apsn =\"'\x00&;", max_size=60))
def test_no_markup_makes_the_reader_raise(markup: str) -> None:
    read_markup(markup)
    read_markup(f"<p>{markup}<span class='ellipsis'>{markup}")
