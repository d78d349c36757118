"""The services of the miniature web, asked as their documentation says."""

import json
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

from monitor.core.feeds import read_feed
from monitor.demo.content import Site, read_site
from monitor.demo.render import Answer
from monitor.demo.services.bluesky import Bluesky
from monitor.demo.services.mastodon import Mastodon, Status
from monitor.demo.services.requests import Request
from monitor.demo.services.youtube import YouTube

BASE = "http://127.0.0.9:8900"
KEY = "the key of this demo"
TAG = "/api/v1/timelines/tag/"
SEARCH = "/xrpc/app.bsky.feed.searchPosts"


def site_of(feed: str, *posts: dict[str, str], **keys: str) -> Site:
    """Return a site with these posts, the first the oldest."""
    fields = {"name": "S", "class": "social", "group": "G", "feed": feed, "feed_path": "/", **keys}
    lines = [*(f"{name} = {json.dumps(value)}" for name, value in fields.items()), "host = 9"]
    for hour, post in enumerate(posts):
        lines += ["[[post]]", *(f"{name} = {json.dumps(value)}" for name, value in post.items())]
        lines += [f"published = 2026-11-23T{hour:02}:00:00", 'account = "a"', 'expect = "no"', 'why = "Because."']
    return read_site("\n".join(lines).encode(), "s.toml")


def instance(*posts: dict[str, str], **keys: str) -> Mastodon:
    site = site_of("mastodon", *posts, **keys)
    return Mastodon(site, BASE, [Status(post, BASE, at_home=True) for post in site.posts], KEY)


def get(address: str, token: str = "") -> Request:
    parts = urlsplit(address)
    headers = {"authorization": f"Bearer {token}"} if token else {}
    return Request(path=parts.path, query=parse_qs(parts.query), headers=headers)


def said(answer: Answer) -> Any:
    assert answer.status == 200, answer.body
    return json.loads(answer.body)


def ids(answer: Answer) -> list[int]:
    return [int(status["id"]) for status in said(answer)]


def linked(answer: Answer, rel: str) -> str:
    links = dict(answer.headers)["Link"].split(", ")
    return next(link.partition(">")[0].removeprefix("<" + BASE) for link in links if f'rel="{rel}"' in link)


TEN = [{"path": f"/@a/{number}", "text": f"Nummer {number} #Växjö"} for number in range(1, 11)]


def test_a_timeline_holds_the_posts_with_its_hashtag_newest_first() -> None:
    web = instance({"path": "/@a/1", "text": "Om #vara"}, {"path": "/@a/2", "text": "Om #Vara och #ed"})
    assert ids(web(get(TAG + "VARA"))) == [2, 1]
    assert ids(web(get(TAG + "mora?any[]=ed"))) == [2]
    assert said(web(get(TAG + "mora"))) == []


def test_a_hashtag_is_looked_up_without_its_accents() -> None:
    assert ids(instance(*TEN)(get(TAG + "vaxjo?limit=2"))) == [10, 9]


def test_pages_of_a_timeline_follow_each_other_by_the_link_header() -> None:
    web = instance(*TEN)
    first = web(get(TAG + "växjö?limit=4"))
    second = web(get(linked(first, "next")))
    assert (ids(first), ids(second)) == ([10, 9, 8, 7], [6, 5, 4, 3])
    assert said(web(get(linked(first, "prev")))) == []
    assert ids(web(get(TAG + "växjö?since_id=8"))) == [10, 9]
    assert ids(web(get(TAG + "växjö?min_id=2&limit=2"))) == [4, 3]


def test_an_instance_that_asks_for_a_token_says_so() -> None:
    web = instance(*TEN, options="token=file:secrets/demo")
    assert web(get(TAG + "växjö")).status == 401
    assert web(get(TAG + "växjö", "guessed")).status == 401
    assert len(ids(web(get(TAG + "växjö", KEY)))) == 10


def test_a_status_has_its_links_in_html_and_its_sign_outside_the_word() -> None:
    web = instance({"path": "/@a/1", "text": "A & <b> till @b\nom #vara\n\nHej"})
    status = said(web(get(TAG + "vara")))[0]
    assert status["content"].startswith("<p>A &amp; &lt;b&gt; till <span")
    assert '">#<span>vara</span></a></p><p>Hej</p>' in status["content"]
    assert (status["uri"], status["url"]) == (f"{BASE}/users/a/statuses/1", f"{BASE}/@a/1")
    assert status["tags"] == [{"name": "vara", "url": f"{BASE}/tags/vara"}]


def test_answers_and_posts_that_are_passed_on_tell_which() -> None:
    first = {"path": "/@a/1", "text": "Om #vara"}
    web = instance(
        first, {"path": "/@a/2", "text": "Ja #vara", "answers": "/@a/1"}, {"path": "/@a/3", "passes_on": "/@a/1"}
    )
    passed, answer, alone = said(web(get(TAG + "vara")))
    assert (passed["reblog"]["id"], passed["content"]) == ("1", "<p></p>")
    assert (answer["in_reply_to_id"], answer["reblog"]) == ("1", None)
    assert (alone["in_reply_to_id"], alone["reblog"]) == (None, None)


def test_a_post_from_elsewhere_has_a_number_of_this_instance_and_the_address_of_the_other() -> None:
    site = site_of("mastodon", TEN[0])
    web = Mastodon(site, BASE, [Status(site.posts[0], "http://127.0.0.8:8900", at_home=False)], "")
    status = said(web(get(TAG + "växjö")))[0]
    assert status["id"] != "1"
    assert status["url"] == "http://127.0.0.8:8900/@a/1"
    assert status["account"]["acct"] == "a@127.0.0.8:8900"


def test_what_is_no_timeline_is_not_there() -> None:
    assert instance(*TEN)(get("/api/v1/timelines/public")).status == 404


def open_session(web: Bluesky, password: str = KEY, body: bytes | None = None) -> Answer:
    login = json.dumps({"identifier": "kommunen.example", "password": password}).encode()
    path = "/xrpc/com.atproto.server.createSession"
    return web(Request(method="POST", path=path, body=login if body is None else body))


def searchable(*posts: dict[str, str]) -> tuple[Bluesky, str]:
    web = Bluesky(site_of("bluesky", *posts), BASE, KEY)
    return web, said(open_session(web))["accessJwt"]


def test_a_session_is_opened_for_the_right_password_only() -> None:
    web, token = searchable()
    assert KEY not in token
    assert open_session(web, "guessed").status == 401
    assert open_session(web, body=b"[]").status == 400
    assert open_session(web, body=b"{").status == 400


def test_nobody_searches_without_a_session() -> None:
    web, token = searchable({"path": "/profile/a/post/1", "text": "Vara kommun"})
    assert web(get(SEARCH + "?q=vara")).status == 401
    assert web(get(SEARCH + "?q=vara", KEY)).status == 401
    assert web(get(SEARCH, token)).status == 400
    assert web(get("/xrpc/app.bsky.feed.getTimeline", token)).status == 501
    assert web(get("/robots.txt")).status == 404


def test_a_search_finds_words_between_two_times_and_pages_by_its_cursor() -> None:
    posts = [{"path": f"/profile/a/post/{hour}", "text": f"Klockan {hour} i Växjö"} for hour in range(9)]
    web, token = searchable(*posts, {"path": "/profile/a/post/9", "text": "Klockan 9 i Vara"})

    def keys(query: str) -> list[str]:
        return [post["uri"][-1] for post in said(web(get(SEARCH + query, token)))["posts"]]

    assert len(keys("?q=växjö")) == 9
    assert keys('?q="i vara"') == ["9"]
    assert keys("?q=växjö&since=2026-11-23T05:00:00Z") == ["8", "7", "6"]
    assert keys("?q=växjö&until=2026-11-23T00:00:00Z&since=not-a-time") == ["0"]
    first = said(web(get(SEARCH + "?q=växjö&limit=5", token)))
    assert (first["hitsTotal"], first["cursor"]) == (9, "5")
    assert keys("?q=växjö&limit=5&cursor=5") == ["3", "2", "1", "0"]
    assert "cursor" not in said(web(get(SEARCH + "?q=växjö&limit=5&cursor=5", token)))


def test_a_post_has_its_links_and_hashtags_at_places_counted_in_bytes() -> None:
    web, token = searchable(
        {"path": "/profile/a/post/1", "text": "Först"},
        {
            "path": "/profile/a/post/2",
            "text": "Åå #ö läs a.example/…/b",
            "link": "http://a.example/vara/b",
            "answers": "/profile/a/post/1",
        },
    )
    first = said(web(get(SEARCH + "?q=vara", token)))["posts"][0]
    text = first["record"]["text"].encode()
    shown = [text[f["index"]["byteStart"] : f["index"]["byteEnd"]].decode() for f in first["record"]["facets"]]
    assert shown == ["#ö", "a.example/…/b"]
    assert first["record"]["facets"][1]["features"][0]["uri"] == "http://a.example/vara/b"
    assert first["record"]["reply"]["parent"]["uri"].endswith("/app.bsky.feed.post/1")


def test_the_feed_of_a_channel_is_one_that_is_read_and_names_its_films() -> None:
    site = site_of(
        "youtube",
        {"path": "/watch?v=abc", "title": "Första", "text": "Ett & två"},
        {"path": "/watch?v=abd", "title": "Andra", "text": "Tre"},
        feed_path="/feeds/videos.xml?channel_id=UCx",
    )
    web = YouTube(site, BASE, KEY)
    answer = web(get("/feeds/videos.xml?channel_id=UCx"))
    reading = read_feed(answer.body, BASE, answer.content_type)
    assert [entry.title for entry in reading.entries] == ["Andra", "Första"]
    assert [entry.url for entry in reading.entries] == [f"{BASE}/watch?v=abd", f"{BASE}/watch?v=abc"]
    assert b"<media:description>Ett &amp; tv\xc3\xa5</media:description>" in answer.body
    assert web(get("/feeds/videos.xml?channel_id=UCy")).status == 404


def test_the_uploads_of_a_channel_are_listed_for_who_has_the_key() -> None:
    films = [{"path": f"/watch?v=abc{number}", "title": "A & B", "text": "Ett\n"} for number in range(7)]
    web = YouTube(site_of("youtube", *films, feed_path="/youtube/v3/playlistItems?playlistId=UUx"), BASE, KEY)
    asked = get("/youtube/v3/playlistItems?playlistId=UUx&maxResults=3")
    assert web(asked).status == 400
    items = said(web(replace(asked, headers={"x-goog-api-key": KEY})))["items"]
    assert [item["snippet"]["resourceId"]["videoId"] for item in items] == ["abc6", "abc5", "abc4"]
    assert (items[0]["snippet"]["title"], items[0]["snippet"]["description"]) == ("A &amp; B", "Ett")
